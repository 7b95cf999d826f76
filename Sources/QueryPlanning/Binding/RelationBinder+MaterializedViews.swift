import ColumnStore
import QueryLanguage

/// A materialised view is what was kept of days that are gone, merged with what its query says of
/// those that are there: no row counts twice, and none is missing.
extension QueryBinder {
  func bindMaterializedView(
    _ schema: TableSchema, _ rollUp: RollUp, at name: Identifier
  ) throws(QueryError) -> BoundQuery {
    guard !environment.viewPath.contains(schema.name) else {
      throw environment.error(
        .invalidObjectDefinition, "view '\(schema.name)' would read itself", at: name.offset)
    }
    let definition: BoundQuery
    let query: RollUpQuery
    do {
      definition = try environment.boundDefinition(of: schema, rollUp)
      query = try RollUpQuery(definition.plan, columnNames: definition.columnNames)
    } catch let error as QueryError {
      throw environment.error(
        error.code, "materialized view '\(schema.name)': \(error.message)", at: name.offset,
        hint: error.hint)
    } catch {
      throw environment.error(
        .invalidObjectDefinition,
        "materialized view '\(schema.name)': its query does not group any more", at: name.offset,
        hint: "make it anew: DROP MATERIALIZED VIEW and CREATE MATERIALIZED VIEW")
    }
    return BoundQuery(
      plan: merged(
        try environment.scan(of: schema, at: name), definition.plan, query.merges, at: name.offset),
      columnNames: schema.columns.map(\.name), operatorCount: definition.operatorCount + 4)
  }

  private func merged(
    _ kept: TableScan, _ live: Plan, _ merges: [AggregateFunction?], at location: Int
  ) -> Plan {
    let types = kept.schema.columns.map(\.type)
    let keys = types.indices.filter { merges[$0] == nil }
    var aggregates: [Aggregate] = []
    var places = [Int](repeating: 0, count: types.count)
    for (place, column) in keys.enumerated() { places[column] = place }
    for (column, type) in types.enumerated() {
      guard let merge = merges[column] else { continue }
      places[column] = keys.count + aggregates.count
      aggregates.append(
        Aggregate(
          function: merge, arguments: [.column(column, type)], type: type, location: location))
    }
    let aggregation = Aggregation(
      input: .append([.scan(kept), live.placed(at: location)]),
      keys: keys.map { .column($0, types[$0]) }, aggregates: aggregates)
    return .project(.aggregate(aggregation), zip(places, types).map { .column($0, $1) })
  }
}

extension Environment {
  /// The query of a materialised view, in the time zone that it was made for.
  func boundDefinition(
    of schema: TableSchema, _ rollUp: RollUp
  ) throws(QueryError) -> BoundQuery {
    let statement: Statement
    if let known = notes.parsedViews[schema.name] {
      statement = known
    } else {
      statement = try SQLParser.parseOne(rollUp.definition)
      notes.parsedViews[schema.name] = statement
    }
    guard case .select(let query) = statement.kind else {
      throw QueryError(.internalError, "its text is not a query")
    }
    var inner = inside(schema.name, text: rollUp.definition, depth: depth + statement.depth)
    inner.context.timeZone = "UTC"
    var bound = try QueryBinder(environment: inner).bind(query)
    guard bound.plan.types == schema.columns.map(\.type) else {
      throw QueryError(
        .undefinedColumn, "its query has other columns than when it was made",
        hint: "make it anew: DROP MATERIALIZED VIEW and CREATE MATERIALIZED VIEW")
    }
    bound.columnNames = schema.columns.map(\.name)
    return bound
  }
}
