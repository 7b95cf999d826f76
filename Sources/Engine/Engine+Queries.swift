import Glibc
import QueryExecution
import QueryLanguage
import QueryPlanning

/// Statements that run: which there are, and how to stop one.
extension Engine {
  /// In the order of their starts.
  public var runningQueries: [RunningQuery] { registry.running }

  /// The last 500 that have ended, in the order of their ends.
  public var finishedQueries: [FinishedQuery] { registry.finished }

  /// Makes a statement fail with `queryCancelled`, within 50 ms. Whether there was one to cancel;
  /// safe from any thread.
  @discardableResult
  public func cancel(_ id: QueryID) -> Bool { registry.cancel(id) }

  /// Cancels all that run.
  public func cancelAllQueries() { registry.cancelAll() }

  /// What a statement may use when its session does not say: half of the machine's memory.
  var defaultMemoryLimit: Int { min(PhysicalMemory.byteCount / 2, memory.limit) }

  /// `token` stops the statement as well; it has the session's time-out.
  func begin(
    _ statement: Statement, _ text: String, _ session: Session, _ token: CancellationToken? = nil
  ) -> QueryHandle {
    let range = statement.range.clamped(to: 0..<text.utf8.count)
    let bytes = text.utf8.dropFirst(range.lowerBound).prefix(range.count)
    return begin(String(decoding: bytes, as: UTF8.self), session, token)
  }

  func begin(
    _ text: String, _ session: Session, _ token: CancellationToken? = nil
  ) -> QueryHandle {
    let token =
      token ?? session.cancellation ?? CancellationToken(timeout: session.statementTimeout)
    let budget = MemoryBudget(limit: session.memoryLimit ?? defaultMemoryLimit, within: memory)
    // Who reveals may write what he has seen, and the lists of statements are for others too.
    let isRevealing = session.access.reveal?.recorder != nil
    let handle = registry.begin(
      text: isRevealing ? Self.revealingText : text, origin: session.origin,
      start: Self.currentTime(), cancellation: token, memory: budget)
    if let timeout = token.timeout { watcher.watch(token, timeout: timeout) }
    return handle
  }

  /// What a statement that was asked with a reveal is listed as.
  static let revealingText = "(asked with a reveal)"

  func end(_ query: QueryHandle, rowCount: Int, error: QueryError.Code?) {
    if query.cancellation.timeout != nil { watcher.forget(query.cancellation) }
    registry.end(query, rowCount: rowCount, error: error)
  }
}

enum PhysicalMemory {
  /// Of the machine; 4 GB where it does not say.
  static let byteCount: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    guard pages > 0, pageSize > 0 else { return 4 << 30 }
    return pages * pageSize
  }()
}
