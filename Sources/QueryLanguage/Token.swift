/// One word, literal or sign of a query text.
///
/// The rules are those of PostgreSQL's scanner, with one difference: every text has tokens. What a
/// scanner would refuse (an open quote, a stray byte) becomes a token too, since tokens serve error
/// messages first.
public struct Token: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// A keyword or an unquoted name.
    case word
    /// `"name"`, also unterminated.
    case quotedName
    /// `'text'`, `E'text'`, `B'01'`, `$$text$$`, also unterminated.
    case string
    case number
    /// `$1`.
    case parameter
    /// A run of operator characters: `+`, `<=`, `->>`.
    case sign
    /// One of `( ) [ ] , ; .`, `:`, `::`, `:=`, or a byte without meaning.
    case punctuation
  }

  public var kind: Kind
  /// UTF-8 bytes of the query text.
  public var range: Range<Int>

  public init(kind: Kind, range: Range<Int>) {
    self.kind = kind
    self.range = range
  }
}

/// The byte range of the token that begins at `offset`, or that `offset` lies in.
///
/// This turns the location of a syntax node into the range of an error. It is empty at the end of
/// the text and where no token stands.
public func tokenRange(at offset: Int, in text: String) -> Range<Int> {
  TokenizedText(text).tokenRange(at: offset)
}

/// A query text with its tokens in order, without comments and white space.
package struct TokenizedText: Sendable {
  let text: String
  let bytes: [UInt8]
  package let tokens: [Token]
  /// The comments from `/*` on; `lacksCommentEnd` says that the last one goes on to the end of the text.
  let blockComments: [Range<Int>]
  let lacksCommentEnd: Bool

  package init(_ text: String) {
    self.text = text
    self.bytes = Array(text.utf8)
    (tokens, blockComments, lacksCommentEnd) = bytes.withUnsafeBufferPointer { buffer in
      var scanner = TokenScanner(buffer)
      var tokens: [Token] = []
      tokens.reserveCapacity(buffer.count / 4)
      while let token = scanner.next() { tokens.append(token) }
      return (tokens, scanner.blockComments, scanner.lacksCommentEnd)
    }
  }

  /// Index of the first token that ends after `offset`; the number of tokens if there is none.
  func index(at offset: Int) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func tokenRange(at offset: Int) -> Range<Int> {
    let index = index(at: offset)
    if index < tokens.count, tokens[index].range.contains(offset) { return tokens[index].range }
    let place = min(max(offset, 0), bytes.count)
    return place..<place
  }

  /// Where the text ends for the reader: behind the last token.
  var end: Int { tokens.last?.range.upperBound ?? 0 }

  /// The token as it stands in the text; empty outside of the text.
  func written(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    return String(decoding: bytes[tokens[index].range], as: UTF8.self)
  }

  /// Whether the token is this keyword or sign, given in lower case.
  func matches(_ index: Int, _ expected: StaticString) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    let token = tokens[index]
    guard token.kind == .word || token.kind == .sign || token.kind == .punctuation,
      token.range.count == expected.utf8CodeUnitCount
    else { return false }
    return expected.withUTF8Buffer { wanted in
      zip(bytes[token.range], wanted).allSatisfy { byte, wanted in lowercased(byte) == wanted }
    }
  }

  func kind(_ index: Int) -> Token.Kind? {
    tokens.indices.contains(index) ? tokens[index].kind : nil
  }

  /// What the token means as a name: folded unless quoted; `nil` when it cannot be one.
  func name(_ index: Int) -> String? {
    guard tokens.indices.contains(index) else { return nil }
    let token = tokens[index]
    switch token.kind {
    case .word:
      return String(decoding: bytes[token.range].lazy.map(lowercased), as: UTF8.self)
    case .quotedName:
      var name: [UInt8] = []
      var isSecondQuote = false
      for byte in bytes[token.range].dropFirst().dropLast() {
        if byte == Ascii.doubleQuote {
          isSecondQuote.toggle()
          if !isSecondQuote { continue }
        }
        name.append(byte)
      }
      return String(decoding: name, as: UTF8.self)
    case .string, .number, .parameter, .sign, .punctuation:
      return nil
    }
  }
}

func lowercased(_ byte: UInt8) -> UInt8 {
  byte >= Ascii.upperA && byte <= Ascii.upperZ ? byte | 0x20 : byte
}
