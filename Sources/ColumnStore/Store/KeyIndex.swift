/// Where the row of each key of a table is. Only the writer knows it: readers never look up keys.
///
/// It describes the published rows. A transaction changes it when nothing can fail any more.
final class KeyIndex {
  let schema: TableSchema
  private let dictionaries: [TextDictionary?]
  /// Key to location, as `number` makes it.
  private var table: KeyTable
  /// What the numbers of segments stand for. Rows keep their number while others are added.
  private var places: [(partition: Partition.Key, segment: Int)] = []
  private var numbers: [Partition.Key: [Int]] = [:]

  /// Reads the keys of all rows.
  init(_ contents: Table, dictionaries: [TextDictionary?]) throws(StoreError) {
    schema = contents.schema
    self.dictionaries = dictionaries
    table = KeyTable(width: schema.primaryKey.count, minimumCapacity: contents.rowCount)
    for partition in contents.partitions {
      for (place, segment) in partition.segments.enumerated() {
        try read(segment, partition.key, place, isNew: true)
      }
    }
  }

  var width: Int { table.width }

  subscript(key: UnsafePointer<UInt64>) -> RowLocation? { table[key].map(location) }

  /// A location as one word.
  func number(of location: RowLocation) -> UInt64 {
    var known = numbers[location.partition] ?? []
    while known.count <= location.segment {
      places.append((location.partition, known.count))
      known.append(places.count - 1)
    }
    numbers[location.partition] = known
    return UInt64(known[location.segment]) &* UInt64(Segment.capacity) &+ UInt64(location.row)
  }

  func location(_ number: UInt64) -> RowLocation {
    let (segment, row) = number.quotientAndRemainder(dividingBy: UInt64(Segment.capacity))
    let place = places[Int(segment)]
    return RowLocation(partition: place.partition, segment: place.segment, row: Int(row))
  }

  /// Takes over what a transaction did: the rows that it deleted from the table as it was, the keys
  /// that it added, and the segments that were written anew.
  func update(
    from old: Table, deletions: RowDeletions, added: KeyTable, rewritten: RewrittenSegments,
    partitions: [Partition]
  ) throws(StoreError) {
    for (key, masks) in deletions.masks {
      let (index, exists) = old.partitionIndex(key)
      guard exists else { continue }
      for (place, mask) in masks where place < old.partitions[index].segments.count {
        try forget(mask, of: old.partitions[index].segments[place], key, place)
      }
    }
    added.visit { key, number in table.set(key, to: number) }
    for (key, removed) in rewritten.removed { removeSegments(removed, of: key) }
    for (key, rewritten) in rewritten.rewritten {
      guard let partition = partitions.first(where: { $0.key == key }) else { continue }
      for place in rewritten { try read(partition.segments[place], key, place, isNew: false) }
    }
  }

  private func read(
    _ segment: Segment, _ partition: Partition.Key, _ place: Int, isNew: Bool
  ) throws(StoreError) {
    let words = try KeyWords(of: segment, schema: schema, dictionaries: dictionaries)
    let first = number(of: RowLocation(partition: partition, segment: place, row: 0))
    var isTwice = false
    words.withKeys { keys in
      for row in 0..<segment.rowCount where segment.live.map({ $0[row] }) ?? true {
        let old = table.set(keys + row * width, to: first + UInt64(row))
        isTwice = isTwice || old != nil
      }
    }
    if isNew, isTwice {
      throw .damagedSegment(table: schema.name, reason: "two rows have the same key")
    }
  }

  /// Keys of rows that are deleted, unless another row has taken them over.
  private func forget(
    _ rows: RowMask, of segment: Segment, _ partition: Partition.Key, _ place: Int
  ) throws(StoreError) {
    let words = try KeyWords(of: segment, schema: schema, dictionaries: dictionaries)
    let first = number(of: RowLocation(partition: partition, segment: place, row: 0))
    words.withKeys { keys in
      for row in rows.rows where row < segment.rowCount {
        let key = keys + row * width
        if table[key] == first + UInt64(row) { table.remove(key) }
      }
    }
  }

  private func removeSegments(_ removed: [Int], of partition: Partition.Key) {
    guard var known = numbers[partition] else { return }
    for place in removed.reversed() where place < known.count { known.remove(at: place) }
    for (place, number) in known.enumerated() { places[number].segment = place }
    numbers[partition] = known
  }
}
