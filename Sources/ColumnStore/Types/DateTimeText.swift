/// Why a text is no date, time or interval, and what would have been one.
public struct DateTimeFailure: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    case notUnderstood
    /// Well formed, but there is no such day, hour or minute.
    case outOfRange
    case unknownZone(String)
  }

  public var reason: Reason
  /// For a message: `a date such as 2024-01-31`.
  public var expected: String
}

/// Dates and times as text, in the ISO 8601 forms that PostgreSQL takes.
///
/// `2024-01-31`, `20240131`, `2024-01-31 12:34[:56[.123456]]` with `T` for the space, an optional
/// `AM` or `PM`, a zone (`Z`, `+05`, `+05:30`, `UTC`, an IANA name) and ` BC`. Fractions are
/// rounded to milliseconds. `24:00` is midnight of the next day.
public enum DateTimeText {
  /// Days since 1970-01-01; a time of day is checked and dropped.
  public static func date(
    _ text: UnsafeBufferPointer<UInt8>
  ) throws(DateTimeFailure) -> Int64 {
    let expected = "a date such as 2024-01-31"
    return try parse(text, expected).days
  }

  /// Milliseconds since 1970-01-01; a zone is checked and dropped, as PostgreSQL does.
  public static func timestamp(
    _ text: UnsafeBufferPointer<UInt8>
  ) throws(DateTimeFailure) -> Int64 {
    let expected = "a timestamp such as 2024-01-31 12:34:56"
    return try checked(parse(text, expected).wallClock, expected)
  }

  /// Milliseconds since 1970-01-01 UTC; a text without zone is in `zone`.
  public static func timestampWithTimeZone(
    _ text: UnsafeBufferPointer<UInt8>, zone: TimeZoneRules
  ) throws(DateTimeFailure) -> Int64 {
    let expected = "a timestamp such as 2024-01-31 12:34:56+00"
    let parts = try parse(text, expected)
    let instant =
      switch parts.zone {
      case .none: zone.instant(fromLocal: parts.wallClock)
      case .offset(let offset): parts.wallClock - offset
      case .rules(let rules): rules.instant(fromLocal: parts.wallClock)
      }
    return try checked(instant, expected)
  }

  private static func checked(
    _ milliseconds: Int64, _ expected: String
  ) throws(DateTimeFailure) -> Int64 {
    guard Calendar.millisecondRange.contains(milliseconds) else {
      throw DateTimeFailure(reason: .outOfRange, expected: expected)
    }
    return milliseconds
  }

  private enum Zone {
    case none
    case offset(Int64)
    case rules(TimeZoneRules)
  }

  private struct Parts {
    var days: Int64
    var timeOfDay: Int64 = 0
    var zone = Zone.none
    /// Days are within PostgreSQL's range, so this does not overflow.
    var wallClock: Int64 { days * Calendar.millisecondsPerDay + timeOfDay }
  }

  private static func parse(
    _ text: UnsafeBufferPointer<UInt8>, _ expected: String
  ) throws(DateTimeFailure) -> Parts {
    let notUnderstood = DateTimeFailure(reason: .notUnderstood, expected: expected)
    let outOfRange = DateTimeFailure(reason: .outOfRange, expected: expected)
    var reader = TextReader(text)
    reader.skipSpaces()
    if reader.skip(word: "epoch") {
      reader.skipSpaces()
      guard reader.isAtEnd else { throw notUnderstood }
      return Parts(days: 0, zone: .offset(0))
    }
    guard var date = readDate(&reader) else { throw notUnderstood }
    var timeOfDay: Int64 = 0
    var zone = Zone.none
    let afterDate = reader.position
    let hadMark = reader.skip("T") || reader.skip("t")
    reader.skipSpaces()
    if hadMark || (reader.position > afterDate && TextReader.isDigit(reader.next)) {
      guard let time = readTime(&reader) else { throw notUnderstood }
      guard let milliseconds = time.milliseconds else { throw outOfRange }
      timeOfDay = milliseconds
    }
    while true {
      reader.skipSpaces()
      if reader.isAtEnd { break }
      if isEra(reader) {
        _ = reader.skip(word: "bc")
        guard date.year > 0 else { throw outOfRange }
        date.year = 1 - date.year
        continue
      }
      guard case .none = zone else { throw notUnderstood }
      zone = try readZone(&reader, notUnderstood)
    }
    guard let days = Calendar.checkedDays(year: date.year, month: date.month, day: date.day) else {
      throw outOfRange
    }
    return Parts(days: days, timeOfDay: timeOfDay, zone: zone)
  }

  private static func isEra(_ reader: TextReader) -> Bool {
    var copy = reader
    return copy.skip(word: "bc") && !TextReader.isLetter(copy.next)
  }

  private static func readDate(_ reader: inout TextReader) -> CalendarDate? {
    if reader.countOfDigits() == 8 {
      guard let number = reader.readDigits(8, 8) else { return nil }
      return CalendarDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
    guard let year = reader.readDigits(4, 7), reader.skip("-"),
      let month = reader.readDigits(1, 2), reader.skip("-"), let day = reader.readDigits(1, 2),
      // There is no year 0: before 1 comes 1 BC.
      year > 0
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  struct TimeOfDay {
    var hour: Int64
    var minute: Int64
    var second: Int64
    var fraction: Int64
    var isAfternoon: Bool?

    /// `nil` when there is no such time.
    var milliseconds: Int64? {
      var hour = hour
      if let isAfternoon {
        guard (1...12).contains(hour) else { return nil }
        hour = hour % 12 + (isAfternoon ? 12 : 0)
      }
      guard minute < 60, second <= 60 else { return nil }
      if second == 60, fraction != 0 { return nil }
      if hour > 23, hour != 24 || minute != 0 || second != 0 || fraction != 0 { return nil }
      return ((hour * 60 + minute) * 60 + second) * 1_000 + fraction
    }
  }

  private static func readTime(_ reader: inout TextReader) -> TimeOfDay? {
    var time = TimeOfDay(hour: 0, minute: 0, second: 0, fraction: 0)
    let digits = reader.countOfDigits()
    if digits == 4 || digits == 6 {
      guard let number = reader.readDigits(4, 6) else { return nil }
      time.hour = digits == 6 ? number / 10_000 : number / 100
      time.minute = digits == 6 ? number / 100 % 100 : number % 100
      time.second = digits == 6 ? number % 100 : 0
    } else {
      guard let hour = reader.readDigits(1, 2), reader.skip(":"),
        let minute = reader.readDigits(2, 2)
      else { return nil }
      time.hour = hour
      time.minute = minute
      if reader.skip(":") {
        guard let second = reader.readDigits(2, 2) else { return nil }
        time.second = second
      }
    }
    if reader.skip(".") { time.fraction = reader.readMilliseconds() }
    let end = reader.position
    reader.skipSpaces()
    let isMorning = reader.skip(word: "am")
    let isAfternoon = !isMorning && reader.skip(word: "pm")
    // `America/New_York` begins with AM too.
    if isMorning || isAfternoon, !TextReader.isLetter(reader.next) {
      time.isAfternoon = isAfternoon
    } else {
      reader.position = end
    }
    return time
  }

  private static func readZone(
    _ reader: inout TextReader, _ notUnderstood: DateTimeFailure
  ) throws(DateTimeFailure) -> Zone {
    if reader.next == 0x2B || reader.next == 0x2D {
      guard let offset = reader.readZoneOffset() else { throw notUnderstood }
      return .offset(offset)
    }
    let start = reader.position
    guard TextReader.isLetter(reader.next) else { throw notUnderstood }
    while !reader.isAtEnd, !TextReader.isSpace(reader.next) { reader.position += 1 }
    let bytes = reader.bytes[start..<reader.position]
    if bytes.count == 1, bytes[start] | 0x20 == UInt8(ascii: "z") { return .offset(0) }
    let name = String(decoding: bytes.prefix(64), as: UTF8.self)
    guard let rules = TimeZoneRules.named(name) else {
      throw DateTimeFailure(reason: .unknownZone(name), expected: notUnderstood.expected)
    }
    return .rules(rules)
  }
}
