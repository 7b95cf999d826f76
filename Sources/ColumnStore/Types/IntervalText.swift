/// Intervals as text, as PostgreSQL reads and writes them.
public enum IntervalText {
  /// `1 day 2 hours`, `-3 days`, `1.5 hours`, `01:30:00`, `1-2` (years-months), `P1DT2H`, `2 h ago`,
  /// a plain number of seconds, and any mixture.
  public static func parse(
    _ text: UnsafeBufferPointer<UInt8>
  ) throws(DateTimeFailure) -> Interval {
    var reader = TextReader(text)
    reader.skipSpaces()
    var sum = IntervalSum()
    let isUnderstood =
      reader.next | 0x20 == UInt8(ascii: "p") && !TextReader.isLetter(reader.peek(1))
      ? readISO(&reader, &sum) : readWords(&reader, &sum)
    let expected = "an interval such as 1 day 02:30:00"
    guard isUnderstood else { throw DateTimeFailure(reason: .notUnderstood, expected: expected) }
    guard let interval = sum.interval else {
      throw DateTimeFailure(reason: .outOfRange, expected: expected)
    }
    return interval
  }

  private static func readWords(_ reader: inout TextReader, _ sum: inout IntervalSum) -> Bool {
    _ = reader.skip("@")
    var hasParts = false
    while true {
      reader.skipSpaces()
      if reader.isAtEnd { return hasParts }
      if hasParts, reader.skip(word: "ago") {
        reader.skipSpaces()
        guard reader.isAtEnd else { return false }
        sum.negate()
        return true
      }
      guard let number = readNumber(&reader) else { return false }
      hasParts = true
      if number.isWhole, reader.next == 0x3A {
        guard readClock(&reader, number, &sum) else { return false }
        continue
      }
      if number.isWhole, reader.next == 0x2D, TextReader.isDigit(reader.peek(1)) {
        reader.position += 1
        guard let months = reader.readDigits(1, 2), months < 12 else { return false }
        sum.add(number.value, .year)
        sum.add(number.isNegative ? -Double(months) : Double(months), .month)
        continue
      }
      reader.skipSpaces()
      let start = reader.position
      while TextReader.isLetter(reader.next) { reader.position += 1 }
      if start == reader.position {
        // A number without unit is seconds, and comes last.
        guard reader.isAtEnd else { return false }
        sum.add(number.value, .second)
        return true
      }
      let word = String(decoding: reader.bytes[start..<reader.position], as: UTF8.self)
      guard let unit = TimeUnit(word), unit != .quarter else { return false }
      sum.add(number.value, unit)
    }
  }

  private struct Number {
    var value: Double
    var isNegative: Bool
    var isWhole: Bool
  }

  private static func readNumber(_ reader: inout TextReader) -> Number? {
    let isNegative = reader.skip("-")
    if !isNegative { _ = reader.skip("+") }
    reader.skipSpaces()
    var value = 0.0
    var digits = 0
    while TextReader.isDigit(reader.next) {
      value = value * 10 + Double(reader.next - 0x30)
      reader.position += 1
      digits += 1
    }
    var isWhole = true
    if reader.skip(".") {
      isWhole = false
      var numerator = 0.0
      var denominator = 1.0
      while TextReader.isDigit(reader.next) {
        if denominator < 1e15 {
          numerator = numerator * 10 + Double(reader.next - 0x30)
          denominator *= 10
        }
        reader.position += 1
        digits += 1
      }
      value += numerator / denominator
    }
    guard digits > 0, digits < 40 else { return nil }
    return Number(value: isNegative ? -value : value, isNegative: isNegative, isWhole: isWhole)
  }

  /// `:30`, `:30:15.5` after the hours.
  private static func readClock(
    _ reader: inout TextReader, _ hours: Number, _ sum: inout IntervalSum
  ) -> Bool {
    guard reader.skip(":"), let minutes = reader.readDigits(1, 2), minutes < 60 else {
      return false
    }
    var seconds = 0.0
    if reader.skip(":") {
      guard let whole = reader.readDigits(1, 2), whole < 60 else { return false }
      seconds = Double(whole)
      if reader.skip(".") { seconds += Double(reader.readMilliseconds()) / 1_000 }
    }
    let sign = hours.isNegative ? -1.0 : 1.0
    sum.add(hours.value, .hour)
    sum.add(sign * Double(minutes), .minute)
    sum.add(sign * seconds, .second)
    return true
  }

  private static func readISO(_ reader: inout TextReader, _ sum: inout IntervalSum) -> Bool {
    reader.position += 1
    var isTime = false
    var hasParts = false
    while true {
      if !isTime, reader.skip("T") || reader.skip("t") { isTime = true }
      if reader.isAtEnd { return hasParts }
      guard let number = readNumber(&reader) else {
        reader.skipSpaces()
        return hasParts && reader.isAtEnd
      }
      let unit: TimeUnit
      switch (reader.next | 0x20, isTime) {
      case (UInt8(ascii: "y"), false): unit = .year
      case (UInt8(ascii: "m"), false): unit = .month
      case (UInt8(ascii: "w"), false): unit = .week
      case (UInt8(ascii: "d"), false): unit = .day
      case (UInt8(ascii: "h"), true): unit = .hour
      case (UInt8(ascii: "m"), true): unit = .minute
      case (UInt8(ascii: "s"), true): unit = .second
      default: return false
      }
      reader.position += 1
      hasParts = true
      sum.add(number.value, unit)
    }
  }

  /// `1 year 2 mons -3 days +04:05:06.7`, as PostgreSQL's default style.
  public static func format(_ interval: Interval) -> String {
    var parts: [String] = []
    var isBefore = false
    func add(_ value: Int32, _ unit: String) {
      if value == 0 { return }
      let sign = isBefore && value > 0 ? "+" : ""
      parts.append("\(sign)\(value) \(unit)\(value == 1 ? "" : "s")")
      isBefore = value < 0
    }
    add(interval.months / 12, "year")
    add(interval.months % 12, "mon")
    add(interval.days, "day")
    if interval.milliseconds != 0 || parts.isEmpty {
      let sign = interval.milliseconds < 0 ? "-" : isBefore ? "+" : ""
      parts.append(sign + ClockText.duration(interval.milliseconds.magnitude))
    }
    return parts.joined(separator: " ")
  }
}

/// Adds up the parts of an interval; fractions of long units become shorter ones.
private struct IntervalSum {
  private var months = 0.0
  private var days = 0.0
  private var milliseconds = 0.0

  mutating func add(_ value: Double, _ unit: TimeUnit) {
    switch unit {
    case .millennium: add(months: value * 12_000)
    case .century: add(months: value * 1_200)
    case .decade: add(months: value * 120)
    case .year: add(months: value * 12)
    case .quarter: add(months: value * 3)
    case .month:
      let whole = value.rounded(.towardZero)
      months += whole
      add((value - whole) * 30, .day)
    case .week: add(value * 7, .day)
    case .day:
      // Rounded to microseconds of a day, so that a tenth of a month is three days.
      let value = (value * 1e9).rounded() / 1e9
      let whole = value.rounded(.towardZero)
      days += whole
      milliseconds += (value - whole) * 86_400_000
    case .hour: milliseconds += value * 3_600_000
    case .minute: milliseconds += value * 60_000
    case .second: milliseconds += value * 1_000
    case .millisecond: milliseconds += value
    case .microsecond: milliseconds += value / 1_000
    }
  }

  /// A fraction of a year becomes whole months only.
  private mutating func add(months value: Double) {
    months += value.rounded()
  }

  mutating func negate() {
    months = -months
    days = -days
    milliseconds = -milliseconds
  }

  var interval: Interval? {
    guard let months = Int32(exactly: months), let days = Int32(exactly: days),
      let milliseconds = Int64(exactly: milliseconds.rounded())
    else { return nil }
    return Interval(months: months, days: days, milliseconds: milliseconds)
  }
}
