import ColumnStore
import QueryLanguage
import QueryPlanning

/// The frame of each position: positions from `starts` up to, but not including, `ends`. Where
/// `ends` is not greater the frame is empty. Both stay within the partition.
struct FrameBounds: Sendable {
  let starts: [Int]
  let ends: [Int]

  init(_ function: WindowFunction, _ order: WindowOrder, _ batch: Batch) throws(QueryError) {
    let frame = function.frame
    var keys: RangeKeys?
    switch (frame.start, frame.end) {
    case (.value, _), (_, .value): keys = try RangeKeys(function.orderBy[0], order, batch)
    default: break
    }
    starts = try Self.bounds(frame.start, isStart: true, frame.unit, order, keys, batch)
    ends = try Self.bounds(frame.end, isStart: false, frame.unit, order, keys, batch)
  }

  private static func bounds(
    _ bound: WindowFrame.Bound, isStart: Bool, _ unit: WindowFrame.Unit, _ order: WindowOrder,
    _ keys: RangeKeys?, _ batch: Batch
  ) throws(QueryError) -> [Int] {
    let isRows = unit == .rows
    switch bound {
    case .unboundedPreceding: return bounds(order) { $2.positions.lowerBound }
    case .unboundedFollowing: return bounds(order) { $2.positions.upperBound }
    case .currentRow where isRows:
      return bounds(order) { position, _, _ in
        isStart ? position : position + 1
      }
    case .currentRow:
      return bounds(order) { _, group, _ in order.groups[isStart ? group : group + 1] }
    case .preceding(let count): return moved(by: -count, isStart, isRows, order)
    case .following(let count): return moved(by: count, isStart, isRows, order)
    case .value(let limit, _, _):
      guard let keys else { preconditionFailure("a RANGE offset has an ORDER BY key") }
      return try keys.bounds(limit, isStart: isStart, order, batch)
    }
  }

  /// So many rows or groups of peers away.
  private static func moved(
    by count: Int, _ isStart: Bool, _ isRows: Bool, _ order: WindowOrder
  ) -> [Int] {
    let past = isStart ? 0 : 1
    if isRows {
      return bounds(order) { position, _, partition in
        let range = partition.positions
        return min(max(position + count + past, range.lowerBound), range.upperBound)
      }
    }
    return bounds(order) { _, group, partition in
      let range = partition.groups
      return order.groups[min(max(group + count + past, range.lowerBound), range.upperBound)]
    }
  }

  @inline(__always)
  private static func bounds(
    _ order: WindowOrder, _ bound: (Int, Int, WindowOrder.Partition) -> Int
  ) -> [Int] {
    var bounds: [Int] = []
    bounds.reserveCapacity(order.rows.count)
    order.forEachPosition { bounds.append(bound($0, $1, $2)) }
    return bounds
  }
}

/// The ORDER BY key of a RANGE frame with offsets, by position.
private struct RangeKeys {
  /// Ascend within a partition, also where the order descends.
  private let keys: [Int64]
  private let validity: [UInt8]?
  private let isDescending: Bool

  init(_ key: SortKey, _ order: WindowOrder, _ batch: Batch) throws(QueryError) {
    isDescending = key.isDescending
    let vector = try Self.values(key.expression, order, batch)
    keys = Self.ascending(vector, isDescending)
    validity = vector.validity
  }

  private static func values(
    _ expression: Expression, _ order: WindowOrder, _ batch: Batch
  ) throws(QueryError) -> Vector {
    try BatchView(batch).materialize(CompiledExpression(expression)).expanded()
      .gather(rows: order.rows)
  }

  private static func ascending(_ vector: Vector, _ isDescending: Bool) -> [Int64] {
    let keys = vector.orderKeys()
    return isDescending ? keys.map { ~$0 } : keys
  }

  func bounds(
    _ limit: Expression, isStart: Bool, _ order: WindowOrder, _ batch: Batch
  ) throws(QueryError) -> [Int] {
    let limits = Self.ascending(try Self.values(limit, order, batch), isDescending)
    var bounds: [Int] = []
    bounds.reserveCapacity(keys.count)
    for index in 0..<order.partitionCount {
      let partition = order.partition(index)
      let valid = validRange(partition.positions)
      for group in partition.groups {
        let peers = order.peers(group)
        for position in peers {
          if valid.contains(position) {
            bounds.append(search(limits[position], isStart: isStart, in: valid))
          } else {
            bounds.append(isStart ? peers.lowerBound : peers.upperBound)
          }
        }
      }
    }
    return bounds
  }

  /// Nulls are all at the beginning or all at the end.
  private func validRange(_ range: Range<Int>) -> Range<Int> {
    guard let validity else { return range }
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, validity[start] == 0 { start += 1 }
    while start < end, validity[end - 1] == 0 { end -= 1 }
    return start..<end
  }

  /// The first position whose key is not before the limit, or for an end: after it.
  private func search(_ limit: Int64, isStart: Bool, in range: Range<Int>) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isStart ? keys[middle] < limit : keys[middle] <= limit {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
