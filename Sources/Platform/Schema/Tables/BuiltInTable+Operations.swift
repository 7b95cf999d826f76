internal import ColumnStore

/// What the service keeps of its own work.
extension BuiltInTable {
  /// Without an organisation: for those who see all.
  static let scheduledJobs = BuiltInTable(
    "scheduled_jobs", .things, key: ["job_name"],
    "The newest run of each job ([insights](insights.md#schedules)), by which a restart knows what it missed.",
    [
      BuiltInColumn("job_name", .text, "`hourly`, `daily`, ...").required,
      BuiltInColumn(
        "due_at", .timestamp, "the moment of its schedule that the newest run stands for (UTC)"),
      BuiltInColumn("started_at", .timestamp, "when the newest run began (UTC)").required,
      BuiltInColumn("ended_at", .timestamp, "when it ended (UTC)").required,
      BuiltInColumn("outcome", .text, "`done` or `failed`").required,
      BuiltInColumn("detail", .text, "what came of it"),
      BuiltInColumn("runs", .integer, "how often it ran").required,
      BuiltInColumn("failures", .integer, "how often it failed").required,
    ])

  static let alerts: BuiltInTable = {
    var table = BuiltInTable(
      "alerts", .facts(day: "since"), key: ["alert_id"],
      "What was wrong, from when it was noticed until it was well again ([insights](insights.md#alerts)).",
      [
        .time("since", "when it was noticed (UTC)"),
        BuiltInColumn("alert_id", .text, "its name").required,
        .organization,
        BuiltInColumn("rule_id", .text, "`ingest_lag`, `error_rate`, ...").required,
        BuiltInColumn("severity", .text, "`warning` or `critical`").required,
        BuiltInColumn("state", .text, "`firing` or `resolved`").required,
        BuiltInColumn("resolved_at", .timestamp, "when it was well again (UTC)"),
        BuiltInColumn("value", .double, "what was read when the state last changed"),
        BuiltInColumn("threshold", .double, "from where on it fires"),
        BuiltInColumn("metric_unit", .text, "what both are counted in"),
        BuiltInColumn("message", .text, "one sentence"),
      ])
    table.retentionDays = 90
    return table
  }()

  /// Without an organisation: for those who see all.
  static let webhookDeliveries = BuiltInTable(
    "webhook_deliveries", .things, key: ["delivery_id"],
    "Messages that the webhook of alerts has not taken yet ([insights](insights.md#webhook)).",
    [
      BuiltInColumn("delivery_id", .text, "the same for every attempt").required,
      BuiltInColumn("event", .text, "`alert`").required,
      BuiltInColumn("body", .text, "what is sent; nothing in it is about a person").required,
      BuiltInColumn("kept_at", .timestamp, "since when it waits (UTC)").required,
    ])

  static let dailySnapshots = BuiltInTable(
    "daily_snapshots", .things, key: ["organization_id", "day", "metric_id"],
    """
    The main metrics of each day that is over, by the days of the organisation's zone. They stay when the \
    events are dropped: DAU, WAU and MAU cannot be had from those of other days.
    """,
    [
      BuiltInColumn("organization_id", .text, "the organisation; empty: all together")
        .labelled(.organization).required,
      BuiltInColumn("day", .text, "`2026-01-31`").required,
      BuiltInColumn("metric_id", .text, "of the [catalogue](metrics.md): `dau`").required,
      BuiltInColumn("metric_version", .integer, "of its definition").required,
      BuiltInColumn("value", .double, "null: no data, or nothing to divide by"),
      BuiltInColumn("numerator", .double, "of a share"),
      BuiltInColumn("denominator", .double, "of a share"),
    ])

  static let weeklyReports = BuiltInTable(
    "weekly_reports", .things, key: ["organization_id", "week"],
    "Which weekly reports were written and sent: each once ([insights](insights.md#weekly-reports)).",
    [
      .organization.required,
      BuiltInColumn("week", .text, "`2026-W03` (ISO 8601)").required,
      BuiltInColumn("people", .integer, "of how many people there was a report"),
      BuiltInColumn("written_at", .timestamp, "when the files were there (UTC)"),
      BuiltInColumn("delivered_at", .timestamp, "when the webhook had taken them (UTC)"),
    ])
}
