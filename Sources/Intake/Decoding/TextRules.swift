internal import AccessControl

/// What texts of the strict fields look like.
enum TextRules {
  typealias Text = UnsafeBufferPointer<UInt8>

  static func identifier(_ text: Text) -> TextColumn.Verdict {
    guard text.count <= 128 else { return .refuse(.tooLong) }
    var isPlain = true
    for byte in text {
      if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") { isPlain = false }
      if byte <= 0x20 || byte >= 0x7F { isPlain = false }
    }
    if !isPlain {
      guard Identifier(String(decoding: text, as: UTF8.self)) != nil else {
        return .refuse(.invalidID)
      }
      if SensitiveText.isMail(text) { return .refuse(.mailAsID) }
    }
    return SensitiveText.hasSecretPrefix(text) ? .refuse(.secretAsID) : .keep
  }

  /// Small letters, with `_` for dashes and blanks.
  static func word(_ text: Text) -> String {
    guard text.count <= 64 else { return "" }
    return String(
      decoding: text.map { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "."): UInt8(ascii: "_")
        default: byte
        }
      }, as: UTF8.self)
  }

  static func isPlainWord(_ word: String) -> Bool {
    guard let first = word.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
    else { return false }
    return word.utf8.count <= 64
      && word.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  static func sealed(_ text: Text, limit: Int) -> TextColumn.Verdict {
    guard text.count <= limit else { return .refuse(.tooLong) }
    return hasControls(text) ? .refuse(.invalidText) : .keep
  }

  /// As `Pseudonymizer` writes them.
  static func isPseudonym(_ text: Text) -> Bool {
    text.count == 34 && text[0] == UInt8(ascii: "p") && text[1] == UInt8(ascii: "_")
      && text.dropFirst(2).allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  /// Tabs and line ends are text.
  static func hasControls(_ text: Text) -> Bool {
    text.contains { ($0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D) || $0 == 0x7F }
  }

  /// Without scheme and host, query and fragment.
  static func path(_ text: Text) -> Text {
    var part = text[...]
    if let end = part.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
      part = part[..<end]
    }
    let scheme = Array("://".utf8)
    for start in part.indices.dropLast(2) where part[start] == scheme[0] {
      guard part[start + 1] == scheme[1], part[start + 2] == scheme[2] else { continue }
      let rest = part[(start + 3)...]
      part = rest.firstIndex(of: UInt8(ascii: "/")).map { rest[$0...] } ?? rest.suffix(0)
      break
    }
    return Text(rebasing: part)
  }

  static func country(_ text: Text) -> TextColumn.Verdict {
    guard text.count == 2 else {
      return word(text) == "unknown" ? .replace("unknown") : .refuse(.invalidCountry)
    }
    let letters = text.map { $0 & 0xDF }
    guard letters.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
      text.allSatisfy({ $0 >= UInt8(ascii: "A") })
    else { return .refuse(.invalidCountry) }
    return .replace(String(decoding: letters, as: UTF8.self))
  }

  /// One `@` with something before and a domain after it: what mail servers take is wider than any
  /// pattern.
  static func mail(_ text: Text) -> TextColumn.Verdict {
    guard text.count <= 254 else { return .refuse(.tooLong) }
    let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].count >= 3,
      parts[1].contains(UInt8(ascii: ".")), parts[1].last != UInt8(ascii: "."),
      text.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { return .refuse(.invalidMail) }
    return .keep
  }
}
