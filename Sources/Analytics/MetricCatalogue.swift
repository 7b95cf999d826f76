/// All metrics, in the order in which they are shown.
///
/// A zero denominator gives null, never 0: no attempts is not 0 % success.
public enum MetricCatalogue {
  public static let metrics: [MetricDefinition] = [
    dailyActiveUsers, weeklyActiveUsers, monthlyActiveUsers, stickiness, successRate, errorRate,
    latencyMedian, latencyTail,
  ]

  /// What counts as activity: an event with a user, but for mails sent to them, which are the
  /// platform's doing.
  package static let isActivity = "user_id IS NOT NULL AND event_type <> 'email_sent'"

  private static let inWindow = "ts >= :from AND ts < :to"

  /// A generation is an image or a video; requests still running are not counted.
  private static let succeeded = "('image_generate_succeeded', 'video_generate_succeeded')"
  private static let finished = """
    ('image_generate_succeeded', 'image_generate_failed', \
    'video_generate_succeeded', 'video_generate_failed')
    """

  package static let isError = "(status = 'failed' OR error_code IS NOT NULL OR status_code >= 400)"
  package static let hasOutcome =
    "(status IS NOT NULL OR error_code IS NOT NULL OR status_code IS NOT NULL)"

  private static func activeUsers(
    _ id: String, _ title: String, days: Int, _ span: String
  ) -> MetricDefinition {
    MetricDefinition(
      id: id, title: title,
      definition: """
        Distinct users with at least one event \(span). Mails sent to a user are no activity.
        """,
      unit: .people, better: .up, window: .days(days),
      sql: """
        SELECT count(DISTINCT user_id) AS value FROM events
        WHERE \(inWindow) AND \(isActivity)
        """,
      version: 1)
  }

  public static let dailyActiveUsers = activeUsers("dau", "DAU", days: 1, "on the day")
  public static let weeklyActiveUsers = activeUsers(
    "wau", "WAU", days: 7, "in the 7 days that end with the day")
  public static let monthlyActiveUsers = activeUsers(
    "mau", "MAU", days: 30, "in the 30 days that end with the day")

  public static let stickiness = MetricDefinition(
    id: "stickiness", title: "Stickiness",
    definition: "DAU divided by MAU: the share of a month's users who were there on the day.",
    unit: .ratio, better: .up, window: .days(30),
    sql: """
      SELECT (count(DISTINCT user_id) FILTER (WHERE ts >= :last_day))::double precision
        / nullif(count(DISTINCT user_id), 0) AS value
      FROM events WHERE \(inWindow) AND \(isActivity)
      """,
    version: 1)

  public static let successRate = MetricDefinition(
    id: "content_success_rate", title: "Content success",
    definition: """
      Image and video generations that succeeded, divided by those that finished. Requests that \
      are still running are left out.
      """,
    unit: .ratio, better: .up, window: .range,
    sql: """
      SELECT (count(*) FILTER (WHERE event_type IN \(succeeded)))::double precision
        / nullif(count(*), 0) AS value
      FROM events WHERE \(inWindow) AND event_type IN \(finished)
      """,
    version: 1)

  public static let errorRate = MetricDefinition(
    id: "error_rate", title: "Error rate",
    definition: """
      Events that failed (status failed, an error code, or an HTTP status of 400 and more), \
      divided by all events that carry an outcome.
      """,
    unit: .ratio, better: .down, window: .range,
    sql: """
      SELECT (count(*) FILTER (WHERE \(isError)))::double precision / nullif(count(*), 0) AS value
      FROM events WHERE \(inWindow) AND \(hasOutcome)
      """,
    version: 1)

  private static func latency(
    _ id: String, _ title: String, _ fraction: String, _ meaning: String
  ) -> MetricDefinition {
    MetricDefinition(
      id: id, title: title,
      definition: "\(meaning) of the image and video generations that succeeded; exact.",
      unit: .milliseconds, better: .down, window: .range,
      sql: """
        SELECT percentile_cont(\(fraction)) WITHIN GROUP (ORDER BY duration_ms) AS value
        FROM events WHERE \(inWindow) AND event_type IN \(succeeded)
        """,
      version: 1)
  }

  public static let latencyMedian = latency(
    "generation_latency_p50", "Latency p50", "0.5", "The median duration")
  public static let latencyTail = latency(
    "generation_latency_p95", "Latency p95", "0.95",
    "The duration that 95 of 100 do not exceed,")
}
