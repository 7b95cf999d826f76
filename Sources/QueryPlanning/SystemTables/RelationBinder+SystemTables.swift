import ColumnStore
import QueryLanguage

extension QueryBinder {
  /// A system table is literal rows, so that all operators take it as they take VALUES.
  func bindSystemTable(
    _ schema: Identifier, _ name: Identifier
  ) throws(QueryError) -> BoundQuery {
    guard let table = SystemTable(rawValue: schema.name + "." + name.name) else {
      let others = SystemTable.allCases.map(\.rawValue).filter { $0.hasPrefix(schema.name + ".") }
      throw environment.error(
        .undefinedTable, "unknown table '\(schema.name).\(name.name)'", at: name.offset,
        hint: environment.suggestion(for: schema.name + "." + name.name, among: others)
          ?? "there are " + others.joined(separator: ", "))
    }
    try environment.requireAccess(to: table, at: name)
    let types = table.columns.map(\.type)
    let rows = environment.context.systemRows?(table) ?? []
    return BoundQuery(
      plan: .values(
        rows: rows.map { row in zip(row, types).map { .literal($0, $1) } }, types: types),
      columnNames: table.columns.map(\.name), operatorCount: 1)
  }
}
