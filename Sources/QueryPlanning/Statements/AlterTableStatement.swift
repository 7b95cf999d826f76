import ColumnStore
import QueryLanguage

/// ALTER TABLE, checked name by name on a copy of the schema, so that each error has its place; the
/// store checks again what may have changed meanwhile.
extension Environment {
  func alterTable(_ syntax: AlterTableSyntax) throws(QueryError) -> PlannedStatement {
    if syntax.ifExists, !catalog.hasRelation(syntax.table.name) {
      return .alterTable(syntax.table.name, [])
    }
    let table = try table(syntax.table)
    var schema = table.schema
    var alterations: [TableAlteration] = []
    for action in syntax.actions {
      if case .addColumn = action {} else { try requireNoViews(of: syntax.table) }
      if let alteration = try alteration(action, of: &schema, hasRows: table.rowCount > 0) {
        if !alteration.keeps(table.schema) {
          try refuseAppendOnly(table.schema, "this form of ALTER TABLE", at: syntax.table)
        }
        alterations.append(alteration)
      }
    }
    return .alterTable(syntax.table.name, alterations)
  }

  private func alteration(
    _ action: AlterTableSyntax.Action, of schema: inout TableSchema, hasRows: Bool
  ) throws(QueryError) -> TableAlteration? {
    switch action {
    case .renameTable(let name):
      guard !catalog.hasRelation(name.name) else {
        throw error(
          .duplicateTable, "relation '\(name.name)' already exists", at: name.offset,
          hint: "DROP it first, or take another name")
      }
      schema.name = name.name
      return .renameTable(to: name.name)
    case .renameColumn(let name, let newName):
      let column = try column(name, of: schema)
      try requireFree(newName, in: schema)
      schema.columns[column].name = newName.name
      return .renameColumn(name.name, to: newName.name)
    case .addColumn(let column, let ifNotExists):
      if ifNotExists, schema.columnIndex(column.name.name) != nil { return nil }
      try requireFree(column.name, in: schema)
      let definition = try columnDefinition(column)
      guard !definition.isNotNull || !hasRows else {
        throw error(
          .notNullViolation,
          "column '\(definition.name)' would be null in the rows of table '\(schema.name)'",
          at: column.name.offset, hint: "add it without NOT NULL")
      }
      schema.columns.append(definition)
      return .addColumn(definition)
    case .dropColumn(let name, let ifExists):
      if ifExists, schema.columnIndex(name.name) == nil { return nil }
      try drop(name, from: &schema)
      return .dropColumn(name.name)
    }
  }

  private func column(
    _ name: Identifier, of schema: TableSchema
  ) throws(QueryError) -> Int {
    guard let column = schema.columnIndex(name.name) else { throw unknownColumn(name, of: schema) }
    return column
  }

  private func requireFree(_ name: Identifier, in schema: TableSchema) throws(QueryError) {
    guard schema.columnIndex(name.name) == nil else {
      throw error(
        .duplicateColumn, "column '\(name.name)' of table '\(schema.name)' already exists",
        at: name.offset, hint: "take another name")
    }
  }

  private func drop(_ name: Identifier, from schema: inout TableSchema) throws(QueryError) {
    let column = try column(name, of: schema)
    let isKey = schema.primaryKey.contains(column)
    guard !isKey, schema.partitionColumn != column else {
      throw error(
        .dependentObjects,
        "cannot drop column '\(name.name)': "
          + (isKey ? "it is part of the primary key" : "rows are split by it"),
        at: name.offset, hint: "make a new table without it: CREATE TABLE ... AS SELECT")
    }
    guard schema.columns.count > 1 else {
      throw error(
        .invalidTableDefinition, "a table needs at least one column", at: name.offset,
        hint: "DROP TABLE drops the table")
    }
    schema.columns.remove(at: column)
    schema.primaryKey = schema.primaryKey.map { $0 > column ? $0 - 1 : $0 }
    schema.partitionColumn = schema.partitionColumn.map { $0 > column ? $0 - 1 : $0 }
  }

  /// Views are kept as text, which names the table and its columns.
  private func requireNoViews(of name: Identifier) throws(QueryError) {
    let views = catalog.viewsUsing([name.name])
    guard views.isEmpty else {
      let list = views.map { "'\($0)'" }.joined(separator: ", ")
      throw error(
        .dependentObjects,
        "cannot change table '\(name.name)': view\(views.count == 1 ? "" : "s") \(list) "
          + "depend\(views.count == 1 ? "s" : "") on it",
        at: name.offset, hint: "DROP VIEW first, and make the view anew afterwards")
    }
  }
}
