public import ColumnStore
public import Engine
public import QueryLanguage

/// Asks all rules about the days that ended before a moment.
///
/// The session says whose rows they are: a rule about an organisation sees nothing of others.
public struct InsightEvaluation: Sendable {
  public let engine: Engine
  public let session: Session
  public let zone: TimeZoneRules
  /// Milliseconds since 1970-01-01 UTC.
  public let now: Int64

  public init(_ engine: Engine, session: Session, zone: TimeZoneRules, now: Int64) {
    self.engine = engine
    self.session = session
    self.zone = zone
    self.now = now
  }

  public var today: Day { zone.day(of: now) }
  /// The days that insights of this evaluation may be about: yesterday, and today for what shows before
  /// a day is over.
  public var days: [Day] { [today.advanced(by: -1), today] }

  /// What the rules find, the gravest first.
  public func insights(
    of rules: [InsightRule] = InsightCatalogue.rules
  ) throws(QueryError) -> [Insight] {
    let session = engine.pinned(session)
    guard let extent = try DataExtent.read(engine, session) else { return [] }
    var insights: [Insight] = []
    for span in [InsightRule.Span.day, .week, .month] {
      let asked = rules.filter { $0.span == span }
      guard !asked.isEmpty else { continue }
      insights +=
        span == .day
        ? try oddDays(asked, session, first: extent.first)
        : try changes(asked, span, session, first: extent.first)
    }
    return insights.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.map(\.element)
  }

  private func changes(
    _ rules: [InsightRule], _ span: InsightRule.Span, _ session: Session, first: Int64
  ) throws(QueryError) -> [Insight] {
    let last = today.advanced(by: -1)
    let window = zone.window(last.advanced(by: 1 - span.rawValue)...last)
    // As of the end of its days, whenever it is asked: another hour of the same day changes nothing.
    let range = ReportRange(preset: .custom, window: window, zone: zone, now: window.end)
    var ids: Set<String> = []
    for rule in rules {
      ids.insert(rule.metric)
      if case .metric(let other, _) = rule.support { ids.insert(other) }
    }
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    let figures = try evaluator.figures(
      MetricCatalogue.metrics.filter { ids.contains($0.id) }, first: first)
    let byID = Dictionary(uniqueKeysWithValues: figures.map { ($0.metric.id, $0) })
    return rules.compactMap { $0.insight(byID, on: last) }
  }

  private func oddDays(
    _ rules: [InsightRule], _ session: Session, first: Int64
  ) throws(QueryError) -> [Insight] {
    let range = ReportRange(
      preset: .custom, window: zone.window(today.advanced(by: -1)...today), zone: zone, now: now)
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    let anomalies = try evaluator.costAnomalies(first: first)
    return rules.flatMap { rule in
      anomalies.compactMap { rule.insight($0) { zone.window($0...$0) } }
    }
  }
}
