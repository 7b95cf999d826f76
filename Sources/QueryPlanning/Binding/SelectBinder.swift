import ColumnStore
import QueryLanguage

/// One SELECT block, in the order in which its clauses take effect: FROM, WHERE, GROUP BY, HAVING,
/// the select list, DISTINCT, ORDER BY, LIMIT.
struct SelectBinder {
  let binder: QueryBinder
  let query: SelectSyntax

  private var environment: Environment { binder.environment }

  init(binder: QueryBinder, query: SelectSyntax) {
    self.binder = binder
    self.query = query
  }

  func bind(_ core: SelectCore) throws(QueryError) -> BoundQuery {
    try refuseUnsupported(core)
    let from = try binder.bindFrom(core.from)
    var plan = from?.plan ?? .values(rows: [[]], types: [])
    let scope = Scope(relations: from?.relations ?? [])
    var expressions = ExpressionBinder(environment: environment, scope: scope)

    if let filter = core.filter {
      expressions.place = .clause("WHERE")
      plan = .filter(plan, [try expressions.bindCondition(filter, of: "WHERE")])
      expressions.place = .aggregatesAllowed
    }

    try expressions.define(core.windows)
    var outputs = try OutputList(core.items, &expressions)
    let keys = try groupingKeys(core.groupBy, outputs, &expressions)
    expressions.forgetColumnUses()
    var having: Expression?
    if let condition = core.having {
      expressions.allowsWindows = false
      having = try expressions.bindCondition(condition, of: "HAVING")
      expressions.allowsWindows = true
    }
    let havingUses = expressions.columnUses
    let isDistinct = if case .all = core.distinct { true } else { false }
    let sortColumns = try outputs.addSortColumns(
      query.orderBy, isDistinct: isDistinct, &expressions)

    var windows = expressions.windows.map(\.function)
    if !core.groupBy.isEmpty || core.having != nil || !expressions.aggregates.isEmpty {
      let grouping = Grouping(keys: keys, environment: environment)
      plan = .aggregate(
        Aggregation(input: plan, keys: keys, aggregates: expressions.aggregates))
      if let having {
        plan = .filter(plan, [try grouping.overGroups(having, uses: havingUses)])
      }
      try outputs.mapExpressions { (output) throws(QueryError) in
        try grouping.overGroups(output.expression, uses: output.columnUses)
      }
      windows = try expressions.windows.map { (window) throws(QueryError) in
        try window.function.mapExpressions { (expression) throws(QueryError) in
          try grouping.overGroups(expression, uses: window.uses)
        }
      }
    }
    if !windows.isEmpty {
      let width = plan.types.count
      plan = .window(Window(input: plan, functions: windows))
      outputs.mapExpressions { output in
        output.expression.mapColumns { index, type in
          let first = ExpressionBinder.firstWindow
          return .column(index >= first ? width + index - first : index, type)
        }
      }
    }

    plan = .project(plan, outputs.all.map(\.expression))
    if isDistinct { plan = try distinct(plan, outputs) }
    if !query.orderBy.isEmpty {
      let keys = zip(sortColumns, query.orderBy).map { column, item in
        SortKey(.column(column, outputs.all[column].expression.type), item)
      }
      plan = .sort(plan, by: keys, limit: nil)
    }
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
      operatorCount: (from?.operatorCount ?? 1) + 7)
  }

  private func refuseUnsupported(_ core: SelectCore) throws(QueryError) {
    if case .on(let keys) = core.distinct {
      throw environment.unsupported(
        "DISTINCT ON is", at: keys.first?.location ?? query.location,
        hint: "use arg_min or arg_max with GROUP BY")
    }
  }

  /// GROUP BY: positions, then input columns, then names of the select list.
  private func groupingKeys(
    _ syntax: [ExpressionSyntax], _ outputs: OutputList, _ expressions: inout ExpressionBinder
  ) throws(QueryError) -> [Expression] {
    var keys: [Expression] = []
    for item in syntax {
      let bound = try groupingKey(item, outputs, &expressions)
      try environment.requireComparable(bound, for: "GROUP BY")
      let isKnown = keys.contains {
        $0.withoutLocations == bound.expression.withoutLocations
      }
      if !isKnown { keys.append(bound.expression) }
    }
    return keys
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
