internal import ColumnStore
internal import Engine
public import QueryLanguage

/// What a person, or all people of an organisation, used over a range: figures of the catalogue, and what
/// only such a report asks for.
public struct UsageReport: Sendable {
  /// By their ids.
  public var figures: [String: MetricFigure] = [:]
  /// Storage included.
  public var costs: CostAnswer
  public var time = SessionTime()
  public var counts = WorkCounts()
  public var storage = StoredBytes()
  /// At the end of the range.
  public var projectsOwned: Int64 = 0
  public var datasetsOwned: Int64 = 0
  public var profiles: Int64 = 0

  /// Seconds of the sessions that began in the range; `nil`: there are none.
  public struct SessionTime: Sendable, Equatable {
    public var total: Double?
    public var active: Double?
    public var idle: Double?
    public var lastLogin: Int64?
    public var lastActivity: Int64?
  }

  /// What was begun, unless it says otherwise.
  public struct WorkCounts: Sendable, Equatable {
    public var testRuns: Int64 = 0
    public var inferences: Int64 = 0
    public var exports: Int64 = 0
    public var projectsJoined: Int64 = 0
    public var datasetsCreated: Int64 = 0
    public var datasetsShared: Int64 = 0
    public var failedCalls: Int64 = 0
  }

  /// What was stored at the end of the range, as far as changes are kept. `nil`: none are.
  public struct StoredBytes: Sendable, Equatable {
    public var datasets: Int64?
    public var checkpoints: Int64?
    public var exports: Int64?
  }

  public subscript(id: String) -> Double? { figures[id]?.value }

  /// Of the catalogue.
  public static let metrics = [
    "active_users", "activities", "sessions", "training_jobs", "training_completed",
    "training_failed", "training_cancelled", "training_success_rate", "training_hours_mean",
    "gpu_hours", "cpu_hours", "gpu_utilization", "storage_gb", "storage_growth_gb_per_day",
    "deployments", "projects_created", "invitations", "api_calls", "api_error_rate", "generations",
    "total_tokens", "error_rate",
  ].map(MetricCatalogue.known)

  /// Calls of the API by path.
  public static let endpoints = Breakdown(
    "called_endpoints", "Top endpoints", "Calls of the API by path.", by: "endpoint",
    where: EventRules.isCall, totals: "api_calls", limit: 10)

  public static let frameworks = Breakdown(
    "frameworks", "Top frameworks", "What was begun with a framework.", by: "framework",
    where: "framework IS NOT NULL AND \(EventRules.isBegun)", totals: nil)
}

extension MetricEvaluator {
  public mutating func usage() throws(QueryError) -> UsageReport {
    var report = UsageReport(costs: try costs())
    for figure in try figures(UsageReport.metrics, first: nil) {
      report.figures[figure.metric.id] = figure
    }
    let sessions = try rows(
      """
      SELECT sum(total_seconds) AS total, sum(active_seconds) AS active, sum(idle_seconds) AS idle,
        max(login_at) AS last_login, max(last_activity_at) AS last_activity
      FROM sessions WHERE login_at >= :from AND login_at < :to{filters}
      """, from: .sessions)
    if let row = sessions.first, row.count == 5 {
      report.time = UsageReport.SessionTime(
        total: row[0].number, active: row[1].number, idle: row[2].number, lastLogin: row[3].time,
        lastActivity: row[4].time)
    }
    report.counts = try workCounts()
    report.storage = try storedBytes()
    let owned = try rows(
      """
      SELECT count(*) FILTER (WHERE resource_type = 'project') AS projects,
        count(*) FILTER (WHERE resource_type = 'dataset') AS datasets
      FROM resources WHERE (created_at IS NULL OR created_at < :until)
        AND (deleted_at IS NULL OR deleted_at >= :until){filters}
      """, from: .resources, ["until": context.time(question.range.window.end, in: .events)])
    if let row = owned.first, row.count == 2 {
      report.projectsOwned = row[0].count
      report.datasetsOwned = row[1].count
    }
    report.profiles =
      try rows("SELECT count(*) AS people FROM users WHERE true{filters}", from: .users)
      .first?.first?.count ?? 0
    return report
  }

  private mutating func workCounts() throws(QueryError) -> UsageReport.WorkCounts {
    let row =
      try rows(
        """
        SELECT count(*) FILTER (WHERE event_type = 'test_run') AS test_runs,
          count(*) FILTER (WHERE event_type = 'inference') AS inferences,
          count(*) FILTER (WHERE event_type = 'export') AS exports,
          count(*) FILTER (WHERE event_type = 'project_join') AS joined,
          count(*) FILTER (WHERE event_type IN ('dataset_create', 'dataset_upload')) AS created,
          count(*) FILTER (WHERE event_type = 'dataset_share') AS shared,
          count(*) FILTER (WHERE \(EventRules.isCall) AND status_code >= 400) AS failed_calls
        FROM events WHERE ts >= :from AND ts < :to{filters}
        """
      ).first ?? []
    guard row.count == 7 else { return UsageReport.WorkCounts() }
    return UsageReport.WorkCounts(
      testRuns: row[0].count, inferences: row[1].count, exports: row[2].count,
      projectsJoined: row[3].count, datasetsCreated: row[4].count, datasetsShared: row[5].count,
      failedCalls: row[6].count)
  }

  private mutating func storedBytes() throws(QueryError) -> UsageReport.StoredBytes {
    var bytes = UsageReport.StoredBytes()
    let found = try rows(
      """
      SELECT storage_type, sum(bytes_delta) AS bytes FROM events
      WHERE ts < :to AND bytes_delta IS NOT NULL AND storage_type IS NOT NULL{filters}
      GROUP BY storage_type
      """)
    for row in found where row.count == 2 {
      switch row[0].name {
      case "dataset": bytes.datasets = row[1].count
      case "checkpoint": bytes.checkpoints = row[1].count
      case "export": bytes.exports = row[1].count
      default: continue
      }
    }
    return bytes
  }
}
