/// What one transaction did to a store, as data: enough to do the same to a store that has the same
/// rows.
public enum StoreChange: Sendable {
  case createdDomain(String)
  case createdTable(TableSchema)
  case alteredTable(String, [TableAlteration])
  /// Or replaced.
  case createdView(View)
  /// Tables and views. Names that were not there stand for nothing.
  case dropped(Set<String>)
  case truncatedTable(String)
  /// First these rows of the table as it was were deleted. Then the batches were appended in this
  /// order, where in a keyed table a row takes the place of the one that has its key.
  case changedRows(table: String, deleted: [DeletedRows], appended: [RowBatch])
  /// Whole days of the table, which had them.
  case droppedDays([RetentionDrop])
}

/// Rows of one partition that a transaction deleted.
public struct DeletedRows: Sendable, Equatable {
  public var partition: Partition.Key
  /// Each is the number of rows before it that were not deleted by then; ascending. Unlike places in
  /// segments, these stay the same however often the rows are encoded anew: rows never change their
  /// order within a partition.
  public var rows: [Int]

  public init(partition: Partition.Key, rows: [Int]) {
    self.partition = partition
    self.rows = rows
  }
}

extension Table {
  /// Those of the rows that are there and not deleted, for a record.
  func deletedRows(_ deletions: RowDeletions) -> [DeletedRows] {
    deletions.masks.keys.sorted().compactMap { key in
      let (index, exists) = partitionIndex(key)
      guard exists, let masks = deletions.masks[key] else { return nil }
      var rows: [Int] = []
      var before = 0
      for (place, segment) in partitions[index].segments.enumerated() {
        if let mask = masks[place] {
          let deleted = mask.rows.prefix { $0 < segment.rowCount }
          if let live = segment.live {
            var rank = 0
            var next = 0
            for row in deleted where live[row] {
              while next < row {
                rank += live[next] ? 1 : 0
                next += 1
              }
              rows.append(before + rank)
            }
          } else {
            for row in deleted { rows.append(before + row) }
          }
        }
        before += segment.liveCount
      }
      return rows.isEmpty ? nil : DeletedRows(partition: key, rows: rows)
    }
  }

  /// Where the rows of a record are; `nil` where there are no such rows.
  func locations(of deleted: DeletedRows) -> [RowLocation]? {
    let (index, exists) = partitionIndex(deleted.partition)
    guard exists else { return nil }
    var locations: [RowLocation] = []
    locations.reserveCapacity(deleted.rows.count)
    var wanted = deleted.rows[...]
    var before = 0
    for (place, segment) in partitions[index].segments.enumerated() {
      guard let first = wanted.first else { break }
      guard first >= before else { return nil }
      let end = before + segment.liveCount
      defer { before = end }
      guard first < end else { continue }
      func note(_ row: Int) {
        locations.append(RowLocation(partition: deleted.partition, segment: place, row: row))
        wanted = wanted.dropFirst()
      }
      guard let live = segment.live else {
        while let next = wanted.first, next < end { note(next - before) }
        continue
      }
      var rank = before
      for row in 0..<segment.rowCount where live[row] {
        if wanted.first == rank { note(row) }
        rank += 1
      }
    }
    return wanted.isEmpty ? locations : nil
  }
}
