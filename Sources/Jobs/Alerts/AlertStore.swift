internal import AccessControl
package import Alerting
package import ColumnStore
package import Engine
package import QueryLanguage
internal import QueryPlanning

/// Keeps alerts in the table `alerts`, so that a restart knows which ones fire.
package struct AlertStore: Sendable {
  private let engine: Engine

  package init(_ engine: Engine) { self.engine = engine }

  package static let columns = [
    "alert_id", "organization_id", "rule_id", "severity", "metric_unit", "state", "since",
    "resolved_at", "value", "threshold", "message",
  ]

  package func write(_ alerts: [Alert]) throws(QueryError) {
    guard !alerts.isEmpty else { return }
    var parameters: [Value] = []
    var rows: [String] = []
    for alert in alerts {
      let values: [Value] = [
        .text(alert.id), alert.organization.map { .text($0.text) } ?? .null, .text(alert.rule),
        .text(alert.severity.rawValue), .text(alert.unit.rawValue), .text(alert.state.rawValue),
        .timestamp(alert.since.milliseconds),
        alert.resolved.map { .timestamp($0.milliseconds) } ?? .null, .double(alert.value),
        .double(alert.threshold), .text(alert.message),
      ]
      let places = values.indices.map { "$\(parameters.count + $0 + 1)" }
      rows.append("(\(places.joined(separator: ", ")))")
      parameters += values
    }
    try run(
      """
      INSERT INTO alerts (\(Self.columns.joined(separator: ", "))) \
      VALUES \(rows.joined(separator: ", ")) ON CONFLICT (alert_id) DO UPDATE SET \
      state = excluded.state, resolved_at = excluded.resolved_at, value = excluded.value
      """, parameters)
  }

  /// Those that fired when the service last ran. Without the table there are none.
  package func firing() -> [Alert] {
    let sql = "SELECT \(Self.columns.joined(separator: ", ")) FROM alerts WHERE state = 'firing'"
    return ((try? run(sql, []).rows) ?? []).compactMap { Self.alert($0) }
  }

  /// A row with the columns of above; `nil` for what this version does not know.
  package static func alert(_ row: [Value]) -> Alert? {
    guard row.count == columns.count, case .text(let rule) = row[2],
      case .text(let severity) = row[3], let severity = AlertRule.Severity(rawValue: severity),
      case .text(let unit) = row[4], let unit = AlertRule.Unit(rawValue: unit),
      case .text(let state) = row[5], let state = Alert.State(rawValue: state),
      let since = row[6].moment, case .double(let value) = row[8],
      case .double(let threshold) = row[9], case .text(let message) = row[10]
    else { return nil }
    var organization: OrganizationID?
    if case .text(let name) = row[1] {
      guard let named = OrganizationID(name) else { return nil }
      organization = named
    }
    return Alert(
      rule: rule, organization: organization, severity: severity, unit: unit, state: state,
      since: since, resolved: row[7].moment, value: value, threshold: threshold, message: message)
  }

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }
}
