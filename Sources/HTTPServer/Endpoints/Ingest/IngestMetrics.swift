internal import AccessControl
internal import Intake

/// What intake counts of itself for Prometheus; per organisation and emitter the ledger says it.
package final class IngestMetrics: Sendable {
  private let records: MetricFamily
  private let batches: MetricFamily
  private let bytes: MetricFamily
  private let durations: MetricFamily

  init(_ registry: MetricRegistry) {
    records = registry.counter(
      "daybook_ingest_records_total", "Records that were answered for, by what became of them.",
      labels: ["kind", "result"])
    batches = registry.counter(
      "daybook_ingest_batches_total", "Bodies, by `taken`, `replayed`, or why they were refused.",
      labels: ["result"])
    bytes = registry.counter(
      "daybook_ingest_bytes_total", "Of bodies that were taken, after decompression.")
    durations = registry.histogram(
      "daybook_ingest_duration_seconds", "From a thread's taking up a body to its being on disk.",
      bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
  }

  func refused(_ code: String) { batches.add(labels: [code]) }

  /// What was answered before is counted once.
  func took(_ kind: IntakeKind, _ outcome: IntakeOutcome, byteCount: Int, _ duration: Duration) {
    batches.add(labels: [outcome.isReplay ? "replayed" : "taken"])
    guard !outcome.isReplay else { return }
    for (result, count) in [
      ("accepted", outcome.accepted.count), ("duplicate", outcome.duplicates.count),
      ("failed", outcome.failed.count), ("ignored", outcome.ignored.count),
    ] where count > 0 {
      records.add(Double(count), labels: [kind.rawValue, result])
    }
    bytes.add(Double(byteCount))
    durations.observe(duration / .seconds(1))
  }
}

extension Service {
  /// What is read when the metrics are asked for.
  func registerIngestGauges() {
    func gauge(_ name: String, _ about: String, _ read: @escaping @Sendable (Service) -> Double) {
      metrics.registry.gauge(name, about) { [weak self] in self.map { [([], read($0))] } ?? [] }
    }
    gauge("daybook_ingest_queue_bytes", "Of bodies that are being taken.") {
      Double($0.recordQueue.byteCount)
    }
    gauge("daybook_ingest_queue_batches", "Batches that have come and are not stored yet.") {
      Double($0.recordQueue.batchCount)
    }
    gauge("daybook_ingest_lag_seconds", "For how long the oldest of these has waited.") {
      Double($0.recordQueue.lag(at: $0.environment.now())) / 1000
    }
    gauge("daybook_ingest_known_ids", "Ids of records that are remembered.") {
      Double($0.intake.idMemory.count)
    }
    gauge("daybook_ingest_id_memory_bytes", "What they take.") {
      Double($0.intake.idMemory.byteCount)
    }
    gauge("daybook_ingest_ids_known_since", "From when on, since 1970.") {
      Double($0.intake.idMemory.knownSince.milliseconds) / 1000
    }
    gauge("daybook_ingest_open_sessions", "Sessions that are open.") {
      Double($0.intake.openSessionCount)
    }
    metrics.registry.gauge(
      "daybook_ingest_scrubbed_total", "What was not stored as it came, by the rule.",
      labels: ["rule"], isCounter: true
    ) { [weak self] in
      guard let counts = self?.intake.scrubCounts else { return [] }
      return ScrubRule.allCases.map { ([$0.rawValue], Double(counts[$0])) }
    }
    metrics.registry.gauge(
      "daybook_ingest_records",
      "The books of all emitters: `received` is the sum of the others, at every moment.",
      labels: ["state"]
    ) { [weak self] in
      guard let totals = self?.intake.ledgerTotals.values else { return [] }
      return [
        ("received", \LedgerTotals.received), ("accepted", \.accepted),
        ("duplicate", \.duplicates), ("failed", \.failed), ("pending", \.pending),
      ].map { name, count in ([name], Double(totals.reduce(0) { $0 + $1[keyPath: count] })) }
    }
  }
}
