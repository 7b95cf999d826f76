import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// Joins probe batches with a build table, a bounded number of pairs at a time: a product of two
/// inputs is never in memory as a whole.
struct HashJoin: Sendable {
  /// At most so many pairs of rows are put together at once.
  private static let pairLimit = 65_536

  private let kind: Join.Kind
  private let table: JoinTable
  private let probeKeys: [CompiledExpression]
  private let residual: CompiledExpression?
  /// Whether the build side's columns come first in the output.
  private let isBuildLeft: Bool
  private let buildTypes: [DataType]
  private let location: Int?
  private let context: QueryContext
  /// Of a full join: build rows that found a partner.
  private let matchedBuildRows: MatchedRows?

  init(
    kind: Join.Kind, table: JoinTable, probeKeys: [CompiledExpression],
    residual: CompiledExpression?, isBuildLeft: Bool, buildTypes: [DataType], location: Int?,
    context: QueryContext
  ) {
    self.kind = kind
    self.table = table
    self.probeKeys = probeKeys
    self.residual = residual
    self.isBuildLeft = isBuildLeft
    self.buildTypes = buildTypes
    self.location = location
    self.context = context
    matchedBuildRows = kind == .full ? MatchedRows(count: table.rows.rowCount) : nil
  }

  /// Hands on the joined rows of one batch, in the order of its rows.
  func join(
    _ view: BatchView, _ consume: RowStream.Consumer
  ) throws(QueryError) -> RowStream.Continuation {
    if let rows = try lookup(view) {
      return rows.rowCount > 0 ? try consume(rows) : .more
    }
    var pairs = try candidates(view)
    let batch = view.batch()
    var output = ProbeOutput(rowCount: view.rowCount)
    while !pairs.isAtEnd {
      let isEnough = try QueryScope.batch { () throws(QueryError) in
        try joinPairs(&pairs, batch, &output, consume) == .enough
      }
      if isEnough { return .enough }
    }
    let rest = try emitted(batch, [], [], &output, upTo: view.rowCount)
    return rest.rowCount > 0 ? try consume(BatchView(rest)) : .more
  }

  /// The joined rows where each has at most one partner and nothing else decides: columns of the
  /// view stay as they are, for the rows that are left. `nil` for other joins.
  private func lookup(_ view: BatchView) throws(QueryError) -> BatchView? {
    guard residual == nil, !probeKeys.isEmpty else { return nil }
    switch kind {
    case .inner where table.isUnique:
      let partners = try table.partners(of: view, keys: probeKeys)
      let rows = partners.positions { $0 != .max }
      let build = rows.count == partners.count ? partners : partners.gathered(rows)
      try QueryScope.reserve(rows.count * table.rows.columns.count * 8, for: "the rows of a join")
      return view.joined(rows, with: built(build), othersFirst: isBuildLeft)
    case .semi:
      let rows = try table.partners(of: view, keys: probeKeys).positions { $0 != .max }
      return rows.count == view.rowCount ? view : view.selecting(rows)
    case .anti:
      let rows = try table.partners(of: view, keys: probeKeys).positions { $0 == .max }
      return rows.count == view.rowCount ? view : view.selecting(rows)
    case .inner, .left, .full, .single: return nil
    }
  }

  /// The build side's columns at the rows.
  private func built(_ rows: [UInt32]) -> [Vector] {
    table.rows.columns.map { column in
      table.rows.rowCount == 1
        ? Vector(constant: column.value(at: 0), type: column.type, count: rows.count)
        : column.gather(rows: rows)
    }
  }

  private func joinPairs(
    _ pairs: inout JoinCandidates, _ batch: Batch, _ output: inout ProbeOutput,
    _ consume: RowStream.Consumer
  ) throws(QueryError) -> RowStream.Continuation {
    guard var (probe, build) = pairs.next(atMost: Self.pairLimit) else { return .more }
    let width = batch.columns.count + table.rows.columns.count
    try QueryScope.reserve(probe.count * width * 8, for: "the rows of a join")
    // Rows before this one have met all their candidates.
    let decided = pairs.isAtEnd ? batch.rowCount : Int(probe.last ?? 0)
    if let residual {
      let kept = try residual.evaluate(combine(batch, probe, build)).trueRows
      if kept.count < probe.count {
        probe = kept.map { probe[Int($0)] }
        build = kept.map { build[Int($0)] }
      }
    }
    if kind == .single { try requireSingle(probe, output) }
    output.match(probe)
    matchedBuildRows?.insert(build)
    let rows = try emitted(batch, probe, build, &output, upTo: decided)
    return rows.rowCount > 0 ? try consume(BatchView(rows)) : .more
  }

  /// The build rows of a full join without a partner, once all probe rows have been joined.
  func unmatchedBuildRows(leftTypes: [DataType]) throws(QueryError) -> Batch {
    let rows = matchedBuildRows?.others ?? []
    let reservation = try MemoryReservation.ofQuery(
      rows.count * 8 * (leftTypes.count + table.rows.columns.count), for: "the rows of a join")
    let nulls = leftTypes.map { Vector(constant: .null, type: $0, count: rows.count) }
    var result = Batch(
      rowCount: rows.count, columns: nulls + table.rows.columns.map { $0.gather(rows: rows) })
    result.reservation = reservation
    return result
  }

  /// Pairs that the residual decides about.
  private func candidates(_ view: BatchView) throws(QueryError) -> JoinCandidates {
    // Without a residual one partner settles whether there is any.
    let firstOnly = kind.keepsOnlyLeft && residual == nil
    guard !probeKeys.isEmpty else {
      let count = table.rows.rowCount
      return .product(
        ProductPairs(probeCount: view.rowCount, buildCount: firstOnly ? min(count, 1) : count))
    }
    var vectors: [Vector] = []
    for key in probeKeys { vectors.append(try view.evaluate(key)) }
    return .matches(
      MatchPairs(table, vectors, count: view.rowCount, firstOnly: firstOnly))
  }

  private func requireSingle(_ probe: [UInt32], _ output: ProbeOutput) throws(QueryError) {
    for (index, row) in probe.enumerated()
    where output.isMatched(row) || (index > 0 && probe[index - 1] == row) {
      throw QueryError(
        .cardinalityViolation,
        "more than one row returned by a subquery used as an expression",
        at: location.map { $0..<$0 })
    }
  }

  /// The output rows of matched pairs and of the probe rows that are decided without a match.
  private func emitted(
    _ batch: Batch, _ probe: [UInt32], _ build: [UInt32], _ output: inout ProbeOutput,
    upTo decided: Int
  ) throws(QueryError) -> Batch {
    switch kind {
    case .inner:
      return combine(batch, probe, build)
    case .semi:
      let rows = output.take(upTo: decided, matched: true)
      return batch.gather(rows: rows)
    case .anti:
      let rows = output.take(upTo: decided, matched: false)
      return batch.gather(rows: rows)
    case .left, .full, .single:
      let alone = output.take(upTo: decided, matched: false)
      let result = combine(batch, probe, build)
      return alone.isEmpty ? result : interleave(result, probe, batch, alone)
    }
  }

  private func combine(_ batch: Batch, _ probe: [UInt32], _ build: [UInt32]) -> Batch {
    // A single row, such as a total, needs no copies.
    let isWhole = table.rows.rowCount == 1 && probe.count == batch.rowCount && probeKeys.isEmpty
    let probed = isWhole ? batch.columns : batch.columns.map { $0.gather(rows: probe) }
    let built = built(build)
    return Batch(rowCount: probe.count, columns: isBuildLeft ? built + probed : probed + built)
  }

  /// The rows of `batch` that found no partner, with nulls, at their place among the others.
  private func interleave(
    _ joined: Batch, _ probe: [UInt32], _ batch: Batch, _ alone: [UInt32]
  ) -> Batch {
    let nulls = buildTypes.map { Vector(constant: .null, type: $0, count: alone.count) }
    let rest = batch.columns.map { $0.gather(rows: alone) } + nulls
    if probe.isEmpty { return Batch(rowCount: alone.count, columns: rest) }
    var order: [UInt32] = []
    order.reserveCapacity(probe.count + alone.count)
    var nextAlone = 0
    for (index, row) in probe.enumerated() {
      while nextAlone < alone.count, alone[nextAlone] < row {
        order.append(UInt32(probe.count + nextAlone))
        nextAlone += 1
      }
      order.append(UInt32(index))
    }
    while nextAlone < alone.count {
      order.append(UInt32(probe.count + nextAlone))
      nextAlone += 1
    }
    let columns = zip(joined.columns, rest).map {
      Vector.concatenate([$0, $1], type: $0.type).gather(rows: order)
    }
    return Batch(rowCount: order.count, columns: columns)
  }
}

extension Batch {
  fileprivate func gather(rows: [UInt32]) -> Batch {
    if rows.count == rowCount { return self }
    return Batch(rowCount: rows.count, columns: columns.map { $0.gather(rows: rows) })
  }
}

extension [UInt32] {
  /// Where the elements are for which `holds`, ascending.
  @inline(__always)
  fileprivate func positions(where holds: (UInt32) -> Bool) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count + 1) { positions, initialized in
      var kept = 0
      for index in 0..<count {
        positions[kept] = UInt32(truncatingIfNeeded: index)
        kept &+= holds(self[index]) ? 1 : 0
      }
      initialized = kept
    }
  }
}
