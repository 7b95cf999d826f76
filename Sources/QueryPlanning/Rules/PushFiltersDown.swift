import ColumnStore

/// Moves each condition to the lowest operator that can decide it: into scans, through projections
/// and groupings, to one side of a join; and turns equality between two sides into join keys.
struct FilterPushing {
  let folding: ConstantFolding
  let budget: RewriteBudget

  func push(_ plan: Plan) -> Plan { push([], into: plan) }

  /// The plan restricted to rows for which all conditions, over its output row, are true.
  private func push(_ conditions: [Expression], into plan: Plan) -> Plan {
    switch plan {
    case .filter(let input, let own):
      return push(own.flatMap(\.conjuncts) + conditions, into: input)
    case .scan(var scan):
      let filters = conditions.map { condition in
        condition.mapColumns { .column(scan.columns[$0], $1) }
      }
      return keepUndecided(filters, types: plan.types) { kept in
        scan.filters += kept
        return .scan(scan)
      }
    case .project(let input, let expressions):
      let (below, above) = replacing(expressions, in: conditions)
      return filtered(.project(push(below, into: input), expressions), above)
    case .aggregate(let aggregation): return push(conditions, into: aggregation)
    case .join(let join):
      switch join.kind {
      case .inner: return JoinOrdering(pushing: self).order(join, conditions)
      case .left, .single, .semi, .anti: return pushLeft(conditions, into: join)
      case .full: return filtered(full(join), conditions)
      }
    case .append(let inputs):
      let limit = RewriteBudget.mostNodesOfCondition
      let size = conditions.reduce(0) { $0 + $1.nodeCount(upTo: limit) }
      guard budget.take(size * inputs.count) else {
        return filtered(.append(inputs.map { push([], into: $0) }), conditions)
      }
      return .append(inputs.map { push(conditions, into: $0) })
    case .sort(let input, let keys, nil):
      return .sort(push(conditions, into: input), by: keys, limit: nil)
    case .expand(let expansion): return push(conditions, into: expansion)
    // What holds in one place need not hold in the others.
    case .values, .sort, .limit, .window, .shared, .series:
      return filtered(plan.mapInputs { push([], into: $0) }, conditions)
    }
  }

  func push(_ conditions: [Expression], to plan: Plan) -> Plan { push(conditions, into: plan) }

  func filtered(_ plan: Plan, _ conditions: [Expression]) -> Plan {
    keepUndecided(conditions, types: plan.types) { kept in
      kept.isEmpty ? plan : .filter(plan, kept)
    }
  }

  /// Drops conditions that are true; where one is false or null there are no rows at all.
  private func keepUndecided(
    _ conditions: [Expression], types: [DataType], _ build: ([Expression]) -> Plan
  ) -> Plan {
    var kept: [Expression] = []
    for condition in conditions {
      switch condition.literalValue {
      case .boolean(true): continue
      case .boolean(false), .null: return .values(rows: [], types: types)
      default: kept.append(condition)
      }
    }
    return build(kept)
  }

  /// The conditions over the row below a projection or grouping. One that would grow too large stays above, with
  /// all after it, which it protects; those that `isMovable` denies stay above alone.
  private func replacing(
    _ expressions: [Expression], in conditions: [Expression],
    where isMovable: (Expression) -> Bool = { _ in true }
  ) -> (below: [Expression], above: [Expression]) {
    var below: [Expression] = []
    var above: [Expression] = []
    var isProtected = false
    let limit = RewriteBudget.mostNodesOfCondition
    for condition in conditions {
      if isProtected || !isMovable(condition) {
        above.append(condition)
        continue
      }
      let isRenaming = condition.columns.allSatisfy { expressions[$0].isLeaf }
      let size = isRenaming ? 0 : condition.nodeCount(over: expressions, upTo: limit)
      if size <= limit, budget.take(size) {
        let replaced = condition.mapColumns { index, _ in expressions[index] }
        below += folding.fold(replaced).conjuncts
      } else {
        isProtected = true
        above.append(condition)
      }
    }
    return (below, above)
  }

  /// A condition on grouping keys alone decides about whole groups, so their rows need not be read.
  private func push(_ conditions: [Expression], into aggregation: Aggregation) -> Plan {
    var aggregation = aggregation
    let keys = aggregation.keys
    let (below, above) = replacing(keys, in: conditions) { condition in
      !condition.columns.isEmpty && condition.columns.allSatisfy { $0 < keys.count }
    }
    aggregation.input = push(below, into: aggregation.input)
    return filtered(.aggregate(aggregation), above)
  }

  /// Conditions on the input row take effect before it is multiplied.
  private func push(_ conditions: [Expression], into expansion: Expansion) -> Plan {
    let width = expansion.input.types.count
    let isBelow: (Expression) -> Bool = { condition in
      !condition.columns.isEmpty && condition.columns.allSatisfy { $0 < width }
    }
    var expansion = expansion
    expansion.input = push(conditions.filter(isBelow), into: expansion.input)
    return filtered(.expand(expansion), conditions.filter { !isBelow($0) })
  }

  private func pushLeft(_ conditions: [Expression], into join: Join) -> Plan {
    let width = join.left.types.count
    // A condition that no row padded with nulls can pass makes it an inner join.
    let rejectsPadding =
      join.kind == .left
      && conditions.contains { condition in
        let padded = folding.fold(
          condition.mapColumns { $0 < width ? .column($0, $1) : .literal(.null, $1) })
        return padded.literalValue.map { $0 != .boolean(true) } ?? false
      }
    if rejectsPadding {
      var inner = join
      inner.kind = .inner
      return push(conditions, into: .join(inner))
    }
    var join = join
    var left: [Expression] = []
    var above: [Expression] = []
    for condition in conditions {
      let columns = condition.columns
      if !columns.isEmpty, columns.allSatisfy({ $0 < width }) {
        left.append(condition)
      } else {
        above.append(condition)
      }
    }
    var right: [Expression] = []
    var residual: [Expression] = []
    for condition in join.residual?.conjuncts ?? [] {
      if let key = condition.joinKey(leftWidth: width) {
        join.keys.append(key)
      } else if !condition.columns.isEmpty, condition.columns.allSatisfy({ $0 >= width }) {
        right.append(condition.mapColumns { .column($0 - width, $1) })
      } else if join.kind == .semi, !condition.columns.isEmpty,
        condition.columns.allSatisfy({ $0 < width })
      {
        left.append(condition)
      } else if condition.literalValue != .boolean(true) {
        residual.append(condition)
      }
    }
    join.residual = residual.isEmpty ? nil : .conjunction(residual)
    join.left = push(left, into: join.left)
    join.right = push(right, into: join.right)
    return filtered(.join(join), above)
  }

  /// Rows of both sides stay whatever the conditions say: only equalities are told apart.
  private func full(_ join: Join) -> Plan {
    var join = join
    let width = join.left.types.count
    var residual: [Expression] = []
    for condition in join.residual?.conjuncts ?? [] {
      if let key = condition.joinKey(leftWidth: width) {
        join.keys.append(key)
      } else if condition.literalValue != .boolean(true) {
        residual.append(condition)
      }
    }
    join.residual = residual.isEmpty ? nil : .conjunction(residual)
    join.left = push([], into: join.left)
    join.right = push([], into: join.right)
    return .join(join)
  }
}

extension Expression {
  /// The two sides of an equality between a row's first columns and the rest, each over its own row.
  func joinKey(leftWidth width: Int) -> (left: Expression, right: Expression)? {
    guard case .compare(.equal, let a, let b) = self else { return nil }
    func isLeft(_ columns: Set<Int>) -> Bool {
      !columns.isEmpty && columns.allSatisfy { $0 < width }
    }
    func isRight(_ columns: Set<Int>) -> Bool {
      !columns.isEmpty && columns.allSatisfy { $0 >= width }
    }
    let (columnsOfA, columnsOfB) = (a.columns, b.columns)
    if isLeft(columnsOfA), isRight(columnsOfB) {
      return (a, b.mapColumns { .column($0 - width, $1) })
    }
    if isRight(columnsOfA), isLeft(columnsOfB) {
      return (b, a.mapColumns { .column($0 - width, $1) })
    }
    return nil
  }
}
