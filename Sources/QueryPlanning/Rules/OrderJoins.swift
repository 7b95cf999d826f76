import ColumnStore

/// Takes nested inner joins apart and joins the tables again so that each has a key to those
/// before it, if any has; conditions take effect as soon as their tables are there.
struct JoinOrdering {
  let pushing: FilterPushing

  private struct Relation {
    var plan: Plan
    /// Of the plan's columns in the row as written.
    var columns: Range<Int>
  }

  func order(_ join: Join, _ conditions: [Expression]) -> Plan {
    var relations: [Relation] = []
    var pending = conditions
    collect(.join(join), at: 0, &relations, &pending)
    pending = ConditionInference(budget: pushing.budget).inferred(pending)

    // Conditions on one table go into it.
    for index in relations.indices {
      let range = relations[index].columns
      let own = take(&pending) { range.isSuperset(of: $0) }
      let local = own.map { $0.mapColumns { .column($0 - range.lowerBound, $1) } }
      relations[index].plan = pushing.push(local, to: relations[index].plan)
    }

    var remaining = relations
    let first = remaining.removeFirst()
    var plan = first.plan
    // Where each column of the row as written is in the row as joined.
    var places: [Int: Int] = [:]
    for column in first.columns { places[column] = places.count }
    while !remaining.isEmpty {
      let next = remaining.firstIndex { isConnected($0, to: places, pending) } ?? 0
      let relation = remaining.remove(at: next)
      let width = places.count
      for column in relation.columns { places[column] = places.count }
      let known = places
      let usable = take(&pending) { $0.allSatisfy { known[$0] != nil } }
        .map { $0.mapColumns { .column(known[$0] ?? 0, $1) } }
      plan = joined(plan, relation.plan, on: usable, leftWidth: width)
    }
    // The order of the columns must be the one that was written.
    if (0..<places.count).contains(where: { places[$0] != $0 }) {
      let types = join.left.types + join.right.types
      plan = .project(plan, types.enumerated().map { .column(places[$0] ?? 0, $1) })
    }
    return pushing.filtered(plan, pending)
  }

  private func collect(
    _ plan: Plan, at offset: Int, _ relations: inout [Relation], _ conditions: inout [Expression]
  ) {
    switch plan {
    case .join(let join) where join.kind == .inner:
      collect(join.left, at: offset, &relations, &conditions)
      let width = join.left.types.count
      collect(join.right, at: offset + width, &relations, &conditions)
      for condition in join.residual?.conjuncts ?? [] {
        conditions.append(condition.mapColumns { .column($0 + offset, $1) })
      }
      for key in join.keys {
        conditions.append(
          .compare(
            .equal, key.left.mapColumns { .column($0 + offset, $1) },
            key.right.mapColumns { .column($0 + offset + width, $1) }))
      }
    case .filter(let input, let own):
      collect(input, at: offset, &relations, &conditions)
      for condition in own.flatMap(\.conjuncts) {
        conditions.append(condition.mapColumns { .column($0 + offset, $1) })
      }
    default:
      relations.append(Relation(plan: plan, columns: offset..<offset + plan.types.count))
    }
  }

  /// Removes and returns the conditions that read columns, all of which `matches`.
  private func take(
    _ conditions: inout [Expression], _ matches: (Set<Int>) -> Bool
  ) -> [Expression] {
    var taken: [Expression] = []
    var kept: [Expression] = []
    for condition in conditions {
      pushing.budget.step(1)
      // What comes of a plan that nobody will run does not matter.
      if pushing.budget.mustStop { return [] }
      let columns = condition.columns
      if !columns.isEmpty, matches(columns) {
        taken.append(condition)
      } else {
        kept.append(condition)
      }
    }
    conditions = kept
    return taken
  }

  private func isConnected(
    _ relation: Relation, to places: [Int: Int], _ conditions: [Expression]
  ) -> Bool {
    conditions.contains { condition in
      pushing.budget.step(1)
      guard !pushing.budget.mustStop, case .compare(.equal, let left, let right) = condition else {
        return false
      }
      let (a, b) = (left.columns, right.columns)
      guard !a.isEmpty, !b.isEmpty else { return false }
      func isKnown(_ columns: Set<Int>) -> Bool { columns.allSatisfy { places[$0] != nil } }
      return isKnown(a) && relation.columns.isSuperset(of: b)
        || isKnown(b) && relation.columns.isSuperset(of: a)
    }
  }

  private func joined(
    _ left: Plan, _ right: Plan, on conditions: [Expression], leftWidth: Int
  ) -> Plan {
    var join = Join(kind: .inner, left: left, right: right, keys: [], residual: nil)
    var residual: [Expression] = []
    for condition in conditions {
      if let key = condition.joinKey(leftWidth: leftWidth) {
        join.keys.append(key)
      } else {
        residual.append(condition)
      }
    }
    join.residual = residual.isEmpty ? nil : .conjunction(residual)
    return .join(join)
  }
}

extension Range<Int> {
  fileprivate func isSuperset(of columns: Set<Int>) -> Bool { columns.allSatisfy(contains) }
}
