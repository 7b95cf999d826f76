import ColumnStore
import QueryLanguage

/// `CREATE TABLE ... AS query`.
extension Environment {
  func createTable(
    _ syntax: CreateTableSyntax, as source: CreateTableSyntax.Source
  ) throws(QueryError) -> PlannedStatement {
    let bound = try QueryBinder(environment: self).bind(source.query)
    let names = try renamed(bound.columnNames, to: source.columnNames, of: syntax.name)
    let types = bound.plan.types
    var schema = TableSchema(name: syntax.name.name, columns: [], partitionColumn: nil)
    for (index, name) in names.enumerated() {
      let place =
        source.columnNames.indices.contains(index)
        ? source.columnNames[index].offset : source.query.location(ofColumn: index, of: names.count)
      guard schema.columnIndex(name) == nil else {
        throw error(
          .duplicateColumn, "column '\(name)' specified more than once", at: place,
          hint: "name the columns of the query: ... AS other")
      }
      guard types[index].physical != .object else {
        throw unsupported(
          "column '\(name)' is of type \(types[index].sqlName): storing that is", at: place,
          hint: types[index].storedForm)
      }
      schema.columns.append(ColumnDefinition(name: name, type: types[index]))
    }
    if schema.columns.isEmpty {
      throw error(.syntaxError, "a table needs at least one column", at: syntax.name.offset)
    }
    if let partitioning = syntax.partitioning {
      schema.partitionColumn = try partitionColumn(
        partitioning.strategy, partitioning.columns, of: schema)
    }
    if catalog.hasRelation(schema.name) { return .createTableAs(schema, nil) }
    let plan =
      source.isWithoutRows ? Plan.limit(bound.plan, count: 0, offset: 0) : bound.plan
    let query = try planned(plan, names, into: .elsewhere)
    // What was revealed stays labelled.
    for (column, label) in query.labels
    where schema.objection(to: label, on: column) == nil {
      schema.columns[column].label = label
    }
    return .createTableAs(schema, query)
  }
}

extension SelectSyntax {
  /// Where an output column is written, as far as that is known.
  fileprivate func location(ofColumn index: Int, of count: Int) -> Int {
    guard case .select(let core) = body, core.items.count == count else { return location }
    return core.items[index].alias?.offset ?? core.items[index].expression.location
  }
}

extension DataType {
  /// What to keep of a value that a table cannot hold.
  var storedForm: String {
    switch self {
    case .interval: "keep a number of seconds: extract(epoch FROM ...)"
    case .hyperLogLog: "keep its estimate: hll_cardinality(...)"
    case .digest: "keep its quantiles: tdigest_quantile(..., 0.5)"
    case .array: "keep its elements in columns of their own"
    default: "cast it to another type"
    }
  }
}
