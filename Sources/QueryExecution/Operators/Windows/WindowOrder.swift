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
    _ batch: Batch, partitionBy: [Expression], orderBy: [SortKey], _ context: QueryContext
  ) throws(QueryError) {
    let reservation = try MemoryReservation.ofQuery(
      batch.rowCount * (16 * (partitionBy.count + orderBy.count) + 8), for: "the keys of a window")
    defer { withExtendedLifetime(reservation) {} }
    let words = try RowSorter(orderBy, grouping: partitionBy).words(of: batch)
    let partitionWords = words.prefix(partitionBy.count).flatMap { $0 }
    let orderWords = words.dropFirst(partitionBy.count).flatMap { $0 }
    let sorted = try RadixSort(
      partitionWords + orderWords, rowCount: batch.rowCount, prefix: partitionWords.count,
      on: context)
    rows = sorted.rows
    if let words = sorted.words {
      let shift = sorted.bitsBehindPrefix
      try cut(
        startsPartition: { words[$0] >> shift != words[$0 - 1] >> shift },
        startsGroup: { words[$0] != words[$0 - 1] })
    } else {
      let rows = rows
      try cut(
        startsPartition: { Self.differ(partitionWords, rows[$0], rows[$0 - 1]) },
        startsGroup: { Self.differ(orderWords, rows[$0], rows[$0 - 1]) })
    }
  }

  /// Neither is asked about the first position, nor the second where a partition starts.
  @inline(__always)
  private mutating func cut(
    startsPartition: (Int) -> Bool, startsGroup: (Int) -> Bool
  ) throws(QueryError) {
    for position in rows.indices {
      if position & 0xFFFF == 0xFFFF { try QueryScope.check() }
      let isFirst = position == 0 || startsPartition(position)
      if isFirst { partitions.append(groups.count) }
      if isFirst || startsGroup(position) { groups.append(position) }
    }
    partitions.append(groups.count)
    groups.append(rows.count)
  }

  private static func differ(_ columns: [[UInt64]], _ row: UInt32, _ before: UInt32) -> Bool {
    for column in columns where column[Int(row)] != column[Int(before)] { return true }
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
