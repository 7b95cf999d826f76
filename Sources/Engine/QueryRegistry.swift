import ColumnStore
package import QueryExecution
public import QueryLanguage
import Synchronization

/// Names one statement for as long as the engine lives; later ones have greater numbers.
public struct QueryID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let number: UInt64

  public init(number: UInt64) { self.number = number }

  public static func < (left: QueryID, right: QueryID) -> Bool { left.number < right.number }

  public var description: String { String(number) }
}

/// A statement that runs now, as of when it was asked.
public struct RunningQuery: Sendable {
  public var id: QueryID
  /// The statement's own text, the start of it where it is long.
  public var text: String
  public var origin: QueryOrigin
  /// Milliseconds since 1970-01-01 UTC.
  public var start: Int64
  public var elapsed: Duration
  public var rowsScanned: Int
  /// Memory that is set aside for it now, and the most that may be.
  public var byteCount: Int
  public var byteLimit: Int
}

/// A statement that has ended.
public struct FinishedQuery: Sendable {
  public var id: QueryID
  /// The statement's own text, the start of it where it is long.
  public var text: String
  public var origin: QueryOrigin
  /// Milliseconds since 1970-01-01 UTC.
  public var start: Int64
  public var elapsed: Duration
  public var rowsScanned: Int
  /// Rows of the answer; 0 for a statement that failed.
  public var rowCount: Int
  /// The most memory that was set aside for it at once.
  public var peakByteCount: Int
  /// Why it failed; `nil`: it did not.
  public var error: QueryError.Code?
}

/// What one statement has from its start to its end: how to stop it, what it may use, what it read.
package final class QueryHandle: Sendable {
  package let id: QueryID
  package let text: String
  package let start: Int64
  package let begun: ContinuousClock.Instant
  package let cancellation: CancellationToken
  package let memory: MemoryBudget
  package let counters = ScanCounters()
  package let origin: QueryOrigin
  private let read = Mutex(ReadState())

  /// The state of the tables that the statement sees.
  package struct ReadState: Sendable {
    package var sequenceNumber: UInt64 = 0
    /// See `Store.knownUntil`.
    package var knownUntil: Int64?
  }

  init(
    id: QueryID, text: String, origin: QueryOrigin, start: Int64,
    cancellation: CancellationToken, memory: MemoryBudget
  ) {
    self.id = id
    self.text = text
    self.origin = origin
    self.start = start
    begun = ContinuousClock.now
    self.cancellation = cancellation
    self.memory = memory
  }

  package var readState: ReadState { read.withLock { $0 } }

  func note(_ catalog: Catalog, knownUntil: Int64?) {
    read.withLock { $0 = ReadState(sequenceNumber: catalog.version, knownUntil: knownUntil) }
  }
}

/// The statements that run and the last ones that ended.
package final class QueryRegistry: Sendable {
  /// How many that have ended are remembered.
  package static let historyLimit = 500
  /// How much of a text is kept, in bytes: a statement may be a megabyte long.
  package static let textLimit = 4_096

  /// Of all statements that ended since the engine began.
  package struct Totals: Sendable {
    package var finished = 0
    package var failed = 0
    package var rowsScanned = 0
    package var rowsReturned = 0
  }

  private struct State {
    var totals = Totals()
    var lastNumber: UInt64 = 0
    var running: [QueryID: QueryHandle] = [:]
    /// A ring: `oldest` is the place that the next one takes once the history is full.
    var finished: [FinishedQuery] = []
    var oldest = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Registers a statement. `start` is in milliseconds since 1970-01-01 UTC.
  package func begin(
    text: String, origin: QueryOrigin = QueryOrigin(), start: Int64,
    cancellation: CancellationToken, memory: MemoryBudget
  ) -> QueryHandle {
    let kept = Self.shortened(text)
    return state.withLock { state in
      state.lastNumber += 1
      let handle = QueryHandle(
        id: QueryID(number: state.lastNumber), text: kept, origin: origin, start: start,
        cancellation: cancellation, memory: memory)
      state.running[handle.id] = handle
      return handle
    }
  }

  /// Moves a statement from those that run to those that ended.
  package func end(_ handle: QueryHandle, rowCount: Int, error: QueryError.Code?) {
    let finished = FinishedQuery(
      id: handle.id, text: handle.text, origin: handle.origin, start: handle.start,
      elapsed: ContinuousClock.now - handle.begun, rowsScanned: handle.counters.rows,
      rowCount: rowCount, peakByteCount: handle.memory.peakByteCount, error: error)
    state.withLock { state in
      state.running[handle.id] = nil
      if error == nil { state.totals.finished += 1 } else { state.totals.failed += 1 }
      state.totals.rowsScanned += finished.rowsScanned
      state.totals.rowsReturned += rowCount
      if state.finished.count < Self.historyLimit {
        state.finished.append(finished)
      } else {
        state.finished[state.oldest] = finished
        state.oldest = (state.oldest + 1) % Self.historyLimit
      }
    }
  }

  /// Forgets the statements that ended; how many there were stays known.
  package func forgetFinished() {
    state.withLock { state in
      state.finished = []
      state.oldest = 0
    }
  }

  package var totals: Totals { state.withLock { $0.totals } }

  /// Whether there was one to cancel.
  package func cancel(_ id: QueryID) -> Bool {
    guard let handle = state.withLock({ $0.running[id] }) else { return false }
    handle.cancellation.cancel()
    return true
  }

  package func cancelAll() {
    let handles = state.withLock { Array($0.running.values) }
    for handle in handles { handle.cancellation.cancel() }
  }

  /// In the order of their starts.
  package var running: [RunningQuery] {
    let handles = state.withLock { Array($0.running.values) }
    let now = ContinuousClock.now
    return handles.sorted { $0.id < $1.id }.map {
      RunningQuery(
        id: $0.id, text: $0.text, origin: $0.origin, start: $0.start, elapsed: now - $0.begun,
        rowsScanned: $0.counters.rows, byteCount: $0.memory.byteCount,
        byteLimit: $0.memory.limit)
    }
  }

  /// The last ones, in the order of their ends.
  package var finished: [FinishedQuery] {
    state.withLock { Array($0.finished[$0.oldest...] + $0.finished[..<$0.oldest]) }
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > textLimit else { return text }
    // A character that was cut in two shows as U+FFFD.
    return String(decoding: text.utf8.prefix(textLimit), as: UTF8.self) + "..."
  }
}
