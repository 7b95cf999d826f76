/// Rows counted by what they have in a column: a top list, with what is below it, and what says nothing, as
/// remainders. All of it together is a metric of the catalogue.
public struct Breakdown: Sendable, Equatable, Identifiable {
  public let id: String
  public let title: String
  public let definition: String
  public let source: MetricSource
  /// Of SQL: what rows are counted by.
  let key: String
  /// Which rows count.
  let condition: String
  /// The metric whose rows these are; `nil`: the catalogue has none.
  public let metric: String?
  public let defaultLimit: Int

  public static let limits = 1...100

  init(
    _ id: String, _ title: String, _ definition: String, of source: MetricSource = .events,
    by key: String, where condition: String, totals metric: String?, limit: Int = 5
  ) {
    self.id = id
    self.title = title
    self.definition = definition
    self.source = source
    self.key = key
    self.condition = condition
    self.metric = metric
    defaultLimit = limit
  }

  /// Those that say nothing first, if there are any; then the most frequent. `{filters}` is what keeps rows to
  /// the filters.
  var sql: String {
    let time = source.timeColumn.map { "\($0) >= :from AND \($0) < :to AND " } ?? ""
    return """
      SELECT \(key) AS name, count(*) AS count, sum(count(*)) OVER () AS total,
        count(*) OVER () AS kinds
      FROM \(source.rawValue)
      WHERE \(time)\(condition){filters}
      GROUP BY 1 ORDER BY \(key) IS NULL DESC, 2 DESC, 1 LIMIT :rows
      """
  }
}

extension Breakdown {
  public static let all: [Breakdown] = [
    Breakdown(
      "error_codes", "Top error codes",
      "Events that failed, by error code; without one, by HTTP status.", by: EventRules.errorCode,
      where: EventRules.isError, totals: "errors"),
    models,
    Breakdown(
      "features", "Top features", "Uses of features, counted where they are asked for.",
      by: "feature", where: EventRules.isFeatureUse, totals: "feature_uses"),
    Breakdown(
      "event_types", "Event types", "Events by type; records that only count tokens are left out.",
      by: "event_type", where: "NOT \(EventRules.isTokenRecord)", totals: "events"),
    Breakdown(
      "endpoints", "Top endpoints", "Requests by path, counted where they are asked.",
      by: "endpoint", where: EventRules.isRequestBegun, totals: "requests", limit: 10),
    Breakdown(
      "status_codes", "Status codes", "Events that failed, by HTTP status of 400 and more.",
      by: "(CASE WHEN status_code >= 400 THEN status_code::text END)", where: EventRules.isError,
      totals: "errors", limit: 10),
    Breakdown(
      "countries", "Top countries", "Requests by the country that they came from.", by: "country",
      where: EventRules.isRequestBegun, totals: "requests"),
    Breakdown(
      "projects", "Top projects", "What people did, by project.", by: "project_id",
      where: EventRules.isCountedActivity, totals: "activities"),
    Breakdown(
      "users", "Top users", "What people did, by person.", by: "user_id",
      where: EventRules.isCountedActivity, totals: "activities", limit: 10),
    Breakdown(
      "stars", "Ratings", "Ratings by stars.", of: .feedback, by: "stars::text",
      where: "stars IS NOT NULL", totals: "ratings"),
    Breakdown(
      "threat_severities", "Threats by severity", "What looked like an attack, by severity.",
      of: .threats, by: "severity", where: "true", totals: "threats"),
    Breakdown(
      "threat_types", "Threats by type", "What looked like an attack, by kind.", of: .threats,
      by: "threat_type", where: "true", totals: "threats", limit: 10),
  ]

  static let models = Breakdown(
    "models", "Top models", "Requests to models, counted where they end.", by: "model",
    where: EventRules.isModelRequest, totals: "model_requests")

  public static let ids = all.map(\.id)

  public static func named(_ id: String) -> Breakdown? { all.first { $0.id == id } }
}
