import ColumnStore
import Ingestion
import ResultFormats

/// What a load tells at its end: how much, how fast, and which columns of which types there are.
enum LoadReportText {
  private static let largestColumnCount = 200

  static func text(_ report: LoadReport, table: String, terminal: Terminal) -> String {
    let seconds = report.elapsed / .seconds(1)
    let rate = seconds > 0 ? Double(report.rows) / seconds : 0
    var lines = [
      "loaded \(Readable.count(report.rows, "row")) into \(table) in "
        + "\(Readable.duration(report.elapsed)) "
        + "(\(Readable.short(rate)) rows/s, \(Readable.bytes(report.bytes)))"
    ]
    let width = report.columns.map { DisplayWidth.of($0.name) }.max() ?? 0
    let typeWidth = report.columns.map(\.type.sqlName.count).max() ?? 0
    for column in report.columns.prefix(largestColumnCount) {
      var notes: [String] = []
      if column.name == report.timeColumn { notes.append("splits the table into days") }
      if column.nulls > 0 { notes.append(Readable.count(column.nulls, "null")) }
      let name = EscapedText.escape(column.name)
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(name)))
      var line = "  \(name)\(padding)  \(column.type.sqlName)"
      if !notes.isEmpty {
        line += String(repeating: " ", count: typeWidth - column.type.sqlName.count + 2)
        line += notes.joined(separator: ", ").styled(.dim, if: terminal.hasColor)
      }
      lines.append(line)
    }
    if report.columns.count > largestColumnCount {
      lines.append("  ... and \(report.columns.count - largestColumnCount) more: DESCRIBE \(table)")
    }
    lines += report.notes.map { "note: \($0)" }
    if report.rejected > 0 {
      lines.append("note: \(Readable.count(report.rejected, "bad row")) set aside")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
