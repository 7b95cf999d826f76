public import ColumnStore
public import QueryLanguage

/// CREATE and DROP MATERIALIZED VIEW.
extension Environment {
  func createMaterializedView(
    _ syntax: CreateMaterializedViewSyntax
  ) throws(QueryError) -> PlannedStatement {
    let name = syntax.name
    if !syntax.ifNotExists, catalog.hasRelation(name.name) {
      throw error(
        .duplicateTable, "relation '\(name.name)' already exists", at: name.offset,
        hint: "CREATE MATERIALIZED VIEW IF NOT EXISTS leaves it as it is")
    }
    var inner = self
    inner.viewPath = [name.name]
    inner.context.parameters = []
    inner.context.timeZone = "UTC"
    let bound = try QueryBinder(environment: inner).bind(syntax.query)
    let rollUp = try rollUpQuery(bound, at: syntax.query.location)
    try requireSameAtAnyTime(syntax.query, rollUp, inner)
    let names = try renamed(bound.columnNames, to: syntax.columnNames, of: name)
    let types = bound.plan.types
    var schema = TableSchema(name: name.name, columns: [], partitionColumn: nil)
    let labels = try labels(of: rollUp, at: syntax.query.location)
    for (index, (column, type)) in zip(names, types).enumerated() {
      guard schema.columnIndex(column) == nil else {
        throw error(
          .duplicateColumn, "column '\(column)' specified more than once", at: name.offset,
          hint: "name the columns: CREATE MATERIALIZED VIEW \(name.name) (a, b) AS ...")
      }
      guard type.stored != .object else {
        throw unsupported(
          "column '\(column)' is of type \(type.sqlName): storing that is", at: name.offset,
          hint: type.storedForm)
      }
      schema.columns.append(ColumnDefinition(name: column, type: type, label: labels[index]))
    }
    schema.partitionColumn = types.indices.first { rollUp.merges[$0] == nil && types[$0].isTime }
    schema.rollUp = RollUp(
      source: rollUp.source,
      definition: String(
        decoding: Array(text.utf8)[syntax.definition.clamped(to: 0..<text.utf8.count)],
        as: UTF8.self))
    try set(syntax.options, of: &schema)
    return .createTable(schema, ifNotExists: syntax.ifNotExists)
  }

  /// Whose row it is stays known; what is hidden is not kept anywhere else.
  private func labels(
    of rollUp: RollUpQuery, at location: Int
  ) throws(QueryError) -> [ColumnLabel?] {
    guard let source = catalog.tables[rollUp.source]?.schema else {
      return rollUp.sourceColumns.map { _ in nil }
    }
    for column in rollUp.expressions.flatMap(\.columns)
    where source.columns.indices.contains(column) {
      let definition = source.columns[column]
      if let label = definition.label, label.hides {
        throw error(
          .invalidObjectDefinition,
          "column '\(definition.name)' is labelled '\(label.rawValue)': a materialized view would keep it",
          at: location, hint: "leave it out; group by whose row it is")
      }
    }
    var taken: Set<Int> = []
    return rollUp.sourceColumns.map { column in
      guard let column, taken.insert(column).inserted else { return nil }
      return source.columns[column].label
    }
  }

  /// What was computed once is never computed again.
  private func requireSameAtAnyTime(
    _ query: SelectSyntax, _ rollUp: RollUpQuery, _ environment: Environment
  ) throws(QueryError) {
    var later = environment
    later.notes = BindingNotes()
    later.context.now = context.now == 0 ? 1 : 0
    let other = try rollUpQuery(
      try QueryBinder(environment: later).bind(query), at: query.location)
    guard other.expressions == rollUp.expressions else {
      throw error(
        .invalidObjectDefinition, "the query of a materialized view cannot ask for the time of day",
        at: query.location, hint: "leave now() and current_date to those who query the view")
    }
  }

  private func rollUpQuery(
    _ bound: BoundQuery, at location: Int
  ) throws(QueryError) -> RollUpQuery {
    do throws(RollUpQuery.Objection) {
      let query = try RollUpQuery(bound.plan, columnNames: bound.columnNames)
      if let table = catalog.tables[query.source]?.schema {
        guard table.rollUp == nil else { throw .shape }
        guard table.partitionColumn != nil else { throw .source(query.source) }
      }
      return query
    } catch {
      throw self.error(
        .invalidObjectDefinition, error.message, at: location, hint: error.hint)
    }
  }

  func dropMaterializedViews(
    _ names: [Identifier], ifExists: Bool, cascades: Bool
  ) throws(QueryError) -> PlannedStatement {
    for name in names where catalog.tables[name.name]?.schema.rollUp == nil {
      if catalog.hasRelation(name.name) {
        throw error(
          .wrongObjectType, "'\(name.name)' is not a materialized view", at: name.offset,
          hint: "use DROP TABLE or DROP VIEW")
      }
      guard ifExists else {
        let known = catalog.tables.values.filter { $0.schema.rollUp != nil }.map(\.schema.name)
        throw error(
          .undefinedTable, "unknown materialized view '\(name.name)'", at: name.offset,
          hint: suggestion(for: name.name, among: known.sorted()))
      }
    }
    return .drop(try dropped(names, cascades: cascades), tag: "DROP MATERIALIZED VIEW")
  }
}

extension Planner {
  /// The query of a materialised view alone, without what is kept of days that are gone.
  public func planDefinition(of schema: TableSchema) throws(QueryError) -> PlannedQuery {
    guard let rollUp = schema.rollUp else {
      throw QueryError(.internalError, "table '\(schema.name)' is no materialized view")
    }
    let environment = Environment(catalog: catalog, context: context, text: rollUp.definition)
    let bound = try environment.boundDefinition(of: schema, rollUp)
    return PlannedQuery(
      plan: try environment.optimized(bound.plan), columnNames: bound.columnNames)
  }
}
