/// What the writer remembers of a table between two transactions.
struct TableWriter {
  /// The tails whose views are the last segments of their partitions.
  var tails: [Partition.Key: Tail] = [:]
  /// Columns whose text is kept out of the dictionaries.
  var plain: [Bool]
  /// What decides that of the other columns.
  var growth: [TextGrowth]
  /// Where the row of each key is; made when it is first needed.
  var keys: KeyIndex?

  /// A column of which the newest rows are plain stays so.
  init(_ table: Table) {
    growth = table.schema.columns.map { _ in TextGrowth() }
    let newest = table.partitions.last?.segments.last
    plain = table.schema.columns.indices.map { index in
      let column = table.schema.columns[index]
      guard column.type.stored == .text else { return false }
      return switch column.textStorage {
      case .plain: true
      case .dictionary: false
      case .automatic: newest?.chunks[index].isPlainText ?? false
      }
    }
  }
}

/// What a transaction does to one partition.
final class PartitionDraft {
  let key: Partition.Key
  /// The partition's segments without the one that the tail goes on from.
  let kept: ArraySlice<Segment>
  /// Tails that were filled; `nil` while a thread is still encoding one.
  var filled: [Segment?] = []
  var tail: Tail
  /// False while the draft was made, but nothing was added to it.
  var hasNewRows = false
  /// The transaction's count of batches when rows were last added.
  var newestBatch = 0
  /// Memory of the tail when rows were last added.
  var byteCount = 0
  /// True once a segment of this transaction was opened again: that is done once at most, so that
  /// rows in no order of time cannot make it decode the same rows over and over.
  var wasReopened = false

  /// Where the next row goes.
  var nextLocation: RowLocation {
    RowLocation(partition: key, segment: kept.count + filled.count, row: tail.rowCount)
  }

  init(key: Partition.Key, kept: ArraySlice<Segment>, tail: Tail) {
    self.key = key
    self.kept = kept
    self.tail = tail
  }
}

extension Table {
  /// Where the partition of a key is, or would be.
  func partitionIndex(_ key: Partition.Key) -> (index: Int, exists: Bool) {
    var low = 0
    var high = partitions.count
    while low < high {
      let middle = (low + high) / 2
      if partitions[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return (low, low < partitions.count && partitions[low].key == key)
  }
}
