import ArgumentParser
package import ColumnStore
package import Engine
import QueryExecution
import ResultFormats

/// How an answer is written. One file per format says how.
package enum ResultFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
  case table
  case csv
  case json
  case ndjson
  case markdown

  /// Writes the rows of `result`; nothing for a statement that answers no rows. `isDescription`: its rows are about
  /// what their first column names.
  package func write(
    _ result: QueryResult, timeZone: TimeZoneRules, terminal: Terminal, isDescription: Bool = false,
    to output: inout ByteOutput
  ) throws(OutputError) {
    guard !result.columns.isEmpty else { return }
    let names = result.columns.map(\.name)
    switch self {
    case .table:
      try TableFormat(terminal: terminal, isDescription: isDescription)
        .write(result, timeZone: timeZone, to: &output)
    case .csv: try write(result, as: CSVFormat(columns: names), timeZone, to: &output)
    case .json:
      try write(result, as: JSONFormat(columns: names, isArray: true), timeZone, to: &output)
    case .ndjson:
      try write(result, as: JSONFormat(columns: names, isArray: false), timeZone, to: &output)
    case .markdown:
      let columns = result.columns.map { (name: $0.name, type: $0.type) }
      try write(result, as: MarkdownFormat(columns: columns), timeZone, to: &output)
    }
  }

  private func write(
    _ result: QueryResult, as format: some RowFormat, _ timeZone: TimeZoneRules,
    to output: inout ByteOutput
  ) throws(OutputError) {
    try format.write(result.batches, timeZone: timeZone) { (bytes) throws(OutputError) in
      if Interrupt.isPending { throw .interrupted }
      try output.write(bytes)
    }
  }
}
