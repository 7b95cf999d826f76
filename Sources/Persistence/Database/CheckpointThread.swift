/// What came of the snapshots that a process wrote by itself.
struct CheckpointRecord: Sendable {
  var failureCount = 0
  var lastFailure: PersistenceError?
  /// Milliseconds since 1970-01-01 UTC.
  var lastFailureTime: Int64?
  /// Not before then; `nil`: at any time.
  var notBefore: Duration?
}

/// The changes that a snapshot makes superfluous in the journal.
struct CoveredChanges: Sendable {
  /// Of records, when the catalog was taken.
  var byteCount: Int
  var takenAt: Duration
}

/// A thread that asks from time to time whether a snapshot is due, until it is told to end.
final class CheckpointThread: Sendable {
  private let monitor = JournalMonitor(false)
  private let thread: JournalThread

  /// Looks once a second.
  init(_ work: @escaping @Sendable () -> Void) throws(PersistenceError) {
    let monitor = monitor
    thread = try JournalThread(named: "the thread of checkpoints") {
      while !CheckpointThread.hasToEnd(monitor) { work() }
    }
  }

  private static func hasToEnd(_ monitor: JournalMonitor<Bool>) -> Bool {
    var isFirst = true
    func limit() -> Duration? {
      defer { isFirst = false }
      return isFirst ? .seconds(1) : .zero
    }
    return monitor.await(as: .thread, limit: limit) { $0 ? true : nil } ?? false
  }

  /// Returns once it has ended: after the snapshot that it may be writing.
  func end() {
    monitor.change(waking: .thread) { $0 = true }
    thread.join()
  }
}

extension DatabaseLog {
  /// What the journal has now that no snapshot has.
  var coveredChanges: CoveredChanges {
    let now = environment.now()
    return CoveredChanges(byteCount: change { $0.byteCount }, takenAt: now)
  }

  /// Whether there is enough in the journal, or for long enough, for a snapshot.
  var isCheckpointDue: Bool {
    guard failure == nil else { return false }
    let now = environment.now()
    let options = options
    return change { state in
      guard state.journal != nil, !state.isClosed, let oldest = state.oldestChange else {
        return false
      }
      if let notBefore = state.checkpoints.notBefore, now < notBefore { return false }
      return state.byteCount >= options.checkpointByteCount
        || now - oldest >= options.checkpointInterval
    }
  }

  /// A snapshot that failed is tried again, but not at once.
  func notingFailure<Result>(
    of body: () throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> Result {
    do throws(PersistenceError) {
      let result = try body()
      change { $0.checkpoints.notBefore = nil }
      return result
    } catch {
      let (now, time) = (environment.now(), environment.time())
      let pause = options.checkpointRetryInterval
      change { state in
        state.checkpoints.failureCount += 1
        state.checkpoints.lastFailure = error
        state.checkpoints.lastFailureTime = time
        state.checkpoints.notBefore = now + pause
      }
      throw error
    }
  }

  func startCheckpoints(_ work: @escaping @Sendable () -> Void) throws(PersistenceError) {
    guard change({ $0.checkpointThread == nil && !$0.isClosed }) else { return }
    let thread = try CheckpointThread(work)
    let isTaken = change { state in
      guard state.checkpointThread == nil, !state.isClosed else { return false }
      state.checkpointThread = thread
      return true
    }
    if !isTaken { thread.end() }
  }

  func stopCheckpoints() {
    let thread = change { state in
      defer { state.checkpointThread = nil }
      return state.checkpointThread
    }
    thread?.end()
  }
}
