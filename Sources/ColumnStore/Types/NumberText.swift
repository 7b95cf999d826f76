/// Numbers and truth values as text, as PostgreSQL reads and writes them.
public enum NumberText {
  public enum Failure: Error, Sendable {
    case notUnderstood, outOfRange
  }

  private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = text.count
    while start < end, TextReader.isSpace(text[start]) { start += 1 }
    while end > start, TextReader.isSpace(text[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: text[start..<end])
  }

  public static func integer(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int64 {
    let text = trimmed(text)
    var index = 0
    var isNegative = false
    if let first = text.first, first == 0x2B || first == 0x2D {
      isNegative = first == 0x2D
      index = 1
    }
    guard index < text.count else { throw .notUnderstood }
    var value: Int64 = 0
    var isOverflow = false
    // Counted down from zero, since the smallest number has no positive twin.
    while index < text.count {
      guard TextReader.isDigit(text[index]) else { throw .notUnderstood }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow2) = tens.subtractingReportingOverflow(Int64(text[index] - 0x30))
      isOverflow = isOverflow || overflow || overflow2
      value = next
      index += 1
    }
    if isOverflow || (!isNegative && value == .min) { throw .outOfRange }
    return isNegative ? value : -value
  }

  public static func double(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Double {
    let text = trimmed(text)
    guard let first = text.first, text.count <= 1_000 else { throw .notUnderstood }
    let unsigned = first == 0x2B || first == 0x2D ? text.dropFirst() : text[...]
    guard let digit = unsigned.first else { throw .notUnderstood }
    if TextReader.isLetter(digit) {
      switch String(decoding: unsigned, as: UTF8.self).lowercased() {
      case "infinity", "inf": return first == 0x2D ? -.infinity : .infinity
      case "nan" where unsigned.count == text.count: return .nan
      default: throw .notUnderstood
      }
    }
    // Hexadecimal is what `Double` takes and PostgreSQL does not.
    guard TextReader.isDigit(digit) || digit == 0x2E,
      !unsigned.contains(where: { $0 | 0x20 == UInt8(ascii: "x") || $0 | 0x20 == UInt8(ascii: "p") }
      ), let value = Double(normalised(unsigned, isNegative: first == 0x2D))
    else { throw .notUnderstood }
    if value.isInfinite { throw .outOfRange }
    if value == 0,
      unsigned.prefix(while: { $0 | 0x20 != UInt8(ascii: "e") })
        .contains(where: { $0 > 0x30 && $0 <= 0x39 })
    {
      throw .outOfRange
    }
    return value
  }

  /// `Double` takes neither `5.` nor `.5`.
  private static func normalised(
    _ text: Slice<UnsafeBufferPointer<UInt8>>, isNegative: Bool
  ) -> String {
    var bytes: [UInt8] = isNegative ? [0x2D] : []
    for index in text.indices {
      let isPoint = text[index] == 0x2E
      let followsDigit = index > text.startIndex && TextReader.isDigit(text[index - 1])
      if isPoint, !followsDigit, index == text.startIndex { bytes.append(0x30) }
      let precedesDigit = index + 1 < text.endIndex && TextReader.isDigit(text[index + 1])
      if isPoint, !precedesDigit, followsDigit { continue }
      bytes.append(text[index])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// true, yes, on, 1 and their opposites; any unambiguous beginning, in any case.
  public static func boolean(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    let text = trimmed(text)
    guard !text.isEmpty, text.count <= 5 else { return nil }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    if word == "1" || word == "on" || "true".hasPrefix(word) || "yes".hasPrefix(word) {
      return true
    }
    if word == "0" || word == "of" || word == "off" || "false".hasPrefix(word)
      || "no".hasPrefix(word)
    {
      return false
    }
    return nil
  }

  /// The fewest digits that give back the same double: `0.1`, `5`, `1e+20`, `Infinity`, `NaN`.
  public static func format(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0" : "0" }
    // Swift's digits are the shortest; only where the exponent begins differs.
    var digits: [UInt8] = []
    var exponent = 0
    var pointAt: Int?
    for (index, byte) in value.magnitude.description.utf8.enumerated() {
      if byte == 0x2E {
        pointAt = digits.count
      } else if byte == UInt8(ascii: "e") {
        exponent = Int(value.magnitude.description.dropFirst(index + 1)) ?? 0
        break
      } else {
        digits.append(byte)
      }
    }
    exponent += (pointAt ?? digits.count) - 1
    let leadingZeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leadingZeros)
    exponent -= leadingZeros
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    return (value < 0 ? "-" : "") + layOut(digits, exponent)
  }

  /// `digits` with the point after the first, times ten to the exponent.
  private static func layOut(_ digits: [UInt8], _ exponent: Int) -> String {
    func text(_ digits: some Sequence<UInt8>) -> String {
      String(decoding: Array(digits), as: UTF8.self)
    }
    if exponent < -4 || exponent >= 15 {
      let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
      let power = String(exponent.magnitude)
      return text(digits.prefix(1)) + fraction + (exponent < 0 ? "e-" : "e+")
        + (power.count < 2 ? "0" : "") + power
    }
    if exponent < 0 {
      return "0." + String(repeating: "0", count: -exponent - 1) + text(digits)
    }
    if digits.count <= exponent + 1 {
      return text(digits) + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return text(digits.prefix(exponent + 1)) + "." + text(digits.dropFirst(exponent + 1))
  }
}
