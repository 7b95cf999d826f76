/// What the journal's thread and those who wait for it share, and what the thread does.
final class JournalCore: Sendable {
  struct FileStart {
    var number: UInt64
    var position: UInt64
  }

  private struct State {
    var waiting: [JournalRecord] = []
    var waitingByteCount = 0
    /// Of the last record submitted, handed to the disk, written, and known to be on disk.
    var submitted: UInt64
    var handed: UInt64
    var written: UInt64
    var durable: UInt64
    var files: [FileStart]
    var failure: PersistenceError?
    /// When that was: milliseconds since 1970-01-01 UTC.
    var failedAt: Int64?
    /// Checkpoints asked for and done, and what the last one gave.
    var asked = 0
    var done = 0
    var mark: JournalMark?
    /// A checkpoint wants what comes next in a file of its own.
    var startsFile = false
    var isClosing = false
    var isEnding = false
    var isClosed = false
  }

  private enum Work {
    case records([JournalRecord])
    case checkpoint(Int, startsFile: Bool)
    case close
    case end
  }

  private let durability: Durability
  private let now: @Sendable () -> Duration
  private let time: @Sendable () -> Int64
  private let monitor: JournalMonitor<State>

  /// Submitting waits while records of this many bytes do.
  private static let waitingByteLimit = 64 << 20
  private static let interval = Duration.seconds(1)

  init(
    _ position: UInt64, files: [FileStart], durability: Durability,
    now: @escaping @Sendable () -> Duration, time: @escaping @Sendable () -> Int64
  ) {
    self.durability = durability
    self.now = now
    self.time = time
    monitor = JournalMonitor(
      State(
        submitted: position, handed: position, written: position, durable: position, files: files))
  }

  var durablePosition: UInt64 { monitor.look(\.durable) }
  var failedAt: Int64? { monitor.look(\.failedAt) }

  var status: Journal.Status {
    monitor.look { state in
      if let failure = state.failure { return .stopped(failure) }
      return state.isClosing || state.isEnding ? .closed : .running
    }
  }

  // MARK: - Those who wait

  func submit(_ records: [JournalRecord]) throws(PersistenceError) -> UInt64 {
    let outcome = monitor.await(as: .callers, waking: .thread) {
      (state: inout State) -> Result<UInt64, PersistenceError>? in
      if let refusal = Self.refusal(state) { return .failure(refusal) }
      guard state.waitingByteCount < Self.waitingByteLimit else { return nil }
      state.waiting += records
      state.waitingByteCount += records.reduce(0) { $0 + $1.stored.count }
      state.submitted += UInt64(records.count)
      return .success(state.submitted)
    }
    return try Self.value(outcome)
  }

  func wait(for position: UInt64) throws(PersistenceError) {
    let durability = durability
    let outcome = monitor.await(as: .callers) {
      (state: inout State) -> Result<Void, PersistenceError>? in
      let stored = durability == .fsync ? state.durable : state.written
      if position <= stored { return .success(()) }
      if let failure = state.failure {
        return .failure(
          .journalStopped(reason: failure.description, mayBeStored: position <= state.handed))
      }
      if state.isClosed || position > state.submitted {
        return .failure(.journalStopped(reason: "it was closed", mayBeStored: false))
      }
      return nil
    }
    try Self.value(outcome)
  }

  func checkpoint(startsFile: Bool) throws(PersistenceError) -> JournalMark {
    let asked = monitor.change(waking: .thread) { state in
      state.asked += 1
      if startsFile { state.startsFile = true }
      return state.asked
    }
    let outcome = monitor.await(as: .callers) {
      (state: inout State) -> Result<JournalMark, PersistenceError>? in
      if state.done >= asked, let mark = state.mark { return .success(mark) }
      return Self.refusal(state).map { .failure($0) }
    }
    return try Self.value(outcome)
  }

  func close() throws(PersistenceError) {
    monitor.change(waking: .thread) { $0.isClosing = true }
    let outcome = monitor.await(as: .callers) {
      (state: inout State) -> Result<Void, PersistenceError>? in
      if let failure = state.failure {
        return .failure(.journalStopped(reason: failure.description, mayBeStored: false))
      }
      return state.isClosed ? .success(()) : nil
    }
    try Self.value(outcome)
  }

  func end() {
    monitor.change(waking: .thread) { $0.isEnding = true }
  }

  func numbers(upTo position: UInt64) -> [UInt64] {
    monitor.look { state in
      zip(state.files, state.files.dropFirst()).filter { $1.position <= position + 1 }.map(
        \.0.number)
    }
  }

  func forget(_ number: UInt64) {
    monitor.change(waking: .thread) { $0.files.removeAll { $0.number == number } }
  }

  private static func refusal(_ state: State) -> PersistenceError? {
    if let failure = state.failure {
      return .journalStopped(reason: failure.description, mayBeStored: false)
    }
    guard state.isClosing || state.isEnding else { return nil }
    return .journalStopped(reason: "it was closed", mayBeStored: false)
  }

  private static func value<Value>(
    _ outcome: Result<Value, PersistenceError>?
  ) throws(PersistenceError) -> Value {
    guard let outcome else { preconditionFailure("a wait without a limit has a value") }
    return try outcome.get()
  }

  // MARK: - The thread

  /// Until the journal is closed or something fails.
  func run(_ writer: inout JournalWriter) {
    var synced = now()
    do throws(PersistenceError) {
      while true {
        let isDue = durability == .everysec && writer.durableByteCount < writer.byteCount
        let work = monitor.await(
          as: .thread,
          limit: { [now] in isDue ? max(.zero, Self.interval - (now() - synced)) : nil },
          Self.take)
        switch work {
        case .records(let records):
          if try writer.append(records) { noteFile(writer) }
          if durability == .fsync { try writer.synchronize() }
        case .checkpoint(let asked, let startsFile):
          if startsFile, try writer.startFile() { noteFile(writer) }
          let mark = try writer.checkpoint()
          monitor.change(waking: .callers) { state in
            state.done = asked
            state.mark = mark
          }
        case .close:
          _ = try writer.checkpoint()
          note(writer)
          monitor.change(waking: .callers) { $0.isClosed = true }
          return
        case .end: return
        case nil: break
        }
        if durability == .everysec, now() - synced >= Self.interval {
          // Acknowledged first: they were promised no more.
          note(writer)
          try writer.synchronize()
          synced = now()
        }
        note(writer)
      }
    } catch {
      monitor.change(waking: .callers) { state in
        state.failure = error
        state.failedAt = time()
        state.waiting = []
        state.waitingByteCount = 0
      }
    }
  }

  private static func take(_ state: inout State) -> Work? {
    if state.isEnding { return .end }
    if !state.waiting.isEmpty {
      let records = state.waiting
      state.waiting = []
      state.waitingByteCount = 0
      state.handed = state.submitted
      return .records(records)
    }
    if state.done < state.asked {
      defer { state.startsFile = false }
      return .checkpoint(state.asked, startsFile: state.startsFile)
    }
    return state.isClosing ? .close : nil
  }

  private func note(_ writer: JournalWriter) {
    monitor.change(waking: .callers) { state in
      state.written = writer.position
      if writer.durableByteCount == writer.byteCount { state.durable = writer.position }
    }
  }

  private func noteFile(_ writer: JournalWriter) {
    monitor.change(waking: .callers) { state in
      // The records of this group are the first in it.
      state.files.append(FileStart(number: writer.number, position: state.written + 1))
    }
  }
}
