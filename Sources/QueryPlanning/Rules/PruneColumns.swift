import ColumnStore

/// Leaves out every column that nobody above needs, so that scans read as few as possible.
struct ColumnPruning {
  /// A narrower plan, and where each column that is needed went.
  private typealias Pruned = (plan: Plan, places: [Int: Int])

  func prune(_ plan: Plan) -> Plan {
    prune(plan, needed: Set(plan.types.indices)).plan
  }

  private func prune(_ plan: Plan, needed: Set<Int>) -> Pruned {
    switch plan {
    case .scan(var scan):
      let kept = needed.sorted()
      scan.columns = kept.map { scan.columns[$0] }
      return (.scan(scan), places(kept))
    case .values(let rows, let types):
      let kept = needed.sorted()
      if kept.count == types.count { return (plan, places(kept)) }
      return (
        .values(rows: rows.map { row in kept.map { row[$0] } }, types: kept.map { types[$0] }),
        places(kept)
      )
    case .filter(let input, let conjuncts):
      var below = needed
      for conjunct in conjuncts { conjunct.collectColumns(into: &below) }
      let pruned = prune(input, needed: below)
      return (.filter(pruned.plan, conjuncts.map { moved($0, pruned) }), pruned.places)
    case .project(let input, let expressions):
      let kept = needed.sorted()
      var below: Set<Int> = []
      for index in kept { expressions[index].collectColumns(into: &below) }
      let pruned = prune(input, needed: below)
      return (.project(pruned.plan, kept.map { moved(expressions[$0], pruned) }), places(kept))
    case .aggregate(let aggregation): return prune(aggregation, needed: needed)
    case .join(let join): return prune(join, needed: needed)
    case .window(let window): return prune(window, needed: needed)
    case .sort(let input, let keys, let limit):
      var below = needed
      for key in keys { key.expression.collectColumns(into: &below) }
      let pruned = prune(input, needed: below)
      let sorted = Plan.sort(pruned.plan, by: keys, limit: limit).mapExpressions {
        moved($0, pruned)
      }
      return (sorted, pruned.places)
    case .limit(let input, let count, let offset):
      let pruned = prune(input, needed: needed)
      return (.limit(pruned.plan, count: count, offset: offset), pruned.places)
    // Each place needs other columns, but all read the same rows.
    case .shared(let id, let input):
      return (.shared(id: id, prune(input)), places(Array(plan.types.indices)))
    case .series: return (plan, places([0]))
    case .expand(let expansion): return prune(expansion, needed: needed)
    case .append(let inputs):
      let kept = needed.sorted()
      let narrow = inputs.map { input in
        let pruned = prune(input, needed: needed)
        return Plan.project(
          pruned.plan, kept.map { .column(pruned.places[$0] ?? $0, input.types[$0]) })
      }
      return (.append(narrow), places(kept))
    }
  }

  /// Keys decide what the groups are, so they stay.
  private func prune(_ aggregation: Aggregation, needed: Set<Int>) -> Pruned {
    let keyCount = aggregation.keys.count
    let kept = needed.union(0..<keyCount).sorted()
    let aggregates = kept.dropFirst(keyCount).map { aggregation.aggregates[$0 - keyCount] }
    var below: Set<Int> = []
    for key in aggregation.keys { key.collectColumns(into: &below) }
    for aggregate in aggregates { aggregate.collectColumns(into: &below) }
    let pruned = prune(aggregation.input, needed: below)
    let narrow = Aggregation(
      input: pruned.plan, keys: aggregation.keys.map { moved($0, pruned) },
      aggregates: aggregates.map { $0.mapExpressions { moved($0, pruned) } })
    return (.aggregate(narrow), places(kept))
  }

  /// Nothing is left of a window whose results nobody needs.
  private func prune(_ window: Window, needed: Set<Int>) -> Pruned {
    let width = window.input.types.count
    let kept = window.functions.indices.filter { needed.contains(width + $0) }
    var below = needed.filter { $0 < width }
    for index in kept { window.functions[index].collectColumns(into: &below) }
    let pruned = prune(window.input, needed: below)
    if kept.isEmpty { return pruned }
    let newWidth = pruned.plan.types.count
    var places = pruned.places
    for (new, old) in kept.enumerated() { places[width + old] = newWidth + new }
    let functions = kept.map { index in
      window.functions[index].mapExpressions { moved($0, pruned) }
    }
    return (.window(Window(input: pruned.plan, functions: functions)), places)
  }

  private func prune(_ join: Join, needed: Set<Int>) -> Pruned {
    let width = join.left.types.count
    var all = needed
    join.residual?.collectColumns(into: &all)
    var left = Set(all.filter { $0 < width })
    var right = Set(all.filter { $0 >= width }.map { $0 - width })
    for key in join.keys {
      key.left.collectColumns(into: &left)
      key.right.collectColumns(into: &right)
    }
    let prunedLeft = prune(join.left, needed: left)
    let prunedRight = prune(join.right, needed: right)
    let newWidth = prunedLeft.plan.types.count
    var places = prunedLeft.places
    for (old, new) in prunedRight.places { places[old + width] = new + newWidth }
    let output = join.kind.keepsOnlyLeft ? prunedLeft.places : places
    let narrow = Join(
      kind: join.kind, left: prunedLeft.plan, right: prunedRight.plan,
      keys: join.keys.map { (moved($0.left, prunedLeft), moved($0.right, prunedRight)) },
      residual: join.residual.map { moved($0, (plan: join.left, places: places)) },
      location: join.location)
    return (.join(narrow), output)
  }

  /// Every source stays, since each decides how many rows there are.
  private func prune(_ expansion: Expansion, needed: Set<Int>) -> Pruned {
    let width = expansion.input.types.count
    var below = needed.filter { $0 < width }
    for expression in expansion.sources.flatMap(\.expressions) {
      expression.collectColumns(into: &below)
    }
    let pruned = prune(expansion.input, needed: below)
    var places = pruned.places
    let newWidth = pruned.plan.types.count
    for added in 0..<expansion.types.count - width { places[width + added] = newWidth + added }
    var narrow = expansion
    narrow.input = pruned.plan
    narrow.sources = expansion.sources.map { $0.mapExpressions { moved($0, pruned) } }
    return (.expand(narrow), places)
  }

  private func moved(_ expression: Expression, _ pruned: Pruned) -> Expression {
    expression.mapColumns { .column(pruned.places[$0] ?? $0, $1) }
  }

  private func places(_ kept: [Int]) -> [Int: Int] {
    var places: [Int: Int] = [:]
    for (new, old) in kept.enumerated() { places[old] = new }
    return places
  }
}
