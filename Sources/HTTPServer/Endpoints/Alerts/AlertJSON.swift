internal import AccessControl
internal import Alerting

/// How alerts are shown, and told.
enum AlertJSON {
  static func alert(_ alert: Alert) -> JSONValue { .object(members(alert)) }

  /// What a webhook gets: nothing in it is about a person.
  static func message(_ alert: Alert) -> JSONValue {
    .object([.init("type", "alert")] + members(alert))
  }

  private static func members(_ alert: Alert) -> [JSONValue.Member] {
    [
      .init("id", .text(alert.id)), .init("rule", .text(alert.rule)),
      .init("organization_id", alert.organization.map { .text($0.text) } ?? .null),
      .init("severity", .text(alert.severity.rawValue)),
      .init("state", .text(alert.state.rawValue)), .init("since", .text(ISOTime.text(alert.since))),
      .init("resolved_at", alert.resolved.map { .text(ISOTime.text($0)) } ?? .null),
      .init("message", .text(alert.message)), .init("value", .number(alert.value)),
      .init("threshold", .number(alert.threshold)), .init("unit", .text(alert.unit.rawValue)),
    ]
  }

  static let schema = Schema.named(
    "Alert",
    .object([
      .init("id", .string), .init("rule", .string),
      .init(
        "organization_id", .nullable(.string),
        "Null: about the service, or all organisations together."),
      .init("severity", .choice(AlertRule.Severity.allCases.map(\.rawValue))),
      .init("state", .choice(Alert.State.allCases.map(\.rawValue))), .init("since", .string),
      .init("resolved_at", .nullable(.string)), .init("message", .string),
      .init("value", .number, "When the state last changed."),
      .init("threshold", .number, "From where on it fires."),
      .init("unit", .choice(AlertRule.Unit.allCases.map(\.rawValue))),
    ]))
}
