internal import Alerting
internal import ServiceSetup

extension AlertThresholds {
  /// As the settings `alerts.*` say.
  init(_ configuration: ServiceConfiguration) {
    self.init()
    func number(_ key: String) -> Double? { configuration.integer(key).map { Double($0) } }
    errorRate = number("alerts.error_percent").map { $0 / 100 } ?? errorRate
    ingestFailures = number("alerts.ingest_failure_percent").map { $0 / 100 } ?? ingestFailures
    generationMilliseconds = number("alerts.generation_ms") ?? generationMilliseconds
    responseMilliseconds = number("alerts.response_ms") ?? responseMilliseconds
  }
}
