package import AccessControl
package import Alerting
internal import Analytics
internal import ColumnStore
internal import Engine
package import QueryLanguage

/// What alerts read in the tables: whether things worked of late, and days that cost too much.
extension JobRunner {
  package static let useRules: Set<String> = [
    "error_rate", "slow_generations", "slow_api", "cost_anomaly",
  ]

  package func useReadings(at now: UnixTime) throws(QueryError) -> [AlertReading] {
    try recentReadings(at: now) + costReadings(at: now)
  }

  private func recentReadings(at now: UnixTime) throws(QueryError) -> [AlertReading] {
    let length = AlertCatalogue.useWindow.components.seconds * 1000
    let window = TimeWindow(start: now.milliseconds - length, end: now.milliseconds)
    var readings: [AlertReading] = []
    for use in try RecentUse.read(engine, Self.session(of: nil), over: window) {
      let organization = use.organization.flatMap { OrganizationID($0) }
      guard use.organization == nil || organization != nil else { continue }
      func note(_ rule: String, _ value: Double?) {
        if let value { readings.append(AlertReading(rule, of: organization, value)) }
      }
      if use.outcomeCount >= AlertCatalogue.leastEventCount {
        note("error_rate", Double(use.errorCount) / Double(use.outcomeCount))
      }
      if use.generationCount >= AlertCatalogue.leastGenerationCount {
        note("slow_generations", use.latencyP95)
      }
      if use.callCount >= AlertCatalogue.leastEventCount { note("slow_api", use.responseTimeMean) }
    }
    return readings
  }

  private func costReadings(at now: UnixTime) throws(QueryError) -> [AlertReading] {
    var session = Self.session(of: nil)
    // Somewhere it is tomorrow already, or yesterday still: each organisation has the days of its zone.
    let today = zones.service.day(of: now.milliseconds)
    let days = (-2...1).map { Value.text(today.advanced(by: $0).description) }
    let rows = try engine.execute(
      """
      SELECT organization_id, anchor_day, max((evidence ->> 'score')::double precision) \
      FROM insights WHERE rule_id = 'cost_spike' AND anchor_day IN ($1, $2, $3, $4) \
      AND value - previous_value >= $5 GROUP BY organization_id, anchor_day
      """,
      parameters: days + [.double(AlertCatalogue.leastExcessDollars)], in: &session
    ).rows
    var scores: [OrganizationID?: Double] = [:]
    for row in rows where row.count == 3 {
      guard case .text(let name) = row[1], let day = Day(name), case .double(let score) = row[2]
      else { continue }
      var organization: OrganizationID?
      if case .text(let name) = row[0] {
        guard let named = OrganizationID(name) else { continue }
        organization = named
      }
      let own = zones.zone(of: organization).day(of: now.milliseconds)
      guard day == own || day == own.advanced(by: -1) else { continue }
      scores[organization] = max(score, scores[organization] ?? score)
    }
    return scores.map { AlertReading("cost_anomaly", of: $0.key, $0.value) }
  }
}
