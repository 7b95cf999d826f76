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
}
