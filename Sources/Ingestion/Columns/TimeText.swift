/// A date, or a date and time, as written.
struct TimeText {
  enum Kind {
    case date
    /// A wall-clock time.
    case local
    /// An instant: it says its offset from UTC.
    case zoned
  }

  var kind: Kind
  /// Since 1970-01-01, of the wall clock or in UTC.
  var milliseconds: Int64

  static let millisecondsPerDay: Int64 = 86_400_000
}

/// Reads `2024-02-29`, `2024-02-29 23:59[:59[.123456789]]` with `T` or a space between, and `Z`, `UTC`
/// or an offset such as `+05:30`, `+0530`, `-08` after it. Slashes may stand for dashes. Digits past
/// milliseconds are dropped. Years 1 to 9999.
@inline(__always)
func parseTime(_ text: UnsafePointer<UInt8>, _ count: Int) -> TimeText? {
  guard count >= 10 else { return nil }
  let separator = text[4]
  guard separator == text[7], separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/")
  else { return nil }
  let century = twoDigits(text)
  let yearOfCentury = twoDigits(text + 2)
  let month = twoDigits(text + 5)
  let day = twoDigits(text + 8)
  // twoDigits gives at least 100 for what is no number; the sums stay far from overflow.
  guard century < 100, yearOfCentury < 100, month &- 1 < 12, day &- 1 < 31 else { return nil }
  let year = Int64(century &* 100 &+ yearOfCentury)
  guard year >= 1, day <= 28 || day <= dayCount(ofMonth: month, year: year) else { return nil }
  let midnight =
    daysSince1970(year: year, month: Int64(month), day: Int64(day))
    &* TimeText.millisecondsPerDay
  if count == 10 { return TimeText(kind: .date, milliseconds: midnight) }
  guard count >= 16, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
    text[13] == UInt8(ascii: ":")
  else { return nil }
  let hour = twoDigits(text + 11)
  let minute = twoDigits(text + 14)
  guard hour < 24, minute < 60 else { return nil }
  var milliseconds = midnight &+ Int64(hour &* 60 &+ minute) &* 60_000
  var position = 16
  if position < count && text[position] == UInt8(ascii: ":") {
    guard count >= 19 else { return nil }
    let second = twoDigits(text + 17)
    // 60 is a leap second; as in PostgreSQL it is the next minute's first.
    guard second <= 60 else { return nil }
    milliseconds &+= Int64(second) &* 1000
    position = 19
    if position < count && (text[19] == UInt8(ascii: ".") || text[19] == UInt8(ascii: ",")) {
      position = 20
      var weight: Int64 = 100
      while position < count {
        let digit = text[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        milliseconds &+= Int64(digit) &* weight
        weight /= 10
        position &+= 1
      }
      guard position > 20 else { return nil }
    }
  }
  if position == count { return TimeText(kind: .local, milliseconds: milliseconds) }
  if position &+ 1 == count && text[position] | 0x20 == UInt8(ascii: "z") {
    return TimeText(kind: .zoned, milliseconds: milliseconds)
  }
  guard let offset = parseOffset(text + position, count &- position) else { return nil }
  return TimeText(kind: .zoned, milliseconds: milliseconds &- offset)
}

/// Milliseconds since 1970 of a time as `parseTime` reads it; one without an offset is in UTC.
package func parseInstant(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
  parseTime(text, count)?.milliseconds
}

/// `+05:30`, `+0530`, `+05` or UTC, a space before it allowed; in milliseconds.
private func parseOffset(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
  var text = text
  var count = count
  if count > 1 && text[0] == UInt8(ascii: " ") {
    text += 1
    count -= 1
  }
  let bytes = UnsafeBufferPointer(start: text, count: count)
  if hasWord(bytes, "z") || hasWord(bytes, "utc") || hasWord(bytes, "gmt") { return 0 }
  guard count == 3 || count == 5 || (count == 6 && text[3] == UInt8(ascii: ":")),
    text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-")
  else { return nil }
  let hours = twoDigits(text + 1)
  let minutes = count == 3 ? 0 : twoDigits(text + count - 2)
  // The offsets that have been in use end at +14 and -12; PostgreSQL takes those below 16 hours.
  guard hours < 16, minutes < 60 else { return nil }
  let offset = Int64(hours &* 60 &+ minutes) &* 60_000
  return text[0] == UInt8(ascii: "-") ? -offset : offset
}

/// The number, or at least 100 when it is none.
@inline(__always)
private func twoDigits(_ text: UnsafePointer<UInt8>) -> UInt32 {
  let tens = UInt32(text[0] &- UInt8(ascii: "0"))
  let ones = UInt32(text[1] &- UInt8(ascii: "0"))
  return tens &* 10 &+ ones &+ (ones > 9 || tens > 9 ? 100 : 0)
}

private func dayCount(ofMonth month: UInt32, year: Int64) -> UInt32 {
  switch month {
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// Days of the proleptic Gregorian calendar; years from 1 on. Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms".
@inline(__always)
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
  // The year starts in March, so that the leap day is its last.
  let shifted = month > 2 ? year : year &- 1
  let era = shifted / 400
  let yearOfEra = shifted &- era &* 400
  let dayOfYear = (153 &* (month > 2 ? month &- 3 : month &+ 9) &+ 2) / 5 &+ day &- 1
  let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
  return era &* 146_097 &+ dayOfEra &- 719_468
}

/// Milliseconds since 1970 from a count of units, rounded down; `nil` outside of the years 1 to 9999.
@inline(__always)
func parseEpoch(
  _ text: UnsafePointer<UInt8>, _ count: Int, _ unit: EpochUnit
) -> Int64? {
  var milliseconds: Int64
  if let whole = parseInteger(text, count, isStrict: false) {
    switch unit {
    case .seconds:
      let (product, overflows) = whole.multipliedReportingOverflow(by: 1000)
      guard !overflows else { return nil }
      milliseconds = product
    case .milliseconds: milliseconds = whole
    case .microseconds: milliseconds = whole >= 0 ? whole / 1000 : ~(~whole / 1000)
    case .nanoseconds: milliseconds = whole >= 0 ? whole / 1_000_000 : ~(~whole / 1_000_000)
    }
  } else {
    guard let fraction = parseDouble(text, count, isStrict: false) else { return nil }
    let factor: Double =
      switch unit {
      case .seconds: 1000
      case .milliseconds: 1
      case .microseconds: 1e-3
      case .nanoseconds: 1e-6
      }
    // Rounded to a thousandth first: 1.001 s is 1001 ms, though 1.001 * 1000 is a hair less.
    guard let exact = Int64(exactly: (fraction * factor * 1000).rounded()) else { return nil }
    milliseconds = exact >= 0 ? exact / 1000 : ~(~exact / 1000)
  }
  return validMilliseconds.contains(milliseconds) ? milliseconds : nil
}

/// 0001-01-01 to 9999-12-31.
private let validMilliseconds: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
