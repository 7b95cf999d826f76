import ColumnStore
import Foundation
import QueryPlanning
import Testing

/// The part of `Documentation/sql.md` that is made from the tables of functions.
/// `UPDATE_GOLDEN=1` writes it anew.
@Suite(.serialized) struct ReferenceTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Documentation/sql.md")
  private static let start = "<!-- made from the tables of functions: begin -->\n"
  private static let end = "<!-- made from the tables of functions: end -->\n"

  @Test func `the reference lists every function and aggregate as it is`() throws {
    let document = try String(contentsOf: Self.file, encoding: .utf8)
    let before = try #require(document.range(of: Self.start))
    let after = try #require(document.range(of: Self.end))
    let expected = Self.reference
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let text = document[..<before.upperBound] + expected + document[after.lowerBound...]
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    let written = document[before.upperBound..<after.lowerBound].split(separator: "\n")
    for (line, wanted) in zip(written, expected.split(separator: "\n")) {
      #expect(line == wanted)
    }
    #expect(written.count == expected.split(separator: "\n").count)
  }

  private static var reference: String {
    var lines = [
      "", "### Aggregates", "", "| aggregate | also called | gives |", "| --- | --- | --- |",
    ]
    for aggregate in AggregateTable.all {
      lines.append(row(aggregate.usage, aggregate.names, aggregate.summary))
    }
    lines += ["", "### Window functions", "", "| function | gives |", "| --- | --- |"]
    for function in WindowTable.all {
      lines.append("| `\(function.usage)` | \(function.summary) |")
    }
    lines += ["", "### Functions of one row", ""]
    lines += ["| function | also called | result | gives |", "| --- | --- | --- | --- |"]
    for function in FunctionTable.all {
      let result: String =
        switch function.result {
        case .type(let type): type.sqlName
        case .number: "number"
        case .anyArray: "array"
        case .anyElement: "element"
        }
      lines.append(row(function.signature, function.names, result, function.summary))
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  @Test func `the reference lists every system table as it is`() throws {
    let start = "<!-- made from the system tables: begin -->\n"
    let end = "<!-- made from the system tables: end -->\n"
    let document = try String(contentsOf: Self.file, encoding: .utf8)
    let before = try #require(document.range(of: start))
    let after = try #require(document.range(of: end))
    var lines: [String] = []
    for table in SystemTable.allCases {
      lines += ["", "`\(table.rawValue)`: \(table.summary)", ""]
      lines += ["| column | type | |", "| --- | --- | --- |"]
      for column in table.columns {
        lines.append("| `\(column.name)` | `\(column.type.sqlName)` | \(column.summary) |")
      }
    }
    let expected = lines.joined(separator: "\n") + "\n\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let text = document[..<before.upperBound] + expected + document[after.lowerBound...]
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    #expect(document[before.upperBound..<after.lowerBound] == expected)
  }

  /// The first of the names is part of the usage already.
  private static func row(_ usage: String, _ names: [String], _ others: String...) -> String {
    let aliases = names.dropFirst().map { "`\($0)`" }.joined(separator: ", ")
    return "| " + (["`\(usage)`", aliases] + others).joined(separator: " | ") + " |"
  }
}
