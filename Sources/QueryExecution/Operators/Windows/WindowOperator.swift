import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// Evaluates window functions over all rows of an input, which keep their order.
struct WindowOperator: Sendable {
  let functions: [WindowFunction]

  /// What functions must share to share a sort.
  private struct Ordering: Hashable {
    var partitionBy: [Expression]
    var orderBy: [SortKey]

    init(_ function: WindowFunction) {
      let function = function.withoutLocations
      partitionBy = function.partitionBy
      orderBy = function.orderBy
    }
  }

  /// The input's columns, then a column per function.
  func run(_ batch: Batch, _ context: QueryContext) throws(QueryError) -> Batch {
    var orders: [Ordering: WindowOrder] = [:]
    var tasks: [(function: WindowFunction, order: WindowOrder)] = []
    // Groups, frames and the values themselves; then the orders.
    let reservation = try MemoryReservation.ofQuery(
      batch.rowCount * functions.count * 64, for: "window functions")
    for function in functions {
      try context.checkCancellation()
      let key = Ordering(function)
      var order = orders[key]
      if order == nil {
        try reservation.add(batch.rowCount * 32)
        order = try WindowOrder(
          batch, partitionBy: function.partitionBy, orderBy: function.orderBy, context)
        orders[key] = order
      }
      if let order { tasks.append((function, order)) }
    }
    let work = tasks
    let results = Mutex([Vector?](repeating: nil, count: work.count))
    try context.run(taskCount: work.count) { task throws(QueryError) in
      let (function, order) = work[task]
      let result = try Self.evaluate(function, order, batch, context)
      results.withLock { $0[task] = result }
    }
    let added = results.withLock { $0.compactMap(\.self) }
    var result = Batch(rowCount: batch.rowCount, columns: batch.columns + added)
    result.reservation = reservation
    return result
  }

  private static func evaluate(
    _ function: WindowFunction, _ order: WindowOrder, _ batch: Batch, _ context: QueryContext
  ) throws(QueryError) -> Vector {
    if batch.rowCount == 0 { return Vector(values: [], type: function.type) }
    switch function.kind {
    case .aggregate(let aggregate):
      return try WindowAggregate(aggregate, order, batch)
        .evaluate(FrameBounds(function, order, batch), context)
    case .rowNumber, .rank, .denseRank, .percentRank, .cumulativeDistribution, .ntile:
      return try WindowRanking(order).evaluate(function, batch)
    case .sessionize: return try WindowSessions(order).evaluate(function, batch)
    case .lag, .lead, .firstValue, .lastValue, .nthValue:
      return try WindowValues(order).evaluate(function, batch)
    }
  }
}
