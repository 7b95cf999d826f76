/// Identifiers of traces and spans: hexadecimal in the JSON of OTLP, unlike other bytes there.
enum HexadecimalID {
  /// In small letters; `nil` where it is none, or is all zeros, which stands for none.
  static func text(_ value: TelemetryValue?, digitCount: Int) -> String? {
    guard let text = value?.text, text.count == digitCount else { return nil }
    var isZero = true
    var digits: [UInt8] = []
    digits.reserveCapacity(digitCount)
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
        digits.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte | 0x20)
      default: return nil
      }
      if byte != UInt8(ascii: "0") { isZero = false }
    }
    return isZero ? nil : String(decoding: digits, as: UTF8.self)
  }
}
