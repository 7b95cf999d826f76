internal import ColumnStore

/// The lists that there are.
extension RowList {
  /// Sessions, by their login.
  public static let sessions = RowList(
    .sessions,
    [
      Column("id", .text, "session_id"), Column("user_id"), Column("organization_id"),
      Column("login_at", .time), Column("logout_at", .time), Column("last_activity_at", .time),
      Column("duration_hours", .number, "total_seconds::double precision / 3600"),
      Column("active_hours", .number, "active_seconds::double precision / 3600"),
      Column("device_type"), Column("browser"), Column("os"), Column("country"),
      Column("api_calls", .count), Column("page_views", .count), Column("requests", .count),
      Column("tokens", .count, "total_tokens"), Column("cost_usd", .number),
      Column("is_active", .flag),
    ])

  /// Sessions, as who signed in sees them.
  public static let ownSessions = sessions.keeping([
    "id", "login_at", "logout_at", "duration_hours", "active_hours", "device_type", "browser",
    "api_calls", "is_active",
  ])

  /// All that a person did.
  public static let timeline = RowList(
    .events,
    [
      Column("id", .text, "event_id"), Column("type", .text, "event_type"), Column("category"),
      Column("timestamp", .time, "ts"), Column("resource_type"), Column("resource_id"),
      Column("data", .document, "metadata"),
    ])

  static let requestDuration = "coalesce(duration_ms, response_time_ms)"

  /// What people and services did. Records that only count tokens are not activities of their own (C26).
  public static func activity(includesTokenUsage: Bool) -> RowList {
    RowList(
      .events, where: includesTokenUsage ? [] : [.countsNotTokensAlone],
      [
        Column("id", .text, "event_id"), Column("timestamp", .time, "ts"),
        Column("organization_id"), Column("user_id"), Column("session_id"),
        Column("action_type", .text, "event_type"), Column("category"), Column("feature"),
        Column("model"), Column("status"), Column("error_code"), Column("duration_ms", .count),
        Column("resource_type"), Column("resource_id"), Column("project_id"), Column("course_id"),
        Column("trace_id"), Column("metadata", .document),
      ])
  }

  /// Records with tokens: one per request.
  public static let tokens = RowList(
    .events, where: [RowCondition("total_tokens IS NOT NULL")],
    [
      Column("id", .text, "event_id"), Column("timestamp", .time, "ts"),
      Column("organization_id"), Column("user_id"), Column("request_id"),
      Column("conversation_id"), Column("message_id"), Column("action_type", .text, "event_type"),
      Column("model"), Column("prompt_tokens", .count), Column("completion_tokens", .count),
      Column("total_tokens", .count), Column("cached_tokens", .count),
      Column("reasoning_tokens", .count), Column("tokens_conflict", .flag),
      Column("cost_usd", .number), Column("cost_source"),
    ])

  /// What looked like an attack.
  public static let threats = RowList(
    .threats,
    [
      Column("id", .text, "threat_id"), Column("timestamp", .time, "ts"),
      Column("organization_id"), Column("user_id"), Column("type", .text, "threat_type"),
      Column("severity"), Column("description"), Column("ip_address"), Column("country"),
      Column("request_id"), Column("resolved", .flag), Column("resolved_at", .time),
      Column("resolved_by"),
    ])

  /// What was asked of the platform over HTTP, and of models. Records that only count tokens are no
  /// requests of their own (C26). `RowCondition.requests` says which of the two events of a generation is listed.
  public static let requests = RowList(
    .events,
    where: [
      RowCondition("\(EventRules.isRequest) OR model IS NOT NULL AND status IS NOT NULL"),
      .countsNotTokensAlone,
    ],
    [
      Column("event_id"), Column("occurred_at", .time, "ts"), Column("request_id"),
      Column("user_id"), Column("organization_id"), Column("event_type"), Column("endpoint"),
      Column("model"), Column("status"), Column("error_code"),
      Column("http_status", .count, "status_code"),
      Column("duration_ms", .count, requestDuration), Column("prompt_tokens", .count),
      Column("completion_tokens", .count), Column("total_tokens", .count),
      Column("cost_usd", .number), Column("cost_source"), Column("country"),
      Column("finish_reason"),
    ])

  /// Ratings and answers of surveys, with what people wrote.
  public static let feedback = RowList(
    .feedback,
    [
      Column("feedback_id"), Column("occurred_at", .time, "ts"), Column("user_id"),
      Column("organization_id"), Column("request_id"), Column("kind"), Column("stars", .count),
      Column("comment"), Column("model"), Column("survey_id"), Column("question_id"),
    ])
}

extension RowCondition {
  fileprivate static let countsNotTokensAlone = RowCondition("event_type <> 'token_usage'")

  /// Of the timeline: records that only count tokens are listed where they are asked for by name.
  public static func types(_ types: [String]) -> RowCondition {
    text("event_type", among: types, asked: "event_types") ?? countsNotTokensAlone
  }

  public static let pending = "pending"

  /// How requests ended. That a generation was asked for is not listed beside its end, which is the same
  /// request: only where its type is named, or where no event has ended it and it is pending.
  public static func requests(ended statuses: [String], ofTypes types: [String]) -> RowCondition? {
    let ended = text("status", among: statuses.filter { $0 != pending })
    if statuses.contains(pending) {
      return ended.map { RowCondition("\($0.sql) OR \(isPending)", $0.arguments) }
        ?? RowCondition(isPending)
    }
    if ended == nil, types.isEmpty { return RowCondition("NOT \(EventRules.generationRequested)") }
    return ended
  }

  /// Clocks of emitters may be behind by some: an end is looked for from the day before on, and whenever it came.
  private static let isPending = """
    (status = '\(pending)' OR \(EventRules.generationRequested) AND request_id IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM events AS ends WHERE ends.request_id = events.request_id \
    AND ends.ts >= :from - INTERVAL '1 day' AND ends.\(EventRules.requestEnded))
    """

  public static func errorCodes(_ codes: [String]) -> RowCondition? {
    text("error_code", among: codes)
  }

  /// Requests that took so long, or longer.
  public static func duration(atLeast milliseconds: Int) -> RowCondition {
    RowCondition(
      "\(RowList.requestDuration) >= :row_duration",
      ["row_duration": .integer(Int64(milliseconds))],
      asked: ("min_duration_ms", ["\(milliseconds)"]))
  }

  /// Sessions that are open, or are not.
  public static func isOpen(_ isOpen: Bool) -> RowCondition {
    RowCondition("is_active IS \(isOpen ? "" : "NOT ")TRUE", asked: ("is_active", ["\(isOpen)"]))
  }

  public static func kinds(_ kinds: [String]) -> RowCondition? { text("kind", among: kinds) }
  public static func surveys(_ ids: [String]) -> RowCondition? { text("survey_id", among: ids) }
  public static func questions(_ ids: [String]) -> RowCondition? {
    text("question_id", among: ids)
  }

  public static func stars(_ stars: Int) -> RowCondition {
    RowCondition(
      "stars = :row_stars", ["row_stars": .integer(Int64(stars))], asked: ("stars", ["\(stars)"]))
  }

  public static func threatType(_ type: String) -> RowCondition? {
    text("threat_type", among: [type], asked: "type")
  }

  public static func severity(_ severity: String) -> RowCondition? {
    text("severity", among: [severity])
  }

  /// Threats that somebody dealt with, or nobody.
  public static func isResolved(_ isResolved: Bool) -> RowCondition {
    RowCondition(
      "resolved IS \(isResolved ? "" : "NOT ")TRUE", asked: ("resolved", ["\(isResolved)"]))
  }

  /// Feedback in words, whatever they are.
  public static let hasComment = RowCondition(
    "comment IS NOT NULL", asked: ("with_comment", ["true"]))
}
