import ArgumentParser
package import ColumnStore
package import Engine
import QueryExecution

/// How an answer is written. One file per format says how.
package enum ResultFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
  case table
  case csv
  case json
  case ndjson
  case markdown

  /// Writes the rows of `result`; nothing for a statement that answers no rows.
  package func write(
    _ result: QueryResult, timeZone: TimeZoneRules, terminal: Terminal, to output: inout ByteOutput
  ) throws(OutputError) {
    guard !result.columns.isEmpty else { return }
    switch self {
    case .table:
      try TableFormat(terminal: terminal).write(result, timeZone: timeZone, to: &output)
    case .csv: try CSVFormat().write(result, timeZone: timeZone, to: &output)
    case .json: try JSONFormat(isArray: true).write(result, timeZone: timeZone, to: &output)
    case .ndjson: try JSONFormat(isArray: false).write(result, timeZone: timeZone, to: &output)
    case .markdown: try MarkdownFormat().write(result, timeZone: timeZone, to: &output)
    }
  }
}

extension QueryResult {
  /// Calls `body` with the cells of a few thousand rows at a time, in order.
  ///
  /// A column is turned into text as a whole, so that the loop over its rows knows its type.
  func forEachBlock<Encoding: CellEncoding>(
    _ encoding: Encoding, timeZone: TimeZoneRules,
    _ body: (_ rowCount: Int, _ cells: [CellColumn]) throws(OutputError) -> Void
  ) throws(OutputError) {
    let blockSize = 4_096
    for batch in batches {
      var start = 0
      while start < batch.rowCount {
        if Interrupt.isPending { throw .interrupted }
        let rows = start..<min(start + blockSize, batch.rowCount)
        let cells = batch.columns.map {
          CellColumn($0, rows: rows, encoding: encoding, timeZone: timeZone)
        }
        try body(rows.count, cells)
        start = rows.upperBound
      }
    }
  }
}
