/// The canonical text of a UUID: 36 bytes, lower case, hyphens after digits 8, 12, 16 and 20.
package enum UUIDText {
  package static let byteCount = 36

  /// The 128 bits as two words, most significant first; `nil` unless the text is canonical.
  package static func parse(_ text: UnsafePointer<UInt8>) -> (high: UInt64, low: UInt64)? {
    guard text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else { return nil }
    guard let a = digits(text, 0..<8), let b = digits(text, 9..<13), let c = digits(text, 14..<18),
      let d = digits(text, 19..<23), let e = digits(text, 24..<36)
    else { return nil }
    return (a << 32 | b << 16 | c, d << 48 | e)
  }

  private static func digits(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for index in range {
      switch text[index] {
      case 0x30...0x39: value = value << 4 | UInt64(text[index] - 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(text[index] - 0x57)
      default: return nil
      }
    }
    return value
  }

  /// Writes the 36 bytes.
  package static func write(high: UInt64, low: UInt64, to text: UnsafeMutablePointer<UInt8>) {
    var next = 0
    for digit in 0..<32 {
      if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
        text[next] = 0x2D
        next += 1
      }
      let word = digit < 16 ? high : low
      let nibble = UInt8(truncatingIfNeeded: word &>> UInt64(60 &- 4 &* (digit & 15))) & 15
      text[next] = nibble &+ (nibble < 10 ? 0x30 : 0x57)
      next += 1
    }
  }

  package static func string(high: UInt64, low: UInt64) -> String {
    String(unsafeUninitializedCapacity: byteCount) { text in
      if let start = text.baseAddress { write(high: high, low: low, to: start) }
      return byteCount
    }
  }
}
