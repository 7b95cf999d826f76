/// How many columns of a terminal text takes: 2 for wide characters (Chinese, Japanese, Korean,
/// emoji), none for what combines with the character before it.
package enum DisplayWidth {
  package static func of(_ bytes: some Collection<UInt8>) -> Int {
    // Printable ASCII, which is nearly everything, takes a column per byte.
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return bytes.count }
    return of(String(decoding: bytes, as: UTF8.self))
  }

  package static func of(_ text: String) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  /// What a reader sees as one character takes the columns of its widest part.
  package static func of(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      // Asks for the emoji form of the character before it.
      if scalar.value == 0xfe0f { return 2 }
      width = max(width, of(scalar))
    }
    return width
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value == 0xad ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// Wide and Fullwidth in Unicode's EastAsianWidth.txt, in blocks.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
    0xa000...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1b000...0x1b2ff,
    0x20000...0x2fffd, 0x30000...0x3fffd,
  ]

  /// The longest start of `text` that fits, with an ellipsis where something was cut.
  package static func cut(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += of(character)
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
