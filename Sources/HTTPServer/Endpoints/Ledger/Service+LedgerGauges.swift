package import Intake

extension Service {
  /// Emitters that are counted by name; all others are counted as one.
  package static let largestGaugedEmitterCount = 100

  /// Registers what the books say of each emitter.
  func registerLedgerGauges() {
    // Not only growing: what a replay takes out of the dead letters leaves `failed`.
    metrics.registry.gauge(
      "daybook_ingest_ledger_records",
      "Records since the first one, by emitter key and by what became of them.",
      labels: ["emitter", "outcome"]
    ) { [weak self] in
      guard let self else { return [] }
      return Self.byEmitter(intake.ledgerTotals).flatMap { emitter, totals in
        [
          ([emitter, "received"], Double(totals.received)),
          ([emitter, "accepted"], Double(totals.accepted)),
          ([emitter, "duplicate"], Double(totals.duplicates)),
          ([emitter, "failed"], Double(totals.failed)),
          ([emitter, "pending"], Double(totals.pending)),
          ([emitter, "scrubbed"], Double(totals.scrubbed)),
        ]
      }
    }
    metrics.registry.gauge(
      "daybook_ingest_missing_batches", "Batches that emitters numbered and that never came."
    ) { [weak self] in
      guard let self else { return [] }
      let missing = intake.ledgerBook.gaps.values.joined().reduce(0.0) {
        $0 + Double($1.missing.count)
      }
      return [([], missing)]
    }
  }

  /// Those that sent most have their names, which administrators gave out; whatever else sends is one of
  /// the others.
  package static func byEmitter(
    _ totals: [LedgerAccount: LedgerTotals]
  ) -> [(emitter: String, totals: LedgerTotals)] {
    var sums: [String: LedgerTotals] = [:]
    for (account, totals) in totals {
      let isKnown = account.emitter == Emitter.people || EmitterKeyName.isOne(account.emitter)
      let name = isKnown ? account.emitter : "other"
      sums[name, default: LedgerTotals()] += totals
    }
    var sorted = sums.filter { $0.key != "other" }.sorted {
      ($1.value.received, $0.key) < ($0.value.received, $1.key)
    }
    var other = sums["other"]
    for rest in sorted.dropFirst(largestGaugedEmitterCount) {
      other = (other ?? LedgerTotals()) + rest.value
    }
    sorted = Array(sorted.prefix(largestGaugedEmitterCount))
    return sorted.map { ($0.key, $0.value) } + (other.map { [("other", $0)] } ?? [])
  }
}

/// The names of emitter keys: 16 hexadecimal digits.
private enum EmitterKeyName {
  static func isOne(_ text: String) -> Bool {
    text.utf8.count == 16
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
