public import AccessControl
internal import ColumnStore

extension Intake {
  /// What a replay of one dead letter came to.
  public enum ReplayOutcome: Equatable, Sendable {
    case stored
    /// The record had come in the meantime.
    case duplicate
    case refused(RecordProblem)
    /// It was replayed before, or cannot be: nothing was done.
    case skipped
    case unknown
    /// The store took nothing: whatever comes after it was not tried either.
    case notStored
  }

  /// The dead letters that match, the oldest first.
  public func deadLetters(
    of organization: OrganizationID? = nil, code: ProblemCode? = nil,
    state: DeadLetter.State? = .waiting, limit: Int = 1_000
  ) throws(IntakeRefusal) -> [DeadLetter] {
    var found: [DeadLetter] = []
    try visitDeadLetters { letter in
      guard state == nil || letter.state == state,
        organization == nil || letter.organization == organization,
        code == nil || letter.problem.code == code
      else { return }
      found.append(letter)
    }
    found.sort { ($0.received, $0.id) < ($1.received, $1.id) }
    return Array(found.prefix(limit))
  }

  private func visitDeadLetters(_ body: (DeadLetter) -> Void) throws(IntakeRefusal) {
    do throws(DamagedChunk) {
      try store.catalog().tables[IntakeTable.deadLetters.rawValue]?.visitRows(DeadLetter.columns) {
        if let letter = DeadLetter($0) { body(letter) }
      }
    } catch {
      throw IntakeRefusal(.notStored, "the dead letters are damaged: \(error.reason)")
    }
  }

  /// Takes dead letters again, in the order in which they came, each as a change of its own: one that is
  /// taken leaves them in the same change, so a replay that is repeated, runs twice at the same time or is
  /// interrupted takes nothing twice. Records are scrubbed as if they came now.
  ///
  /// Fails where nothing was done at all.
  public func replay(
    _ ids: [String], at now: UnixTime
  ) throws(IntakeRefusal) -> [String: ReplayOutcome] {
    let wanted = Set(ids)
    var outcomes = Dictionary(uniqueKeysWithValues: wanted.map { ($0, ReplayOutcome.unknown) })
    var letters: [DeadLetter] = []
    try visitDeadLetters { if wanted.contains($0.id) { letters.append($0) } }
    letters.sort { ($0.received, $0.id) < ($1.received, $1.id) }
    for (place, letter) in letters.enumerated() {
      do throws(IntakeRefusal) {
        outcomes[letter.id] = try replay(letter, at: now.milliseconds)
      } catch {
        guard place > 0 else { throw error }
        for letter in letters[place...] { outcomes[letter.id] = .notStored }
        break
      }
    }
    return outcomes
  }

  private func replay(
    _ letter: DeadLetter, at now: Int64
  ) throws(IntakeRefusal) -> ReplayOutcome {
    guard letter.state == .waiting, letter.problem.code.isReplayable else { return .skipped }
    // What people may not say of themselves, they may not say by way of a dead letter either.
    if letter.emitter == Emitter.people, letter.user == nil { return .skipped }
    let emitter = Emitter(
      id: letter.emitter, organization: letter.organization, kinds: [letter.kind.recordKind],
      user: letter.emitter == Emitter.people ? letter.user : nil)
    let batch: DecodedBatch
    do throws(IntakeRefusal) {
      batch = try decode(Array(letter.payload.utf8), letter.kind, from: emitter, at: now)
    } catch {
      // It was changed by hand, or the limits were: that is about this letter alone.
      return .skipped
    }
    guard batch.rowCount == 1 else { return .skipped }
    var mark = BatchMark(batch, emitter)
    mark.replayed = LedgerAccount(emitter: letter.emitter, organization: letter.organization)
    var outcome = ReplayOutcome.skipped
    _ = try book(batch, from: emitter, at: now, mark) { transaction in
      // Somebody else may have taken it meanwhile.
      guard try self.isWaiting(letter.id, transaction) else { return Work(results: [.ignored]) }
      let work: Work =
        switch letter.kind {
        case .event, .tokenUsage, .request:
          try self.storeEvents(batch, from: emitter, at: now, in: transaction)
        case .feedback, .threat: try self.storeKeyed(batch, at: now, in: transaction)
        case .user, .resource: try self.storeProfiles(batch, at: now, in: transaction)
        // A session that was not begun then is over by now.
        case .login, .heartbeat, .logout:
          Work(results: [.failed(RecordProblem(letter.problem.code, letter.problem.field))])
        }
      let state: DeadLetter.State
      switch work.results.first {
      case .accepted?: (outcome, state) = (.stored, .replayed)
      case .duplicate?: (outcome, state) = (.duplicate, .replayed)
      case .failed(let problem)?:
        outcome = .refused(problem)
        state = problem.code.isReplayable ? .waiting : .refused
      case .ignored?, nil: return work
      }
      try self.mark(letter.id, state, at: now, transaction)
      return work
    }
    return outcome
  }

  private func isWaiting(_ id: String, _ transaction: StoreTransaction) throws -> Bool {
    let schema = try schema(of: .deadLetters, transaction)
    guard let row = try storedRow(id, schema, transaction),
      let column = schema.columnIndex("state")
    else { return false }
    return row[column].words == DeadLetter.State.waiting.rawValue
  }

  private func mark(
    _ id: String, _ state: DeadLetter.State, at now: Int64, _ transaction: StoreTransaction
  ) throws {
    let schema = try schema(of: .deadLetters, transaction)
    guard var row = try storedRow(id, schema, transaction) else { return }
    for (column, definition) in schema.columns.enumerated() {
      switch definition.name {
      case "state": row[column] = .text(state.rawValue)
      case "attempts": row[column] = .integer((row[column].whole ?? 0) + 1)
      case "replayed_at": row[column] = .timestamp(now)
      default: break
      }
    }
    var rows = TableRows(schema)
    rows.append(row)
    try transaction.table(schema.name).append(rows.batch, onConflict: .replace)
  }
}
