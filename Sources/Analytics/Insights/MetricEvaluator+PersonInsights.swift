import ColumnStore
import Engine
public import QueryLanguage

extension MetricEvaluator {
  /// What rules say of the one person that the question is about, the gravest first. `organization` is whom the person
  /// is compared with; `nil`: nobody. Rows are those that the caller sees.
  public mutating func personInsights(
    comparedWith organization: String?
  ) throws(QueryError) -> [PersonInsight] {
    PersonInsight.of(try record(comparedWith: organization))
  }

  private mutating func record(
    comparedWith organization: String?
  ) throws(QueryError) -> PersonRecord {
    let range = question.range
    let zone = range.zone
    // The last day that is over.
    let known = min(range.window.end, max(range.now, range.window.start + 1))
    let lastDay = zone.day(of: known).advanced(by: -1)
    var record = PersonRecord(lastDay: lastDay)
    let outcomes = """
      count(*) FILTER (WHERE \(EventRules.isError)) AS errors,
      count(*) FILTER (WHERE \(EventRules.hasOutcome)) AS outcomes
      """
    let signIn = "event_type = 'login'"
    let own = try rows(
      """
      SELECT \(outcomes), count(*) FILTER (WHERE \(signIn) AND \(EventRules.isError)) AS failed,
        count(*) FILTER (WHERE \(signIn)) AS sign_ins
      FROM events WHERE ts >= :from AND ts < :to{filters}
      """)
    if let row = own.first, row.count == 4 {
      (record.errors, record.outcomes) = (row[0].count, row[1].count)
      (record.failedSignIns, record.signIns) = (row[2].count, row[3].count)
    }
    if let organization, record.errors > 0 {
      let all = try rows(
        """
        SELECT \(outcomes) FROM events
        WHERE ts >= :from AND ts < :to AND organization_id = :organization
        """, from: .events, ["organization": .text(organization)])
      if let row = all.first, row.count == 2 {
        (record.organizationErrors, record.organizationOutcomes) = (row[0].count, row[1].count)
      }
    }
    let days = try rows(
      """
      SELECT ({ts})::date AS day, count(*) FILTER (WHERE \(EventRules.isActivity)) AS activities,
        coalesce(sum(total_tokens), 0) AS tokens
      FROM events WHERE ts >= :from AND ts < :to{filters} GROUP BY 1
      """,
      over: TimeWindow(
        start: zone.start(of: lastDay.advanced(by: 1 - Self.daysOfUse)),
        end: zone.start(of: lastDay.advanced(by: 1))))
    for row in days where row.count == 3 {
      guard case .date(let day) = row[0] else { continue }
      record.days[Day(day)] = PersonRecord.DayUse(activities: row[1].count, tokens: row[2].count)
    }
    guard context.tables[.threats] != nil else { return record }
    let threats = try rows(
      """
      SELECT severity, count(*) AS threats, count(*) FILTER (WHERE resolved IS NOT TRUE) AS open
      FROM threats WHERE ts >= :from AND ts < :to{filters} GROUP BY 1 ORDER BY 2 DESC, 1
      """, from: .threats)
    for row in threats where row.count == 3 {
      record.threats.append((row[0].name ?? "unknown", row[1].count, row[2].count))
    }
    return record
  }

  /// How far rules look back: what was regular before a month without anything.
  private static let daysOfUse = 90
}
