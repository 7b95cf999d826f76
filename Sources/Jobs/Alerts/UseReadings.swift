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
    let today = zones.service.day(of: now.milliseconds)
    let rows = try engine.execute(
      """
      SELECT organization_id, max((evidence ->> 'score')::double precision) FROM insights \
      WHERE rule_id = 'cost_spike' AND anchor_day IN ($1, $2) AND value - previous_value >= $3 \
      GROUP BY organization_id
      """,
      parameters: [
        .text(today.description), .text(today.advanced(by: -1).description),
        .double(AlertCatalogue.leastExcessDollars),
      ], in: &session
    ).rows
    return rows.compactMap { row in
      guard row.count == 2, case .double(let score) = row[1] else { return nil }
      guard case .text(let name) = row[0] else { return AlertReading("cost_anomaly", score) }
      return OrganizationID(name).map { AlertReading("cost_anomaly", of: $0, score) }
    }
  }
}
