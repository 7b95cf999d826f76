import ColumnStore

/// Removes projections that only pass columns on.
struct ProjectionMerging {
  func merge(_ plan: Plan) -> Plan {
    let plan = plan.mapInputs(merge)
    guard case .project(let input, let expressions) = plan else { return plan }
    let columns = expressions.compactMap(\.columnIndex)
    guard columns.count == expressions.count else { return plan }
    if columns == Array(input.types.indices) { return input }
    switch input {
    case .project(let below, let inner) where isWorthwhile(columns, of: inner):
      return merge(.project(below, columns.map { inner[$0] }))
    case .scan(var scan) where Set(columns).count == columns.count && !columns.isEmpty:
      scan.columns = columns.map { scan.columns[$0] }
      return .scan(scan)
    default: return plan
    }
  }

  /// What is computed stays computed once.
  private func isWorthwhile(_ columns: [Int], of inner: [Expression]) -> Bool {
    var seen: Set<Int> = []
    return columns.allSatisfy { seen.insert($0).inserted || inner[$0].isLeaf }
  }
}

extension Expression {
  var columnIndex: Int? {
    if case .column(let index, _) = self { index } else { nil }
  }
}
