/// What is kept of a built-in table's days once they are dropped: a materialised view, which always
/// answers for all days and never needs to be refreshed.
public struct BuiltInRollUp: Sendable, Hashable {
  public let name: String
  public let summary: String
  /// The table that it is about.
  public let source: String
  public let query: String

  public init(_ name: String, of source: String, _ summary: String, _ query: String) {
    self.name = name
    self.summary = summary
    self.source = source
    self.query = query
  }

  public var definition: String { "CREATE MATERIALIZED VIEW \(name) AS \(query)" }
}

extension BuiltInRollUp {
  static let eventsDaily = BuiltInRollUp(
    "events_daily", of: "events",
    "Events, people, sessions, tokens, cost and durations per day, organisation, type, model and status.",
    """
    SELECT date_trunc('day', ts) AS day, organization_id, event_type, category, feature, model, status, \
    count(*) AS events, count(status_code) AS calls, hll(user_id) AS users, hll(session_id) AS sessions, \
    sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, \
    sum(total_tokens) AS total_tokens, sum(cost_usd) AS cost_usd, sum(gpu_seconds) AS gpu_seconds, \
    sum(cpu_seconds) AS cpu_seconds, sum(bytes_delta) AS bytes_delta, \
    tdigest(duration_ms) AS duration_ms, tdigest(response_time_ms) AS response_time_ms \
    FROM events GROUP BY 1, 2, 3, 4, 5, 6, 7
    """)

  static let usageDaily = BuiltInRollUp(
    "usage_daily", of: "events",
    "What each person used per day and organisation; who was active on which day.",
    """
    SELECT date_trunc('day', ts) AS day, organization_id, user_id, event_type, count(*) AS events, \
    sum(total_tokens) AS total_tokens, sum(cost_usd) AS cost_usd, sum(gpu_seconds) AS gpu_seconds, \
    min(ts) AS first_at, max(ts) AS last_at FROM events GROUP BY 1, 2, 3, 4
    """)

  static let errorsDaily = BuiltInRollUp(
    "errors_daily", of: "events",
    "Outcomes per day, organisation, endpoint, status, status code and error code.",
    """
    SELECT date_trunc('day', ts) AS day, organization_id, event_type, endpoint, status, status_code, \
    error_code, country, count(*) AS events FROM events GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    """)

  static let feedbackDaily = BuiltInRollUp(
    "feedback_daily", of: "feedback", "Ratings per day, organisation, model and stars.",
    """
    SELECT date_trunc('day', ts) AS day, organization_id, kind, model, survey_id, question_id, stars, \
    count(*) AS ratings, hll(user_id) AS users FROM feedback GROUP BY 1, 2, 3, 4, 5, 6, 7
    """)

  static let deadLettersDaily = BuiltInRollUp(
    "dead_letters_daily", of: "dead_letters",
    "Records that were not taken, per day, organisation, kind and reason.",
    """
    SELECT date_trunc('day', received_at) AS day, organization_id, record_kind, emitter_key_id, \
    reason_code, reason_field, state, count(*) AS records FROM dead_letters GROUP BY 1, 2, 3, 4, 5, 6, 7
    """)

  static let ingestLedgerDaily = BuiltInRollUp(
    "ingest_ledger_daily", of: "ingest_ledger",
    "What emitters sent and what became of it, per day, organisation, emitter and kind.",
    """
    SELECT date_trunc('day', received_at) AS day, emitter_key_id, organization_id, record_kind, \
    sum(received) AS received, sum(accepted) AS accepted, sum(duplicates) AS duplicates, \
    sum(failed) AS failed, sum(scrubbed) AS scrubbed, count(*) AS batches, \
    max(received_at) AS last_received_at FROM ingest_ledger GROUP BY 1, 2, 3, 4
    """)
}
