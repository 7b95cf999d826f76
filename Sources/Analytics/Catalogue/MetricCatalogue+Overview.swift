/// What an administrator wants to see first.
extension MetricCatalogue {
  static let overview: [MetricDefinition] = [
    activeUsers("dau", "DAU", days: 1, "on the last day of the range"),
    activeUsers("wau", "WAU", days: 7, "in the 7 days that end with the last day of the range"),
    activeUsers("mau", "MAU", days: 30, "in the 30 days that end with the last day of the range"),
    MetricDefinition(
      "stickiness", "Stickiness",
      "DAU divided by MAU: the share of a month's users who were there on the last day.", .ratio,
      better: .up, in: .overview, over: .trailing(days: 30), stepDays: 1,
      .quotient("dau", "mau")),
    MetricDefinition(
      "activation_rate", "Activation",
      """
      Of the people who signed up in the range, the share with a generation that succeeded within \
      \(EventRules.activationDays) times 24 hours. People whose days are not over yet are left out.
      """, .ratio, better: .up, in: .overview, trend: activationTrend,
      .statement(activation)),
    MetricDefinition(
      "content_success_rate", "Content success",
      """
      Image and video generations that succeeded, divided by those that finished. Requests that are \
      still running are left out.
      """, .ratio, better: .up, in: .overview,
      .types(EventRules.generated, of: EventRules.generationEnded)),
    latency("generation_latency_p50", "Latency p50", 1, "The median duration"),
    latency(
      "generation_latency_p95", "Latency p95", 2, "The duration that 95 of 100 do not exceed,"),
    MetricDefinition(
      "error_rate", "Error rate",
      """
      Events that failed (status failed, an error code, or an HTTP status of 400 and more), divided by \
      all events that carry an outcome.
      """, .ratio, better: .down, in: .overview,
      .quotient("errors", "outcomes")),
  ]

  private static func activeUsers(
    _ id: String, _ title: String, days: Int, _ span: String
  ) -> MetricDefinition {
    MetricDefinition(
      id, title,
      "Distinct users with at least one event \(span). Mails sent to a user are no activity.",
      .people, better: .up, in: .overview, over: .trailing(days: days),
      .events(EventRules.activePeople))
  }

  private static func latency(
    _ id: String, _ title: String, _ place: Int, _ meaning: String
  ) -> MetricDefinition {
    MetricDefinition(
      id, title, "\(meaning) of the image and video generations that succeeded; exact.",
      .milliseconds, better: .down, in: .overview,
      .aggregate(
        .events, where: EventRules.generated,
        // Both from one sorted list.
        value: """
          (percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms))[\(place)]
          """))
  }

  /// People by their first signup in the window, with whether a generation followed in time. Events meet the
  /// few who signed up, and not the other way round.
  private static let activation = """
    WITH signups AS (
      SELECT user_id, min(ts) AS signed_up_at FROM events
      WHERE ts >= :from AND ts < :to AND event_type = 'signup' AND user_id IS NOT NULL{filters}
      GROUP BY user_id),
    activated AS (
      SELECT DISTINCT events.user_id FROM events JOIN signups ON events.user_id = signups.user_id
      WHERE \(isActivating))
    SELECT \(activatedShare) AS value,
      count(*) FILTER (WHERE is_mature AND is_activated) AS numerator,
      count(*) FILTER (WHERE is_mature) AS denominator
    FROM (
      SELECT signed_up_at <= :mature AS is_mature, activated.user_id IS NOT NULL AS is_activated
      FROM signups LEFT JOIN activated ON activated.user_id = signups.user_id) AS people
    """

  /// The same for each bucket, of people by their first signup in it.
  private static let activationTrend = """
    WITH signups AS (
      SELECT user_id, date_trunc('{grain}', {ts}) AS bucket, min(ts) AS signed_up_at FROM events
      WHERE ts >= :from AND ts < :to AND event_type = 'signup' AND user_id IS NOT NULL{filters}
      GROUP BY 1, 2),
    activated AS (
      SELECT DISTINCT events.user_id, bucket
      FROM events JOIN signups ON events.user_id = signups.user_id
      WHERE \(isActivating))
    SELECT bucket, \(activatedShare) AS value
    FROM (
      SELECT signups.bucket, signed_up_at <= :mature AS is_mature,
        activated.user_id IS NOT NULL AS is_activated
      FROM signups LEFT JOIN activated
        ON activated.user_id = signups.user_id AND activated.bucket = signups.bucket) AS people
    GROUP BY 1 ORDER BY 1
    """

  private static let isActivating = """
    \(EventRules.generated) AND events.ts >= :from AND events.ts < :activated_until
        AND events.ts >= signed_up_at
        AND events.ts < signed_up_at + INTERVAL '\(EventRules.activationDays * 24) hours'
    """

  private static let activatedShare = """
    count(*) FILTER (WHERE is_mature AND is_activated)::double precision
        / nullif(count(*) FILTER (WHERE is_mature), 0)
    """
}
