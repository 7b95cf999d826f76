import ColumnStore
import QueryLanguage

extension Environment {
  func label(_ syntax: SecurityLabelSyntax) throws(QueryError) -> PlannedStatement {
    let schema = try table(syntax.table).schema
    guard let column = schema.columnIndex(syntax.column.name) else {
      throw unknownColumn(syntax.column, of: schema)
    }
    let new = syntax.label.flatMap { ColumnLabel(rawValue: $0) }
    if !TableAlteration.setLabel(syntax.column.name, new).keeps(schema) {
      try refuseAppendOnly(schema, "another SECURITY LABEL", at: syntax.table)
    }
    guard let name = syntax.label else {
      return .label(table: schema.name, column: syntax.column.name, nil)
    }
    guard let label = ColumnLabel(rawValue: name) else {
      let names = ColumnLabel.allCases.map(\.rawValue)
      throw error(
        .invalidArgument, "there is no label '\(name)'", at: syntax.location,
        hint: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
          ?? "labels are \(names.map { "'\($0)'" }.joined(separator: ", ")), and NULL for none")
    }
    if let objection = schema.objection(to: label, on: column) {
      throw self.objection(objection, to: label, syntax, schema)
    }
    if label.hides { try refuseWhereKept(column, of: schema, label, syntax) }
    return .label(table: schema.name, column: syntax.column.name, label)
  }

  /// A materialised view that was made before has the values of the column, also of days that are gone: a
  /// label would hide them here and show them there.
  private func refuseWhereKept(
    _ column: Int, of schema: TableSchema, _ label: ColumnLabel, _ syntax: SecurityLabelSyntax
  ) throws(QueryError) {
    for view in catalog.tables.values.map(\.schema).sorted(by: { $0.name < $1.name }) {
      guard let rollUp = view.rollUp, rollUp.source == schema.name else { continue }
      let bound = try boundDefinition(of: view, rollUp)
      // What cannot be read may keep it.
      let query = try? RollUpQuery(bound.plan, columnNames: bound.columnNames)
      if let query, !query.expressions.flatMap(\.columns).contains(column) { continue }
      throw error(
        .dependentObjects,
        "materialized view '\(view.name)' keeps values of column '\(syntax.column.name)'",
        at: syntax.column.offset,
        hint: "DROP MATERIALIZED VIEW \(view.name), then make it anew without the column")
    }
  }

  private func objection(
    _ objection: LabelObjection, to label: ColumnLabel, _ syntax: SecurityLabelSyntax,
    _ schema: TableSchema
  ) -> QueryError {
    let name = syntax.column.name
    return switch objection {
    case .type:
      error(
        .wrongObjectType, "column '\(name)' is no text: it cannot be labelled '\(label.rawValue)'",
        at: syntax.column.offset, hint: "add a column of type text and fill it with UPDATE")
    case .taken(let other):
      error(
        .invalidTableDefinition,
        "column '\(other)' of table '\(schema.name)' is labelled '\(label.rawValue)' already",
        at: syntax.column.offset,
        hint: "SECURITY LABEL ON COLUMN \(schema.name).\(other) IS NULL takes its label away")
    case .key:
      error(
        .invalidTableDefinition,
        "column '\(name)' is part of the primary key: it cannot be hidden",
        at: syntax.column.offset,
        hint: "make a table whose key is another column")
    case .partition:
      error(
        .invalidTableDefinition, "rows are split by column '\(name)': it cannot be hidden",
        at: syntax.column.offset, hint: "make a table that is split by another column")
    }
  }
}
