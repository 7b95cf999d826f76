public import ColumnStore

/// What the planner itself knows.
extension SystemTable {
  /// Rows of `system.functions`.
  public static var functionRows: [[Value]] {
    func row(_ names: [String], _ kind: String, _ usage: String, _ summary: String) -> [Value] {
      let aliases = names.dropFirst().joined(separator: ", ")
      return [
        .text(names.first ?? ""), .text(kind), .text(usage),
        aliases.isEmpty ? .null : .text(aliases), .text(summary),
      ]
    }
    return AggregateTable.all.map { row($0.names, "aggregate", $0.usage, $0.summary) }
      + WindowTable.all.map { row([$0.name], "window", $0.usage, $0.summary) }
      + FunctionTable.all.map { row($0.names, "scalar", $0.signature, $0.summary) }
  }

  /// What SET changes: names, and the values that each takes.
  public static var settingList: [(name: String, takes: String)] {
    Setting.allCases.map { ($0.rawValue, $0.validValues) }
  }
}
