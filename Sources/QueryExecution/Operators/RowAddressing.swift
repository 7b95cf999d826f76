public import ColumnStore
public import QueryLanguage
public import QueryPlanning

/// Rows by their addresses: how UPDATE, DELETE and ON CONFLICT find what they change.
///
/// A scan whose schema has one column more than the table gives each row's `RowAddress` there.
extension Segment {
  private static let rowNumbers = Buffer<UInt16>(
    (0..<Segment.capacity).lazy.map { UInt16(truncatingIfNeeded: $0) })

  /// The same rows with their addresses as a last column.
  func addressed(as number: Int) -> Segment {
    let first = RowAddress(segment: number, row: 0).number
    let last = RowAddress(segment: number, row: rowCount - 1).number
    let addresses = Chunk(
      type: .integer, rowCount: rowCount,
      encoding: .frameOfReference(base: first, .bytes2(Self.rowNumbers)), validity: nil,
      zone: ZoneMap(bounds: .integers(first...last), isUnbounded: false, nullCount: 0))
    return Segment(
      rowCount: rowCount, chunks: chunks + [addresses], isSealed: isSealed, live: live)
  }
}

extension Table {
  /// The rows at some places, in their order, with all columns. The places are in this table.
  public func rows(at locations: [RowLocation]) throws(QueryError) -> Batch {
    let types = schema.columns.map(\.type)
    let order = locations.indices.sorted { a, b in
      let (a, b) = (locations[a], locations[b])
      return (a.partition, a.segment, a.row) < (b.partition, b.segment, b.row)
    }
    var places: [Partition.Key: Int] = [:]
    for (index, partition) in partitions.enumerated() { places[partition.key] = index }
    var batches: [Batch] = []
    var rows: [UInt32] = []
    for (position, index) in order.enumerated() {
      let location = locations[index]
      rows.append(UInt32(location.row))
      if position + 1 < order.count {
        let next = locations[order[position + 1]]
        if next.partition == location.partition, next.segment == location.segment { continue }
      }
      guard let place = places[location.partition] else {
        preconditionFailure("a row of a partition that the table lacks")
      }
      let segment = ScannedSegment(partitions[place].segments[location.segment])
      batches.append(BatchView(segment: segment, positions: rows).batch())
      rows = []
    }
    var positions = [UInt32](repeating: 0, count: order.count)
    for (position, index) in order.enumerated() { positions[index] = UInt32(position) }
    return try Batch.concatenate(batches, types: types).keeping(positions)
  }
}

extension Batch {
  /// Some of the rows, in this order.
  public func keeping(_ rows: [UInt32]) -> Batch {
    Batch(rowCount: rows.count, columns: columns.map { $0.gather(rows: rows) })
  }

  /// Each row with the columns of the row of `other` at the same place behind its own.
  public func joined(with other: Batch) -> Batch {
    precondition(rowCount == other.rowCount, "as many rows on both sides")
    return Batch(rowCount: rowCount, columns: columns + other.columns)
  }

  /// All rows of some batches.
  public static func joined(
    _ batches: [Batch], types: [DataType]
  ) throws(QueryError) -> Batch {
    try concatenate(batches, types: types)
  }

  /// Expressions over the rows, one column each.
  public func evaluating(_ expressions: [Expression]) throws(QueryError) -> Batch {
    let view = BatchView(self)
    var columns: [Vector] = []
    for expression in expressions {
      columns.append(try view.materialize(try CompiledExpression(expression)))
    }
    return Batch(rowCount: rowCount, columns: columns)
  }

  /// The rows for which a condition is true, ascending.
  public func rows(where condition: Expression) throws(QueryError) -> [UInt32] {
    try BatchView(self).rows(where: try CompiledExpression(condition))
  }
}
