public import ColumnStore
package import QueryExecution
package import QueryPlanning

/// What a statement answered.
public struct QueryResult: Sendable {
  public struct Column: Sendable, Equatable {
    public var name: String
    public var type: DataType

    public init(name: String, type: DataType) {
      self.name = name
      self.type = type
    }
  }

  /// Empty for a statement that answers no rows, such as CREATE TABLE.
  public var columns: [Column]
  /// `CREATE TABLE`, `INSERT 0 3`, `SELECT 12`, as PostgreSQL tags them.
  public var tag: String
  public var statistics: QueryStatistics
  package let batches: [Batch]
  /// How the rows are to be written, whatever the reader prefers: `COPY ... TO STDOUT`.
  package var copyFormat: CopyFormat?

  package init(columns: [Column], tag: String, statistics: QueryStatistics, batches: [Batch]) {
    self.columns = columns
    self.tag = tag
    self.statistics = statistics
    self.batches = batches
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
  /// From text to answer.
  public var elapsed = Duration.zero

  public init() {}
}
