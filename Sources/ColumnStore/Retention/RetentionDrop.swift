/// One day of a table that was dropped because it had been kept long enough.
public struct RetentionDrop: Sendable, Hashable {
  public var table: String
  /// Days since 1970-01-01 UTC.
  public var day: Int64
  /// Rows that it had, without deleted ones.
  public var rowCount: Int
  /// Memory of its segments.
  public var byteCount: Int
  /// Milliseconds since 1970-01-01 UTC.
  public var droppedAt: Int64

  /// A catalog remembers this many, the newest.
  public static let historyLimit = 10_000

  public init(table: String, day: Int64, rowCount: Int, byteCount: Int, droppedAt: Int64) {
    self.table = table
    self.day = day
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.droppedAt = droppedAt
  }
}

extension RetentionDrop {
  /// `nil` for rows without a day.
  public init?(_ partition: Partition, of table: String, at time: Int64) {
    guard case .day(let day) = partition.key else { return nil }
    self.init(
      table: table, day: day, rowCount: partition.rowCount,
      byteCount: partition.segments.reduce(0) { $0 + $1.byteCount }, droppedAt: time)
  }
}

extension Catalog {
  /// Of a snapshot.
  package init(retentionDrops: [RetentionDrop]) {
    self.init()
    remember(retentionDrops)
  }

  mutating func remember(_ drops: [RetentionDrop]) {
    retentionDrops += drops
    if retentionDrops.count > RetentionDrop.historyLimit {
      retentionDrops.removeFirst(retentionDrops.count - RetentionDrop.historyLimit)
    }
  }
}

extension Table {
  /// The days that ended more than `days` days before `now` (milliseconds since 1970-01-01 UTC),
  /// ascending. Rows without a day are kept.
  public func expired(after days: Int, now: Int64) -> [Partition] {
    let today = PartitionSplit.day(max(now, .min + 1) - 1, PartitionSplit.millisecondsPerDay)
    return partitions.filter { partition in
      guard case .day(let day) = partition.key else { return false }
      return day < today - Int64(days)
    }
  }
}
