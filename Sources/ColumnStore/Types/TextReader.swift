/// Reads numbers and words from the front of some bytes; never past their end.
struct TextReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The next byte, 0 at the end.
  var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  func peek(_ distance: Int) -> UInt8 {
    position + distance < bytes.count ? bytes[position + distance] : 0
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 9 && byte <= 13) }
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  mutating func skipSpaces() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  /// True, and past it, if the byte is next.
  mutating func skip(_ character: Character) -> Bool {
    guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  /// True, and past it, if the ASCII word is next in any case.
  mutating func skip(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count {
      let byte = bytes[position + i]
      let lower = Self.isLetter(byte) ? byte | 0x20 : byte
      if lower != word.utf8Start[i] { return false }
    }
    position += count
    return true
  }

  /// Between `least` and `most` digits; `nil` if there are fewer, or more follow. `most` is 18 at
  /// most, so that the number fits.
  mutating func readDigits(_ least: Int, _ most: Int) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while Self.isDigit(next), count < most {
      value = value * 10 + Int64(next - 0x30)
      position += 1
      count += 1
    }
    return count >= least && !Self.isDigit(next) ? value : nil
  }

  func countOfDigits() -> Int {
    var count = 0
    while Self.isDigit(peek(count)) { count += 1 }
    return count
  }

  /// The digits after a decimal point, as milliseconds, rounded half up (up to 1000).
  mutating func readMilliseconds() -> Int64 {
    var value: Int64 = 0
    var scale: Int64 = 100
    var index = 0
    while Self.isDigit(next) {
      let digit = Int64(next - 0x30)
      if index < 3 {
        value += digit * scale
        scale /= 10
      } else if index == 3, digit >= 5 {
        value += 1
      }
      index += 1
      position += 1
    }
    return value
  }

  /// `+05`, `-5`, `+05:30`, `+05:30:15`, `+0530` as milliseconds east of UTC.
  mutating func readZoneOffset() -> Int64? {
    let isWest = next == 0x2D
    guard skip("+") || skip("-") else { return nil }
    var hours: Int64
    var minutes: Int64 = 0
    var seconds: Int64 = 0
    if countOfDigits() >= 3 {
      guard let number = readDigits(3, 4) else { return nil }
      hours = number / 100
      minutes = number % 100
    } else {
      guard let number = readDigits(1, 2) else { return nil }
      hours = number
      if next == 0x3A, Self.isDigit(peek(1)) {
        position += 1
        guard let number = readDigits(2, 2) else { return nil }
        minutes = number
        if skip(":") {
          guard let number = readDigits(2, 2) else { return nil }
          seconds = number
        }
      }
    }
    guard hours <= 15, minutes < 60, seconds < 60 else { return nil }
    let offset = (hours * 3_600 + minutes * 60 + seconds) * 1_000
    return isWest ? -offset : offset
  }
}
