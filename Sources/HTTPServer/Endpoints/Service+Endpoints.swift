extension Service {
  /// Every endpoint there is: what is not in this list is not served.
  package static let allEndpoints: [Endpoint] =
    healthEndpoints + operationsEndpoints + revealEndpoints + auditEndpoints + emitterKeyEndpoints
    + erasureEndpoints + snapshotEndpoints + queryEndpoints + liveEndpoints
    + deadLetterEndpoints
    + ledgerEndpoints
    + threatEndpoints
    + ingestEndpoints
    + telemetryEndpoints + browserEndpoints + pageEndpoints + signInEndpoints
    + overviewEndpoints + metricEndpoints
    + insightEndpoints + alertEndpoints + jobEndpoints
    + priceEndpoints + costEndpoints + activityEndpoints
    + personEndpoints + sessionEndpoints + requestEndpoints + segmentEndpoints
    + partitionEndpoints + usageEndpoints + feedbackEndpoints + learningEndpoints
    + dashboardEndpoints
    + exportEndpoints + retentionEndpoints + funnelEndpoints
}
