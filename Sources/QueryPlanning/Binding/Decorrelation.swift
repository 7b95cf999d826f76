import ColumnStore
import QueryLanguage

/// A sub-query taken apart: a plan that stands on its own, and the conditions that tie its rows to
/// those of the query around it.
///
/// Conditions climb from where they were written to the top, through projections, which get the
/// columns that they read, and groupings, which group by those columns as well.
struct Decorrelation {
  var plan: Plan
  /// Over columns beyond `ExpressionBinder.firstOuter` and the plan's own.
  private(set) var conditions: [Expression] = []
  /// What each column is for an outer row without inner rows, where a grouping without keys would
  /// still give a row: a count is 0.
  private(set) var emptyValues: [Expression]?

  /// Why a sub-query cannot be taken apart.
  struct Obstacle: Error {
    var hint: String
  }

  private let context: PlanningContext

  init(_ plan: Plan, _ context: PlanningContext) throws(Obstacle) {
    self.plan = plan
    self.context = context
    guard plan.readsOuterColumns else { return }
    try climb(plan)
    if self.plan.readsOuterColumns {
      throw Obstacle(hint: "only conditions in WHERE may name columns of the query around it")
    }
  }

  /// Replaces the plan by one whose first columns must equal `outer`.
  mutating func tie(to plan: Plan, by outer: [Expression]) {
    self.plan = plan
    conditions = outer.enumerated().map { index, side in
      .compare(.equal, side, .column(index, side.type))
    }
    emptyValues = nil
  }

  private mutating func climb(_ plan: Plan) throws(Obstacle) {
    guard plan.readsOuterColumns else {
      self.plan = plan
      return
    }
    switch plan {
    case .filter(let input, let own): try climb(filter: own, of: input)
    case .project(let input, let expressions): try climb(project: expressions, of: input)
    case .aggregate(let aggregation): try climb(aggregation)
    case .sort(let input, _, nil): try climb(input)
    case .join(let join): try climb(join)
    case .shared(_, let input): try climb(input)
    case .limit:
      throw Obstacle(hint: "leave LIMIT out, or use min or max")
    default: self.plan = plan
    }
  }

  private mutating func climb(filter own: [Expression], of input: Plan) throws(Obstacle) {
    try climb(input)
    if emptyValues != nil {
      throw Obstacle(hint: "no condition on an aggregate, such as HAVING, may follow here")
    }
    let all = own.flatMap(\.conjuncts)
    conditions += all.filter(\.readsOuterColumns)
    let kept = all.filter { !$0.readsOuterColumns }
    if !kept.isEmpty { plan = .filter(plan, kept) }
  }

  private mutating func climb(project expressions: [Expression], of input: Plan) throws(Obstacle) {
    if expressions.contains(where: \.readsOuterColumns) {
      throw Obstacle(hint: "use columns of the query around it outside of the sub-query")
    }
    try climb(input)
    var row = expressions
    var places: [Int: Int] = [:]
    for column in conditions.innerColumns {
      places[column] = row.count
      row.append(.column(column, plan.types[column]))
    }
    conditions = conditions.moved(places)
    if let values = emptyValues {
      let limit = RewriteBudget.mostNodesOfCondition
      guard row.allSatisfy({ $0.nodeCount(over: values, upTo: limit) <= limit }) else {
        throw Obstacle(hint: "put the aggregate into a WITH query")
      }
      let folding = ConstantFolding(context)
      emptyValues = row.map { folding.fold($0.mapColumns { index, _ in values[index] }) }
    }
    plan = .project(plan, row)
  }

  /// Groups by the inner side of each condition too, which must be an equality for that.
  private mutating func climb(_ aggregation: Aggregation) throws(Obstacle) {
    try climb(aggregation.input)
    if emptyValues != nil { throw Obstacle(hint: "write the inner aggregation in a WITH query") }
    var keys = aggregation.keys
    var raised: [Expression] = []
    for condition in conditions {
      guard let (outer, inner) = condition.correlation else {
        throw Obstacle(
          hint: "an aggregate may only be tied to the query around it by =")
      }
      raised.append(
        .compare(.equal, outer, .column(keys.count + aggregation.aggregates.count, inner.type)))
      keys.append(inner)
    }
    let keyCount = aggregation.keys.count
    let aggregateCount = aggregation.aggregates.count
    if keyCount == 0 {
      emptyValues = aggregation.aggregates.map { .literal(context.valueOfNoRows(of: $0), $0.type) }
    }
    plan = .aggregate(
      Aggregation(input: plan, keys: keys, aggregates: aggregation.aggregates))
    // The columns of the aggregation as it was written, then the keys that were added.
    let types = plan.types
    var order = Array(0..<keyCount)
    order += (0..<aggregateCount).map { keys.count + $0 }
    order += keyCount..<keys.count
    plan = .project(plan, order.map { .column($0, types[$0]) })
    if let values = emptyValues {
      emptyValues = values + keys.dropFirst(keyCount).map { .literal(.null, $0.type) }
    }
    conditions = raised.enumerated().map { index, condition in
      guard case .compare(_, let outer, .column(_, let type)) = condition else { return condition }
      return .compare(.equal, outer, .column(keyCount + aggregateCount + index, type))
    }
  }

  private mutating func climb(_ join: Join) throws(Obstacle) {
    guard !join.right.readsOuterColumns || join.kind == .inner else {
      throw Obstacle(hint: "the outer side of a join may not name columns of the query around it")
    }
    guard join.kind == .inner || join.residual?.readsOuterColumns != true else {
      throw Obstacle(hint: "move the condition from ON to WHERE")
    }
    var join = join
    let oldWidth = join.left.types.count
    try climb(join.left)
    if emptyValues != nil { throw Obstacle(hint: "put the aggregate into a WITH query") }
    let left = plan
    var all = conditions
    conditions = []
    let shift = left.types.count - oldWidth
    func shifted(_ expression: Expression) -> Expression {
      expression.mapColumns { index, type in
        let isRight = index >= oldWidth && index < ExpressionBinder.firstOuter
        return .column(isRight ? index + shift : index, type)
      }
    }
    // Columns that the left side got for conditions come between the sides: put them last.
    guard shift == 0 else {
      throw Obstacle(hint: "put the condition into the outermost WHERE of the sub-query")
    }
    try climb(join.right)
    if emptyValues != nil { throw Obstacle(hint: "put the aggregate into a WITH query") }
    all += conditions.moved { $0 + left.types.count }
    let own = join.residual?.conjuncts ?? []
    all += own.filter(\.readsOuterColumns).map(shifted)
    let kept = own.filter { !$0.readsOuterColumns }.map(shifted)
    join.left = left
    join.right = plan
    join.residual = kept.isEmpty ? nil : .conjunction(kept)
    conditions = all
    plan = .join(join)
  }
}

extension [Expression] {
  /// Columns of the inner row that are read, ascending.
  fileprivate var innerColumns: [Int] {
    var columns: Set<Int> = []
    for expression in self { expression.collectColumns(into: &columns) }
    return columns.filter { $0 < ExpressionBinder.firstOuter }.sorted()
  }

  fileprivate func moved(_ place: (Int) -> Int) -> [Expression] {
    map { expression in
      expression.mapColumns {
        .column($0 < ExpressionBinder.firstOuter ? place($0) : $0, $1)
      }
    }
  }

  fileprivate func moved(_ places: [Int: Int]) -> [Expression] { moved { places[$0] ?? $0 } }
}

extension Expression {
  var readsOuterColumns: Bool {
    if case .column(let index, _) = self { return index >= ExpressionBinder.firstOuter }
    return operands.contains(where: \.readsOuterColumns)
  }

  /// The sides of an equality between the query around and the sub-query.
  var correlation: (outer: Expression, inner: Expression)? {
    guard case .compare(.equal, let a, let b) = self else { return nil }
    func isOuter(_ expression: Expression) -> Bool {
      expression.columns.allSatisfy { $0 >= ExpressionBinder.firstOuter }
    }
    if isOuter(a), !b.readsOuterColumns { return (a, b) }
    if isOuter(b), !a.readsOuterColumns { return (b, a) }
    return nil
  }
}

extension Plan {
  var readsOuterColumns: Bool {
    var isFound = false
    _ = mapExpressions { expression in
      isFound = isFound || expression.readsOuterColumns
      return expression
    }
    return isFound || inputs.contains(where: \.readsOuterColumns)
  }
}

extension PlanningContext {
  fileprivate func valueOfNoRows(of aggregate: Aggregate) -> Value {
    if let valueOfNoRows { return valueOfNoRows(aggregate) ?? .null }
    switch aggregate.function {
    case .countRows, .count, .approximateCountDistinct: return .integer(0)
    default: return .null
    }
  }
}
