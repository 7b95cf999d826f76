import ColumnStore
import QueryLanguage
import QueryPlanning

/// An aggregation of rows that are restricted by the column that they are grouped by, or whose values are counted:
/// of its states without the restriction, groups or values are left out.
///
/// So the states are the same for all restrictions, and those that are known without one serve each of them. Only
/// what gives the same, to the last bit, as if the rows had been left out.
struct RestrictedStates {
  fileprivate enum Part {
    /// By a key.
    case groups(key: Int)
    /// Of all aggregates, which count distinct values of the column. A group without any in `witness` had no rows.
    case values(witness: Int?)
  }

  fileprivate let read: RestrictedScan
  fileprivate let part: Part
  fileprivate let question: PartialResultCache.Question

  /// `nil` where rows must be left out: also where few would be read.
  init?(
    _ read: RestrictedScan, keys: [Expression], aggregates: [Aggregate]
  ) throws(QueryError) {
    guard let column = read.memberships.first?.column,
      read.memberships.allSatisfy({ $0.column == column && $0.passesMany }),
      let place = read.scan.columns.firstIndex(of: column)
    else { return nil }
    // Evaluated for rows of others, too: they must not fail for those.
    for expression in keys + aggregates.flatMap({ $0.arguments + ($0.filter.map { [$0] } ?? []) }) {
      guard try !CompiledExpression(expression).mayFail else { return nil }
    }
    if let key = keys.firstIndex(where: { $0.isColumn(place) }) {
      guard aggregates.allSatisfy(\.isFreeOfOrder) else { return nil }
      part = .groups(key: key)
    } else {
      let witness = aggregates.firstIndex { $0.filter == nil }
      guard aggregates.allSatisfy({ $0.countsDistinct(place) }),
        keys.isEmpty || witness != nil && !read.memberships.contains(where: \.passesNull)
      else { return nil }
      part = .values(witness: keys.isEmpty ? nil : witness)
    }
    self.read = read
    question = PartialResultCache.Question(read.scan, keys: keys, aggregates: aggregates)
  }
}

extension Executor {
  /// The groups of restricted states.
  func restrictedStates(
    _ restricted: RestrictedStates, _ aggregator: Aggregator, _ own: Int
  ) throws(QueryError) -> Batch {
    let (scan, id) = (restricted.read.scan, restricted.read.operatorID)
    let scanner = try TableScanner(scan, context, operatorID: id)
    let rows = scanStream(scanner, scan)
    let state = try aggregator.merged(
      context.profile == nil ? rows : profiled(rows, id), context,
      cached: context.cache.map {
        Aggregator.CachedScan(cache: $0, question: restricted.question, scanner: scanner)
      }, operatorID: own)
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    let groups = try groups(of: state, restricted, aggregator)
    // What the joins pass here is groups.
    for id in restricted.read.joinIDs {
      context.profile?.update(id) { $0.rows += groups.rowCount }
    }
    return groups
  }

  private func groups(
    of state: AggregationState, _ restricted: RestrictedStates, _ aggregator: Aggregator
  ) throws(QueryError) -> Batch {
    let memberships = restricted.read.memberships
    switch restricted.part {
    case .groups(let key):
      let kept = memberships.passing(state.keyVector(key))
      return try state.finish(aggregator.types, keeping: kept)
    case .values(let witness):
      for case let counts as DistinctCountAccumulator in state.accumulators {
        try QueryScope.check()
        counts.restrict(to: memberships)
      }
      let groups = try state.finish(aggregator.types)
      guard let witness else { return groups }
      let counts = groups.columns[aggregator.keys.count + witness]
      return groups.keeping(counts.rows(in: 1 ... .max))
    }
  }
}

extension [Membership] {
  /// Indices of the values that pass all, ascending.
  func passing(_ values: Vector) -> [UInt32] {
    guard let first else { return ascendingCodes(values.count) }
    return dropFirst().reduce(first.rows(values)) { rows, next in
      next.rows(values.gather(rows: rows)).map { rows[Int($0)] }
    }
  }
}

extension Expression {
  fileprivate func isColumn(_ place: Int) -> Bool {
    if case .column(place, .text) = self { true } else { false }
  }
}

extension Aggregate {
  fileprivate func countsDistinct(_ place: Int) -> Bool {
    function == .count && isDistinct && orderBy.isEmpty && arguments.count == 1
      && arguments[0].isColumn(place)
  }
}
