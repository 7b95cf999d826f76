package import ColumnStore

/// Comma-separated values as in RFC 4180, except that lines end in a line feed alone, which is
/// what other commands of a pipe expect.
///
/// What is sent to others (`exchange`) ends its lines as the RFC has it, and writes times in ISO 8601,
/// with milliseconds, as pages do.
///
/// A value is quoted where it holds the delimiter, a quote, a line break, or a space at either end,
/// and where it reads as a null would. Null is an empty field, empty text is `""`: the two can be
/// told apart, as in PostgreSQL's COPY.
package struct CSVFormat: RowFormat {
  package var encoding: CSVEncoding
  private let columns: [String]
  private let hasHeader: Bool
  private let lineEnd: [UInt8]

  /// `null` is what stands for a null.
  package init(
    columns: [String], delimiter: UInt8 = UInt8(ascii: ","), null: String = "",
    hasHeader: Bool = true
  ) {
    self.columns = columns
    self.hasHeader = hasHeader
    lineEnd = [UInt8(ascii: "\n")]
    encoding = CSVEncoding(delimiter: delimiter, null: Array(null.utf8))
  }

  /// For other programs: lines end in CRLF, times are ISO 8601 with milliseconds. `guardsFormulas`: a text that a spreadsheet
  /// would take for a formula gets an apostrophe before it.
  package init(exchanging columns: [String], guardsFormulas: Bool) {
    self.columns = columns
    hasHeader = true
    lineEnd = Array("\r\n".utf8)
    encoding = CSVEncoding(
      delimiter: UInt8(ascii: ","), null: [], hasISOTimes: true, guardsFormulas: guardsFormulas)
  }

  package func appendHead(to bytes: inout [UInt8]) {
    guard hasHeader else { return }
    for (index, column) in columns.enumerated() {
      if index > 0 { bytes.append(encoding.delimiter) }
      bytes += CellColumn.spell(.text(column), encoding, .utc)
    }
    bytes += lineEnd
  }

  package func appendRows(
    _ cells: [CellColumn], count: Int, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    for row in 0..<count {
      for column in cells.indices {
        if column > 0 { bytes.append(encoding.delimiter) }
        cells[column].appendCell(row, to: &bytes)
      }
      bytes += lineEnd
    }
  }

  package func appendEnd(isEmpty: Bool, to bytes: inout [UInt8]) {}
}

package struct CSVEncoding: CellEncoding {
  let delimiter: UInt8
  let null: [UInt8]
  var hasISOTimes = false
  var guardsFormulas = false

  package func appendNull(to bytes: inout [UInt8]) { bytes += null }

  package func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  package func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    if guardsFormulas, let first = text.first, Self.beginsFormula(first) {
      return appendGuarded(text, to: &bytes)
    }
    appendQuoted(text, to: &bytes)
  }

  private func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    guard needsQuotes(text) else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// What spreadsheets begin to compute at: `=`, `+`, `-`, `@`, and a tab or a carriage return before one.
  private static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
      true
    default: false
    }
  }

  private func appendGuarded(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\"'".utf8)
    for byte in text {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    let space = UInt8(ascii: " ")
    if first == space || last == space { return true }
    // `\\N` is a null to many readers.
    if text.elementsEqual(null) || text.elementsEqual("\\N".utf8) { return true }
    return text.contains {
      $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
  }

  package func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    append(text: text, to: &bytes)
  }

  package func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8]) {
    if hasISOTimes {
      switch value {
      case .timestamp(let milliseconds):
        return ISO8601.append(milliseconds: milliseconds, alwaysWithFraction: true, to: &bytes)
      case .timestampWithTimeZone(let milliseconds):
        ISO8601.append(milliseconds: milliseconds, alwaysWithFraction: true, to: &bytes)
        return bytes.append(UInt8(ascii: "Z"))
      default: break
      }
    }
    var text = value.formatted(timeZone: timeZone)
    // What is no text is no formula: a negative number stays one.
    text.withUTF8 { appendQuoted($0, to: &bytes) }
  }
}
