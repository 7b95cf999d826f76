import ColumnStore
public import Engine
public import QueryLanguage

extension Overview {
  public static let defaultDays = 30
  public static let allowedDays = 1...366
  private static let topCount: Int64 = 5

  /// Asks the engine's `events` table; `nil` when it has no events.
  ///
  /// The anchor is the last day with data unless one is given; days are those of the session's time
  /// zone. Fails as any query does: `undefinedTable` without events, `undefinedColumn` where the
  /// table has not the columns that `Documentation/glossary.md` names.
  public static func compute(
    _ engine: Engine, session: Session, anchor: Day? = nil, days: Int = defaultDays
  ) throws(QueryError) -> Overview? {
    precondition(allowedDays.contains(days), "the range has a day at least and a year at most")
    var reader = OverviewReader(engine: engine, session: session)
    guard let extent = try reader.extent() else { return nil }
    let anchor = anchor ?? extent.last
    let start = anchor.advanced(by: 1 - days)
    var figures: [Figure] = []
    for metric in MetricCatalogue.metrics {
      figures.append(try reader.figure(metric, anchor: anchor, days: days, first: extent.first))
    }
    let range = start...anchor
    return Overview(
      anchor: anchor, days: days, eventCount: extent.count, firstDay: extent.first,
      lastDay: extent.last, timeZone: session.timeZone, figures: figures,
      trend: try reader.trend(range),
      topErrors: try reader.top(errors, range, limit: topCount),
      topModels: try reader.top(models, range, limit: topCount))
  }

  private static let errors = (
    key: "coalesce(error_code, 'http_' || status_code::text)", condition: MetricCatalogue.isError
  )
  /// Requests per model, counted where they end.
  private static let models = (
    key: "model", condition: "model IS NOT NULL AND status IS NOT NULL"
  )
}

/// The queries of an overview.
private struct OverviewReader {
  let engine: Engine
  var session: Session

  mutating func extent() throws(QueryError) -> (first: Day, last: Day, count: Int64)? {
    let rows = try engine.execute(
      "SELECT min(ts)::date, max(ts)::date, count(ts) FROM events", in: &session
    ).rows
    guard let row = rows.first, row.count == 3, case .date(let first) = row[0],
      case .date(let last) = row[1], case .integer(let count) = row[2]
    else { return nil }
    return (Day(first), Day(last), count)
  }

  mutating func figure(
    _ metric: MetricDefinition, anchor: Day, days: Int, first: Day
  ) throws(QueryError) -> Overview.Figure {
    let length =
      switch metric.window {
      case .days(let count): count
      case .range: days
      }
    let value = try value(metric, until: anchor, days: length)
    // A share of the day in the month is compared with the day before, as the day itself is.
    let step = metric.id == MetricCatalogue.stickiness.id ? 1 : length
    let before = anchor.advanced(by: -step)
    // A period that the data cover in part would look like growth.
    let isCovered = before.advanced(by: 1 - length) >= first
    return Overview.Figure(
      metric: metric, value: value,
      previous: isCovered ? try self.value(metric, until: before, days: length) : nil)
  }

  private mutating func value(
    _ metric: MetricDefinition, until last: Day, days: Int
  ) throws(QueryError) -> Double? {
    var arguments = bounds(last.advanced(by: 1 - days)...last)
    arguments["last_day"] = .startOfDay(last.number)
    let rows = try run(metric.sql, arguments)
    return switch rows.first?.first {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  mutating func trend(_ range: ClosedRange<Day>) throws(QueryError) -> [Overview.DayCount] {
    let rows = try run(
      """
      SELECT ts::date AS day, count(DISTINCT user_id) AS users FROM events
      WHERE ts >= :from AND ts < :to AND \(MetricCatalogue.isActivity)
      GROUP BY 1 ORDER BY 1
      """, bounds(range))
    var users: [Int64: Int64] = [:]
    for row in rows {
      if row.count == 2, case .date(let day) = row[0], case .integer(let count) = row[1] {
        users[day] = count
      }
    }
    return (range.lowerBound.number...range.upperBound.number).map {
      Overview.DayCount(day: Day($0), users: users[$0] ?? 0)
    }
  }

  mutating func top(
    _ list: (key: String, condition: String), _ range: ClosedRange<Day>, limit: Int64
  ) throws(QueryError) -> [Overview.Entry] {
    let filter = "FROM events WHERE ts >= :from AND ts < :to AND \(list.condition)"
    guard
      case .integer(let total) = try run("SELECT count(*) \(filter)", bounds(range)).first?.first,
      total > 0
    else { return [] }
    var arguments = bounds(range)
    arguments["limit"] = .integer(limit)
    let rows = try run(
      """
      SELECT coalesce(\(list.key), 'unknown') AS name, count(*) AS count \(filter)
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit
      """, arguments)
    return rows.compactMap { row in
      guard row.count == 2, case .text(let name) = row[0], case .integer(let count) = row[1]
      else { return nil }
      return Overview.Entry(name: name, count: count, share: Double(count) / Double(total))
    }
  }

  private func bounds(_ range: ClosedRange<Day>) -> [String: QueryTemplate.Argument] {
    [
      "from": .startOfDay(range.lowerBound.number),
      "to": .startOfDay(range.upperBound.advanced(by: 1).number),
    ]
  }

  private mutating func run(
    _ sql: String, _ arguments: [String: QueryTemplate.Argument]
  ) throws(QueryError) -> [[Value]] {
    try engine.execute(QueryTemplate(sql: sql).filled(arguments), in: &session).rows
  }
}
