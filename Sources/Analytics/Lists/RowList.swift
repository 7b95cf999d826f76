public import ColumnStore

/// Rows of one table that are listed one by one, the newest first unless a page says otherwise: which of them,
/// and the columns under the names that answers have for them.
///
/// There is no other description of a list: its page, its count, its export and its schema are made of this one,
/// and so have the same rows and the same names.
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
  /// What rows must be, beside range and filters.
  private var conditions: [RowCondition]

  init(_ source: MetricSource, where conditions: [RowCondition] = [], _ columns: [Column]) {
    precondition(source.timeColumn != nil, "rows are listed by their time")
    precondition(!columns.isEmpty, "a list has a column that tells rows apart")
    self.source = source
    self.conditions = conditions
    self.columns = columns
  }

  /// What was asked for beside range and filters, for receipts.
  public var applied: [AppliedFilter] { conditions.compactMap(\.applied) }

  /// The same rows with some of the columns.
  func keeping(_ names: [String]) -> RowList {
    RowList(source, where: conditions, columns.filter { names.contains($0.name) })
  }

  /// Those of the rows for which all conditions hold.
  public func restricted(to conditions: [RowCondition]) -> RowList {
    var list = self
    list.conditions += conditions
    return list
  }

  /// A page of rows; further back one asks for a shorter range.
  public static let limits = 1...500
  public static let offsets = 0...100_000

  /// Where the column of this name stands.
  public func place(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

  // MARK: - SQL

  var time: String { source.timeColumn ?? columns[0].sql }

  /// In the order of the columns. Times are instants, whichever way the table has them.
  func selected(_ context: StatementContext) -> String {
    columns.map { column in
      "\(context.instant(column.sql, of: source)) AS \"\(column.name)\""
    }.joined(separator: ", ")
  }

  /// `FROM` and `WHERE`, with the places of window and filters.
  var rows: String {
    let conditions = conditions.map { " AND (\($0.sql))" }.joined()
    return
      "FROM \(source.rawValue) WHERE \(time) >= :from AND \(time) < :to\(conditions){filters}"
  }

  /// `ORDER BY`: the newest first, or those with the most of a column.
  func order(by column: String? = nil) -> String {
    var keys = "\(source.rawValue).\(time) DESC, \(source.rawValue).\(columns[0].sql) DESC"
    if let column {
      guard let place = place(of: column) else {
        preconditionFailure("the list has no column '\(column)'")
      }
      keys = "\(columns[place].sql) DESC NULLS LAST, \(keys)"
    }
    return "ORDER BY \(keys)"
  }

  /// The values of the conditions' parameters.
  var arguments: [String: Value] {
    conditions.reduce(into: [:]) { $0.merge($1.arguments) { first, _ in first } }
  }
}

/// A page of a list.
public struct RowPage: Sendable {
  /// In the order of the list's columns.
  public var rows: [[Value]]
  /// How many there are, whatever the page.
  public var total: Int64
}

/// What rows of a list must be, beside range and filters.
public struct RowCondition: Sendable {
  var sql: String
  var arguments: [String: Value]
  /// The parameter that it was asked for by, and its values; `nil`: the list is so without being asked.
  public private(set) var applied: AppliedFilter?

  init(_ sql: String, _ arguments: [String: Value] = [:], asked applied: AppliedFilter? = nil) {
    self.sql = sql
    self.arguments = arguments
    self.applied = applied
  }

  /// A column is one of some texts; none restrict nothing. `name` is that of the parameter, where it is another.
  static func text(
    _ column: String, among values: [String], asked name: String? = nil
  ) -> RowCondition? {
    guard !values.isEmpty else { return nil }
    var arguments: [String: Value] = [:]
    let names = values.enumerated().map { index, value in
      arguments["row_\(column)_\(index)"] = .text(value)
      return ":row_\(column)_\(index)"
    }
    return RowCondition(
      "\(column) IN (\(names.joined(separator: ", ")))", arguments, asked: (name ?? column, values))
  }
}
