package import ColumnStore

/// A table for a Markdown document: numbers to the right, null as an empty cell.
package struct MarkdownFormat: RowFormat {
  package let encoding = MarkdownEncoding()
  private let columns: [(name: String, type: DataType)]

  package init(columns: [(name: String, type: DataType)]) { self.columns = columns }

  package func appendHead(to bytes: inout [UInt8]) {
    for column in columns {
      bytes.append(contentsOf: "| ".utf8)
      bytes += CellColumn.spell(.text(column.name), encoding, .utc)
      bytes.append(UInt8(ascii: " "))
    }
    bytes.append(contentsOf: "|\n".utf8)
    for column in columns {
      let isNumber = column.type == .integer || column.type == .double
      bytes.append(contentsOf: isNumber ? "| --: ".utf8 : "| --- ".utf8)
    }
    bytes.append(contentsOf: "|\n".utf8)
  }

  package func appendRows(
    _ cells: [CellColumn], count: Int, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    for row in 0..<count {
      for column in cells.indices {
        bytes.append(contentsOf: "| ".utf8)
        cells[column].appendCell(row, to: &bytes)
        bytes.append(UInt8(ascii: " "))
      }
      bytes.append(contentsOf: "|\n".utf8)
    }
  }

  package func appendEnd(isEmpty: Bool, to bytes: inout [UInt8]) {}
}

package struct MarkdownEncoding: CellEncoding {
  package func appendNull(to bytes: inout [UInt8]) {}

  package func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  /// What Markdown would read as markup is escaped; a line break becomes `<br>`.
  package func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
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

  package func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    append(text: text, to: &bytes)
  }

  package func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8]) {
    var text = value.formatted(timeZone: timeZone)
    text.withUTF8 { append(text: $0, to: &bytes) }
  }
}
