/// Whether bytes are one JSON value (RFC 8259), without building it.
struct JSONSyntax {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Nesting beyond this is refused.
  private static let depthLimit = 512

  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var syntax = JSONSyntax(bytes: text)
    guard syntax.skipValue(depth: 0) else { return false }
    syntax.skipSpaces()
    return syntax.position == text.count
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpaces() {
    while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipWord(_ word: StaticString) -> Bool {
    for index in 0..<word.utf8CodeUnitCount where !skip(word.utf8Start[index]) { return false }
    return true
  }

  private mutating func skipValue(depth: Int) -> Bool {
    guard depth < Self.depthLimit else { return false }
    skipSpaces()
    switch next {
    case UInt8(ascii: "{"): return skipMembers(depth, UInt8(ascii: "}"), isObject: true)
    case UInt8(ascii: "["): return skipMembers(depth, UInt8(ascii: "]"), isObject: false)
    case UInt8(ascii: "\""): return skipString()
    case UInt8(ascii: "t"): return skipWord("true")
    case UInt8(ascii: "f"): return skipWord("false")
    case UInt8(ascii: "n"): return skipWord("null")
    default: return skipNumber()
    }
  }

  private mutating func skipMembers(_ depth: Int, _ end: UInt8, isObject: Bool) -> Bool {
    position += 1
    skipSpaces()
    if skip(end) { return true }
    while true {
      skipSpaces()
      if isObject {
        guard skipString() else { return false }
        skipSpaces()
        guard skip(UInt8(ascii: ":")) else { return false }
      }
      guard skipValue(depth: depth + 1) else { return false }
      skipSpaces()
      if skip(end) { return true }
      guard skip(UInt8(ascii: ",")) else { return false }
    }
  }

  private mutating func skipString() -> Bool {
    guard skip(UInt8(ascii: "\"")) else { return false }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 0x20 { return false }
      guard byte == UInt8(ascii: "\\") else { continue }
      let escaped = next
      position += 1
      switch escaped {
      case UInt8(ascii: "u"):
        for _ in 0..<4 {
          guard Self.isHexadecimal(next) else { return false }
          position += 1
        }
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
        UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        break
      default: return false
      }
    }
    return false
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }

  private mutating func skipDigits() -> Bool {
    let start = position
    while next &- 0x30 < 10 { position += 1 }
    return position > start
  }

  private mutating func skipNumber() -> Bool {
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")), !skipDigits() { return false }
    if skip(UInt8(ascii: ".")), !skipDigits() { return false }
    if next | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
      return skipDigits()
    }
    return true
  }
}
