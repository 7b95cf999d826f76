internal import ColumnStore
internal import Engine
public import QueryLanguage

/// How many threats of one severity there are.
public struct ThreatCount: Sendable, Equatable {
  /// `nil`: nobody said.
  public var severity: String?
  public var count: Int64
  /// Those that nobody has dealt with.
  public var open: Int64
}

extension MetricEvaluator {
  /// Over the range, whatever a page of them is restricted to.
  public mutating func threatCounts() throws(QueryError) -> [ThreatCount] {
    try rows(
      """
      SELECT severity, count(*) AS count, count(*) FILTER (WHERE resolved IS NOT TRUE) AS open
      \(RowList.threats.rows)
      GROUP BY severity ORDER BY severity
      """, from: .threats, over: listed
    ).compactMap { row in
      guard row.count == 3 else { return nil }
      return ThreatCount(severity: row[0].name, count: row[1].count, open: row[2].count)
    }
  }
}
