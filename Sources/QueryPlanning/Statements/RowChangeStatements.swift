import ColumnStore
import QueryLanguage

/// UPDATE, DELETE and TRUNCATE. The first two are queries over the table with one column more: the
/// address of each row.
extension Environment {
  func update(_ syntax: UpdateSyntax) throws(QueryError) -> PlannedStatement {
    let schema = try table(syntax.table).schema
    try refuseAppendOnly(schema, "UPDATE", at: syntax.table)
    let values = try assignedColumns(syntax.assignments, of: schema)
    let visible = syntax.alias?.name.name ?? schema.name
    var items = [addressItem(of: visible, at: syntax.table.offset)]
    for (index, column) in schema.columns.enumerated() {
      if let value = values[index] {
        items.append(SelectItem(expression: value.typed(as: column.type), alias: nil))
      } else {
        items.append(columnItem(column.name, of: visible, at: syntax.table.offset))
      }
    }
    let bound = try changedRows(
      of: schema, named: syntax.alias ?? TableAlias(name: syntax.table, columnNames: []), items,
      from: syntax.from, filter: syntax.filter, with: syntax.with,
      isRecursive: syntax.isRecursive, statement: "UPDATE")
    let types = bound.types
    var row = [Expression.column(0, .integer)]
    for (index, column) in schema.columns.enumerated() {
      let location = values[index]?.location ?? syntax.table.offset
      let value = BoundExpression(.column(index + 1, types[index + 1]), at: location)
      row.append(try assigned(value, to: column, of: schema))
    }
    return .changeRows(
      RowChange(
        table: schema, action: .update,
        query: try planned(
          .project(bound, row), [RowAddress.columnName] + schema.columns.map(\.name),
          into: .table(schema, first: 1)),
        returning: try returning(syntax.returning, of: syntax.table, alias: syntax.alias)))
  }

  func delete(_ syntax: DeleteSyntax) throws(QueryError) -> PlannedStatement {
    let schema = try table(syntax.table).schema
    try refuseAppendOnly(schema, "DELETE", at: syntax.table)
    let visible = syntax.alias?.name.name ?? schema.name
    var items = [addressItem(of: visible, at: syntax.table.offset)]
    if !syntax.returning.isEmpty {
      items += schema.columns.map { columnItem($0.name, of: visible, at: syntax.table.offset) }
    }
    let bound = try changedRows(
      of: schema, named: syntax.alias ?? TableAlias(name: syntax.table, columnNames: []), items,
      from: syntax.using, filter: syntax.filter, with: syntax.with,
      isRecursive: syntax.isRecursive, statement: "DELETE")
    return .changeRows(
      RowChange(
        table: schema, action: .delete,
        query: try planned(
          bound, Array(repeating: "", count: bound.types.count), into: .table(schema, first: 1)),
        returning: try returning(syntax.returning, of: syntax.table, alias: syntax.alias)))
  }

  func truncate(_ names: [Identifier]) throws(QueryError) -> PlannedStatement {
    for name in names {
      try refuseAppendOnly(try table(name).schema, "TRUNCATE", at: name)
    }
    return .truncate(names.map(\.name))
  }

  /// The expressions by column of the table.
  func assignedColumns(
    _ assignments: [AssignmentSyntax], of schema: TableSchema
  ) throws(QueryError) -> [Int: ExpressionSyntax] {
    var values: [Int: ExpressionSyntax] = [:]
    for assignment in assignments {
      guard let index = schema.columnIndex(assignment.column.name) else {
        throw unknownColumn(assignment.column, of: schema)
      }
      guard values.updateValue(assignment.value, forKey: index) == nil else {
        throw error(
          .syntaxError, "multiple assignments to same column '\(assignment.column.name)'",
          at: assignment.column.offset)
      }
    }
    return values
  }

  /// RETURNING: expressions over the columns of the changed table alone.
  func returning(
    _ items: [SelectItem], of name: Identifier, alias: TableAlias?
  ) throws(QueryError) -> RowChange.Returning? {
    guard let first = items.first else { return nil }
    var core = SelectCore(items: items)
    core.from = [.table(schema: nil, name: name, alias: alias)]
    var binder = QueryBinder(environment: self)
    binder.listClause = "RETURNING"
    let bound = try binder.bind(
      SelectSyntax(body: .select(core), location: first.expression.location))
    guard case .project(.scan, let expressions) = bound.plan else {
      throw unsupported(
        "a sub-query in RETURNING is", at: first.expression.location,
        hint: "return the columns, and ask for the rest in a query")
    }
    let (shown, columns) = try redacted(returning: expressions, of: try table(name).schema)
    return RowChange.Returning(
      columnNames: bound.columnNames, expressions: shown.map { $0.folded(in: self) },
      redactedColumns: columns)
  }

  /// The query for the rows that are to be changed. Its table has a name of its own, which no text
  /// can contain, so that sub-queries see the table as it is.
  private func changedRows(
    of schema: TableSchema, named alias: TableAlias, _ items: [SelectItem],
    from: [TableReference], filter: ExpressionSyntax?, with: [CommonTableExpressionSyntax],
    isRecursive: Bool, statement: String
  ) throws(QueryError) -> Plan {
    var addressed = schema
    addressed.columns.append(
      ColumnDefinition(name: RowAddress.columnName, type: .integer, isNotNull: true))
    let target = "\0" + schema.name
    var binder = QueryBinder(environment: self)
    binder.listClause = statement
    binder.commonTables.add(
      BoundQuery(
        plan: .scan(
          TableScan(
            schema: addressed, columns: Array(addressed.columns.indices), filters: [])),
        columnNames: addressed.columns.map(\.name), operatorCount: 1), named: target)
    var core = SelectCore(items: items)
    core.from =
      [
        .table(
          schema: nil, name: Identifier(target, offset: alias.name.offset), alias: alias)
      ] + from
    core.filter = filter
    var query = SelectSyntax(body: .select(core), location: alias.name.offset)
    query.with = with
    query.isRecursive = isRecursive
    return try binder.bind(query).plan
  }

  private func addressItem(of table: String, at location: Int) -> SelectItem {
    columnItem(RowAddress.columnName, of: table, at: location)
  }

  private func columnItem(_ name: String, of table: String, at location: Int) -> SelectItem {
    SelectItem(
      expression: ExpressionSyntax(.column([table, name]), location: location), alias: nil)
  }
}

extension ExpressionSyntax {
  /// A literal whose type is still open takes that of the column which it is assigned to.
  func typed(as type: DataType) -> ExpressionSyntax {
    switch kind {
    case .string, .null:
      ExpressionSyntax(
        .cast(self, TypeNameSyntax(name: type.sqlName, location: location)), location: location)
    default: self
    }
  }
}
