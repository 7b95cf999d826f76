internal import ColumnStore

/// Rows of one table that are listed one by one: its columns by the names that answers have for them.
public struct RowList: Sendable {
  public struct Column: Sendable {
    public enum Kind: Sendable {
      case text
      case time
      /// A whole number, 0 or more.
      case count
      case number
      case flag
      case document
    }

    public let name: String
    public let kind: Kind
    /// Of the table.
    let sql: String

    init(_ name: String, _ kind: Kind = .text, _ sql: String? = nil) {
      self.name = name
      self.kind = kind
      self.sql = sql ?? name
    }
  }

  public let source: MetricSource
  /// The first one tells rows apart.
  public let columns: [Column]
  /// Which rows are listed.
  let condition: String

  init(_ source: MetricSource, where condition: String = "true", _ columns: [Column]) {
    precondition(source.timeColumn != nil, "rows are listed by their time")
    self.source = source
    self.condition = condition
    self.columns = columns
  }

  /// The same rows with some of the columns.
  func keeping(_ names: [String]) -> RowList {
    RowList(source, where: condition, columns.filter { names.contains($0.name) })
  }

  /// All of it, where conditions hold: what pages show, for whoever takes all of it.
  public func timed(where conditions: [RowCondition]) -> TimedList {
    var arguments: [String: Value] = [:]
    for condition in conditions { arguments.merge(condition.arguments) { first, _ in first } }
    return TimedList(
      source, columns.map { TimedList.Column($0.name, $0.sql) }, key: columns[0].sql,
      where: ([condition] + conditions.map(\.sql)).map { " AND (\($0))" }.joined(), arguments)
  }

  /// A page of rows; further back one asks for a shorter range.
  public static let limits = 1...500
  public static let offsets = 0...100_000

  /// Where the column of this name stands.
  public func place(of name: String) -> Int? { columns.firstIndex { $0.name == name } }
}

/// What rows of a list must be, beside range and filters.
public struct RowCondition: Sendable {
  var sql: String
  var arguments: [String: Value]

  /// A column is one of some texts; none restrict nothing.
  static func text(_ column: String, among values: [String]) -> RowCondition? {
    guard !values.isEmpty else { return nil }
    var arguments: [String: Value] = [:]
    let names = values.enumerated().map { index, value in
      arguments["row_\(column)_\(index)"] = .text(value)
      return ":row_\(column)_\(index)"
    }
    return RowCondition(
      sql: "\(column) IN (\(names.joined(separator: ", ")))", arguments: arguments)
  }
}
