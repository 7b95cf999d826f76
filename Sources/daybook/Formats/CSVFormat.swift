import ColumnStore
import Engine

/// Comma-separated values as in RFC 4180, except that lines end in a line feed alone, which is
/// what other commands of a pipe expect.
///
/// A value is quoted where it holds a comma, a quote, a line break, or a space at either end. Null
/// is an empty field, empty text is `""`: the two can be told apart, as in PostgreSQL's COPY.
struct CSVFormat {
  func write(
    _ result: QueryResult, timeZone: TimeZoneRules, to output: inout ByteOutput
  ) throws(OutputError) {
    for (index, column) in result.columns.enumerated() {
      if index > 0 { try output.write(UInt8(ascii: ",")) }
      try output.write(CellColumn.spell(.text(column.name), CSVEncoding(), timeZone))
    }
    try output.write(UInt8(ascii: "\n"))
    try result.forEachBlock(CSVEncoding(), timeZone: timeZone) {
      (rowCount, cells) throws(OutputError) in
      try output.append { bytes in
        for row in 0..<rowCount {
          for column in cells.indices {
            if column > 0 { bytes.append(UInt8(ascii: ",")) }
            cells[column].appendCell(row, to: &bytes)
          }
          bytes.append(UInt8(ascii: "\n"))
        }
      }
    }
  }
}

private struct CSVEncoding: CellEncoding {
  func appendNull(to bytes: inout [UInt8]) {}

  func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    guard Self.needsQuotes(text) else {
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

  private static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    let space = UInt8(ascii: " ")
    if first == space || last == space { return true }
    return text.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
  }

  func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    append(text: text, to: &bytes)
  }

  func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8]) {
    var text = value.formatted(timeZone: timeZone)
    text.withUTF8 { append(text: $0, to: &bytes) }
  }
}
