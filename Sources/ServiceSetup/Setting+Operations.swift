extension Setting {
  /// What is told when something is wrong, and each week.
  static let operations: [Setting] = [
    Setting(
      "alerts.error_percent", .integer(1...100), "10",
      "from which share of errors in 15 minutes on an alert fires"),
    Setting(
      "alerts.ingest_failure_percent", .integer(1...100), "5",
      "from which share of records that were not taken in 5 minutes on one fires"),
    Setting(
      "alerts.generation_ms", .integer(1...86_400_000), "60000",
      "from which 95th percentile of generations in 15 minutes on one fires"),
    Setting(
      "alerts.response_ms", .integer(1...86_400_000), "2000",
      "from which mean response time of the API in 15 minutes on one fires"),
    Setting(
      "alerts.webhook_url", .secretAddress(largestByteCount: 2048), nil,
      "where alerts are sent; with alerts.webhook_secret"),
    Setting(
      "alerts.webhook_secret", .secret(smallestByteCount: 16), nil, "what they are signed with"),
    Setting(
      "reports.folder", .text(largestByteCount: 4096), nil, "where weekly reports are written"),
    Setting(
      "reports.people", .choice(["on", "off"]), "on",
      "whether there are reports of people, beside those of organisations"),
    Setting(
      "reports.webhook_url", .secretAddress(largestByteCount: 2048), nil,
      "where weekly reports are sent; with reports.webhook_secret"),
    Setting(
      "reports.webhook_secret", .secret(smallestByteCount: 16), nil, "what they are signed with"),
  ]
}
