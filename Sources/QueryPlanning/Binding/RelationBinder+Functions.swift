import ColumnStore
import QueryLanguage

/// `unnest(array, ...)` and `generate_series(start, stop[, step])` in FROM.
extension QueryBinder {
  /// A function after `left`: over its rows where the arguments name columns of it, else on its own.
  ///
  /// `keepsRows`: rows of `left` for which there are no values stay.
  func bindFunction(
    _ syntax: ExpressionSyntax, alias: TableAlias?, hasOrdinality: Bool,
    beside left: BoundRelation?, keepsRows: Bool = false
  ) throws(QueryError) -> (relation: BoundRelation, isOverLeft: Bool) {
    let location = syntax.location
    guard case .function(let call) = syntax.kind, SetReturning.names.contains(call.name) else {
      throw environment.unsupported(
        "this function in FROM is", at: location,
        hint: "unnest, generate_series and json_array_elements are")
    }
    var binder = ExpressionBinder(
      environment: environment, scope: Scope(relations: left?.relations ?? []))
    binder.outerScopes = outerScopes
    binder.place = .clause("functions in FROM")
    let arguments = try binder.bind(call.arguments)
    let sources = try environment.expansionSources(call, arguments, at: location)
    let isOverLeft = sources.flatMap(\.expressions).contains { expression in
      expression.columns.contains { $0 < ExpressionBinder.firstAggregate }
    }
    let name = alias?.name ?? Identifier(call.name, offset: location)
    var names = sources.count == 1 ? [name.name] : sources.map { _ in call.name }
    if hasOrdinality { names.append("ordinality") }
    guard isOverLeft, let left else {
      var plan = Plan.expand(
        Expansion(
          input: .values(rows: [[]], types: []), sources: sources, hasOrdinality: hasOrdinality))
      if !hasOrdinality, case .series(let series)? = sources.first, series.isConstant {
        plan = .series(series)
      }
      let query = BoundQuery(plan: plan, columnNames: names, operatorCount: 1)
      return (try relation(query, named: name, alias: alias), false)
    }
    let expansion = Plan.expand(
      Expansion(
        input: left.plan, sources: sources, hasOrdinality: hasOrdinality, keepsRows: keepsRows))
    let width = left.plan.types.count
    var added = try relation(
      BoundQuery(
        plan: .values(rows: [], types: Array(expansion.types.dropFirst(width))),
        columnNames: names, operatorCount: 1), named: name, alias: alias)
    try requireDistinctNames(left, added, at: location)
    added.plan = expansion
    added.relations = left.relations + added.relations.map { $0.shifted(by: width) }
    added.operatorCount += left.operatorCount
    return (added, true)
  }

  /// A join whose right side is a function of the left one's columns; `nil` where it is not.
  func bindFunctionJoin(
    _ join: JoinSyntax, _ left: BoundRelation
  ) throws(QueryError) -> BoundRelation? {
    guard case .function(let call, let alias, let hasOrdinality) = join.right else { return nil }
    var (bound, isOverLeft) = try bindFunction(
      call, alias: alias, hasOrdinality: hasOrdinality, beside: left,
      keepsRows: join.kind == .left)
    guard isOverLeft else { return nil }
    var condition: Expression?
    switch join.condition {
    case .none: break
    case .on(let syntax):
      var binder = ExpressionBinder(
        environment: environment, scope: Scope(relations: bound.relations))
      binder.place = .clause("JOIN conditions")
      binder.outerScopes = outerScopes
      condition = try binder.bindCondition(syntax, of: "JOIN/ON")
    case .using, .natural:
      throw environment.unsupported(
        "USING with a function of the left table's columns is", at: call.location,
        hint: "write CROSS JOIN and compare in WHERE")
    }
    if condition?.literalValue == .boolean(true) { condition = nil }
    switch join.kind {
    case .inner, .cross:
      if let condition { bound.plan = .filter(bound.plan, [condition]) }
      return bound
    case .left where condition == nil: return bound
    case .left:
      throw environment.unsupported(
        "LEFT JOIN of a function with a condition is", at: call.location,
        hint: "write ON true")
    case .right, .full:
      throw environment.error(
        .invalidColumnReference, "invalid reference to a column of the table on the left",
        at: call.location,
        hint: "a function of the left table's columns is joined by INNER, CROSS or LEFT JOIN")
    }
  }
}

extension Series {
  /// Whether it reads no column of a row.
  fileprivate var isConstant: Bool {
    [start, stop, step].allSatisfy(\.columns.isEmpty)
  }
}
