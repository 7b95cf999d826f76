/// The bytes that the scanner knows by name.
enum Ascii {
  static let newline: UInt8 = 0x0A
  static let doubleQuote: UInt8 = 0x22
  static let dollar: UInt8 = 0x24
  static let quote: UInt8 = 0x27
  static let star: UInt8 = 0x2A
  static let plus: UInt8 = 0x2B
  static let minus: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let zero: UInt8 = 0x30
  static let nine: UInt8 = 0x39
  static let colon: UInt8 = 0x3A
  static let equals: UInt8 = 0x3D
  static let upperA: UInt8 = 0x41
  static let upperZ: UInt8 = 0x5A
  static let backslash: UInt8 = 0x5C
  static let underscore: UInt8 = 0x5F
}

/// Cuts a query text into tokens by the rules of PostgreSQL's `scan.l`; never fails.
struct TokenScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Where `/*` comments were passed; the last one may lack its end.
  private(set) var blockComments: [Range<Int>] = []
  private(set) var lacksCommentEnd = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// The next token, or `nil` at the end of the text.
  mutating func next() -> Token? {
    skipSpaceAndComments()
    guard position < bytes.count else { return nil }
    let start = position
    let kind = scan()
    return Token(kind: kind, range: start..<position)
  }

  /// The byte `ahead` of the position; zero behind the end, which no text contains.
  private func peek(_ ahead: Int = 0) -> UInt8 {
    let index = position + ahead
    return index < bytes.count ? bytes[index] : 0
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while position < bytes.count, condition(bytes[position]) { position += 1 }
  }

  private mutating func skipSpaceAndComments() {
    while position < bytes.count {
      let byte = peek()
      if isSpace(byte) {
        position += 1
      } else if byte == Ascii.minus, peek(1) == Ascii.minus {
        skip { $0 != Ascii.newline }
      } else if byte == Ascii.slash, peek(1) == Ascii.star {
        skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() {
    let start = position
    defer { blockComments.append(start..<position) }
    var depth = 0
    while position < bytes.count {
      if peek() == Ascii.slash, peek(1) == Ascii.star {
        depth += 1
        position += 2
      } else if peek() == Ascii.star, peek(1) == Ascii.slash {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
    lacksCommentEnd = true
  }

  /// Moves behind the token at the position, at least by one byte.
  private mutating func scan() -> Token.Kind {
    let byte = peek()
    switch byte {
    case Ascii.quote:
      skipString(escapes: false)
      return .string
    case Ascii.doubleQuote:
      skipQuoted(by: Ascii.doubleQuote, escapes: false)
      return .quotedName
    case Ascii.dollar:
      return scanDollar()
    case Ascii.zero...Ascii.nine:
      skipNumber()
      return .number
    case Ascii.dot where isDigit(peek(1)):
      skipNumber()
      return .number
    case Ascii.colon:
      position += peek(1) == Ascii.colon || peek(1) == Ascii.equals ? 2 : 1
      return .punctuation
    case Ascii.dot:
      position += peek(1) == Ascii.dot ? 2 : 1
      return .punctuation
    case _ where isNameStart(byte):
      return scanWord()
    case _ where isSign(byte):
      skipSign()
      return .sign
    default:
      position += 1
      return .punctuation
    }
  }

  private mutating func scanWord() -> Token.Kind {
    let next = peek(1)
    switch lowercased(peek()) {
    case UInt8(ascii: "e") where next == Ascii.quote:
      position += 1
      skipString(escapes: true)
      return .string
    case UInt8(ascii: "b") where next == Ascii.quote, UInt8(ascii: "x") where next == Ascii.quote:
      // Bit strings end at the first quote: nothing is doubled in them.
      position += 1
      repeat {
        position += 1
        skip { $0 != Ascii.quote }
        position = min(position + 1, bytes.count)
      } while continuesString()
      return .string
    case UInt8(ascii: "u")
    where next == UInt8(ascii: "&") && (peek(2) == Ascii.quote || peek(2) == Ascii.doubleQuote):
      position += 2
      if peek() == Ascii.quote {
        skipString(escapes: false)
        return .string
      }
      skipQuoted(by: Ascii.doubleQuote, escapes: false)
      return .quotedName
    default:
      skip(while: isNamePart)
      return .word
    }
  }

  private mutating func scanDollar() -> Token.Kind {
    position += 1
    if isDigit(peek()) {
      skip(while: isDigit)
      return .parameter
    }
    // `$tag$ ... $tag$`; a tag is a name without dollars.
    let tagStart = position
    if isNameStart(peek()) { skip { isNamePart($0) && $0 != Ascii.dollar } }
    guard peek() == Ascii.dollar else {
      position = tagStart
      return .punctuation
    }
    let delimiter = (tagStart - 1)...position
    position += 1
    while position < bytes.count {
      if peek() == Ascii.dollar, position + delimiter.count <= bytes.count,
        bytes[delimiter].elementsEqual(bytes[position..<position + delimiter.count])
      {
        position += delimiter.count
        return .string
      }
      position += 1
    }
    return .string
  }

  private mutating func skipString(escapes: Bool) {
    repeat { skipQuoted(by: Ascii.quote, escapes: escapes) } while continuesString()
  }

  /// Whether the string that ended at the position goes on by its own rules in the next quotes: only spaces with
  /// a newline stand between. If so, moves to the quote. (Comments may stand there too in PostgreSQL; libpg_query
  /// does not take them.)
  private mutating func continuesString() -> Bool {
    var index = position
    var hasNewline = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == Ascii.quote {
        if hasNewline { position = index }
        return hasNewline
      } else if isSpace(byte) {
        hasNewline = hasNewline || byte == Ascii.newline || byte == 0x0D
        index += 1
      } else {
        return false
      }
    }
    return false
  }

  private mutating func skipQuoted(by quote: UInt8, escapes: Bool) {
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == quote {
        position += 1
        guard peek() == quote else { return }
      } else if escapes, byte == Ascii.backslash, position + 1 < bytes.count {
        position += 1
      }
      position += 1
    }
  }

  private mutating func skipNumber() {
    skip(while: isDigit)
    // `1..2` is a range: the first dot then belongs to the sign between the numbers.
    if peek() == Ascii.dot, peek(1) != Ascii.dot {
      position += 1
      skip(while: isDigit)
    }
    if lowercased(peek()) == UInt8(ascii: "e") {
      let signed = peek(1) == Ascii.plus || peek(1) == Ascii.minus
      if isDigit(peek(signed ? 2 : 1)) {
        position += signed ? 2 : 1
        skip(while: isDigit)
      }
    }
    // Junk such as `12ab` is one mistake, hence one token.
    if isNameStart(peek()) { skip(while: isNamePart) }
  }

  /// An operator ends before a comment, and with a sign only if it has a character that no
  /// operator of the standard has.
  private mutating func skipSign() {
    let start = position
    var hasOddCharacter = false
    while position < bytes.count, isSign(bytes[position]) {
      let byte = peek()
      let next = peek(1)
      let opensComment =
        byte == Ascii.minus && next == Ascii.minus || byte == Ascii.slash && next == Ascii.star
      if opensComment { break }
      if isOddSign(byte) { hasOddCharacter = true }
      position += 1
    }
    guard !hasOddCharacter else { return }
    while position - start > 1,
      bytes[position - 1] == Ascii.plus || bytes[position - 1] == Ascii.minus
    {
      position -= 1
    }
  }
}

private func isSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= Ascii.zero && byte <= Ascii.nine
}

private func isNameStart(_ byte: UInt8) -> Bool {
  let lower = byte | 0x20
  return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte == Ascii.underscore
    || byte >= 0x80
}

private func isNamePart(_ byte: UInt8) -> Bool {
  isNameStart(byte) || isDigit(byte) || byte == Ascii.dollar
}

private func isSign(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"),
    UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="):
    true
  default:
    isOddSign(byte)
  }
}

private func isOddSign(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"),
    UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"),
    UInt8(ascii: "`"), UInt8(ascii: "?"):
    true
  default:
    false
  }
}
