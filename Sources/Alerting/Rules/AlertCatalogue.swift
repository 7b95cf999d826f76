/// All rules, in the order in which they are documented.
public enum AlertCatalogue {
  public static func rules(_ thresholds: AlertThresholds = AlertThresholds()) -> [AlertRule] {
    intake(thresholds) + use(thresholds) + work
  }

  /// Seconds that readings of use look back.
  public static let useWindow = Duration.seconds(900)
  /// Seconds that readings of records that were not taken look back.
  public static let intakeWindow = Duration.seconds(300)
  /// Outcomes, calls; fewer are no reading.
  public static let leastEventCount = 50
  public static let leastGenerationCount = 20
  public static let leastRecordCount = 20
  /// Above the median: an odd day of somebody small is worth an insight, and no alarm.
  public static let leastExcessDollars = 10.0

  private static func intake(_ thresholds: AlertThresholds) -> [AlertRule] {
    [
      AlertRule(
        "ingest_lag", .service, .warning, .seconds, from: 120, until: 60,
        "for how long the oldest batch has waited that has come and is not stored",
        "The oldest batch has waited for {value}; {threshold} are too long."),
      AlertRule(
        "stale_data", .service, .critical, .seconds, from: 600, until: 120,
        "how far back the time lies up to which all that was sent can be asked for",
        "What can be asked for is {value} behind; from {threshold} on figures are stale."),
      AlertRule(
        "store_read_only", .service, .critical, .count, from: 1, until: 1, clearsAfter: .zero,
        "1 where the disk has refused a change",
        "The disk has refused a change: nothing is stored until the service is started again."),
      AlertRule(
        "queue_backlog", .service, .warning, .ratio, from: 0.8, until: 0.5, holdsFor: .seconds(30),
        "the share of `ingest.queue_bytes` that bodies wait in",
        "{value} of the queue is full; senders are refused when all of it is."),
      AlertRule(
        "ingest_failures", .both, .warning, .ratio, from: thresholds.ingestFailures,
        until: thresholds.ingestFailures / 2,
        "the share of the records of the last 5 minutes that became dead letters",
        "{value} of the records of the last 5 minutes were not taken."),
    ]
  }

  private static func use(_ thresholds: AlertThresholds) -> [AlertRule] {
    [
      AlertRule(
        "error_rate", .both, .warning, .ratio, from: thresholds.errorRate,
        until: thresholds.errorRate / 2, holdsFor: .seconds(60),
        "the metric `error_rate` over the last 15 minutes",
        "{value} of what people did in the last 15 minutes failed; {threshold} are too many."),
      AlertRule(
        "slow_generations", .both, .warning, .milliseconds, from: thresholds.generationMilliseconds,
        until: thresholds.generationMilliseconds * 0.8, holdsFor: .seconds(60),
        "the metric `generation_latency_p95` over the last 15 minutes",
        "95 of 100 generations of the last 15 minutes took up to {value}; {threshold} are too long."
      ),
      AlertRule(
        "slow_api", .both, .warning, .milliseconds, from: thresholds.responseMilliseconds,
        until: thresholds.responseMilliseconds * 0.8, holdsFor: .seconds(60),
        "the metric `api_response_time_mean` over the last 15 minutes",
        "Calls of the API took {value} on average in the last 15 minutes; {threshold} are too long."
      ),
      AlertRule(
        "cost_anomaly", .both, .warning, .score, from: 3.5, until: 3.5, clearsAfter: .zero,
        "the score of the insight `cost_spike` of yesterday or today, of $10 and more above the median",
        "A day costs far more than the same day of earlier weeks: {value} deviations above their median."
      ),
    ]
  }

  private static let work: [AlertRule] = [
    AlertRule(
      "job_failed", .service, .warning, .count, from: 1, until: 1, clearsAfter: .zero,
      "how many scheduled jobs failed when they last ran",
      "{value} scheduled jobs failed when they last ran: GET /api/admin/jobs says why.")
  ]
}
