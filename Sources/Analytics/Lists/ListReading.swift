import ColumnStore
public import Engine
internal import QueryExecution
public import QueryLanguage

/// A list on its way to somebody who takes all of it, some thousand rows at a time, the newest first.
///
/// One count by the hour says how many rows there are and where; then statements over spans of time that
/// have few of them give the rows, so that no statement reads or holds much more than it gives.
public struct ListReading: Sendable {
  /// As fine as rows are counted, from hours on.
  enum Unit: String, Sendable {
    case hour
    case minute
    case second

    var milliseconds: Int64 {
      switch self {
      case .hour: 3_600_000
      case .minute: 60_000
      case .second: 1_000
      }
    }

    var finer: Unit? {
      switch self {
      case .hour: .minute
      case .minute: .second
      case .second: nil
      }
    }
  }

  struct Slice: Sendable, Equatable {
    var window: TimeWindow
    var rowCount: Int64
    /// The one that it is one of, where it has more rows than a statement gives.
    var unit: Unit?
  }

  public let list: RowList
  /// How many rows there are.
  public let total: Int64
  /// Of which so many were given.
  public internal(set) var rowCount: Int64 = 0
  /// Not read yet; the last is the next.
  var slices: [Slice]
  /// Rows of the next one that were given.
  var offset: Int64 = 0

  /// Rows of a statement, at most.
  public static let largestPage = 8_192

  init(_ list: RowList, _ slices: [Slice]) {
    self.list = list
    self.slices = slices
    total = slices.reduce(0) { $0 + $1.rowCount }
  }

  /// Spans of few rows, or of one unit with more of them. `counts` ascend by when the unit begins.
  static func slices(
    _ counts: [(start: Int64, rowCount: Int64)], of window: TimeWindow, by unit: Unit
  ) -> [Slice] {
    var slices: [Slice] = []
    for (start, count) in counts.reversed() {
      let span = TimeWindow(
        start: max(start, window.start), end: min(start + unit.milliseconds, window.end))
      if let last = slices.last, last.unit == nil, last.rowCount + count <= largestPage {
        slices[slices.count - 1].window.start = span.start
        slices[slices.count - 1].rowCount += count
      } else {
        slices.append(
          Slice(window: span, rowCount: count, unit: count > largestPage ? unit : nil))
      }
    }
    return slices.reversed()
  }
}

extension MetricEvaluator {
  /// Counts the rows of a list over the range of the question, as its pages do. The filters must apply to its
  /// source.
  public mutating func begin(_ list: RowList) throws(QueryError) -> ListReading {
    ListReading(list, try slices(of: list, in: listed, by: .hour))
  }

  /// The next rows, at least one and at most `limit`; `nil` once all were given.
  public mutating func next(
    _ reading: inout ListReading, limit: Int
  ) throws(QueryError) -> QueryResult? {
    let list = reading.list
    while let slice = reading.slices.last {
      if reading.offset == 0, let finer = slice.unit?.finer {
        reading.slices.removeLast()
        reading.slices += try slices(of: list, in: slice.window, by: finer)
        continue
      }
      let result = try listRows(
        """
        SELECT \(list.selected(context)) \(list.rows)
        \(list.order()) LIMIT :limit OFFSET :offset
        """, list, in: slice.window,
        [
          "limit": .integer(Int64(min(max(limit, 1), ListReading.largestPage))),
          "offset": .integer(reading.offset),
        ])
      let count = Int64(result.rowCount)
      reading.offset += count
      reading.rowCount += count
      if reading.offset >= slice.rowCount || count == 0 {
        reading.slices.removeLast()
        reading.offset = 0
      }
      if count > 0 { return try completed(result, of: list) }
    }
    return nil
  }

  /// The same rows with what their table lacks of them, as pages have it.
  private mutating func completed(
    _ result: QueryResult, of list: RowList
  ) throws(QueryError) -> QueryResult {
    guard list.source == .sessions else { return result }
    let page = try countingUse(in: RowPage(rows: result.rows, total: 0), of: list)
    let columns = result.columns.enumerated().map { place, column in
      Vector(values: page.rows.map { $0[place] }, type: column.type)
    }
    return QueryResult(
      columns: result.columns, tag: result.tag, statistics: result.statistics,
      batches: [Batch(rowCount: page.rows.count, columns: columns)])
  }

  private mutating func slices(
    of list: RowList, in window: TimeWindow, by unit: ListReading.Unit
  ) throws(QueryError) -> [ListReading.Slice] {
    let isPlain = context.tables[list.source]?[list.time] == .timestamp
    let clock = isPlain ? list.time : "\(list.time) AT TIME ZONE 'UTC'"
    let result = try listRows(
      """
      SELECT date_trunc('\(unit.rawValue)', \(clock)) AS unit, count(*) AS counted \(list.rows)
      GROUP BY 1 ORDER BY 1
      """, list, in: window, [:])
    return ListReading.slices(
      result.rows.compactMap { row in
        guard row.count == 2, let start = row[0].time else { return nil }
        return (start, row[1].count)
      }, of: window, by: unit)
  }

  private mutating func listRows(
    _ sql: String, _ list: RowList, in window: TimeWindow, _ arguments: [String: Value]
  ) throws(QueryError) -> QueryResult {
    try result(
      sql, from: list.source, over: window,
      list.arguments.merging(arguments) { first, _ in first })
  }
}
