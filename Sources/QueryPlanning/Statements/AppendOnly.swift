import ColumnStore
import QueryLanguage

extension Environment {
  /// Refuses what would take something away from an append-only table, whoever asks.
  func refuseAppendOnly(
    _ schema: TableSchema, _ statement: String, at name: Identifier
  ) throws(QueryError) {
    guard schema.isAppendOnly else { return }
    throw error(
      .insufficientPrivilege,
      "\(statement) is not for table '\(schema.name)', which is append-only", at: name.offset,
      hint: "its rows are evidence: add another one that says what has changed")
  }
}
