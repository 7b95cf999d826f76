/// Finds the statements `DESCRIBE table` and `DESC table`, which PostgreSQL's grammar does not
/// have. A name with a schema is given with its dot: `system.tables`.
func describeStatements(in text: TokenizedText) throws(QueryError) -> [Statement] {
  var statements: [Statement] = []
  var isStart = true
  for index in text.tokens.indices {
    if isStart, text.matches(index, "describe") || text.matches(index, "desc") {
      statements.append(try describeStatement(at: index, in: text))
    }
    isStart = text.matches(index, ";")
  }
  return statements
}

private func describeStatement(
  at first: Int, in text: TokenizedText
) throws(QueryError) -> Statement {
  func failure(at index: Int) -> QueryError {
    guard index < text.tokens.count, !text.matches(index, ";") else {
      return QueryError(
        .syntaxError, "syntax error at end of input", at: text.end..<text.end,
        hint: "name a table: DESCRIBE events")
    }
    return QueryError(
      .syntaxError, "syntax error at or near \"\(text.written(index))\"",
      at: text.tokens[index].range, hint: "DESCRIBE takes the name of one table")
  }
  var index = first + 1
  // `DESCRIBE TABLE t` is what other systems say.
  if text.matches(index, "table"), text.name(index + 1) != nil { index += 1 }
  let offset = index < text.tokens.count ? text.tokens[index].range.lowerBound : text.end
  guard var name = text.name(index), !name.isEmpty else { throw failure(at: index) }
  if text.matches(index + 1, ".") {
    guard let second = text.name(index + 2) else { throw failure(at: index + 2) }
    name += ".\(second)"
    index += 2
  }
  guard index + 1 >= text.tokens.count || text.matches(index + 1, ";") else {
    throw failure(at: index + 1)
  }
  return Statement(
    kind: .describe(table: Identifier(name, offset: offset)),
    range: text.tokens[first].range.lowerBound..<text.tokens[index].range.upperBound)
}
