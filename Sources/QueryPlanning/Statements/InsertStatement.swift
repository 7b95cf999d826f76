import ColumnStore
import QueryLanguage

extension Environment {
  /// Rows in the table's order of columns; what is not named is null.
  func insert(_ syntax: InsertSyntax) throws(QueryError) -> PlannedStatement {
    let schema = try table(syntax.table).schema
    let targets = try targetColumns(syntax, schema)
    let isPlain =
      syntax.source.orderBy.isEmpty && syntax.source.limit == nil
      && syntax.source.offset == nil && syntax.source.with.isEmpty
    let plan: Plan
    if case .values(let rows) = syntax.source.body, isPlain {
      plan = try valuesPlan(rows, into: targets, of: schema)
    } else {
      plan = try queryPlan(syntax.source, into: targets, of: schema)
    }
    let query = try planned(
      plan, schema.columns.map(\.name), into: .table(schema, first: 0))
    if syntax.conflict == nil, syntax.returning.isEmpty {
      return .insert(table: schema, query)
    }
    var conflict = RowChange.Conflict.fail
    if let clause = syntax.conflict { conflict = try self.conflict(clause, of: schema) }
    return .changeRows(
      RowChange(
        table: schema, action: .insert(onConflict: conflict), query: query,
        returning: try returning(syntax.returning, of: syntax.table, alias: nil)))
  }

  private func targetColumns(
    _ syntax: InsertSyntax, _ schema: TableSchema
  ) throws(QueryError) -> [Int] {
    if syntax.columns.isEmpty { return Array(schema.columns.indices) }
    var targets: [Int] = []
    for column in syntax.columns {
      guard let index = schema.columnIndex(column.name) else {
        throw unknownColumn(column, of: schema)
      }
      guard !targets.contains(index) else {
        throw error(
          .duplicateColumn, "column '\(column.name)' specified more than once", at: column.offset)
      }
      targets.append(index)
    }
    for (index, column) in schema.columns.enumerated()
    where column.isNotNull && !targets.contains(index) {
      throw nullViolation(column, of: schema, at: syntax.table.offset)
    }
    return targets
  }

  private func nullViolation(
    _ column: ColumnDefinition, of schema: TableSchema, at location: Int
  ) -> QueryError {
    error(
      .notNullViolation,
      "null value in column '\(column.name)' of table '\(schema.name)', which is NOT NULL",
      at: location)
  }

  /// Every value becomes its column's type right away, so that '2024-01-01' is a timestamp in one
  /// column and text in another.
  private func valuesPlan(
    _ rows: [[ExpressionSyntax]], into targets: [Int], of schema: TableSchema
  ) throws(QueryError) -> Plan {
    let bound = try QueryBinder(environment: self).bindRows(rows)
    let nulls = schema.columns.map { Expression.literal(.null, $0.type) }
    var stored: [[Expression]] = []
    stored.reserveCapacity(rows.count)
    for row in bound {
      try checkCount(row.count, targets, at: row.first?.location ?? 0)
      var values = nulls
      for (value, target) in zip(row, targets) {
        values[target] = try assigned(value, to: schema.columns[target], of: schema)
      }
      stored.append(values)
    }
    return .values(rows: stored, types: schema.columns.map(\.type))
  }

  private func queryPlan(
    _ query: SelectSyntax, into targets: [Int], of schema: TableSchema
  ) throws(QueryError) -> Plan {
    let source = try QueryBinder(environment: self).bind(
      query.typed(as: targets.map { schema.columns[$0].type }))
    let types = source.plan.types
    try checkCount(types.count, targets, at: query.location)
    var values = schema.columns.map { Expression.literal(.null, $0.type) }
    for (index, target) in targets.enumerated() {
      let value = BoundExpression(.column(index, types[index]), at: query.location)
      values[target] = try assigned(value, to: schema.columns[target], of: schema)
    }
    return .project(source.plan, values)
  }

  private func checkCount(_ count: Int, _ targets: [Int], at location: Int) throws(QueryError) {
    guard count == targets.count else {
      throw error(
        .syntaxError,
        "INSERT has \(count > targets.count ? "more" : "fewer") expressions than target columns",
        at: location, hint: "\(targets.count) columns are to be filled, \(count) values are given")
    }
  }

  func assigned(
    _ value: BoundExpression, to column: ColumnDefinition, of schema: TableSchema
  ) throws(QueryError) -> Expression {
    guard let converted = try converted(value, to: column.type, .assignment) else {
      throw error(
        .typeMismatch,
        "column '\(column.name)' is of type \(column.type.sqlName) but expression is of type \(value.type.sqlName)",
        at: value.location, hint: "cast it: CAST(... AS \(column.type.sqlName))")
    }
    if column.isNotNull, converted.literalValue?.isNull == true {
      throw nullViolation(column, of: schema, at: value.location)
    }
    return converted
  }
}

extension SelectSyntax {
  /// Literals among the items of SELECT take the types of the columns that they go to.
  fileprivate func typed(as types: [DataType]) -> SelectSyntax {
    guard case .select(var core) = body, case .no = core.distinct, core.items.count == types.count
    else { return self }
    let hasStar = core.items.contains {
      if case .star = $0.expression.kind { true } else { false }
    }
    guard !hasStar else { return self }
    for (index, type) in types.enumerated() {
      core.items[index].expression = core.items[index].expression.typed(as: type)
    }
    var query = self
    query.body = .select(core)
    return query
  }
}
