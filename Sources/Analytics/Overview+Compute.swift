import ColumnStore
public import Engine
public import QueryLanguage

extension Overview {
  public static let defaultDays = 30
  public static let allowedDays = 1...366

  /// The metrics of the dashboard's Overview, in its order.
  public static let metricIDs = [
    "dau", "wau", "mau", "stickiness", "activation_rate", "content_success_rate",
    "generation_latency_p50", "generation_latency_p95", "error_rate", "requests", "total_tokens",
    "total_cost",
  ]

  /// Asks the engine's `events` table; `nil` when it has no events.
  ///
  /// The anchor is the last day with data unless one is given; days are those of the session's time
  /// zone. `clock` is what time it is: while the anchor is running, it is compared with as much of a day before.
  /// Fails as any query does: `undefinedTable` without events.
  public static func compute(
    _ engine: Engine, session: Session, anchor: Day? = nil, days: Int = defaultDays, clock: Int64
  ) throws(QueryError) -> Overview? {
    precondition(allowedDays.contains(days), "the range has a day at least and a year at most")
    let session = engine.pinned(session)
    guard let extent = try DataExtent.read(engine, session) else { return nil }
    let zone = TimeZoneRules.named(session.timeZone) ?? .utc
    let last = zone.day(of: extent.last)
    let anchor = anchor ?? last
    let window = zone.window(anchor.advanced(by: 1 - days)...anchor)
    let range = ReportRange(
      preset: .custom, window: window, zone: zone,
      now: ReportRange.moment(of: anchor, in: zone, at: clock))
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    let figures = try evaluator.figures(
      metricIDs.map(MetricCatalogue.known), first: extent.first)
    let trend = try evaluator.trend([MetricCatalogue.known("active_users")], by: .day)
    let counts = trend?.series.first?.values ?? []
    let days = range.firstDay.number...range.anchor.number
    return Overview(
      range: range, eventCount: extent.count, firstDay: zone.day(of: extent.first), lastDay: last,
      figures: figures,
      trend: zip(days, counts).map { DayCount(day: Day($0), users: $1.map { Int64($0) } ?? 0) },
      topErrors: try evaluator.entries("error_codes"),
      topModels: try evaluator.entries("models"))
  }
}

extension MetricEvaluator {
  fileprivate mutating func entries(
    _ id: String
  ) throws(QueryError) -> [BreakdownAnswer.Entry] {
    guard let breakdown = Breakdown.named(id) else { return [] }
    return try answer(breakdown).entries
  }
}
