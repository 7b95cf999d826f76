package import ColumnStore

/// An answer as one JSON object: what its columns are, the rows as arrays, and at the end what it
/// rests on, so that it can be written while it is read.
///
/// Values are spelled as `JSONFormat` spells them, but for integers beyond 2^53 - 1, which are text.
package struct AnswerFormat: RowFormat {
  package struct Column: Sendable {
    package var name: String
    package var type: DataType
    package var isApproximate: Bool
    package var isRedacted: Bool

    package init(name: String, type: DataType, isApproximate: Bool, isRedacted: Bool) {
      self.name = name
      self.type = type
      self.isApproximate = isApproximate
      self.isRedacted = isRedacted
    }
  }

  package let encoding = JSONEncoding(quotesLargeIntegers: true)
  private let columns: [Column]
  private let receipt: String

  /// `receipt` is JSON.
  package init(columns: [Column], receipt: String) {
    self.columns = columns
    self.receipt = receipt
  }

  package func appendHead(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "{\"columns\":[".utf8)
    for (index, column) in columns.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: "{\"name\":".utf8)
      bytes += CellColumn.spell(.text(column.name), encoding, .utc)
      bytes.append(contentsOf: ",\"type\":".utf8)
      bytes += CellColumn.spell(.text(column.type.sqlName), encoding, .utc)
      bytes.append(contentsOf: ",\"approximate\":".utf8)
      encoding.append(column.isApproximate, to: &bytes)
      bytes.append(contentsOf: ",\"redacted\":".utf8)
      encoding.append(column.isRedacted, to: &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(contentsOf: "],\"rows\":[".utf8)
  }

  package func appendRows(
    _ cells: [CellColumn], count: Int, isFirst: Bool, to bytes: inout [UInt8]
  ) {
    for row in 0..<count {
      bytes.append(contentsOf: isFirst && row == 0 ? "\n[".utf8 : ",\n[".utf8)
      for column in cells.indices {
        if column > 0 { bytes.append(UInt8(ascii: ",")) }
        cells[column].appendCell(row, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  package func appendEnd(isEmpty: Bool, to bytes: inout [UInt8]) {
    Self.appendEnd(("receipt", receipt), to: &bytes)
  }

  /// What stands behind the rows: the receipt, or why there are no more rows.
  package static func appendEnd(
    _ member: (name: String, json: String), to bytes: inout [UInt8]
  ) {
    bytes.append(contentsOf: "],\"\(member.name)\":".utf8)
    bytes.append(contentsOf: member.json.utf8)
    bytes.append(contentsOf: "}\n".utf8)
  }
}
