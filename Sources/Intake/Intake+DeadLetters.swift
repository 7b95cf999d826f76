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
  }

  /// The dead letters that match, the oldest first.
  public func deadLetters(
    of organization: OrganizationID? = nil, code: ProblemCode? = nil,
    state: DeadLetter.State? = .waiting, limit: Int = 1_000
  ) throws(IntakeRefusal) -> [DeadLetter] {
    var found: [DeadLetter] = []
    do throws(DamagedChunk) {
      try store.catalog().tables[IntakeTable.deadLetters.rawValue]?.visitRows(DeadLetter.columns) {
        guard let letter = DeadLetter($0), state == nil || letter.state == state,
          organization == nil || letter.organization == organization,
          code == nil || letter.problem.code == code
        else { return }
        found.append(letter)
      }
    } catch {
      throw IntakeRefusal(.notStored, "the dead letters are damaged: \(error.reason)")
    }
    found.sort { ($0.received, $0.id) < ($1.received, $1.id) }
    return Array(found.prefix(limit))
  }

  /// Takes dead letters again, each as a change of its own: one that is taken leaves them in the same
  /// change, so a replay that is repeated, or interrupted, takes nothing twice.
  public func replay(
    _ ids: [String], at now: UnixTime
  ) throws(IntakeRefusal) -> [String: ReplayOutcome] {
    let wanted = Set(ids)
    let letters = Dictionary(
      try deadLetters(state: nil, limit: .max).filter { wanted.contains($0.id) }
        .map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var outcomes: [String: ReplayOutcome] = [:]
    for id in wanted.sorted() {
      guard let letter = letters[id] else {
        outcomes[id] = .unknown
        continue
      }
      outcomes[id] = try replay(letter, at: now.milliseconds)
    }
    return outcomes
  }

  private func replay(
    _ letter: DeadLetter, at now: Int64
  ) throws(IntakeRefusal) -> ReplayOutcome {
    guard letter.state == .waiting, letter.problem.code.isReplayable else { return .skipped }
    let emitter = Emitter(
      id: letter.emitter, organization: letter.organization, kinds: [letter.kind.recordKind])
    let batch = try decode(Array(letter.payload.utf8), letter.kind, from: emitter, at: now)
    guard batch.rowCount == 1 else { return .skipped }
    var mark = BatchMark(batch)
    mark.isReplay = true
    var outcome = ReplayOutcome.skipped
    _ = try book(batch, from: emitter, at: now, mark) { transaction in
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

  private func place(
    of id: String, _ transaction: StoreTransaction
  ) throws -> (row: [Value], schema: TableSchema)? {
    let schema = try schema(of: .deadLetters, transaction)
    let pool = TextPool()
    pool.append(id)
    let places = try transaction.table(schema.name).locations(
      ofKeys: [ColumnValues(storage: .text(codes: [0], pool: pool))], rowCount: 1)
    guard let place = places.first ?? nil,
      let row = try transaction.catalog.tables[schema.name]?.row(at: place)
    else { return nil }
    return (row, schema)
  }

  private func isWaiting(_ id: String, _ transaction: StoreTransaction) throws -> Bool {
    guard let (row, schema) = try place(of: id, transaction),
      let column = schema.columnIndex("state")
    else { return false }
    return row[column].words == DeadLetter.State.waiting.rawValue
  }

  private func mark(
    _ id: String, _ state: DeadLetter.State, at now: Int64, _ transaction: StoreTransaction
  ) throws {
    guard let found = try place(of: id, transaction) else { return }
    let schema = found.schema
    var row = found.row
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
