/// Why the built-in tables cannot be made: the data folder is not changed then.
public struct SchemaProblem: Error, Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
      /// There is a table, or a view, of this name that the service did not make.
      case taken(why: String)
      /// There is a table of this name with columns that Daybook's does not have, or without one that it must have.
      case otherColumns(unknown: [String], missing: [String])
      case columnType(column: String, expected: String, found: String)
      case primaryKey(expected: [String], found: [String])
      case partition(expected: String?, found: String?)
      /// A newer version of Daybook made it.
      case newer(version: Int64)
      /// The engine refused a statement.
      case refused(String)
    }

    public var relation: String
    public var reason: Reason

    public init(_ relation: String, _ reason: Reason) {
      self.relation = relation
      self.reason = reason
    }
  }

  public var items: [Item]

  public init(_ items: [Item]) { self.items = items }
}

extension SchemaProblem: CustomStringConvertible {
  public var description: String { items.map(\.description).joined(separator: "\n") }
}

extension SchemaProblem.Item: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .taken(let why):
      "'\(relation)' is a name that Daybook needs, and what has it is not Daybook's: \(why). "
        + "Rename it: ALTER TABLE \(relation) RENAME TO my_\(relation)"
    case .otherColumns(let unknown, let missing):
      """
      '\(relation)' is a name that Daybook needs, and what has it is not Daybook's: \
      \(Self.columns(unknown, missing)). Name each column as Documentation/data-model.md has it: ALTER TABLE \
      \(relation) RENAME COLUMN \(unknown.first ?? "old") TO new, or daybook load --rename OLD=NEW; drop what it does \
      not have: ALTER TABLE \(relation) DROP COLUMN \(unknown.first ?? "old"); or keep the table beside Daybook's: \
      ALTER TABLE \(relation) RENAME TO my_\(relation)
      """
    case .columnType(let column, let expected, let found):
      "column '\(column)' of table '\(relation)' is \(found) where Daybook needs \(expected): "
        + "rename the column, or the table"
    case .primaryKey(let expected, let found):
      "table '\(relation)' has \(Self.key(found)) where Daybook needs \(Self.key(expected)): "
        + "rename it: ALTER TABLE \(relation) RENAME TO my_\(relation)"
    case .partition(let expected, let found):
      "table '\(relation)' is \(Self.split(found)) where Daybook's is \(Self.split(expected)): "
        + "rename it: ALTER TABLE \(relation) RENAME TO my_\(relation)"
    case .newer(let version):
      "'\(relation)' was made by a newer Daybook (schema version \(version), "
        + "this one knows \(BuiltInSchema.version)): use that one"
    case .refused(let message): "'\(relation)': \(message)"
    }
  }

  /// The first few by name.
  private static func columns(_ unknown: [String], _ missing: [String]) -> String {
    let shown = unknown.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let more = unknown.count > 5 ? " and \(unknown.count - 5) more" : ""
    let parts = [
      unknown.isEmpty
        ? nil
        : "it has \(unknown.count == 1 ? "a column" : "columns") \(shown)\(more), which Daybook's has not",
      missing.isEmpty
        ? nil : "it has no column " + missing.map { "'\($0)'" }.joined(separator: ", "),
    ]
    return parts.compactMap(\.self).joined(separator: ", and ")
  }

  private static func key(_ columns: [String]) -> String {
    columns.isEmpty ? "no primary key" : "the primary key (\(columns.joined(separator: ", ")))"
  }

  private static func split(_ column: String?) -> String {
    column.map { "split by day of \($0)" } ?? "not split by day"
  }
}
