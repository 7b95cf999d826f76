internal import Analytics

/// What lists of events, and their sums, are asked with.
enum EventListParameters {
  static let asOf = AnalyticsParameters.other.filter { $0.name == "as_of" }

  static let page: [EndpointParameter] = [
    .query("limit", .integer(EventList.limits), fallback: "50", "How many rows at most."),
    .query(
      "offset", .integer(EventList.offsets), fallback: "0",
      "How many rows to leave out; with `as_of` pages are about the same rows."),
  ]

  static let activity: [EndpointParameter] =
    AnalyticsParameters.range + AnalyticsParameters.filters + [
      .query(
        "action_type", .list(largestCount: MetricFilters.largestValueCount),
        "The same as `event_type`."),
      .query(
        "include_token_usage", .flag,
        "Records that only count tokens too. They are also listed where `event_type` names them."),
    ] + asOf

  static let tokens: [EndpointParameter] =
    AnalyticsParameters.range + AnalyticsParameters.filters + asOf

  static func grain(_ names: [String]) -> EndpointParameter {
    .query(
      "grain", .choice(names), fallback: Grain.day.rawValue, "How fine; weeks begin on Monday.")
  }

  static func by(_ list: EventList, fallback: String) -> EndpointParameter {
    .query(
      "by", .text(0...128), fallback: fallback,
      "Names with commas between them, of \(list.dimensions.joined(separator: ", ")); empty: by time alone."
    )
  }

  /// The list of activities that is asked for (C26).
  static func activity(_ arguments: RequestArguments) -> EventList {
    let types = arguments.list("event_type") + arguments.list("action_type")
    return .activity(
      includesTokenUsage: arguments.flag("include_token_usage") || types.contains("token_usage"))
  }

  static func dimensions(
    _ arguments: RequestArguments, of list: EventList
  ) throws(Problem) -> [String] {
    guard arguments.text("by")?.isEmpty == false else { return [] }
    return try AnalyticsParameters.names("by", arguments, allowed: list.dimensions) ?? []
  }
}
