import CPgQuery

/// Turns the grammar's tree of one query text into Daybook's syntax tree.
///
/// What Daybook has no node for is refused by name; nothing that was written is dropped. Nodes are
/// visited in the order of the text, because the grammar leaves out many locations (aliases, USING
/// columns, whole queries): those are found among the tokens behind the last place visited.
struct Conversion {
  /// How deep expressions, queries and joins may nest, taken together. Passes over the syntax tree
  /// may recurse: at this depth they fit a stack of 512 KiB with 2 KiB per level.
  static let maximumDepth = SizeLimits.depth

  let text: TokenizedText
  /// Everything before this byte has been converted.
  private(set) var cursor: Int
  private var depth = 0
  /// The deepest nesting so far.
  private(set) var deepest = 0

  init(_ text: TokenizedText, from start: Int) {
    self.text = text
    self.cursor = start
  }

  // MARK: Places

  /// Notes that the token at `location` and `following` further tokens are converted, and returns
  /// the location. A location that the grammar left out is the next token.
  @discardableResult
  mutating func visit(_ location: Int32, following: Int = 0) -> Int {
    guard location >= 0 else { return nextLocation }
    let index = text.index(at: Int(location)) + following
    if text.tokens.indices.contains(index) {
      cursor = max(cursor, text.tokens[index].range.upperBound)
    }
    return Int(location)
  }

  /// Where the next token begins.
  var nextLocation: Int {
    let index = text.index(at: cursor)
    return index < text.tokens.count ? text.tokens[index].range.lowerBound : text.end
  }

  /// Finds the next token that stands for `name`. Falls back on the next token, so that an error
  /// always has a place near its cause.
  mutating func identifier(_ name: String) -> Identifier {
    let start = text.index(at: cursor)
    for index in start..<min(start + 64, text.tokens.count) where text.name(index) == name {
      cursor = text.tokens[index].range.upperBound
      return Identifier(name, offset: text.tokens[index].range.lowerBound)
    }
    return Identifier(name, offset: nextLocation)
  }

  mutating func identifiers(_ names: NodeList) -> [Identifier] {
    var identifiers: [Identifier] = []
    for name in names.strings { identifiers.append(identifier(name)) }
    return identifiers
  }

  /// Moves behind the next of these keywords, if it comes soon, and returns where it begins.
  mutating func keyword(_ keywords: StaticString..., within limit: Int = 8) -> Int {
    let start = text.index(at: cursor)
    for index in start..<min(start + limit, text.tokens.count) {
      for keyword in keywords where text.matches(index, keyword) {
        cursor = text.tokens[index].range.upperBound
        return text.tokens[index].range.lowerBound
      }
    }
    return nextLocation
  }

  // MARK: Errors

  /// The error for a construct of PostgreSQL that Daybook does not have; the hint says what to use
  /// instead.
  func unsupported(_ construct: String, at location: Int, hint: String) -> QueryError {
    QueryError(
      .featureNotSupported, "\(construct) not supported", at: text.tokenRange(at: location),
      hint: hint)
  }

  func unsupported(_ construct: String, at location: Int32, hint: String) -> QueryError {
    unsupported(construct, at: location >= 0 ? Int(location) : nextLocation, hint: hint)
  }

  func malformed(_ message: String, at location: Int, hint: String? = nil) -> QueryError {
    QueryError(.syntaxError, message, at: text.tokenRange(at: location), hint: hint)
  }

  // MARK: Depth

  /// Runs `body` one level deeper.
  mutating func nested<Value>(
    _ body: (inout Conversion) throws(QueryError) -> Value
  ) throws(QueryError) -> Value {
    guard depth < Conversion.maximumDepth else {
      throw QueryError(
        .tooComplex, "query is nested more than \(Conversion.maximumDepth) levels deep",
        at: text.tokenRange(at: nextLocation),
        hint: "split it with WITH, or write lists with IN, AND or OR")
    }
    depth += 1
    deepest = max(deepest, depth)
    defer { depth -= 1 }
    return try body(&self)
  }
}
