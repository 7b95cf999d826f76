import ColumnStore
import QueryLanguage

/// ON CONFLICT: what becomes of rows whose key is taken.
extension Environment {
  func conflict(
    _ syntax: ConflictSyntax, of schema: TableSchema
  ) throws(QueryError) -> RowChange.Conflict {
    try checkTarget(syntax, schema)
    guard let assignments = syntax.assignments else { return .skip }
    guard !syntax.columns.isEmpty else {
      throw error(
        .syntaxError, "ON CONFLICT DO UPDATE needs the columns of the key", at: syntax.location,
        hint: "write ON CONFLICT (\(keyNames(of: schema))) DO UPDATE SET ...")
    }
    let values = try assignedColumns(assignments, of: schema)
    let width = schema.columns.count
    func relation(_ name: String, from first: Int) -> ScopeRelation {
      ScopeRelation(
        name: name,
        columns: schema.columns.enumerated().map { index, column in
          ScopeColumn(name: column.name, type: column.type, index: first + index)
        })
    }
    var binder = ExpressionBinder(
      environment: self,
      scope: Scope(relations: [
        relation(schema.name, from: 0), relation("excluded", from: width),
      ]))
    binder.place = .clause("ON CONFLICT DO UPDATE")
    var row: [Expression] = []
    for (index, column) in schema.columns.enumerated() {
      guard let value = values[index] else {
        row.append(.column(index, column.type))
        continue
      }
      let bound = try binder.bind(value)
      row.append(try assigned(bound, to: column, of: schema))
    }
    var condition: Expression?
    if let filter = syntax.filter {
      condition = try binder.bindCondition(filter, of: "WHERE")
    }
    let (stored, kept) = try redacted(updating: row, condition, of: schema)
    return .update(
      values: stored.map { $0.folded(in: self) }, condition: kept?.folded(in: self))
  }

  private func checkTarget(
    _ syntax: ConflictSyntax, _ schema: TableSchema
  ) throws(QueryError) {
    if schema.primaryKey.isEmpty {
      // As in PostgreSQL: without a key there is no conflict.
      if syntax.columns.isEmpty, syntax.assignments == nil { return }
      throw error(
        .invalidColumnReference, "table '\(schema.name)' has no primary key to conflict with",
        at: syntax.location,
        hint: "make the table with one: CREATE TABLE \(schema.name) (..., PRIMARY KEY (column))")
    }
    var columns: Set<Int> = []
    for column in syntax.columns {
      guard let index = schema.columnIndex(column.name) else {
        throw unknownColumn(column, of: schema)
      }
      columns.insert(index)
    }
    guard columns.isEmpty || columns == Set(schema.primaryKey) else {
      throw error(
        .invalidColumnReference, "the target of ON CONFLICT is not the key of '\(schema.name)'",
        at: syntax.columns.first?.offset ?? syntax.location,
        hint: "its primary key is (\(keyNames(of: schema)))")
    }
  }

  func keyNames(of schema: TableSchema) -> String {
    schema.primaryKey.map { schema.columns[$0].name }.joined(separator: ", ")
  }
}
