package import Authentication
package import Intake
package import ServiceSetup

extension IntakeRules {
  /// What the settings `ingest.*` say; files that they name are not read here.
  package init(_ configuration: ServiceConfiguration, _ pseudonymizer: Pseudonymizer) {
    self.init(pseudonymizer: pseudonymizer)
    func set(_ limit: inout Int, _ key: String) {
      if let value = configuration.integer(key) { limit = value }
    }
    set(&limits.bodyByteCount, "ingest.largest_body_bytes")
    set(&limits.recordCount, "ingest.largest_record_count")
    set(&limits.recordByteCount, "ingest.largest_record_bytes")
    set(&limits.idHours, "ingest.id_hours")
    set(&limits.idCount, "ingest.id_count")
    set(&limits.batchKeyCount, "ingest.batch_key_count")
    set(&limits.futureSeconds, "ingest.future_seconds")
    set(&limits.pastDays, "ingest.past_days")
    anonymizesAddresses = configuration.text("ingest.ip_addresses") == "network"
  }
}
