package import ColumnStore
package import QueryPlanning
import ResultFormats

extension QueryResult {
  /// Hands the rows to `sink` as bytes in a format of COPY.
  package func writeRows<Failure: Error>(
    as format: CopyFormat, timeZone: TimeZoneRules, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let names = columns.map(\.name)
    switch format.kind {
    case .csv:
      try CSVFormat(
        columns: names, delimiter: format.delimiter, null: format.null, hasHeader: format.hasHeader
      ).write(batches, timeZone: timeZone, to: sink)
    case .ndjson, .json:
      try JSONFormat(columns: names, isArray: format.kind == .json)
        .write(batches, timeZone: timeZone, to: sink)
    }
  }
}
