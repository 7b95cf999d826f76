internal import AccessControl
internal import ColumnStore
internal import Engine
internal import Platform
internal import QueryExecution
internal import QueryLanguage
internal import QueryPlanning
internal import Synchronization

/// Which jobs ran when: in memory, and in the table `scheduled_jobs`, so that a restart knows what it missed.
final class JobBook: Sendable {
  private struct State {
    var records: [Job: JobRecord]
    var running: [Job: CancellationToken] = [:]
    var isStopped = false
  }

  private let engine: Engine
  private let state: Mutex<State>

  /// Reads the table; without one nothing has run.
  init(_ engine: Engine) {
    self.engine = engine
    state = Mutex(State(records: Self.read(engine)))
  }

  func record(of job: Job) -> JobRecord? { state.withLock { $0.records[job] } }

  func isRunning(_ job: Job) -> Bool { state.withLock { $0.running[job] != nil } }

  /// What stops the caller's run.
  func begin(_ job: Job) throws(JobFailure) -> CancellationToken {
    try state.withLock { (state) throws(JobFailure) in
      if state.isStopped { throw .stopped }
      if state.running[job] != nil { throw .isRunning }
      let cancellation = CancellationToken()
      state.running[job] = cancellation
      return cancellation
    }
  }

  /// Gives up what runs, and begins nothing any more.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      for cancellation in state.running.values { cancellation.cancel() }
    }
  }

  /// Whether a run was given up: it is as if it had not begun.
  func isGivenUp(_ job: Job) -> Bool {
    state.withLock { state in
      guard state.isStopped, state.running[job]?.mustStop == true else { return false }
      state.running[job] = nil
      return true
    }
  }

  func end(_ job: Job, _ record: JobRecord) throws(QueryError) {
    state.withLock { state in
      state.running[job] = nil
      state.records[job] = record
    }
    func time(_ time: UnixTime?) -> Value { time.map { .timestamp($0.milliseconds) } ?? .null }
    let columns = Self.columns.joined(separator: ", ")
    let updates = Self.columns.dropFirst().map { "\($0) = excluded.\($0)" }
    try run(
      """
      INSERT INTO scheduled_jobs (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
      ON CONFLICT (job_name) DO UPDATE SET \(updates.joined(separator: ", "))
      """,
      [
        .text(record.job), time(record.due), time(record.started), time(record.ended),
        .text(record.outcome.rawValue), .text(record.detail), .integer(record.runCount),
        .integer(record.failureCount),
      ])
  }

  private static let columns = [
    "job_name", "due_at", "started_at", "ended_at", "outcome", "detail", "runs", "failures",
  ]

  @discardableResult
  private func run(_ sql: String, _ parameters: [Value]) throws(QueryError) -> QueryResult {
    var session = Session()
    session.access = .unrestricted
    return try engine.execute(sql, parameters: parameters, in: &session)
  }

  /// What the table says; nothing where there is none.
  static func read(_ engine: Engine) -> [Job: JobRecord] {
    var session = Session()
    session.access = .unrestricted
    let sql = "SELECT \(columns.joined(separator: ", ")) FROM scheduled_jobs"
    let rows = (try? engine.execute(sql, in: &session).rows) ?? []
    var records: [Job: JobRecord] = [:]
    for row in rows where row.count == columns.count {
      guard case .text(let name) = row[0], let job = Job(rawValue: name),
        let started = row[2].moment, let ended = row[3].moment, case .text(let outcome) = row[4],
        case .integer(let runs) = row[6], case .integer(let failures) = row[7]
      else { continue }
      var detail = ""
      if case .text(let text) = row[5] { detail = text }
      records[job] = JobRecord(
        job: name, due: row[1].moment, started: started, ended: ended,
        outcome: JobRecord.Outcome(rawValue: outcome) ?? .failed, detail: detail, runCount: runs,
        failureCount: failures)
    }
    return records
  }
}

extension Value {
  /// Of a column of times in UTC.
  var moment: UnixTime? {
    if case .timestamp(let time) = self { UnixTime(milliseconds: time) } else { nil }
  }
}
