package import AccessControl
internal import ColumnStore

/// What a rule found, as the table `insights` has it.
package struct InsightRecord: Sendable, Equatable {
  /// The same finding has the same.
  package var id: String
  package var organization: OrganizationID?
  package var kind: String
  package var severity: String
  package var message: String
  package var action: String
  /// An object of JSON.
  package var evidence: String
  package var rule: String
  package var title: String
  package var metric: String
  package var unit: String
  package var value: Double
  package var previous: Double?
  package var changePercent: Double?
  package var threshold: Double
  package var from: UnixTime
  package var to: UnixTime
  /// The last day that it is about.
  package var day: String

  package init(
    id: String, organization: OrganizationID?, kind: String, severity: String, message: String,
    action: String, evidence: String, rule: String, title: String, metric: String, unit: String,
    value: Double, previous: Double?, changePercent: Double?, threshold: Double, from: UnixTime,
    to: UnixTime, day: String
  ) {
    self.id = id
    self.organization = organization
    self.kind = kind
    self.severity = severity
    self.message = message
    self.action = action
    self.evidence = evidence
    self.rule = rule
    self.title = title
    self.metric = metric
    self.unit = unit
    self.value = value
    self.previous = previous
    self.changePercent = changePercent
    self.threshold = threshold
    self.from = from
    self.to = to
    self.day = day
  }

  /// All but the time at which it was found.
  static let columns = [
    "insight_id", "organization_id", "insight_type", "severity", "message", "action", "evidence",
    "rule_id", "title", "metric_id", "metric_unit", "value", "previous_value", "change_percent",
    "threshold", "window_from", "window_to", "anchor_day",
  ]

  /// In the order of `columns`.
  var values: [Value] {
    func number(_ value: Double?) -> Value { value.map(Value.double) ?? .null }
    return [
      .text(id), organization.map { .text($0.text) } ?? .null, .text(kind), .text(severity),
      .text(message), .text(action), .json(evidence), .text(rule), .text(title), .text(metric),
      .text(unit), .double(value), number(previous), number(changePercent), .double(threshold),
      .timestamp(from.milliseconds), .timestamp(to.milliseconds), .text(day),
    ]
  }
}
