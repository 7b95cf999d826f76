import Sketches

extension Value {
  /// The value as PostgreSQL would print it; instants in `timeZone`. Booleans are `true` and
  /// `false`, a null is `NULL`, sketch states are hexadecimal.
  public func formatted(timeZone: TimeZoneRules = .utc) -> String {
    switch self {
    case .null: "NULL"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .double(let value): NumberText.format(value)
    case .text(let text), .json(let text): text
    case .timestamp(let milliseconds): ClockText.timestamp(milliseconds)
    case .timestampWithTimeZone(let instant): ClockText.instant(instant, in: timeZone)
    case .date(let days): ClockText.date(days)
    case .interval(let interval): IntervalText.format(interval)
    case .hyperLogLog(let sketch): hexadecimal(sketch.encoded())
    case .digest(let digest): hexadecimal(digest.encoded())
    case .array(let elements):
      "{" + elements.map { $0.formattedElement(timeZone) }.joined(separator: ",") + "}"
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return "\\x"
      + String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Elements of arrays are quoted where they would not be read back otherwise.
  private func formattedElement(_ timeZone: TimeZoneRules) -> String {
    let text = formatted(timeZone: timeZone)
    switch self {
    case .null, .array: return text
    default: break
    }
    let special: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ",")
        || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || TextReader.isSpace(byte)
    }
    guard text.isEmpty || text.utf8.contains(where: special) || text.uppercased() == "NULL" else {
      return text
    }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}

/// Dates and times of day as ISO 8601 text.
public enum ClockText {
  /// `2024-01-31`; years before 1 end in ` BC`.
  public static func date(_ days: Int64) -> String {
    let parts = dateParts(days)
    return parts.text + parts.era
  }

  /// `2024-01-31 12:34:56[.123]`
  public static func timestamp(_ milliseconds: Int64) -> String {
    let parts = timestampParts(milliseconds)
    return parts.text + parts.era
  }

  /// `2024-01-31 12:34:56+02`
  public static func instant(_ instant: Int64, in zone: TimeZoneRules) -> String {
    let offset = zone.offset(atInstant: instant)
    let parts = timestampParts(instant &+ offset)
    return parts.text + offsetText(offset) + parts.era
  }

  /// `04:05:06.7`; hours may exceed 23.
  static func duration(_ milliseconds: UInt64) -> String {
    let seconds = milliseconds / 1_000
    return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded(Int64($0), 2) }
      .joined(separator: ":") + fraction(Int64(milliseconds % 1_000))
  }

  private static func timestampParts(_ milliseconds: Int64) -> (text: String, era: String) {
    let date = dateParts(Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay))
    let time = Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
    return (date.text + " " + duration(UInt64(time)), date.era)
  }

  private static func dateParts(_ days: Int64) -> (text: String, era: String) {
    let date = Calendar.date(days: days)
    let year = date.year > 0 ? date.year : 1 - date.year
    return (
      "\(padded(year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))",
      date.year > 0 ? "" : " BC"
    )
  }

  private static func fraction(_ milliseconds: Int64) -> String {
    if milliseconds == 0 { return "" }
    var digits = padded(milliseconds, 3)
    while digits.last == "0" { digits.removeLast() }
    return "." + digits
  }

  private static func offsetText(_ offset: Int64) -> String {
    let seconds = Int64((offset / 1_000).magnitude)
    var text = (offset < 0 ? "-" : "+") + padded(seconds / 3_600, 2)
    if seconds % 3_600 != 0 { text += ":" + padded(seconds / 60 % 60, 2) }
    if seconds % 60 != 0 { text += ":" + padded(seconds % 60, 2) }
    return text
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width
      ? digits : String(repeating: "0", count: width - digits.count) + digits
  }
}
