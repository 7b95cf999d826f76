/// Rows counted by what they have in a column: a top list, with what is below it as a remainder.
public struct Breakdown: Sendable, Equatable, Identifiable {
  public let id: String
  public let title: String
  public let definition: String
  public let source: MetricSource
  /// Of SQL: what rows are counted by.
  let key: String
  /// Which rows count.
  let condition: String
  public let defaultLimit: Int

  public static let limits = 1...100

  init(
    _ id: String, _ title: String, _ definition: String, of source: MetricSource = .events,
    by key: String, where condition: String, limit: Int = 5
  ) {
    self.id = id
    self.title = title
    self.definition = definition
    self.source = source
    self.key = key
    self.condition = condition
    defaultLimit = limit
  }

  /// `{filters}` is what keeps rows to the filters.
  var sql: String {
    let time = source.timeColumn.map { "\($0) >= :from AND \($0) < :to AND " } ?? ""
    return """
      SELECT \(key) AS name, count(*) AS count, sum(count(*)) OVER () AS total,
        count(*) OVER () AS kinds
      FROM \(source.rawValue)
      WHERE \(time)\(condition){filters}
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit
      """
  }
}

extension Breakdown {
  public static let all: [Breakdown] = [
    Breakdown(
      "error_codes", "Top error codes",
      "Events that failed, by error code; without one, by HTTP status.", by: EventRules.errorCode,
      where: EventRules.isError),
    models,
    Breakdown(
      "features", "Top features", "What people did, by the feature that it is counted under.",
      by: "feature", where: "feature IS NOT NULL AND \(EventRules.isActivity)"),
    Breakdown(
      "event_types", "Event types", "Events by type; records that only count tokens are left out.",
      by: "event_type", where: "event_type <> 'token_usage'"),
    Breakdown(
      "endpoints", "Top endpoints", "Requests by path.", by: "endpoint",
      where: "endpoint IS NOT NULL", limit: 10),
    Breakdown(
      "status_codes", "Status codes", "Errors by HTTP status.", by: "status_code::text",
      where: "status_code >= 400", limit: 10),
    Breakdown(
      "countries", "Top countries", "Requests by the country that they came from.", by: "country",
      where: "country IS NOT NULL AND \(EventRules.isRequest)"),
    Breakdown(
      "projects", "Top projects", "What people did, by project.", by: "project_id",
      where: "project_id IS NOT NULL AND \(EventRules.isActivity)"),
    Breakdown(
      "users", "Top users", "What people did, by person.", by: "user_id",
      where: EventRules.isActivity, limit: 10),
    Breakdown(
      "stars", "Ratings", "Ratings by stars.", of: .feedback, by: "stars::text",
      where: "stars IS NOT NULL"),
    Breakdown(
      "threat_severities", "Threats by severity", "What looked like an attack, by severity.",
      of: .threats, by: "severity", where: "true"),
    Breakdown(
      "threat_types", "Threats by type", "What looked like an attack, by kind.", of: .threats,
      by: "threat_type", where: "true", limit: 10),
  ]

  static let models = Breakdown(
    "models", "Top models", "Requests to models, counted where they end.", by: "model",
    where: "model IS NOT NULL AND status IS NOT NULL")

  public static let ids = all.map(\.id)

  public static func named(_ id: String) -> Breakdown? { all.first { $0.id == id } }
}
