/// All that the service makes at its start.
public enum BuiltInSchema {
  /// Raised by one with every change of a table or a view, and never lowered.
  public static let version = 1

  public static let tables: [BuiltInTable] = [
    .events, .feedback, .auditLog, .deadLetters, .ingestLedger, .insights, .users, .sessions,
    .threats, .resources, .prices, .scheduledJobs, .alerts, .weeklyReports, .dailySnapshots,
    .webhookDeliveries,
    .relations,
  ]

  /// Those that others use stand before them.
  public static let views: [BuiltInView] = [
    .activityLog, .activityEvents, .userActivityLogs, .analyticsEvents, .tokenUsage, .requestLogs,
    .apiCalls, .jobs, .storageChanges, .userSessions, .feedbackLogs, .threatLogs, .auditLogs,
    .activityAggregates, .tokenUsageAggregates, .modelUsageStats, .apiUsage,
  ]

  /// What is kept of days that are dropped.
  public static let rollUps: [BuiltInRollUp] = [
    .eventsDaily, .usageDaily, .errorsDaily, .feedbackDaily, .deadLettersDaily,
    .ingestLedgerDaily,
  ]

  public static func table(_ name: String) -> BuiltInTable? { tables.first { $0.name == name } }

  /// Whether a column of this name may name a person, and must be sealed or be free text wherever it
  /// is.
  public static func mustBeHidden(_ column: String) -> Bool {
    let names: Set = [
      "ip", "changes", "payload", "comment", "full_name", "first_name", "last_name", "phone",
      "feedback_text", "token", "refresh_token", "session_token",
    ]
    let parts = [
      "email", "ip_address", "user_agent", "token_hash", "sealed_", "password", "secret",
    ]
    return names.contains(column) || parts.contains { column.contains($0) }
  }
}
