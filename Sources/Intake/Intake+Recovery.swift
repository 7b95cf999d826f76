internal import AccessControl
internal import ColumnStore
internal import Synchronization

extension Intake {
  /// Makes what is kept in memory of the tables.
  func recover(at now: Int64) throws(IntakeSetupError) {
    let catalog = store.catalog()
    for table in IntakeTable.allCases { try table.check(catalog) }
    var current = IntakeTable.events
    do throws(DamagedChunk) {
      for table in IntakeTable.allCases {
        current = table
        guard let contents = catalog.tables[table.rawValue] else { continue }
        switch table {
        case .events: try recoverIDs(contents, at: now)
        case .ledger:
          try Ledger.read(
            contents, folded: catalog.tables[IntakeTable.ledgerRollUp], into: ledger)
          try recoverAnswers(contents, at: now)
        case .sessions: try recoverSessions(contents)
        case .resources:
          var rows: [[Value]] = []
          try contents.visitRows(contents.schema.columns.map(\.name)) { rows.append($0) }
          noteResources(rows, contents.schema)
        case .feedback, .threats, .users, .deadLetters: break
        }
      }
    } catch {
      throw IntakeSetupError(table: current.rawValue, reason: error.reason)
    }
  }

  private func recoverIDs(_ table: Table, at now: Int64) throws(DamagedChunk) {
    let earliest = now - Int64(rules.limits.idHours) * 3_600_000
    var index = IdempotencyIndex(
      windowMilliseconds: Int64(rules.limits.idHours) * 3_600_000,
      countLimit: rules.limits.idCount)
    index.advance(to: now)
    var bytes: [UInt8] = []
    let seed = seed
    try table.visitRows(
      ["organization_id", "event_id", "content_hash", "received_at"],
      from: ("received_at", earliest)
    ) { row in
      // Rows that were loaded from files have no time at which they came, and no hash.
      guard let organization = row[0].words, let id = row[1].words, let content = row[2].whole,
        let received = row[3].whole, received >= earliest
      else { return }
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: organization.utf8)
      bytes.append(0)
      bytes.append(contentsOf: id.utf8)
      let key = RecordKey(bytes, seed: seed)
      let content64 = UInt64(bitPattern: content)
      guard index.find(key, content: content64) == .new else { return }
      index.insert(key, content: content64, at: received)
    }
    let made = index
    self.index.withLock { $0 = made }
  }

  private func recoverAnswers(_ table: Table, at now: Int64) throws(DamagedChunk) {
    let earliest = now - Int64(rules.limits.idHours) * 3_600_000
    try table.visitRows(
      ["batch_key", "body_hash", "outcome", "received_at"], from: ("received_at", earliest)
    ) { row in
      guard let name = row[0].words, let hash = row[1].whole, let results = row[2].words,
        let received = row[3].whole, received >= earliest
      else { return }
      answers.end(
        name, BatchAnswers.Answer(bodyHash: UInt64(bitPattern: hash), results: results))
    }
  }

  private func recoverSessions(_ table: Table) throws(DamagedChunk) {
    var open: [ExactText: SessionBook.OpenSession] = [:]
    try table.visitRows([
      "session_id", "organization_id", "user_id", "login_at", "last_activity_at", "active_seconds",
      "is_active",
    ]) { row in
      guard row[6].flag == true, let id = row[0].words,
        let organization = row[1].words.flatMap({ OrganizationID($0) }),
        let user = row[2].words.flatMap({ UserID($0) }),
        let login = row[3].whole, let last = row[4].whole
      else { return }
      open[ExactText(id)] = SessionBook.OpenSession(
        organization: organization, user: user,
        state: SessionState(login: login, lastActivity: last, activeSeconds: row[5].whole ?? 0),
        quarter: last / 900_000)
    }
    sessions.update(open)
  }
}
