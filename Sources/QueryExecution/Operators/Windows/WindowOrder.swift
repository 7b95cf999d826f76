import QueryLanguage
import QueryPlanning

/// All rows in the order of PARTITION BY and then of ORDER BY, cut into partitions and those into
/// groups of peers, which ORDER BY takes for equal.
///
/// A position is a place in this order, a row one in the input.
struct WindowOrder: Sendable {
  /// The row at each position.
  let rows: [UInt32]
  /// Where each group of peers begins, and the end of the last one.
  private(set) var groups: [Int] = []
  /// The first group of each partition, and the end of the last one.
  private(set) var partitions: [Int] = []

  init(
    _ batch: Batch, partitionBy: [Expression], orderBy: [SortKey]
  ) throws(QueryError) {
    let keys = partitionBy.map {
      SortKey(expression: $0, isDescending: false, nullsFirst: false)
    }
    let (rows, words) = try RowSorter(keys + orderBy).ordering(batch)
    self.rows = rows
    let partitionWords = words.prefix(keys.count).flatMap { $0 }
    let orderWords = words.dropFirst(keys.count).flatMap { $0 }
    for position in rows.indices {
      if position & 0xFFFF == 0xFFFF { try QueryScope.check() }
      let isFirst = position == 0 || differs(partitionWords, at: position)
      if isFirst { partitions.append(groups.count) }
      if isFirst || differs(orderWords, at: position) { groups.append(position) }
    }
    partitions.append(groups.count)
    groups.append(rows.count)
  }

  private func differs(_ columns: [[UInt64]], at position: Int) -> Bool {
    let (row, before) = (Int(rows[position]), Int(rows[position - 1]))
    for column in columns where column[row] != column[before] { return true }
    return false
  }

  /// A partition's groups of peers.
  struct Partition {
    let groups: Range<Int>
    let positions: Range<Int>
  }

  var partitionCount: Int { partitions.count - 1 }

  func partition(_ index: Int) -> Partition {
    let range = partitions[index]..<partitions[index + 1]
    return Partition(
      groups: range, positions: groups[range.lowerBound]..<groups[range.upperBound])
  }

  @inline(__always)
  func peers(_ group: Int) -> Range<Int> { groups[group]..<groups[group + 1] }

  /// Calls `body` with each position, its group of peers and its partition, in order.
  @inline(__always)
  func forEachPosition(_ body: (_ position: Int, _ group: Int, _ partition: Partition) -> Void) {
    for index in 0..<partitionCount {
      let partition = partition(index)
      for group in partition.groups {
        for position in peers(group) { body(position, group, partition) }
      }
    }
  }
}
