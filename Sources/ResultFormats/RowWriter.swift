package import ColumnStore
package import QueryExecution

/// An answer as bytes, a block of rows at a time, whenever somebody has room for more.
package struct RowWriter<Format: RowFormat>: Sendable {
  private let format: Format
  /// Those that were written are empty: who reads slowly does not hold what he has read.
  private var batches: [Batch]
  private let timeZone: TimeZoneRules
  /// Rows that are spelled out together.
  private let rowLimit: Int
  private var batch = 0
  private var row = 0
  private var hasHead = false
  private var hasRows = false
  /// All is written.
  package private(set) var isAtEnd = false

  package init(
    _ format: Format, _ batches: [Batch], timeZone: TimeZoneRules, rowLimit: Int = 4_096
  ) {
    self.format = format
    self.batches = batches
    self.timeZone = timeZone
    self.rowLimit = rowLimit
  }

  /// Rows of the batches that are not written to their end.
  package var heldRowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

  /// The memory of those rows. Looks at each value that is an object.
  package var heldByteCount: Int {
    var pools: Set<ObjectIdentifier> = []
    return batches.reduce(0) { $0 + $1.byteCount(counted: &pools) }
  }

  /// Appends the next block: before the first what stands at the head, behind the last what stands at
  /// the end. Nothing once all is written.
  package mutating func append(to bytes: inout [UInt8]) {
    guard !isAtEnd else { return }
    if !hasHead {
      format.appendHead(to: &bytes)
      hasHead = true
    }
    skipEmptyBatches()
    if batch < batches.count { appendRows(of: batches[batch], to: &bytes) }
    skipEmptyBatches()
    if batch == batches.count {
      format.appendEnd(isEmpty: !hasRows, to: &bytes)
      isAtEnd = true
    }
  }

  private mutating func appendRows(of batch: Batch, to bytes: inout [UInt8]) {
    let rows = batch.block(from: row, rowLimit: rowLimit)
    let cells = batch.columns.map {
      CellColumn($0, rows: rows, encoding: format.encoding, timeZone: timeZone)
    }
    format.appendRows(cells, count: rows.count, isFirst: !hasRows, to: &bytes)
    hasRows = true
    row = rows.upperBound
  }

  private mutating func skipEmptyBatches() {
    while batch < batches.count, row >= batches[batch].rowCount {
      batches[batch] = Batch(rowCount: 0, columns: [])
      batch += 1
      row = 0
    }
  }
}
