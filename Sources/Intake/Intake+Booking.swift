internal import AccessControl
internal import ColumnStore
internal import Synchronization

extension Intake {
  /// What a change did, known before it is kept.
  struct Work {
    var results: [BatchResults.Result]
    /// What the one message of a batch was about.
    var session: SessionSummary?
    /// Brings up to date what is in memory, once the change has its place.
    var note: () -> Void = {}
    /// What it adds to the events.
    var activity = StoredActivity.nothing
  }

  /// Does `work` as one change with the dead letters and the ledger's rows, and keeps the books.
  func book(
    _ batch: DecodedBatch, from emitter: Emitter, at now: Int64, _ mark: BatchMark,
    _ work: (StoreTransaction) throws -> Work
  ) throws(IntakeRefusal) -> Work {
    var received: [LedgerAccount: Int] = [:]
    if !mark.isReplay {
      for row in 0..<batch.rowCount {
        received[account(row, of: batch, emitter), default: 0] += 1
      }
    }
    ledger.begin(received)
    func change(
      _ transaction: StoreTransaction
    ) throws -> (work: Work, entries: Ledger.Entries, version: UInt64) {
      let done = try work(transaction)
      let entries = entries(of: batch, emitter, done.results, at: now, mark)
      if !mark.isReplay { try appendDeadLetters(batch, emitter, done.results, now, transaction) }
      try appendLedger(batch, emitter, done.results, entries, now, mark, transaction)
      return (done, entries, transaction.catalog.version + 1)
    }
    do {
      let (done, entries, version) = try store.change(whenAccepted: { $0.work.note() }, change)
      ledger.settle(received, as: entries)
      if let sequence = mark.sequence {
        ledger.note(sequence, stream: mark.stream, of: emitter.id)
      }
      report(done.activity, of: batch, at: now, version: version)
      return done
    } catch {
      ledger.cancel(received)
      throw Self.refusal(error)
    }
  }

  /// Once the rows are kept and visible, and outside of all locks of the store.
  private func report(
    _ activity: StoredActivity, of batch: DecodedBatch, at now: Int64, version: UInt64
  ) {
    guard let observer = observer.withLock({ $0 }) else { return }
    switch activity {
    case .nothing: return
    case .rows(let rows) where rows.isEmpty: return
    case .rows(let rows):
      observer.tell(ActivityCounting.count(batch, rows, at: now, version: version))
    case .made(let events) where events.isEmpty: return
    case .made(let events):
      observer.tell(ActivityBatch(events, at: now, version: version))
    }
  }

  static func refusal(_ error: any Error) -> IntakeRefusal {
    guard let error = error as? StoreError else {
      return IntakeRefusal(.notStored, "nothing was stored: \(error)")
    }
    guard case .notKept(let refusal) = error else {
      return IntakeRefusal(.notStored, "nothing was stored: \(error)")
    }
    return IntakeRefusal(
      .notStored, refusal.hint.map { "\(refusal.message); \($0)" } ?? refusal.message)
  }

  private func account(_ row: Int, of batch: DecodedBatch, _ emitter: Emitter) -> LedgerAccount {
    LedgerAccount(emitter: emitter.id, organization: batch.organization(row))
  }

  private func entries(
    of batch: DecodedBatch, _ emitter: Emitter, _ results: [BatchResults.Result], at now: Int64,
    _ mark: BatchMark
  ) -> Ledger.Entries {
    var entries: Ledger.Entries = [:]
    // Mostly there is one account; by number, so that a row costs no hashing.
    var byNumber: [Int32: LedgerTotals] = [:]
    for (row, result) in results.enumerated() {
      var entry = byNumber[batch.rowOrganizations[row]] ?? LedgerTotals()
      switch result {
      case .ignored: continue
      case .accepted: entry.accepted += 1
      case .duplicate: entry.duplicates += 1
      case .failed: entry.failed += 1
      }
      entry.received += 1
      byNumber[batch.rowOrganizations[row]] = entry
    }
    for (number, var entry) in byNumber {
      let organization = number < 0 ? nil : batch.organizations[Int(number)]
      let account = LedgerAccount(emitter: emitter.id, organization: organization)
      if let origin = mark.replayed {
        // It was received and failed before: what left the dead letters is no failure any more, and is
        // of the organisation that is known now.
        let left = entry.accepted + entry.duplicates
        if left == 0 { continue }
        entry.received = left
        entry.failed = 0
        var taken = LedgerTotals()
        taken.received = -left
        taken.failed = -left
        entries[origin] = taken
      }
      entries[account] = entries[account, default: LedgerTotals()] + entry
    }
    for account in entries.keys where entries[account]?.received ?? 0 > 0 {
      entries[account]?.lastReceived = UnixTime(milliseconds: now)
    }
    if entries.isEmpty, mark.sequence != nil {
      // Nothing to count, but a number to remember: so a restart knows that the batch came.
      entries[LedgerAccount(emitter: emitter.id, organization: emitter.organization)] =
        LedgerTotals()
    }
    if let first = entries.keys.min() { entries[first]?.scrubbed = batch.counts.total }
    return entries
  }

  private func appendLedger(
    _ batch: DecodedBatch, _ emitter: Emitter, _ results: [BatchResults.Result],
    _ entries: Ledger.Entries, _ now: Int64, _ mark: BatchMark, _ transaction: StoreTransaction
  ) throws {
    guard !entries.isEmpty else { return }
    let table = try transaction.table(IntakeTable.ledger.rawValue)
    var rows = TableRows(try schema(of: .ledger, transaction))
    // What is the batch's as a whole stands in its first row.
    var whole: [String: Value] = [:]
    if let sequence = mark.sequence { whole["sequence"] = .integer(sequence) }
    if let stream = mark.stream { whole["stream"] = .text(stream) }
    if let key = mark.key {
      whole["batch_key"] = .text(key.name)
      whole["body_hash"] = .integer(Int64(bitPattern: key.bodyHash))
      whole["outcome"] = .text(BatchResults(results).text)
    }
    for (account, entry) in entries.sorted(by: { $0.key < $1.key }) {
      rows.append(
        Ledger.row(account, entry, kind: batch.schema.kind, at: now, batch: whole))
      whole = [:]
    }
    try table.append(rows.batch)
  }

  private func appendDeadLetters(
    _ batch: DecodedBatch, _ emitter: Emitter, _ results: [BatchResults.Result], _ now: Int64,
    _ transaction: StoreTransaction
  ) throws {
    guard
      results.contains(where: { if case .failed = $0 { true } else { false } })
    else { return }
    let table = try transaction.table(IntakeTable.deadLetters.rawValue)
    var rows = TableRows(try schema(of: .deadLetters, transaction))
    for (row, result) in results.enumerated() {
      guard case .failed(let problem) = result else { continue }
      rows.append(
        DeadLetter.row(
          batch, row, problem, emitter, at: now, id: newID(),
          message: problem.message(rules.limits, batch.schema.kind)))
    }
    try table.append(rows.batch)
  }

  /// A UUID of chance.
  func newID() -> String {
    RecordKey(withUnsafeBytes(of: (random(), random())) { Array($0) }, seed: 0).uuid
  }

  func schema(
    of table: IntakeTable, _ transaction: StoreTransaction
  ) throws(StoreError) -> TableSchema {
    guard let schema = transaction.catalog.tables[table.rawValue]?.schema else {
      throw .unknownTable(table.rawValue)
    }
    return schema
  }
}
