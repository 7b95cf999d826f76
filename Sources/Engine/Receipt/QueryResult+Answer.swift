package import ColumnStore
import QueryPlanning
import ResultFormats

/// How an answer is sent.
package enum AnswerKind: String, CaseIterable, Sendable {
  /// One object with columns, rows as arrays, and the receipt.
  case json
  /// A row as an object on each line.
  case ndjson
  case csv
}

/// An answer that is written while somebody reads it.
package struct AnswerWriter: Sendable {
  private enum Writer: Sendable {
    case json(RowWriter<AnswerFormat>)
    case ndjson(RowWriter<JSONFormat>)
    case csv(RowWriter<CSVFormat>)
  }

  private var writer: Writer
  /// Rows that are spelled out together: a fraction of a millisecond, and some ten thousand bytes.
  private static let blockRowCount = 1_024

  init(_ result: QueryResult, as kind: AnswerKind, timeZone: TimeZoneRules) {
    let names = result.columns.map(\.name)
    func rows<Format: RowFormat>(_ format: Format) -> RowWriter<Format> {
      RowWriter(format, result.batches, timeZone: timeZone, rowLimit: Self.blockRowCount)
    }
    switch kind {
    case .json: writer = .json(rows(result.answerFormat))
    case .ndjson:
      let encoding = JSONEncoding(quotesLargeIntegers: true)
      writer = .ndjson(rows(JSONFormat(columns: names, isArray: false, encoding: encoding)))
    case .csv: writer = .csv(rows(CSVFormat(columns: names)))
    }
  }

  /// All is written.
  package var isAtEnd: Bool {
    switch writer {
    case .json(let writer): writer.isAtEnd
    case .ndjson(let writer): writer.isAtEnd
    case .csv(let writer): writer.isAtEnd
    }
  }

  /// What it still holds; see `RowWriter`.
  package var heldRowCount: Int {
    switch writer {
    case .json(let writer): writer.heldRowCount
    case .ndjson(let writer): writer.heldRowCount
    case .csv(let writer): writer.heldRowCount
    }
  }

  package var heldByteCount: Int {
    switch writer {
    case .json(let writer): writer.heldByteCount
    case .ndjson(let writer): writer.heldByteCount
    case .csv(let writer): writer.heldByteCount
    }
  }

  /// Appends the next rows; behind the last of them what ends the answer.
  package mutating func append(to bytes: inout [UInt8]) {
    switch writer {
    case .json(var rows):
      rows.append(to: &bytes)
      writer = .json(rows)
    case .ndjson(var rows):
      rows.append(to: &bytes)
      writer = .ndjson(rows)
    case .csv(var rows):
      rows.append(to: &bytes)
      writer = .csv(rows)
    }
  }

  /// What ends an answer of which not all rows could be sent, so that nobody takes it for a whole one;
  /// `nil` where the format has no way to say so. `problem` is JSON.
  package func end(with problem: String) -> [UInt8]? {
    guard case .json = writer else { return nil }
    var bytes: [UInt8] = []
    AnswerFormat.appendEnd(("error", problem), to: &bytes)
    return bytes
  }
}

extension QueryResult {
  package func answer(as kind: AnswerKind, timeZone: TimeZoneRules) -> AnswerWriter {
    AnswerWriter(self, as: kind, timeZone: timeZone)
  }

  fileprivate var answerFormat: AnswerFormat {
    let estimates = approximateOutput?.columns
    return AnswerFormat(
      columns: columns.enumerated().map { index, column in
        AnswerFormat.Column(
          name: column.name, type: column.type,
          isApproximate: estimates.map { !$0[index].isEmpty } ?? false,
          isRedacted: column.isRedacted)
      }, receipt: receipt?.json ?? "null")
  }
}
