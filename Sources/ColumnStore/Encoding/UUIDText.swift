/// The canonical text of a UUID: 36 bytes, lower case, hyphens after digits 8, 12, 16 and 20.
package enum UUIDText {
  package static let byteCount = 36

  /// The 128 bits as two words, most significant first; `nil` unless the text is canonical.
  package static func parse(_ text: UnsafePointer<UInt8>) -> (high: UInt64, low: UInt64)? {
    guard text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else { return nil }
    let raw = UnsafeRawPointer(text)
    func four(_ offset: Int) -> UInt64 {
      UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    func eight(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    var isWrong: UInt64 = 0
    let first = digits(eight(0), &isWrong)
    let second = digits(four(9) | four(14) << 32, &isWrong)
    let third = digits(four(19) | four(24) << 32, &isWrong)
    let fourth = digits(eight(28), &isWrong)
    return isWrong == 0 ? (first << 32 | second, third << 32 | fourth) : nil
  }

  /// The value of eight hexadecimal digits, the first in the lowest byte: all at once, since a
  /// branch per digit would be mispredicted on every third one.
  private static func digits(_ text: UInt64, _ isWrong: inout UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Only letters have bit 6: "a" is 0x61. Their low four bits are 9 less than what they stand for.
    let letters = (text &>> 6) & ones
    let values = (text & (0x0F &* ones)) &+ 9 &* letters
    // Right if the digits, written again, give the text, none is above 15, and letters are those
    // from 10 on, which are also those that reach bit 4 when 6 is added.
    isWrong |= text ^ (values &+ 0x30 &* ones &+ 0x27 &* letters)
    isWrong |= values & (0xF0 &* ones)
    isWrong |= ((values &+ 6 &* ones) &>> 4 & ones) ^ letters
    let pairs = (values &<< 4 | values &>> 8) & 0x00FF_00FF_00FF_00FF
    let quads = (pairs | pairs &>> 8) & 0x0000_FFFF_0000_FFFF
    return UInt64(UInt32(truncatingIfNeeded: quads | quads &>> 16).byteSwapped)
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
