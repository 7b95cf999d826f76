import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

extension Executor {
  /// The groups of an aggregation over a join whose part over the facts is, or will be, known; `nil`
  /// where it cannot be taken apart, or where a fact may have several partners.
  ///
  /// `id` is that of the join, and stays what it was without an answer.
  func splitAggregate(
    _ join: Join, keys: [Expression], aggregates: [Aggregate], operatorID own: Int,
    _ id: inout Int
  ) throws(QueryError) -> Batch? {
    guard let cache = context.cache else { return nil }
    let isFactLeft = try !buildsLeft(join)
    guard
      let split = try SplitAggregation(
        join, keys: keys, aggregates: aggregates, isFactLeft: isFactLeft)
    else { return nil }
    // A profile counts the rows of the join's inputs in the join that may follow.
    let unseen =
      context.profile == nil
      ? self
      : Executor(
        QueryContext(
          catalog: context.catalog, workers: context.workers, threads: context.threads,
          cache: cache, cancellation: context.cancellation, memory: context.memory))
    var otherID = 0
    let other = try Batch.concatenate(
      unseen.rows(split.other, &otherID), types: split.other.types)
    let table = try JoinTable(
      other, keys: [try CompiledExpression(.column(split.otherColumn, .text))])
    guard table.isUnique else { return nil }
    let factID = id + 1 + (isFactLeft ? 0 : split.other.operatorCount)
    let facts = try factState(split, cache, own, factID)
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    id += 2 + split.other.operatorCount
    return try SplitResult(split, table, facts).batch(keys: keys, aggregates: aggregates)
  }

  /// The facts by key of the join.
  private func factState(
    _ split: SplitAggregation, _ cache: PartialResultCache, _ own: Int, _ factID: Int
  ) throws(QueryError) -> (aggregator: Aggregator, state: AggregationState) {
    let scan = split.scan
    let keys = split.factKeys + [.column(split.factColumn, .text)]
    let aggregator = try Aggregator(
      keys: keys, aggregates: split.factAggregates,
      dictionary: { dictionaries(of: scan)[$0] })
    let question = PartialResultCache.Question(
      scan, keys: keys, aggregates: split.factAggregates)
    let scanner = try TableScanner(scan, context, operatorID: factID)
    let segments = scanner.morsels.flatMap(\.segments)
    var name: PartialResultCache.Key?
    if segments.allSatisfy(\.isSealed) {
      name = PartialResultCache.Key(
        segments: segments, question: question,
        undecided: try scanner.filter.undecided(over: segments))
    }
    if let name, let known = cache.state(name) {
      context.counters.segmentsCached.add(segments.count, ordering: .relaxed)
      context.profile?.update(own) { $0.segmentsCached += segments.count }
      return (aggregator, known)
    }
    let state = try aggregator.merged(
      scanStream(scanner, scan), context,
      cached: Aggregator.CachedScan(cache: cache, question: question, scanner: scanner),
      operatorID: own)
    state.settle()
    if let name {
      cache.keep(state, for: name, segments: segments)
      state.releaseMemory()
    }
    return (aggregator, state)
  }
}

/// Facts by key of the join, added up by attribute.
private struct SplitResult {
  private let split: SplitAggregation
  private let table: JoinTable
  private let aggregator: Aggregator
  private let state: AggregationState

  init(
    _ split: SplitAggregation, _ table: JoinTable,
    _ facts: (aggregator: Aggregator, state: AggregationState)
  ) {
    self.split = split
    self.table = table
    (aggregator, state) = facts
  }

  func batch(keys: [Expression], aggregates: [Aggregate]) throws(QueryError) -> Batch {
    let joinKeys = state.keyVector(split.factKeys.count)
    let partners = table.partners([joinKeys], count: joinKeys.count)
    let kept = partners.indices.lazy.filter { partners[$0] != .max }
      .map { UInt32($0) }
    let rows = Array(kept)

    // The groups come in the order of their first facts, as those of the join would.
    let columns = try keyColumns(rows, partners)
    var compiled: [CompiledExpression] = []
    for (index, key) in keys.enumerated() {
      compiled.append(try CompiledExpression(.column(index, key.type)))
    }
    var groups = GroupTable(keys: compiled, dictionaries: keys.map { _ in nil })
    let assigned = try groups.assign(BatchView(Batch(rowCount: rows.count, columns: columns)))
      .rows
    // What is left out goes to one group more, which nobody sees.
    var target = [UInt32](repeating: UInt32(groups.count), count: partners.count)
    for (index, row) in rows.enumerated() { target[Int(row)] = assigned[index] }

    var output = keys.indices.map { groups.keyVector($0) }
    for part in split.parts {
      switch part {
      case .fact(let index):
        let total = aggregator.aggregates[index].makeAccumulator()
        total.resize(to: groups.count + 1)
        try total.merge(state.accumulators[index], groups: target)
        output.append(try total.finish(groupCount: groups.count))
      case .joinKeys:
        output.append(counts(joinKeys, target, groupCount: groups.count))
      }
    }
    for (index, type) in (keys.map(\.type) + aggregates.map(\.type)).enumerated() {
      output[index].type = type
    }
    return Batch(rowCount: groups.count, columns: output)
  }

  private func keyColumns(
    _ rows: [UInt32], _ partners: [UInt32]
  ) throws(QueryError) -> [Vector] {
    let build = partners.gathered(rows)
    var columns: [Vector] = []
    for key in split.keys {
      switch key {
      case .fact(let index): columns.append(state.keyVector(index).gather(rows: rows))
      case .other(let expression):
        columns.append(
          try BatchView(table.rows).evaluate(CompiledExpression(expression)).gather(rows: build))
      }
    }
    return columns
  }

  /// How many keys of the join each group has: each of the facts' groups is one, null is none.
  private func counts(_ joinKeys: Vector, _ target: [UInt32], groupCount: Int) -> Vector {
    var counts = [Int64](repeating: 0, count: groupCount + 1)
    let nulls = joinKeys.nullBytes
    for (row, group) in target.enumerated() where nulls[row] == 0 { counts[Int(group)] += 1 }
    counts.removeLast()
    return Vector(type: .integer, count: groupCount, storage: .integers(counts))
  }
}
