/// Arrays of one dimension as PostgreSQL writes them: `{1,2,NULL,"a, b"}`.
public enum ArrayText {
  /// The texts of the elements, `nil` for NULL; `nil` where the text is no array of one dimension.
  public static func elements(_ text: UnsafeBufferPointer<UInt8>) -> [String?]? {
    var parser = Parser(bytes: text)
    return parser.elements()
  }

  private struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpaces() {
      while let byte = next, TextReader.isSpace(byte) { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
      guard next == byte else { return false }
      position += 1
      return true
    }

    mutating func elements() -> [String?]? {
      skipSpaces()
      guard skip(UInt8(ascii: "{")) else { return nil }
      var elements: [String?] = []
      skipSpaces()
      if !skip(UInt8(ascii: "}")) {
        while true {
          guard addElement(to: &elements) else { return nil }
          if skip(UInt8(ascii: ",")) { continue }
          guard skip(UInt8(ascii: "}")) else { return nil }
          break
        }
      }
      skipSpaces()
      return position == bytes.count ? elements : nil
    }

    /// False where there is none.
    private mutating func addElement(to elements: inout [String?]) -> Bool {
      skipSpaces()
      var text: [UInt8] = []
      if skip(UInt8(ascii: "\"")) {
        while let byte = next, byte != UInt8(ascii: "\"") {
          position += 1
          guard byte == UInt8(ascii: "\\") else {
            text.append(byte)
            continue
          }
          guard let escaped = next else { return false }
          text.append(escaped)
          position += 1
        }
        guard skip(UInt8(ascii: "\"")) else { return false }
        skipSpaces()
        elements.append(String(decoding: text, as: UTF8.self))
        return true
      }
      // Where the text ends that spaces do not count for.
      var end = 0
      while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\"") { return false }
        position += 1
        if byte == UInt8(ascii: "\\") {
          guard let escaped = next else { return false }
          text.append(escaped)
          position += 1
          end = text.count
          continue
        }
        text.append(byte)
        if !TextReader.isSpace(byte) { end = text.count }
      }
      if end == 0 { return false }
      let string = String(decoding: text[..<end], as: UTF8.self)
      elements.append(string.lowercased() == "null" ? nil : string)
      return true
    }
  }
}
