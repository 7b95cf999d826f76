internal import Analytics

/// What lists of events, and their sums, are asked with.
enum ActivityParameters {
  static let activity: [EndpointParameter] =
    AnalyticsParameters.range + AnalyticsParameters.filters + [
      .query(
        "action_type", .list(largestCount: MetricFilters.largestValueCount),
        "The same as `event_type`."),
      .query(
        "include_token_usage", .flag,
        "Records that only count tokens too. They are also listed where `event_type` names them."),
    ] + AnalyticsParameters.asOf

  static let tokens: [EndpointParameter] =
    AnalyticsParameters.range + AnalyticsParameters.filters + AnalyticsParameters.asOf

  static func grain(_ names: [String]) -> EndpointParameter {
    .query(
      "grain", .choice(names), fallback: Grain.day.rawValue, "How fine; weeks begin on Monday.")
  }

  static func by(_ what: ListMeasures, fallback: String) -> EndpointParameter {
    .query(
      "by", .text(0...128), fallback: fallback,
      "Names with commas between them, of \(what.dimensions.joined(separator: ", ")); empty: by time alone."
    )
  }

  /// Whether records that only count tokens are listed as activities (C26).
  static func includesTokenUsage(_ arguments: RequestArguments) -> Bool {
    let types = arguments.list("event_type") + arguments.list("action_type")
    return arguments.flag("include_token_usage") || types.contains("token_usage")
  }

  /// For receipts.
  static func applied(_ arguments: RequestArguments) -> [AppliedFilter] {
    arguments.flag("include_token_usage") ? [("include_token_usage", ["true"])] : []
  }

  static func dimensions(
    _ arguments: RequestArguments, of what: ListMeasures
  ) throws(Problem) -> [String] {
    guard arguments.text("by")?.isEmpty == false else { return [] }
    return try AnalyticsParameters.names("by", arguments, allowed: what.dimensions) ?? []
  }
}
