import CPgQuery

/// GROUP BY, with the sets that `ROLLUP`, `CUBE` and `GROUPING SETS` stand for.
extension Conversion {
  /// More sets than this are refused: a cube of n columns has 2^n.
  private static let setLimit = 64

  mutating func addGrouping(_ items: NodeList, to core: inout SelectCore) throws(QueryError) {
    let hasSets = items.present.contains {
      $0.pointee.node_case == PG_QUERY__NODE__NODE_GROUPING_SET
    }
    guard hasSets else {
      core.groupBy = try expressions(items)
      return
    }
    // Several items together: every set of one with every set of the others.
    var sets: [[Int]] = [[]]
    for node in items.present {
      let own = try groupingSets(node, &core)
      guard sets.count * own.count <= Self.setLimit else {
        throw tooManySets(at: core.groupBy.first?.location ?? nextLocation)
      }
      sets = sets.flatMap { set in own.map { set + $0 } }
    }
    core.groupingSets = sets
  }

  private func tooManySets(at location: Int) -> QueryError {
    unsupported(
      "a GROUP BY of more than \(Self.setLimit) grouping sets is", at: location,
      hint: "list the sets that are needed: GROUPING SETS ((a, b), (a), ())")
  }

  /// The sets that an item of GROUP BY stands for; its expressions go to the end of `groupBy`.
  private mutating func groupingSets(
    _ node: GrammarNode, _ core: inout SelectCore
  ) throws(QueryError) -> [[Int]] {
    guard node.pointee.node_case == PG_QUERY__NODE__NODE_GROUPING_SET else {
      return [try groupedTogether(node, &core)]
    }
    let set = node.pointee.grouping_set.pointee
    let content = NodeList(set.n_content, set.content).present
    visit(set.location)
    switch set.kind {
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY: return [[]]
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS:
      var sets: [[Int]] = []
      for node in content {
        // Sets may hold sets: each is one of them.
        sets += try nested { (conversion) throws(QueryError) in
          try conversion.groupingSets(node, &core)
        }
      }
      return sets
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP:
      var units: [[Int]] = []
      for node in content { units.append(try groupedTogether(node, &core)) }
      guard units.count < Self.setLimit else { throw tooManySets(at: Int(set.location)) }
      return (0...units.count).reversed().map { units.prefix($0).flatMap { $0 } }
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE:
      var units: [[Int]] = []
      for node in content { units.append(try groupedTogether(node, &core)) }
      guard units.count <= 6 else { throw tooManySets(at: Int(set.location)) }
      return (0..<1 << units.count).reversed().map { mask in
        // The first unit is in the first half of the sets, as PostgreSQL lists them.
        units.indices.filter { mask >> (units.count - 1 - $0) & 1 == 1 }.flatMap { units[$0] }
      }
    default:
      throw unsupported(
        "this form of grouping set is", at: Int(set.location),
        hint: "list the sets: GROUPING SETS ((a, b), (a), ())")
    }
  }

  /// `a`, or `(a, b)`, which come and go together.
  private mutating func groupedTogether(
    _ node: GrammarNode, _ core: inout SelectCore
  ) throws(QueryError) -> [Int] {
    var nodes = [node]
    if node.pointee.node_case == PG_QUERY__NODE__NODE_ROW_EXPR {
      let row = node.pointee.row_expr.pointee
      nodes = NodeList(row.n_args, row.args).present
    }
    var places: [Int] = []
    for node in nodes {
      places.append(core.groupBy.count)
      core.groupBy.append(try expression(node))
    }
    return places
  }
}
