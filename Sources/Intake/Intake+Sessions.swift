public import AccessControl
internal import Authentication
internal import ColumnStore

extension Intake {
  /// C3: in every time zone days begin with a quarter of an hour, so one heartbeat event of each makes
  /// the people of a day right anywhere, without a row for each heartbeat.
  private static let quarter: Int64 = 900_000

  /// Login, heartbeat and logout, by the service's clock. What is unknown, ended, of somebody else, or
  /// too soon is ignored without an error, and not booked.
  func storeMessages(
    _ batch: DecodedBatch, at now: Int64, in transaction: StoreTransaction
  ) throws -> Work {
    var change = SessionChange()
    var results: [BatchResults.Result] = []
    var about: SessionSummary?
    for row in 0..<batch.rowCount {
      if let problem = batch.problems[row] {
        results.append(.failed(problem))
        continue
      }
      let id = ExactText(batch["session_id"].text(row) ?? "")
      if batch.schema.kind == .login {
        results.append(try login(id, row, of: batch, at: now, &change, transaction, &about))
        continue
      }
      guard var session = change.sessions[id] ?? sessions[id], session.state.end == nil,
        batch.organization(row).map({ $0 == session.organization }) ?? true,
        batch["user_id"].text(row).map({ UserID($0) == session.user }) ?? true
      else {
        results.append(.ignored)
        continue
      }
      defer { about = change.gone.contains(id) ? nil : SessionSummary(id, session) }
      let isLogout = batch.schema.kind == .logout
      guard isLogout ? session.state.logout(at: now) : session.state.heartbeat(at: now),
        try isThere(id, &change, transaction)
      else {
        results.append(.ignored)
        continue
      }
      // One that had ended by itself before stays so.
      results.append(session.state.end == .inactivity ? .ignored : .accepted)
      if session.state.end == .logout {
        change.add("logout", id, session, at: now)
      } else if session.state.end == nil, session.quarter != now / Self.quarter {
        session.quarter = now / Self.quarter
        change.add("heartbeat", id, session, at: now)
      }
      change.sessions[id] = session
    }
    try store(change, at: now, in: transaction)
    var work = Work(results: results) { [self] in
      sessions.update(change.sessions, gone: change.gone)
    }
    work.activity = .made(
      change.events.compactMap { event in
        guard let type = event["event_type"]?.words,
          let organization = event["organization_id"]?.words.flatMap({ OrganizationID($0) }),
          let user = event["user_id"]?.words.flatMap({ UserID($0) })
        else { return nil }
        return StoredActivity.MadeEvent(type: type, organization: organization, user: user)
      })
    if batch.rowCount == 1 { work.session = about }
    return work
  }

  /// Ends the sessions of which nothing was heard for 30 minutes, at their last activity. Returns how
  /// many there were.
  @discardableResult
  public func closeInactiveSessions(at now: UnixTime) throws(IntakeRefusal) -> Int {
    guard !sessions.silent(at: now.milliseconds).isEmpty else { return 0 }
    func close(_ transaction: StoreTransaction) throws -> SessionChange {
      var change = SessionChange()
      for (id, session) in sessions.silent(at: now.milliseconds) {
        var session = session
        if session.state.closeIfInactive(at: now.milliseconds),
          try isThere(id, &change, transaction)
        {
          change.sessions[id] = session
        }
      }
      try store(change, at: now.milliseconds, in: transaction)
      return change
    }
    do {
      let closed = try store.change(
        whenAccepted: { sessions.update($0.sessions, gone: $0.gone) }, close)
      return closed.sessions.count
    } catch {
      throw Self.refusal(error)
    }
  }

  /// Forgets the open sessions of somebody who was erased from the tables. What comes of them later is
  /// ignored.
  public func forgetSessions(of user: UserID) { sessions.forget(user: user) }

  /// Whether an open session has its row still: one that was erased must not come back.
  private func isThere(
    _ id: ExactText, _ change: inout SessionChange, _ transaction: StoreTransaction
  ) throws -> Bool {
    if change.details[id] != nil || change.rows[id] != nil { return true }
    let schema = try schema(of: .sessions, transaction)
    guard let row = try storedRow(id.text, schema, transaction) else {
      change.gone.insert(id)
      return false
    }
    change.rows[id] = row
    return true
  }

  private func login(
    _ id: ExactText, _ row: Int, of batch: DecodedBatch, at now: Int64,
    _ change: inout SessionChange,
    _ transaction: StoreTransaction, _ about: inout SessionSummary?
  ) throws -> BatchResults.Result {
    guard let organization = batch.organization(row) else {
      return .failed(RecordProblem(.noOrganization, "organization_id"))
    }
    guard let user = batch["user_id"].text(row).flatMap({ UserID($0) }) else {
      return .failed(RecordProblem(.missingField, "user_id"))
    }
    if let known = change.sessions[id] ?? sessions[id] {
      let isSame = known.organization == organization && known.user == user
      if isSame { about = SessionSummary(id, known) }
      return isSame ? .duplicate : .failed(RecordProblem(.userMismatch, "session_id"))
    }
    let schema = try schema(of: .sessions, transaction)
    if let old = try storedRow(id.text, schema, transaction) {
      let isSame =
        old[schema.columnIndex("organization_id") ?? 0] == .text(organization.text)
        && old[schema.columnIndex("user_id") ?? 0] == .text(user.text)
      if isSame { about = SessionSummary(id.text, organization, user.text, old, schema) }
      return isSame ? .duplicate : .failed(RecordProblem(.userMismatch, "session_id"))
    }
    let session = SessionBook.OpenSession(
      organization: organization, user: user, state: SessionState(login: now),
      quarter: now / Self.quarter)
    var details: [String: Value] = [:]
    for name in ["ip_address", "user_agent", "country", "session_token"] {
      guard let field = batch.schema.index(name), let text = batch.fields[field].text(row) else {
        continue
      }
      details[batch.schema.fields[field].column] = .text(text)
    }
    if details["country"] == nil, let address = batch["ip_address"].text(row) {
      details["country"] = .text(country(of: address))
    }
    if let text = batch["user_agent"].text(row), let client = rules.userAgents?.describe(text) {
      details["device_type"] = client.deviceType.map { .text($0) }
      details["browser"] = client.browser.map { .text($0) }
      details["os"] = client.system.map { .text($0) }
    }
    about = SessionSummary(id, session)
    change.sessions[id] = session
    change.details[id] = details
    change.add("login", id, session, at: now)
    return .accepted
  }

  private func store(
    _ change: SessionChange, at now: Int64, in transaction: StoreTransaction
  ) throws {
    guard !change.sessions.isEmpty else { return }
    let schema = try schema(of: .sessions, transaction)
    var rows = TableRows(schema)
    for (id, session) in change.sessions.sorted(by: { $0.key < $1.key }) {
      var values: [String: Value] = [:]
      for (column, value) in zip(schema.columns, change.rows[id] ?? []) {
        values[column.name] = value
      }
      values.merge(change.details[id] ?? [:]) { $1 }
      values.merge(session.values(id, at: now)) { $1 }
      rows.append(values)
    }
    try transaction.table(schema.name).append(rows.batch, onConflict: .replace)
    guard !change.events.isEmpty else { return }
    var events = TableRows(try self.schema(of: .events, transaction))
    for event in change.events { events.append(event) }
    try transaction.table(IntakeTable.events.rawValue).append(events.batch)
  }
}

/// What one batch does to sessions.
private struct SessionChange {
  var sessions: [ExactText: SessionBook.OpenSession] = [:]
  /// Of those that began.
  var details: [ExactText: [String: Value]] = [:]
  /// Of the others, as they are stored.
  var rows: [ExactText: [Value]] = [:]
  /// Those whose rows are not there any more.
  var gone: Set<ExactText> = []
  var events: [[String: Value]] = []

  /// Activity of a person, as an event.
  mutating func add(
    _ type: String, _ id: ExactText, _ session: SessionBook.OpenSession, at now: Int64
  ) {
    let name = NameUUID.text(of: ["session event", id.text, type, String(now)])
    events.append([
      "ts": .timestamp(now), "received_at": .timestamp(now), "event_id": .text(name),
      "organization_id": .text(session.organization.text), "user_id": .text(session.user.text),
      "session_id": .text(id.text), "event_type": .text(type), "category": .text("session"),
      "content_hash": .integer(0),
    ])
  }
}

extension SessionBook.OpenSession {
  fileprivate func values(_ id: ExactText, at now: Int64) -> [String: Value] {
    let seconds = state.seconds
    return [
      "session_id": .text(id.text), "organization_id": .text(organization.text),
      "user_id": .text(user.text),
      "login_at": .timestamp(state.login), "last_activity_at": .timestamp(state.lastActivity),
      "logout_at": state.end == .logout ? .timestamp(state.lastActivity) : .null,
      "active_seconds": .integer(seconds.active), "idle_seconds": .integer(seconds.idle),
      "total_seconds": .integer(seconds.total), "is_active": .boolean(state.end == nil),
    ]
  }
}
