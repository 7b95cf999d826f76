import ColumnStore
import Engine
import QueryExecution
import ResultFormats

/// Aligned columns for people.
///
/// Numbers stand to the right. Null is `NULL`; text that reads `NULL` has quotes, so the two
/// cannot be confused. Control characters, and those that turn the direction of text, are written
/// as escapes, so that a value cannot reach the terminal's controls. On a terminal, columns that do
/// not fit are cut, ending in `…`; into a pipe or file everything is written.
struct TableFormat {
  let terminal: Terminal
  /// The rows are about what stands in the first column: where not all fits the terminal, columns without any value are
  /// left out, and the others are cut before the first one.
  var isDescription = false
  private static let gap = 2
  private static let narrowest = 8

  func write(
    _ result: QueryResult, timeZone: TimeZoneRules, to output: inout ByteOutput
  ) throws(OutputError) {
    let encoding = TableEncoding()
    let titles = result.columns.map {
      String(decoding: CellColumn.spell(.text($0.name), encoding, timeZone), as: UTF8.self)
    }
    var widths = titles.map { DisplayWidth.of($0) }
    var blocks: [(rowCount: Int, cells: [SizedColumn])] = []
    try result.batches.forEachBlock(encoding, timeZone: timeZone) {
      (rowCount, cells) throws(OutputError) in
      let sized = cells.map { SizedColumn($0, rowCount: rowCount) }
      for column in sized.indices { widths[column] = max(widths[column], sized[column].width) }
      blocks.append((rowCount, sized))
    }
    let all = Array(widths.indices)
    let shown =
      isDescription && !blocks.isEmpty && !fits(widths)
      ? all.filter { column in
        blocks.contains { $0.cells[column].hasValues(rowCount: $0.rowCount) }
      } : all
    widths = fitted(shown.map { widths[$0] })
    let isNumber = shown.map {
      result.columns[$0].type == .integer || result.columns[$0].type == .double
    }
    try writeHead(shown.map { titles[$0] }, widths, isNumber, to: &output)
    for block in blocks {
      for row in 0..<block.rowCount {
        try output.append { bytes in
          for column in widths.indices {
            let isLast = column == widths.count - 1
            block.cells[shown[column]].append(
              row, width: widths[column], isRight: isNumber[column], isLast: isLast,
              dimNull:
                terminal.hasColor, to: &bytes)
            if !isLast { bytes.append(contentsOf: "  ".utf8) }
          }
          bytes.append(UInt8(ascii: "\n"))
        }
      }
    }
  }

  private func writeHead(
    _ titles: [String], _ widths: [Int], _ isNumber: [Bool], to output: inout ByteOutput
  ) throws(OutputError) {
    var head = ""
    var rule = ""
    for (column, title) in titles.enumerated() {
      let isLast = column == titles.count - 1
      let shown = DisplayWidth.cut(title, to: widths[column])
      let padding = String(repeating: " ", count: widths[column] - DisplayWidth.of(shown))
      head += isNumber[column] ? padding + shown : shown + (isLast ? "" : padding)
      rule += String(repeating: "─", count: widths[column])
      if !isLast {
        head += "  "
        rule += "  "
      }
    }
    try output.write(head.styled(.bold, if: terminal.hasColor) + "\n")
    try output.write(rule.styled(.dim, if: terminal.hasColor) + "\n")
  }

  private func fits(_ widths: [Int]) -> Bool {
    terminal.width.map { widths.reduce(0, +) + Self.gap * (widths.count - 1) <= $0 } ?? true
  }

  /// Takes from the widest columns until all fit the terminal, as far as that is possible.
  private func fitted(_ widths: [Int]) -> [Int] {
    guard let available = terminal.width else { return widths }
    let room = available - Self.gap * (widths.count - 1)
    if isDescription, let first = widths.first {
      let others = narrowed(Array(widths.dropFirst()), to: room - first)
      if first + others.reduce(0, +) <= room { return [first] + others }
    }
    return narrowed(widths, to: room)
  }

  private func narrowed(_ widths: [Int], to room: Int) -> [Int] {
    var widths = widths
    while widths.reduce(0, +) > room {
      guard let widest = widths.max(), widest > Self.narrowest else { break }
      let next = max(widths.filter { $0 < widest }.max() ?? 0, Self.narrowest)
      let count = widths.count { $0 == widest }
      let excess = widths.reduce(0, +) - room
      let target = max(next, widest - (excess + count - 1) / count)
      for column in widths.indices where widths[column] == widest { widths[column] = target }
    }
    return widths
  }
}

/// Cells with the columns of the terminal that each takes.
private struct SizedColumn {
  let cells: CellColumn
  /// `nil`: each cell takes as many columns as it has bytes.
  private let widths: [Int]?
  /// Of the widest.
  let width: Int

  init(_ cells: CellColumn, rowCount: Int) {
    self.cells = cells
    if cells.bytes.allSatisfy({ $0 < 0x7f }) {
      widths = nil
      width = (0..<rowCount).reduce(0) { max($0, cells.range($1).count) }
    } else {
      let each = (0..<rowCount).map { DisplayWidth.of(cells.bytes[cells.range($0)]) }
      widths = each
      width = each.max() ?? 0
    }
  }

  /// Whether any cell is neither empty nor null.
  func hasValues(rowCount: Int) -> Bool {
    (0..<rowCount).contains { row in
      let cell = cells.bytes[cells.range(row)]
      return !cell.isEmpty && !cell.elementsEqual("NULL".utf8)
    }
  }

  func append(
    _ row: Int, width: Int, isRight: Bool, isLast: Bool, dimNull: Bool, to output: inout [UInt8]
  ) {
    let range = cells.range(row)
    let own = widths?[row] ?? range.count
    if own > width {
      let text = String(decoding: cells.bytes[range], as: UTF8.self)
      let cut = DisplayWidth.cut(text, to: width)
      output.append(contentsOf: cut.utf8)
      if !isLast { pad(width - DisplayWidth.of(cut), &output) }
      return
    }
    if isRight { pad(width - own, &output) }
    if dimNull, cells.bytes[range].elementsEqual("NULL".utf8) {
      output.append(contentsOf: "NULL".styled(.dim, if: true).utf8)
    } else {
      cells.appendCell(row, to: &output)
    }
    if !isRight, !isLast { pad(width - own, &output) }
  }

  private func pad(_ count: Int, _ output: inout [UInt8]) {
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, count)))
  }
}

private struct TableEncoding: CellEncoding {
  func appendNull(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "NULL".utf8)
  }

  func append(_ boolean: Bool, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: boolean ? "true".utf8 : "false".utf8)
  }

  func append(text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    if text.elementsEqual("NULL".utf8) {
      bytes.append(contentsOf: "'NULL'".utf8)
    } else {
      EscapedText.append(text, to: &bytes)
    }
  }

  func append(json text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    EscapedText.append(text, to: &bytes)
  }

  func append(_ value: Value, timeZone: TimeZoneRules, to bytes: inout [UInt8]) {
    var text = value.formatted(timeZone: timeZone)
    text.withUTF8 { EscapedText.append($0, to: &bytes) }
  }
}
