public import ColumnStore
package import QueryExecution
public import QueryPlanning

/// What a statement answered.
public struct QueryResult: Sendable {
  public struct Column: Sendable, Equatable {
    public var name: String
    public var type: DataType
    /// Whether it shows masks in the place of values.
    public var isRedacted: Bool

    public init(name: String, type: DataType, isRedacted: Bool = false) {
      self.name = name
      self.type = type
      self.isRedacted = isRedacted
    }
  }

  /// Empty for a statement that answers no rows, such as CREATE TABLE.
  public var columns: [Column]
  /// `CREATE TABLE`, `INSERT 0 3`, `SELECT 12`, as PostgreSQL tags them.
  public var tag: String
  public var statistics: QueryStatistics
  package private(set) var batches: [Batch]
  /// How the rows are to be written, whatever the reader prefers: `COPY ... TO STDOUT`.
  package var copyFormat: CopyFormat?
  /// What the answer rests on; of a statement that answers no rows, what it saw.
  public internal(set) var receipt: QueryReceipt?
  /// What of it is estimated; `nil`: nothing.
  package var approximateOutput: ApproximateOutput?
  /// Tables that it read whose rows hold the values of now, ascending.
  package var tablesOfCurrentValues: [String] = []
  /// See `PlannedQuery.sources`.
  var sources: Set<String>?
  /// Rows beyond the session's limit were cut off.
  package private(set) var isTruncated = false

  package init(columns: [Column], tag: String, statistics: QueryStatistics, batches: [Batch]) {
    self.columns = columns
    self.tag = tag
    self.statistics = statistics
    self.batches = batches
  }

  /// Names of the columns that show masks in the place of values, in their order.
  public var redactedColumns: [String] { columns.filter(\.isRedacted).map(\.name) }
  /// Hidden columns that the statement has read as they are, since a reveal opened them.
  public internal(set) var openedColumns: [LabelledColumn] = []

  /// Keeps the first rows.
  mutating func truncate(to limit: Int) {
    var left = limit
    var kept: [Batch] = []
    for batch in batches {
      if batch.rowCount > left { isTruncated = true }
      guard left > 0 else { continue }
      kept.append(batch.prefix(left))
      left -= min(left, batch.rowCount)
    }
    batches = kept
  }

  public var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

  /// Calls `body` with each row in order.
  public func forEachRow<Failure: Error>(_ body: ([Value]) throws(Failure) -> Void) throws(Failure)
  {
    for batch in batches {
      for row in 0..<batch.rowCount {
        try body(batch.columns.map { $0.value(at: row) })
      }
    }
  }

  public var rows: [[Value]] {
    var rows: [[Value]] = []
    forEachRow { rows.append($0) }
    return rows
  }
}

/// What a statement cost.
public struct QueryStatistics: Sendable {
  public var rowsScanned = 0
  public var segmentsRead = 0
  public var segmentsSkipped = 0
  /// Segments whose part of an aggregation was known from an earlier query.
  public var segmentsCached = 0
  /// Whether the numbers of rows and segments are kept from who asked, and 0: they tell of everybody's.
  public var isWithheld = false
  /// From text to answer.
  public var elapsed = Duration.zero

  public init() {}
}
