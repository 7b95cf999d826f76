/// Finds where statements end in text that arrives line by line.
///
/// Knows what a semicolon may stand in without ending a statement: text in quotes, names in quotes,
/// dollar quotes, and comments of both kinds. Everything else is left to the parser.
package struct StatementSplitter {
  /// What was added and has not been taken out as a statement.
  package private(set) var rest = ""

  package init() {}

  /// Whether nothing but blanks and comments is left.
  package var isBlank: Bool { Self.scan(Array(rest.utf8), 0).isBlank }

  /// Whether what comes next stands outside of quotes and comments: a semicolon would end the statement.
  package var isOutsideQuotes: Bool {
    let bytes = Array((rest + ";").utf8)
    return Self.scan(bytes, 0).end == bytes.count - 1
  }

  /// Adds text and returns the statements that it completes, in order, without their semicolons.
  package mutating func add(_ text: String) -> [String] {
    rest += text
    let bytes = Array(rest.utf8)
    var statements: [String] = []
    var start = 0
    while true {
      let scan = Self.scan(bytes, start)
      guard let end = scan.end else { break }
      if !scan.isBlank {
        statements.append(String(decoding: bytes[start..<end], as: UTF8.self))
      }
      start = end + 1
    }
    rest = String(decoding: bytes[start...], as: UTF8.self)
    return statements
  }

  /// Takes what is left as the last statement, if it is one.
  package mutating func finish() -> String? {
    defer { rest = "" }
    return isBlank ? nil : rest
  }

  package mutating func drop() { rest = "" }

  /// All statements of a text.
  package static func split(_ text: String) -> [String] {
    var splitter = StatementSplitter()
    let statements = splitter.add(text)
    return statements + [splitter.finish()].compactMap(\.self)
  }

  /// Looks for the next semicolon that ends a statement, from `start`.
  private static func scan(_ bytes: [UInt8], _ start: Int) -> (end: Int?, isBlank: Bool) {
    var index = start
    var isBlank = true
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: ";"): return (index, isBlank)
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        index += 1
      case UInt8(ascii: "-") where bytes.starts(with: "--", at: index):
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      case UInt8(ascii: "/") where bytes.starts(with: "/*", at: index):
        index = endOfComment(bytes, index)
      case UInt8(ascii: "'"):
        isBlank = false
        let hasEscapes = isEscapeString(bytes, index, from: start)
        index = endOfQuotes(bytes, index, hasEscapes: hasEscapes)
        while hasEscapes, let quote = continuation(bytes, index) {
          index = endOfQuotes(bytes, quote, hasEscapes: true)
        }
      case UInt8(ascii: "\""):
        isBlank = false
        index = endOfQuotes(bytes, index, hasEscapes: false)
      case UInt8(ascii: "$"):
        isBlank = false
        index = endOfDollarQuotes(bytes, index, from: start)
      default:
        isBlank = false
        index += 1
      }
    }
    return (nil, isBlank)
  }

  /// Comments nest, as in PostgreSQL.
  private static func endOfComment(_ bytes: [UInt8], _ start: Int) -> Int {
    var depth = 0
    var index = start
    while index < bytes.count {
      if bytes.starts(with: "/*", at: index) {
        depth += 1
        index += 2
      } else if bytes.starts(with: "*/", at: index) {
        depth -= 1
        index += 2
        if depth == 0 { return index }
      } else {
        index += 1
      }
    }
    return index
  }

  /// The quote in which a text that ended goes on by its own rules: one that was doubled, or one that only
  /// spaces with a newline come before.
  private static func continuation(_ bytes: [UInt8], _ end: Int) -> Int? {
    var index = end
    var hasNewline = false
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "'"): return hasNewline || index == end ? index : nil
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        hasNewline = true
        index += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"): index += 1
      default: return nil
      }
    }
    return nil
  }

  /// Without escapes a doubled quote needs no care: it ends one text and begins the next.
  private static func endOfQuotes(_ bytes: [UInt8], _ start: Int, hasEscapes: Bool) -> Int {
    var index = start + 1
    while index < bytes.count {
      if hasEscapes, bytes[index] == UInt8(ascii: "\\") {
        index += 2
      } else if bytes[index] == bytes[start] {
        return index + 1
      } else {
        index += 1
      }
    }
    return bytes.count
  }

  /// `E'...'`, where a backslash escapes; the `E` is not the end of a longer word.
  private static func isEscapeString(_ bytes: [UInt8], _ quote: Int, from start: Int) -> Bool {
    guard quote > start, bytes[quote - 1] | 0x20 == UInt8(ascii: "e") else { return false }
    return quote - 1 == start || !isWord(bytes[quote - 2])
  }

  /// `$$...$$` and `$tag$...$tag$`; a dollar that starts neither is passed over.
  private static func endOfDollarQuotes(_ bytes: [UInt8], _ start: Int, from first: Int) -> Int {
    if start > first, isWord(bytes[start - 1]) { return start + 1 }
    var index = start + 1
    while index < bytes.count, isWord(bytes[index]), bytes[index] != UInt8(ascii: "$") {
      index += 1
    }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "$"),
      index == start + 1 || !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start + 1])
    else { return start + 1 }
    let tag = bytes[start...index]
    index += 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: tag) {
        return index + tag.count
      }
      index += 1
    }
    return bytes.count
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }
}

extension [UInt8] {
  fileprivate func starts(with text: StaticString, at index: Int) -> Bool {
    text.withUTF8Buffer { self[index...].starts(with: $0) }
  }
}
