import ColumnStore
import QueryLanguage

/// One SELECT block, in the order in which its clauses take effect: FROM, WHERE, GROUP BY, HAVING,
/// the select list, DISTINCT, ORDER BY, LIMIT.
struct SelectBinder {
  let binder: QueryBinder
  let query: SelectSyntax

  private var environment: Environment { binder.environment }

  /// See `QueryBinder.listClause`.
  private let listClause: String?

  init(binder: QueryBinder, query: SelectSyntax, listClause: String? = nil) {
    self.binder = binder
    self.listClause = listClause
    self.query = query
  }

  func bind(_ core: SelectCore) throws(QueryError) -> BoundQuery {
    let from = try binder.bindFrom(core.from)
    var plan = from?.plan ?? .values(rows: [[]], types: [])
    let scope = Scope(relations: from?.relations ?? [])
    var expressions = ExpressionBinder(environment: environment, scope: scope)
    expressions.outerScopes = binder.outerScopes
    expressions.subqueryBinder = binder

    if let filter = core.filter {
      expressions.place = .clause("WHERE")
      plan = try filtered(plan, by: filter, &expressions)
      expressions.place = .aggregatesAllowed
    }
    if let listClause { expressions.place = .clause(listClause) }
    let firstOfOutput = expressions.subqueries.count

    try expressions.define(core.windows)
    var outputs = try OutputList(core.items, &expressions)
    let (keys, keyPlaces) = try groupingKeys(core.groupBy, outputs, &expressions)
    expressions.forgetColumnUses()
    var having: Expression?
    if let condition = core.having {
      expressions.allowsWindows = false
      having = try expressions.bindCondition(condition, of: "HAVING")
      expressions.allowsWindows = true
    }
    let havingUses = expressions.columnUses
    let isDistinct = if case .all = core.distinct { true } else { false }
    var firstRows: DistinctOn?
    if case .on(let keys) = core.distinct {
      firstRows = DistinctOn(
        syntax: keys, columns: try outputs.addDistinctColumns(keys, &expressions))
    }
    let sortColumns = try outputs.addSortColumns(
      query.orderBy, isDistinct: isDistinct, &expressions)
    try firstRows?.requireMatch(sortColumns, query.orderBy, environment)

    var windows = expressions.windows.map(\.function)
    var expansions = expressions.expansions.map(\.source)
    var expanded = ExpansionPlaces()
    var places = SubqueryPlaces()
    let subqueries = Array(expressions.subqueries[firstOfOutput...])
    if !core.groupBy.isEmpty || core.groupingSets != nil || core.having != nil
      || !expressions.aggregates.isEmpty
    {
      let grouping = Grouping(keys: keys, environment: environment)
      // A sub-query that decides about groups is joined below them, any other above.
      let below = subqueries.filter {
        $0.isRead(by: keys) || expressions.aggregates.contains(where: $0.isRead)
      }
      plan = try places.join(below, to: plan) { (expression, _) throws(QueryError) in expression }
      let input = places
      plan = expanded.expand(
        plan, expressions.expansions.map { $0.source.mapExpressions(input.placed) }
      ) { index in keys.contains { $0.columns.contains(index) } }
      let row = expanded
      let aggregation = Aggregation(
        input: plan, keys: keys.map { row.placed(input.placed($0)) },
        aggregates: expressions.aggregates.map { $0.mapExpressions(input.placed) })
      plan =
        core.groupingSets.map { sets in
          aggregation.grouped(
            by: sets.map { $0.map { keyPlaces[$0] } }, id: environment.sharedBase + query.location)
        } ?? .aggregate(aggregation)
      let above = subqueries.filter { subquery in !below.contains { $0.first == subquery.first } }
      plan = try places.join(above, to: plan) { (expression, uses) throws(QueryError) in
        try grouping.overGroups(expression, uses: uses)
      }
      if let having {
        plan = .filter(
          plan, [places.placed(try grouping.overGroups(having, uses: havingUses))])
      }
      try outputs.mapExpressions { (output) throws(QueryError) in
        try grouping.overGroups(output.expression, uses: output.columnUses)
      }
      windows = try expressions.windows.map { (window) throws(QueryError) in
        try window.function.mapExpressions { (expression) throws(QueryError) in
          try grouping.overGroups(expression, uses: window.uses)
        }
      }
      let isBelow = expanded.contains
      for (index, expansion) in expressions.expansions.enumerated() where !isBelow(index) {
        expansions[index] = try expansion.source.mapExpressions {
          (expression) throws(QueryError) in
          try grouping.overGroups(expression, uses: expansion.uses)
        }
      }
    } else {
      plan = try places.join(subqueries, to: plan) { (expression, _) throws(QueryError) in
        expression
      }
    }
    let width = plan.types.count
    let joined = places
    let overWindows = { (expression: Expression) in
      joined.placed(expression).mapColumns { index, type in
        let windows = ExpressionBinder.windowColumns
        return .column(windows.contains(index) ? width + index - windows.lowerBound : index, type)
      }
    }
    if !windows.isEmpty {
      plan = .window(
        Window(input: plan, functions: windows.map { $0.mapExpressions(joined.placed) }))
    }
    plan = expanded.expand(plan, expansions.map { $0.mapExpressions(overWindows) }) { _ in true }
    let row = expanded
    plan = .project(plan, outputs.all.map { row.placed(overWindows($0.expression)) })
    if isDistinct { plan = try distinct(plan, outputs) }
    let sortKeys = zip(sortColumns, query.orderBy).map { column, item in
      SortKey(.column(column, outputs.all[column].expression.type), item)
    }
    if let firstRows { plan = firstRows.firstOfEach(plan, by: sortKeys, at: query.location) }
    if !sortKeys.isEmpty { plan = .sort(plan, by: sortKeys, limit: nil) }
    plan = try environment.limited(plan, as: query)
    if outputs.all.count > outputs.visibleCount {
      plan = .project(
        plan,
        outputs.all.prefix(outputs.visibleCount).enumerated().map {
          .column($0, $1.expression.type)
        })
    }
    return BoundQuery(
      plan: plan, columnNames: outputs.all.prefix(outputs.visibleCount).map(\.name),
      operatorCount: (from?.operatorCount ?? 1) + 7
        + expressions.subqueries.reduce(0) { $0 + $1.operatorCount })
  }

  /// The rows that WHERE keeps. EXISTS and IN that a row must pass become joins of their own.
  private func filtered(
    _ plan: Plan, by filter: ExpressionSyntax, _ expressions: inout ExpressionBinder
  ) throws(QueryError) -> Plan {
    var conditions: [Expression] = []
    var joins: [SubqueryJoin] = []
    for conjunct in filter.conjuncts {
      if let join = try expressions.bindFilteringSubquery(conjunct) {
        joins.append(join)
      } else {
        conditions.append(try expressions.bindCondition(conjunct, of: "WHERE"))
      }
    }
    var places = SubqueryPlaces()
    var plan = try places.join(expressions.subqueries, to: plan) {
      (expression, _) throws(QueryError) in expression
    }
    if !conditions.isEmpty {
      plan = .filter(plan, [places.placed(.conjunction(conditions))])
    }
    return try places.join(joins, to: plan) { (expression, _) throws(QueryError) in expression }
  }

  /// GROUP BY: positions, then input columns, then names of the select list. Equal keys are one;
  /// `places` says which key each item is.
  private func groupingKeys(
    _ syntax: [ExpressionSyntax], _ outputs: OutputList, _ expressions: inout ExpressionBinder
  ) throws(QueryError) -> (keys: [Expression], places: [Int]) {
    var keys: [Expression] = []
    var places: [Int] = []
    for item in syntax {
      let bound = try groupingKey(item, outputs, &expressions)
      try environment.requireComparable(bound, for: "GROUP BY")
      let known = keys.firstIndex {
        $0.withoutLocations == bound.expression.withoutLocations
      }
      places.append(known ?? keys.count)
      if known == nil { keys.append(bound.expression) }
    }
    return (keys, places)
  }

  private func groupingKey(
    _ item: ExpressionSyntax, _ outputs: OutputList, _ expressions: inout ExpressionBinder
  ) throws(QueryError) -> BoundExpression {
    var output: Output?
    if let position = try environment.ordinal(
      item, count: outputs.visibleCount, clause: "GROUP BY")
    {
      output = outputs.all[position]
    } else if case .column(let path) = item.kind, path.count == 1,
      case .unknownColumn = expressions.scope.column(named: path[0], qualifier: nil)
    {
      output = try outputs.output(named: path[0], at: item.location, environment)
    }
    guard let output else {
      expressions.place = .clause("GROUP BY")
      defer { expressions.place = .aggregatesAllowed }
      return try expressions.bindSettled(item)
    }
    if output.expression.containsWindow {
      throw environment.error(
        .windowingError, "window functions are not allowed in GROUP BY", at: item.location)
    }
    if output.expression.containsAggregate {
      throw environment.error(
        .groupingError, "aggregate functions are not allowed in GROUP BY", at: item.location)
    }
    return BoundExpression(output.expression, at: item.location)
  }

  /// DISTINCT groups by all output columns.
  private func distinct(_ plan: Plan, _ outputs: OutputList) throws(QueryError) -> Plan {
    for output in outputs.all {
      try environment.requireComparable(
        BoundExpression(output.expression, at: output.location), for: "DISTINCT")
    }
    let keys = plan.types.enumerated().map { Expression.column($0, $1) }
    return .aggregate(Aggregation(input: plan, keys: keys, aggregates: []))
  }
}
