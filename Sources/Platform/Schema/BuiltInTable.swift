/// A table that the service makes at its start.
public struct BuiltInTable: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// Rows are added and not changed, split by the UTC day of a column; old days are dropped.
    case facts(day: String)
    /// One row per key, with the values of now.
    case things
  }

  public let name: String
  public let summary: String
  public let kind: Kind
  public let key: [String]
  public let columns: [BuiltInColumn]
  /// Days that rows are kept for where the configuration says nothing else; `nil`: for ever.
  public var retentionDays: Int?
  /// Its days are folded into a roll-up, and not lost: the configuration does not say how long they stay.
  public var isRetentionFixed = false
  /// Rows are never changed or removed by a statement.
  public var isAppendOnly = false
  /// A statement that gives a table that was just made the rows that it starts with.
  public var firstRows: String?

  public init(
    _ name: String, _ kind: Kind, key: [String] = [], _ summary: String, _ columns: [BuiltInColumn]
  ) {
    self.name = name
    self.kind = kind
    self.key = key
    self.summary = summary
    self.columns = columns
  }

  public var partitionColumn: String? {
    if case .facts(let day) = kind { day } else { nil }
  }

  public subscript(column name: String) -> BuiltInColumn? { columns.first { $0.name == name } }

  /// Those of `names` that are none of its columns, in order.
  public func unknown(of names: [String]) -> [String] {
    names.filter { self[column: $0] == nil }
  }

  /// CREATE TABLE, without labels.
  public var definition: String {
    var lines = columns.map { "  " + $0.declaration }
    if !key.isEmpty { lines.append("  PRIMARY KEY (\(key.joined(separator: ", ")))") }
    var text = "CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n)"
    if let partitionColumn { text += " PARTITION BY DAY (\(partitionColumn))" }
    if let retentionDays { text += " WITH (retention_days = \(retentionDays))" }
    return text
  }
}
