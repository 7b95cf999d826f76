import ColumnStore
import Engine

/// A table for a Markdown document: numbers to the right, null as an empty cell.
struct MarkdownFormat {
  func write(
    _ result: QueryResult, timeZone: TimeZoneRules, to output: inout ByteOutput
  ) throws(OutputError) {
    let titles = result.columns.map {
      String(
        decoding: CellColumn.spell(.text($0.name), MarkdownEncoding(), timeZone), as: UTF8.self)
    }
    try output.write("| " + titles.joined(separator: " | ") + " |\n")
    let rules = result.columns.map { $0.type == .integer || $0.type == .double ? "--:" : "---" }
    try output.write("| " + rules.joined(separator: " | ") + " |\n")
    try result.forEachBlock(MarkdownEncoding(), timeZone: timeZone) {
      (rowCount, cells) throws(OutputError) in
      try output.append { bytes in
        for row in 0..<rowCount {
          for column in cells.indices {
            bytes.append(contentsOf: "| ".utf8)
            cells[column].appendCell(row, to: &bytes)
            bytes.append(UInt8(ascii: " "))
          }
          bytes.append(contentsOf: "|\n".utf8)
        }
      }
    }
  }
}

private struct MarkdownEncoding: CellEncoding {
  func appendNull(to bytes: inout [UInt8]) {}

  func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  /// What Markdown would read as markup is escaped; a line break becomes `<br>`.
  func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "*"),
        UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "<br>".utf8)
      case 0..<0x20, 0x7f: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
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
