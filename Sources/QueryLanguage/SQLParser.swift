import CPgQuery

/// Reads SQL: PostgreSQL's own grammar, then Daybook's syntax tree.
///
/// Safe to call from any thread; each call works on a short-lived thread of its own, because the
/// grammar recurses deeply (about 50 µs more than the parse itself).
public enum SQLParser {
  /// Longest text that is read, in UTF-8 bytes.
  public static let maximumLength = SizeLimits.textLength
  /// Deepest nesting of expressions, queries and joins, taken together. Chains of AND and of OR
  /// count as one level; every `+` in `a + b + c` counts as one, as do UNION and JOIN.
  public static let maximumDepth = Conversion.maximumDepth
  /// Longest name, in UTF-8 bytes. PostgreSQL cuts longer ones; here they are refused.
  public static let maximumNameLength = 63

  /// The statements of a text, in order; empty if it has none.
  ///
  /// Fails with `syntaxError`, `featureNotSupported` for what PostgreSQL has and Daybook has not,
  /// or `tooComplex` for texts beyond the limits above.
  public static func parse(_ text: String) throws(QueryError) -> [Statement] {
    guard text.utf8.count <= maximumLength else {
      throw QueryError(
        .tooComplex, "query is longer than \(maximumLength) bytes",
        hint: "load larger data with: daybook load FILE --into TABLE")
    }
    let tokenized = TokenizedText(text)
    if let place = tokenized.bytes.firstIndex(of: 0) {
      throw QueryError(
        .syntaxError, "query contains a NUL character", at: place..<place + 1)
    }
    if let index = NestingLimit.firstExcess(in: tokenized) {
      throw QueryError(
        .tooComplex, "query is nested more than \(maximumDepth) levels deep",
        at: tokenized.tokens[index].range,
        hint: "split it with WITH, or write lists with IN, AND or OR")
    }
    try refuseLongNames(tokenized)
    return try ParserThread.run(tokenized)
  }

  /// The only statement of a text.
  public static func parseOne(_ text: String) throws(QueryError) -> Statement {
    let statements = try parse(text)
    guard let first = statements.first else {
      throw QueryError(.syntaxError, "query is empty", at: 0..<0)
    }
    guard statements.count == 1 else {
      throw QueryError(
        .syntaxError, "only one statement is allowed here", at: statements[1].range,
        hint: "send the statements one by one")
    }
    return first
  }

  private static func refuseLongNames(_ text: TokenizedText) throws(QueryError) {
    for (index, token) in text.tokens.enumerated()
    where token.range.count > maximumNameLength
      && (token.kind == .word || token.kind == .quotedName)
    {
      guard (text.name(index)?.utf8.count ?? 0) > maximumNameLength else { continue }
      throw QueryError(
        .featureNotSupported, "names longer than \(maximumNameLength) bytes are not supported",
        at: token.range)
    }
  }
}

/// The work of one parse, from text to syntax tree. Needs a large stack.
struct StatementReader {
  let text: TokenizedText

  func read() throws(QueryError) -> [Statement] {
    let described = try describeStatements(in: text)
    let partitions = partitionClauses(in: text)
    let sent = sent(without: described.map(\.range) + partitions.map(\.range))
    let others = try readGrammar(sent, partitions)
    return (described + others).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// What the grammar is given: spaces in place of what it does not know, so that offsets stay, and in place
  /// of `/*` comments, since its scanner takes time quadratic in a row of their marks.
  private func sent(without ranges: [Range<Int>]) -> [UInt8] {
    var bytes = text.bytes
    for range in ranges + text.blockComments {
      for index in range { bytes[index] = UInt8(ascii: " ") }
    }
    if text.lacksCommentEnd, let open = text.blockComments.last {
      // Enough of it for the grammar to refuse it in its own words.
      bytes.removeSubrange(open.lowerBound...)
      bytes += [Ascii.slash, Ascii.star]
    }
    return bytes
  }

  private func readGrammar(
    _ sent: [UInt8], _ partitions: [PartitionClause]
  ) throws(QueryError) -> [Statement] {
    let sql = String(decoding: sent, as: UTF8.self)
    let result = pg_query_parse_protobuf(sql)
    defer { pg_query_free_protobuf_parse_result(result) }
    if let error = result.error?.pointee {
      throw grammarError(
        message: String(grammar: error.message), cursor: Int(error.cursorpos), of: sent, in: text)
    }
    guard let data = result.parse_tree.data else { return [] }
    let length = result.parse_tree.len
    let unpacked = data.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
      pg_query__parse_result__unpack(nil, length, bytes)
    }
    guard let tree = unpacked else {
      throw QueryError(.outOfMemory, "no memory left for the query's tree")
    }
    defer { pg_query__parse_result__free_unpacked(tree, nil) }
    var statements: [Statement] = []
    for index in 0..<tree.pointee.n_stmts {
      guard let raw = tree.pointee.stmts?[index]?.pointee, let node = raw.stmt else { continue }
      let range = range(of: raw)
      var conversion = Conversion(text, from: range.lowerBound)
      var statement = try conversion.statement(node, range: range)
      if let clause = partitions.first(where: { range.contains($0.range.lowerBound) }),
        case .createTable(var table) = statement.kind
      {
        table.partitioning = (clause.strategy, clause.columns)
        statement.kind = .createTable(table)
      }
      statements.append(statement)
    }
    return statements
  }

  /// From the first token of a statement to its last.
  private func range(of statement: PgQuery__RawStmt) -> Range<Int> {
    let start = Int(statement.stmt_location)
    // Length zero means up to the end of the text.
    let end = statement.stmt_len > 0 ? start + Int(statement.stmt_len) : text.bytes.count
    let first = text.index(at: start)
    let behind = text.index(at: end)
    guard first < text.tokens.count else { return text.end..<text.end }
    let lower = text.tokens[first].range.lowerBound
    let isCut = behind < text.tokens.count && text.tokens[behind].range.lowerBound < end
    let last = isCut ? behind : behind - 1
    guard last >= first else { return lower..<lower }
    return lower..<text.tokens[last].range.upperBound
  }
}
