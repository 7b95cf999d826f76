import ColumnStore

/// Carries conditions over from one side of an equality to the other: with `a.id = b.id`, what is
/// known of `a.id` holds for `b.id`, so that both scans can skip rows.
struct ConditionInference {
  let budget: RewriteBudget

  /// The conditions, followed by those that follow from them.
  func inferred(_ conditions: [Expression]) -> [Expression] {
    let classes = equalColumns(conditions)
    guard !classes.isEmpty else { return conditions }
    var known = Set(conditions.map(\.withoutLocations))
    var all = conditions
    for condition in conditions {
      guard let column = testedColumn(condition),
        let others = classes.first(where: { $0.contains(column) })
      else { continue }
      for other in others where other != column {
        // Lists of values are shared by the copies.
        guard budget.take(3) else { return all }
        let copy = condition.mapColumns { _, type in .column(other, type) }
        if known.insert(copy.withoutLocations).inserted { all.append(copy) }
      }
    }
    return all
  }

  /// Sets of columns that have the same value in every row, each in ascending order.
  private func equalColumns(_ conditions: [Expression]) -> [[Int]] {
    var classes: [Set<Int>] = []
    for condition in conditions {
      guard case .compare(.equal, .column(let a, _), .column(let b, _)) = condition else {
        continue
      }
      var merged: Set<Int> = [a, b]
      classes.removeAll { known in
        guard !known.isDisjoint(with: merged) else { return false }
        merged.formUnion(known)
        return true
      }
      classes.append(merged)
    }
    return classes.map { $0.sorted() }
  }

  /// The column that the condition compares with constants.
  private func testedColumn(_ condition: Expression) -> Int? {
    switch condition {
    case .compare(_, .column(let column, _), .literal), .inList(.column(let column, _), _): column
    default: nil
    }
  }
}
