import ColumnStore
import QueryLanguage

/// Turns a query into a plan: `WITH`, then the body, each with the tables that it can see.
///
/// What is bound here is straightforward and unoptimised; the rules make it fast.
struct QueryBinder {
  /// Inlined WITH queries can make a plan grow exponentially; no honest query comes near.
  static let operatorLimit = 2_000

  let environment: Environment
  var commonTables = CommonTables()
  /// Of a sub-query in an expression: what the queries around it name, the nearest first.
  var outerScopes: [Scope] = []
  /// Set if the select list is a clause of another statement, in which nothing is aggregated.
  var listClause: String?

  /// Output columns have types of their own: nothing is left open.
  func bind(_ query: SelectSyntax) throws(QueryError) -> BoundQuery {
    var inner = self
    inner.listClause = nil
    try inner.addCommonTables(of: query)
    switch query.body {
    case .select(let core):
      return try SelectBinder(binder: inner, query: query, listClause: listClause)
        .bind(core)
    case .values(let rows):
      return try inner.bindValues(rows, of: query)
    case .setOperation(let operation, let all, let left, let right):
      let output = try inner.bindSetOperation(operation, all: all, left, right)
      return try inner.ordered(output, as: query)
    }
  }

  private mutating func addCommonTables(of query: SelectSyntax) throws(QueryError) {
    if query.isRecursive, let first = query.with.first {
      throw environment.unsupported(
        "WITH RECURSIVE is", at: first.name.offset,
        hint: "count with generate_series; join a table with itself once per level of a tree")
    }
    var names: Set<String> = []
    for table in query.with {
      guard names.insert(table.name.name).inserted else {
        throw environment.error(
          .duplicateAlias, "WITH query name '\(table.name.name)' specified more than once",
          at: table.name.offset)
      }
      var bound = try bind(table.query)
      // Where the name stands tells the query from all others of the statement.
      bound.plan = .shared(id: environment.sharedBase + table.name.offset, bound.plan)
      bound.columnNames = try environment.renamed(
        bound.columnNames, to: table.columnNames, of: table.name)
      commonTables.add(bound, named: table.name.name)
    }
  }

  /// `VALUES (...), (...)`: each column takes the type that suits all rows.
  private func bindValues(
    _ rows: [[ExpressionSyntax]], of query: SelectSyntax
  ) throws(QueryError) -> BoundQuery {
    let bound = try bindRows(rows)
    let width = bound.first?.count ?? 0
    var columns: [[Expression]] = []
    for column in 0..<width {
      columns.append(try environment.unified(bound.map { $0[column] }, construct: "VALUES"))
    }
    let names = (0..<width).map { "column\($0 + 1)" }
    let plan = Plan.values(
      rows: bound.indices.map { row in columns.map { $0[row] } },
      types: columns.map { $0.first?.type ?? .text })
    let output = BoundQuery(plan: plan, columnNames: names, operatorCount: 1)
    return try ordered(output, as: query)
  }

  /// The rows of VALUES, all as wide as the first.
  func bindRows(_ rows: [[ExpressionSyntax]]) throws(QueryError) -> [[BoundExpression]] {
    var binder = ExpressionBinder(environment: environment, scope: Scope())
    binder.place = .clause("VALUES")
    var bound: [[BoundExpression]] = []
    bound.reserveCapacity(rows.count)
    for row in rows {
      bound.append(try binder.bind(row))
      guard row.count == rows[0].count else {
        throw environment.error(
          .syntaxError, "VALUES lists must all be the same length", at: row.first?.location ?? 0)
      }
    }
    return bound
  }

  /// ORDER BY over nothing but output columns, LIMIT and OFFSET.
  func ordered(
    _ output: BoundQuery, as query: SelectSyntax
  ) throws(QueryError) -> BoundQuery {
    var output = output
    let columns = zip(output.columnNames, output.plan.types).enumerated().map {
      ScopeColumn(name: $1.0, type: $1.1, index: $0)
    }
    var binder = ExpressionBinder(
      environment: environment, scope: Scope(relations: [ScopeRelation(columns: columns)]))
    binder.place = .clause("ORDER BY")
    var keys: [SortKey] = []
    for item in query.orderBy {
      var bound: BoundExpression
      if let position = try environment.ordinal(
        item.expression, count: columns.count, clause: "ORDER BY")
      {
        bound = BoundExpression(
          .column(position, columns[position].type), at: item.expression.location)
      } else {
        bound = try binder.bindSettled(item.expression)
      }
      try environment.requireComparable(bound, for: "ORDER BY")
      keys.append(SortKey(bound.expression, item))
    }
    if !keys.isEmpty { output.plan = .sort(output.plan, by: keys, limit: nil) }
    output.plan = try environment.limited(output.plan, as: query)
    output.operatorCount += 2
    guard output.operatorCount <= Self.operatorLimit else {
      throw environment.error(
        .tooComplex, "the query is too complex", at: query.location,
        hint: "put repeated parts into one query with conditions joined by OR")
    }
    return output
  }
}

extension SortKey {
  init(_ expression: Expression, _ item: OrderItemSyntax) {
    self.init(
      expression: expression, isDescending: item.isDescending,
      nullsFirst: item.nullsFirst ?? item.isDescending)
  }
}

extension Environment {
  /// Column names after a column list such as `AS t (a, b)`; what it does not name keeps its own.
  func renamed(
    _ names: [String], to list: [Identifier], of table: Identifier
  ) throws(QueryError) -> [String] {
    guard list.count <= names.count else {
      throw error(
        .invalidColumnReference,
        "table '\(table.name)' has \(names.count) columns but \(list.count) are named",
        at: list[names.count].offset)
    }
    return list.map(\.name) + names.dropFirst(list.count)
  }

  /// The column, from 0, that an integer in GROUP BY or ORDER BY stands for.
  func ordinal(
    _ syntax: ExpressionSyntax, count: Int, clause: String
  ) throws(QueryError) -> Int? {
    switch syntax.kind {
    case .integer(let position):
      guard position >= 1, position <= Int64(count) else {
        throw error(
          .invalidColumnReference, "\(clause) position \(position) is not in select list",
          at: syntax.location, hint: "positions go from 1 to \(count)")
      }
      return Int(position) - 1
    case .string, .decimal, .null, .boolean:
      throw error(
        .syntaxError, "non-integer constant in \(clause)", at: syntax.location,
        hint: "name a column, or write its position in the select list")
    default:
      return nil
    }
  }

  /// LIMIT and OFFSET, which are constants.
  func limited(_ plan: Plan, as query: SelectSyntax) throws(QueryError) -> Plan {
    let count = try rowCount(query.limit, clause: "LIMIT")
    let offset = try rowCount(query.offset, clause: "OFFSET") ?? 0
    return count == nil && offset == 0 ? plan : .limit(plan, count: count, offset: offset)
  }

  private func rowCount(_ syntax: ExpressionSyntax?, clause: String) throws(QueryError) -> Int? {
    guard let syntax else { return nil }
    var binder = ExpressionBinder(environment: self, scope: Scope())
    binder.place = .clause(clause)
    let bound = try binder.bind(syntax)
    switch try cast(bound, to: .integer, .assignment).folded(in: self) {
    case .literal(.integer(let count), _):
      guard count >= 0 else {
        throw error(.invalidParameter, "\(clause) must not be negative", at: syntax.location)
      }
      return Int(count)
    case .literal: return nil
    default:
      throw error(.invalidParameter, "\(clause) must be a constant", at: syntax.location)
    }
  }
}
