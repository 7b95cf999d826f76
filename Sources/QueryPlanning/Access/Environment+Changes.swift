import ColumnStore
import QueryLanguage

/// Statements that change rows look at the rows that are there.
extension Environment {
  /// RETURNING shows masks.
  func redacted(
    returning expressions: [Expression], of schema: TableSchema
  ) throws(QueryError) -> (expressions: [Expression], columns: Set<Int>) {
    try refusePseudonyms()
    let redaction = Redaction(environment: self)
    let row = redaction.row(of: schema)
    var shown: [Expression] = []
    var columns: Set<Int> = []
    for (index, expression) in expressions.enumerated() {
      let (value, secrecy) = try redaction.masking(expression, row)
      shown.append(value)
      if !secrecy.sources.isEmpty { columns.insert(index) }
    }
    return (shown, columns)
  }

  /// ON CONFLICT DO UPDATE: over the columns of the row that is there, then those of the new one, which
  /// the statement has brought itself.
  func redacted(
    updating values: [Expression], _ condition: Expression?, of schema: TableSchema
  ) throws(QueryError) -> (values: [Expression], condition: Expression?) {
    try refusePseudonyms()
    let redaction = Redaction(environment: self)
    let row = redaction.row(of: schema) + schema.columns.map { _ in .open }
    var stored: [Expression] = []
    for (index, expression) in values.enumerated() {
      let (value, secrecy) = try redaction.output(expression, row)
      if !secrecy.sources.isEmpty, value != .column(index, schema.columns[index].type) {
        throw redaction.refusal(of: secrecy.sources, "would be stored as a mask")
      }
      stored.append(value)
    }
    let kept = try condition.map { (condition) throws(QueryError) in
      try redaction.deciding(condition, row, .filter)
    }
    return (stored, kept)
  }
}

extension Environment {
  private func refusePseudonyms() throws(QueryError) {
    guard notes.namesPseudonyms else { return }
    throw QueryError(
      .featureNotSupported, "pseudonym in a statement that changes rows is not supported",
      hint: "ask for it in a query")
  }
}

extension Statement {
  /// Whether it is one that changes tables, or explains or keeps one that does.
  package var changesTables: Bool {
    switch kind {
    case .createTable, .alterTable, .label, .createDomain, .createView, .dropTable, .dropView,
      .insert, .update, .delete, .truncate, .checkpoint:
      true
    case .copy(let copy): copy.isFromFile
    case .prepare(_, _, let statement), .explain(let statement, _): statement.changesTables
    case .select, .execute, .deallocate, .show, .set, .describe: false
    }
  }
}

extension CopySyntax {
  fileprivate var isFromFile: Bool {
    if case .fromFile = direction { true } else { false }
  }
}
