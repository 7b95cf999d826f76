public import ColumnStore

/// A list of rows that have a time, the newest first: which table and columns, and under which names they
/// are shown. Whoever reads it page by page and whoever takes all of it read the same rows.
public struct TimedList: Sendable, Equatable {
  public struct Column: Sendable, Equatable {
    /// As answers call it.
    public var name: String
    /// Of the table.
    public var column: String

    public init(_ name: String, _ column: String) {
      self.name = name
      self.column = column
    }
  }

  public var source: MetricSource
  public var columns: [Column]
  /// Tells rows of one moment apart.
  public var key: String
  /// Which of the table's rows, beside time and filters: begins with ` AND `, or is empty.
  public var condition: String
  /// The values of its parameters.
  public var arguments: [String: Value]

  /// `source` has a column of times.
  public init(
    _ source: MetricSource, _ columns: [Column], key: String, where condition: String = "",
    _ arguments: [String: Value] = [:]
  ) {
    precondition(source.timeColumn != nil, "\(source.rawValue) has no times")
    self.source = source
    self.columns = columns
    self.key = key
    self.condition = condition
    self.arguments = arguments
  }

  var time: String { source.timeColumn ?? key }

  /// Of SQL, in the order of the columns. Times are instants, whichever way the table has them.
  func selected(_ context: StatementContext) -> String {
    columns.map { column in
      "\(context.instant(column.column, of: source)) AS \"\(column.name)\""
    }.joined(separator: ", ")
  }

  /// `FROM` and `WHERE`, with the places of window and filters.
  var rows: String {
    "FROM \(source.rawValue) WHERE \(time) >= :from AND \(time) < :to\(condition){filters}"
  }
}

extension EventList {
  /// As other systems call columns of events.
  public static let names = ["event_id": "id", "ts": "timestamp", "event_type": "action_type"]

  /// All of it.
  public var timed: TimedList {
    TimedList(
      .events, columns.map { TimedList.Column(Self.names[$0] ?? $0, $0) }, key: "event_id",
      where: condition)
  }
}
