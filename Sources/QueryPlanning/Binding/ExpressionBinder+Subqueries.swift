import ColumnStore
import QueryLanguage

/// Sub-queries in expressions. Each becomes one or two joins, whose columns the expression reads.
extension ExpressionBinder {
  /// A sub-query that is bound and taken apart.
  struct Subquery {
    var query: Decorrelation
    var columnCount: Int
    var operatorCount: Int
    var location: Int

    var isCorrelated: Bool { !query.conditions.isEmpty }
  }

  /// EXISTS, NOT EXISTS or IN as a condition that every row must pass: a semi or anti join, which
  /// may be tied to the query by any conditions. `nil`: it is something else.
  mutating func bindFilteringSubquery(
    _ syntax: ExpressionSyntax
  ) throws(QueryError) -> SubqueryJoin? {
    switch syntax.kind {
    case .exists(let query):
      return try existence(query, kind: .semi, at: syntax.location)
    case .not(let operand):
      guard case .exists(let query) = operand.kind else { return nil }
      return try existence(query, kind: .anti, at: operand.location)
    case .inSubquery(let operand, let query, negated: false):
      let tested = try bind(operand)
      let subquery = try bindList(query, for: tested, at: syntax.location)
      var join = newJoin(subquery, kind: .semi)
      let item = BoundExpression(join.column(0), at: syntax.location)
      let equal = try environment.compared(.equal, tested, item, at: syntax.location)
      join.condition = .conjunction(
        [equal] + (join.condition?.conjuncts ?? []))
      return join
    default:
      return nil
    }
  }

  private mutating func existence(
    _ query: SelectSyntax, kind: Join.Kind, at location: Int
  ) throws(QueryError) -> SubqueryJoin {
    let subquery = try bindForExistence(query, at: location)
    var join = newJoin(subquery, kind: kind)
    if !subquery.isCorrelated { join.plan = .limit(join.plan, count: 1, offset: 0) }
    return join
  }

  mutating func bindScalarSubquery(
    _ query: SelectSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let subquery = try bindOneColumn(query, at: location)
    guard subquery.isCorrelated else {
      let isOneRow = subquery.query.plan.isOneRow
      let join = newJoin(subquery, kind: isOneRow ? .inner : .single)
      subqueries.append(join)
      return BoundExpression(join.column(0), at: location)
    }
    guard let empty = subquery.query.emptyValues?.first else {
      let join = newJoin(subquery, kind: .single)
      subqueries.append(join)
      return BoundExpression(join.column(0), at: location)
    }
    // Grouped by what ties it to the query: one row at most.
    var marked = subquery
    marked.query.plan = subquery.query.plan.marked
    let join = newJoin(marked, kind: .left)
    subqueries.append(join)
    let value = join.column(0)
    if empty.literalValue?.isNull == true { return BoundExpression(value, at: location) }
    return BoundExpression(
      .caseWhen(
        [CaseBranch(condition: .isNull(join.column(join.plan.types.count - 1)), result: empty)],
        otherwise: value), at: location)
  }

  /// EXISTS whose answer is looked at: joined with the distinct rows that it is tied by.
  mutating func bindExists(
    _ query: SelectSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    var subquery = try bindForExistence(query, at: location)
    if subquery.isCorrelated {
      let keys = try correlations(of: subquery)
      subquery = distinct(subquery, by: keys, columns: [])
    } else {
      subquery.query.plan = .limit(subquery.query.plan, count: 1, offset: 0).marked
    }
    let join = newJoin(subquery, kind: .left)
    subqueries.append(join)
    let mark = join.column(join.plan.types.count - 1)
    return BoundExpression(.not(.isNull(mark)), at: location)
  }

  /// `x IN (SELECT y ...)`: unknown where nothing equals x and x or some y is null.
  mutating func bindMembership(
    _ operand: ExpressionSyntax, _ query: SelectSyntax, negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let tested = try bind(operand)
    var subquery = try bindList(query, for: tested, at: location)
    let keys = try correlations(of: subquery)
    subquery.query.plan = .shared(id: environment.sharedBase + location, subquery.query.plan)
    var found = newJoin(distinct(subquery, by: keys, columns: [0]), kind: .left)
    let item = BoundExpression(found.column(keys.count), at: location)
    try environment.requireComparable(item, for: "IN")
    let equal = try environment.compared(.equal, tested, item, at: location)
    found.condition = .conjunction([equal] + (found.condition?.conjuncts ?? []))
    found.columnUses = columnUses
    subqueries.append(found)
    let counts = counted(subquery, by: keys, extremes: false)
    let isFound = Expression.not(.isNull(found.column(found.plan.types.count - 1)))
    let value = try environment.settled(tested)
    let test = Expression.caseWhen(
      [
        CaseBranch(condition: isFound, result: .literal(.boolean(true), .boolean)),
        CaseBranch(condition: counts.isEmpty, result: .literal(.boolean(false), .boolean)),
        CaseBranch(
          condition: .or([.isNull(value), counts.hasNull]), result: .literal(.null, .boolean)),
      ], otherwise: .literal(.boolean(false), .boolean))
    return BoundExpression(negated ? .not(test) : test, at: location)
  }

  /// `x < ANY (SELECT y ...)` asks about the greatest y, and so on; `= ANY` is IN.
  mutating func bindQuantified(
    _ name: String, _ operand: ExpressionSyntax, _ query: SelectSyntax, isAll: Bool,
    at location: Int
  ) throws(QueryError) -> BoundExpression {
    guard let comparison = Comparison(rawValue: name) else {
      throw environment.unsupported(
        "\(name) \(isAll ? "ALL" : "ANY") is", at: location,
        hint: "=, <>, <, <=, > and >= are")
    }
    if (comparison == .equal && !isAll) || (comparison == .notEqual && isAll) {
      return try bindMembership(operand, query, negated: isAll, at: location)
    }
    let tested = try bind(operand)
    let subquery = try bindList(query, for: tested, at: location)
    let counts = counted(subquery, by: try correlations(of: subquery), extremes: true)
    let least = BoundExpression(counts.minimum, at: location)
    let greatest = BoundExpression(counts.maximum, at: location)
    let decisive: Expression
    switch comparison {
    case .less, .lessOrEqual:
      decisive = try environment.compared(
        comparison, tested, isAll ? least : greatest, at: location)
    case .greater, .greaterOrEqual:
      decisive = try environment.compared(
        comparison, tested, isAll ? greatest : least, at: location)
    case .equal, .notEqual:
      let both = [
        try environment.compared(comparison, tested, least, at: location),
        try environment.compared(comparison, tested, greatest, at: location),
      ]
      decisive = isAll ? .and(both) : .or(both)
    }
    let settled = isAll ? Expression.not(decisive) : decisive
    let value = try environment.settled(tested)
    return BoundExpression(
      .caseWhen(
        [
          CaseBranch(condition: counts.isEmpty, result: .literal(.boolean(isAll), .boolean)),
          CaseBranch(condition: settled, result: .literal(.boolean(!isAll), .boolean)),
          CaseBranch(
            condition: .or([.isNull(value), counts.hasNull]), result: .literal(.null, .boolean)),
        ], otherwise: .literal(.boolean(isAll), .boolean)), at: location)
  }
}

// MARK: - Parts

extension ExpressionBinder {
  /// What is known of a sub-query's values for each row of the query around it.
  private struct Counts {
    var isEmpty: Expression
    var hasNull: Expression
    var minimum: Expression
    var maximum: Expression
  }

  private func bindOneColumn(
    _ query: SelectSyntax, at location: Int, nullsOf type: DataType? = nil
  ) throws(QueryError) -> Subquery {
    var bound = try bound(query, at: location)
    guard bound.plan.types.count == 1 else {
      throw environment.error(
        .syntaxError, "subquery must return only one column", at: location,
        hint: "it returns \(bound.plan.types.count)")
    }
    // A null that is written there has no type of its own.
    if let type, type != .null, bound.plan.givesOnlyNull {
      bound.plan = .project(bound.plan, [.literal(.null, type)])
    }
    return try takenApart(bound, at: location)
  }

  /// A sub-query whose rows are looked through for a value.
  private func bindList(
    _ query: SelectSyntax, for value: BoundExpression, at location: Int
  ) throws(QueryError) -> Subquery {
    let subquery = try bindOneColumn(query, at: location, nullsOf: value.type)
    try refuseTotal(subquery)
    return subquery
  }

  /// Taken apart, an aggregate without GROUP BY has no row where nothing ties to the query; as it
  /// was written it has one.
  private func refuseTotal(_ subquery: Subquery) throws(QueryError) {
    guard subquery.query.emptyValues != nil else { return }
    throw environment.unsupported(
      "EXISTS, IN, ANY or ALL over an aggregate that is tied to the query around it is",
      at: subquery.location, hint: "compare with the aggregate: x = (SELECT count(*) ...)")
  }

  /// What the rows contain does not matter, nor their order, nor how many there are.
  private func bindForExistence(
    _ query: SelectSyntax, at location: Int
  ) throws(QueryError) -> Subquery {
    var bound = try bound(query, at: location)
    while true {
      switch bound.plan {
      case .project(let input, _), .sort(let input, _, _): bound.plan = input
      case .limit(let input, let count, 0) where count ?? 1 > 0: bound.plan = input
      default:
        let subquery = try takenApart(bound, at: location)
        try refuseTotal(subquery)
        return subquery
      }
    }
  }

  private func bound(_ query: SelectSyntax, at location: Int) throws(QueryError) -> BoundQuery {
    guard var binder = subqueryBinder else {
      throw environment.unsupported(
        "a sub-query here is", at: location, hint: "use it in SELECT, WHERE or HAVING")
    }
    binder.outerScopes = [scope] + outerScopes
    let bound = try binder.bind(query)
    // IN takes a sub-query's plan twice: nested ones multiply.
    guard bound.operatorCount <= QueryBinder.operatorLimit else {
      throw environment.error(
        .tooComplex, "the query is too complex", at: location,
        hint: "sub-queries in sub-queries multiply: put one into a WITH query")
    }
    return bound
  }

  private func takenApart(_ bound: BoundQuery, at location: Int) throws(QueryError) -> Subquery {
    do {
      return Subquery(
        query: try Decorrelation(bound.plan, environment.context),
        columnCount: bound.plan.types.count,
        operatorCount: bound.operatorCount, location: location)
    } catch {
      throw environment.unsupported(
        "a sub-query that reads columns of the query around it in this way is", at: location,
        hint: error.hint)
    }
  }

  /// The join of a sub-query on the conditions that tie it, with numbers for its columns.
  private mutating func newJoin(_ subquery: Subquery, kind: Join.Kind) -> SubqueryJoin {
    let first = nextSubqueryColumn
    nextSubqueryColumn += subquery.query.plan.types.count
    let conditions = subquery.query.conditions.map { condition in
      condition.mapColumns { index, type in
        index >= Self.firstOuter
          ? .column(index - Self.firstOuter, type) : .column(first + index, type)
      }
    }
    var join = SubqueryJoin(
      kind: kind, plan: subquery.query.plan,
      condition: conditions.isEmpty ? nil : .conjunction(conditions), first: first,
      location: subquery.location, operatorCount: subquery.operatorCount + 3)
    for column in scope.columns
    where conditions.contains(where: { $0.columns.contains(column.index) }) {
      noteUse(of: column, at: subquery.location)
    }
    join.columnUses = columnUses
    return join
  }

  /// What ties the sub-query to the query, as pairs that must be equal.
  private func correlations(
    of subquery: Subquery
  ) throws(QueryError) -> [(outer: Expression, inner: Expression)] {
    var pairs: [(outer: Expression, inner: Expression)] = []
    for condition in subquery.query.conditions {
      guard let pair = condition.correlation else {
        throw environment.unsupported(
          "a sub-query here that is tied to the query around it by anything but = is",
          at: subquery.location, hint: "EXISTS and IN that stand alone in WHERE may be")
      }
      pairs.append(pair)
    }
    return pairs
  }

  /// The distinct values of what ties the sub-query and of some columns, then a mark.
  private func distinct(
    _ subquery: Subquery, by keys: [(outer: Expression, inner: Expression)], columns: [Int]
  ) -> Subquery {
    let plan = subquery.query.plan
    var distinct = subquery
    distinct.query.tie(
      to: .aggregate(
        Aggregation(
          input: plan,
          keys: keys.map(\.inner) + columns.map { .column($0, plan.types[$0]) }, aggregates: [])
      ).marked, by: keys.map(\.outer))
    return distinct
  }

  /// Joins with the numbers of rows and values of a sub-query's first column.
  private mutating func counted(
    _ subquery: Subquery, by keys: [(outer: Expression, inner: Expression)], extremes: Bool
  ) -> Counts {
    let plan = subquery.query.plan
    let location = subquery.location
    let value = Expression.column(0, plan.types[0])
    var aggregates = [
      Aggregate(function: .countRows, arguments: [], type: .integer, location: location),
      Aggregate(function: .count, arguments: [value], type: .integer, location: location),
    ]
    if extremes {
      for function in [AggregateFunction.minimum, .maximum] {
        aggregates.append(
          Aggregate(function: function, arguments: [value], type: value.type, location: location))
      }
    }
    var counts = subquery
    counts.query.tie(
      to: .aggregate(Aggregation(input: plan, keys: keys.map(\.inner), aggregates: aggregates)),
      by: keys.map(\.outer))
    let join = newJoin(counts, kind: keys.isEmpty ? .inner : .left)
    subqueries.append(join)
    let zero = Expression.literal(.integer(0), .integer)
    let rows = join.column(keys.count)
    return Counts(
      isEmpty: .compare(.equal, .coalesce([rows, zero]), zero),
      hasNull: .compare(.greater, rows, join.column(keys.count + 1)),
      minimum: extremes ? join.column(keys.count + 2) : rows,
      maximum: extremes ? join.column(keys.count + 3) : rows)
  }
}

extension Plan {
  /// The rows with a last column that is true: where an outer join finds none it is null.
  fileprivate var marked: Plan {
    .project(
      self,
      types.enumerated().map { .column($0, $1) } + [.literal(.boolean(true), .boolean)])
  }

  /// Whether the only column is a null that was written as such.
  fileprivate var givesOnlyNull: Bool {
    switch self {
    case .project(_, let expressions): expressions[0].literalValue?.isNull == true
    case .filter(let input, _), .sort(let input, _, _), .limit(let input, _, _):
      input.givesOnlyNull
    case .values(let rows, _):
      !rows.isEmpty && rows.allSatisfy { $0[0].literalValue?.isNull == true }
    default: false
    }
  }

  /// Whether there is one row, whatever the tables hold.
  fileprivate var isOneRow: Bool {
    switch self {
    case .aggregate(let aggregation): aggregation.keys.isEmpty
    case .project(let input, _), .sort(let input, _, nil): input.isOneRow
    case .values(let rows, _): rows.count == 1
    default: false
    }
  }
}
