internal import ColumnStore
internal import QueryExecution
internal import ResultFormats

/// How the rows of an export are written.
enum ExportFormat: String, CaseIterable, Sendable {
  /// RFC 4180 with a header.
  case csv
  /// A row as an object on each line.
  case ndjson
  /// One object: the rows as objects, and at the end what they rest on.
  case json

  static let names = allCases.map(\.rawValue)

  var contentType: String {
    switch self {
    case .csv: AnswerContentType.csv
    case .ndjson: AnswerContentType.ndjson
    case .json: AnswerContentType.json
    }
  }

  /// What a format writes rows with. Made once: it knows the names of the columns.
  enum Writer: Sendable {
    case csv(CSVFormat)
    case json(JSONFormat)
  }

  func writer(_ columns: [String], guardsFormulas: Bool) -> Writer {
    switch self {
    case .csv: .csv(CSVFormat(exchanging: columns, guardsFormulas: guardsFormulas))
    case .ndjson: .json(JSONFormat(exchanging: columns, isArray: false))
    case .json: .json(JSONFormat(exchanging: columns, isArray: true))
    }
  }
}

enum AnswerContentType {
  static let csv = "text/csv; charset=utf-8; header=present"
  static let ndjson = "application/x-ndjson"
  static let json = "application/json"
}

extension ExportFormat.Writer {
  func appendHead(to bytes: inout [UInt8]) {
    switch self {
    case .csv(let format): format.appendHead(to: &bytes)
    case .json(let format): format.appendHead(to: &bytes)
    }
  }

  func append(_ batches: [Batch], isFirst: Bool, to bytes: inout [UInt8]) {
    switch self {
    case .csv(let format): Self.append(batches, format, isFirst: isFirst, to: &bytes)
    case .json(let format): Self.append(batches, format, isFirst: isFirst, to: &bytes)
    }
  }

  func append(_ rows: [[Value]], isFirst: Bool, to bytes: inout [UInt8]) {
    switch self {
    case .csv(let format): Self.append(rows, format, isFirst: isFirst, to: &bytes)
    case .json(let format): Self.append(rows, format, isFirst: isFirst, to: &bytes)
    }
  }

  func appendEnd(isEmpty: Bool, to bytes: inout [UInt8]) {
    switch self {
    case .csv(let format): format.appendEnd(isEmpty: isEmpty, to: &bytes)
    case .json(let format): format.appendEnd(isEmpty: isEmpty, to: &bytes)
    }
  }

  private static func append(
    _ batches: [Batch], _ format: some RowFormat, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    var isFirst = isFirst
    batches.forEachBlock(format.encoding, timeZone: .utc) { count, cells in
      format.appendRows(cells, count: count, isFirst: isFirst, to: &bytes)
      isFirst = false
    }
  }

  private static func append(
    _ rows: [[Value]], _ format: some RowFormat, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    var isFirst = isFirst
    for row in rows {
      let cells = row.map { CellColumn([$0], encoding: format.encoding, timeZone: .utc) }
      format.appendRows(cells, count: 1, isFirst: isFirst, to: &bytes)
      isFirst = false
    }
  }
}
