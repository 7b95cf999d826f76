extension Service {
  /// Every endpoint there is: what is not in this list is not served.
  package static let allEndpoints: [Endpoint] =
    healthEndpoints + operationsEndpoints + revealEndpoints + auditEndpoints + emitterKeyEndpoints
    + erasureEndpoints + queryEndpoints + liveEndpoints
    + deadLetterEndpoints
    + ledgerEndpoints
    + threatEndpoints
    + ingestEndpoints
    + telemetryEndpoints + browserEndpoints + pageEndpoints
    + overviewEndpoints + metricEndpoints
    + priceEndpoints + costEndpoints + eventListEndpoints
    + exportEndpoints + retentionEndpoints + funnelEndpoints
}
