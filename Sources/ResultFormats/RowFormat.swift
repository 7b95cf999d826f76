package import ColumnStore
package import QueryExecution

/// How rows are written one after the other. One file per format says how.
package protocol RowFormat: Sendable {
  associatedtype Encoding: CellEncoding

  var encoding: Encoding { get }
  /// What stands before all rows.
  func appendHead(to bytes: inout [UInt8])
  /// Some rows, by their cells; `isFirst` for those that no others came before.
  func appendRows(_ cells: [CellColumn], count: Int, isFirst: Bool, to bytes: inout [UInt8])
  /// What stands behind all rows.
  func appendEnd(isEmpty: Bool, to bytes: inout [UInt8])
}

extension RowFormat {
  /// Hands the rows of all batches to `sink` as bytes, a few thousand rows at a time.
  package func write<Failure: Error>(
    _ batches: [Batch], timeZone: TimeZoneRules, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var writer = RowWriter(self, batches, timeZone: timeZone)
    var bytes: [UInt8] = []
    while !writer.isAtEnd {
      writer.append(to: &bytes)
      try sink(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
  }
}

extension [Batch] {
  /// Calls `body` with the cells of a few thousand rows at a time, of fewer where they are long, in
  /// order.
  ///
  /// A column is turned into text as a whole, so that the loop over its rows knows its type.
  package func forEachBlock<Encoding: CellEncoding, Failure: Error>(
    _ encoding: Encoding, timeZone: TimeZoneRules,
    _ body: (_ rowCount: Int, _ cells: [CellColumn]) throws(Failure) -> Void
  ) throws(Failure) {
    for batch in self {
      var start = 0
      while start < batch.rowCount {
        let rows = batch.block(from: start)
        let cells = batch.columns.map {
          CellColumn($0, rows: rows, encoding: encoding, timeZone: timeZone)
        }
        try body(rows.count, cells)
        start = rows.upperBound
      }
    }
  }
}
