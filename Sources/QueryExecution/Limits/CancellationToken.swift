public import QueryLanguage
import Synchronization

/// Says whether one running statement has to stop, and why.
///
/// Setting it is one atomic store, so anybody may: a user's interrupt, or the watcher of deadlines.
/// Loops look at it between blocks of rows, which is one relaxed load and no clock.
public final class CancellationToken: Sendable {
  private enum Reason {
    static let none: UInt8 = 0
    static let cancelled: UInt8 = 1
    static let timedOut: UInt8 = 2
  }

  private let reason = Atomic<UInt8>(Reason.none)
  /// The time that the statement has; `nil`: as long as it takes.
  public let timeout: Duration?

  public init(timeout: Duration? = nil) {
    self.timeout = timeout
  }

  /// Asks the statement to stop. The first reason stays.
  public func cancel() { stop(Reason.cancelled) }

  /// Called by who watches the deadline.
  public func timeOut() { stop(Reason.timedOut) }

  private func stop(_ reason: UInt8) {
    _ = self.reason.compareExchange(
      expected: Reason.none, desired: reason, ordering: .relaxed)
  }

  @inline(__always)
  public var mustStop: Bool { reason.load(ordering: .relaxed) != Reason.none }

  /// Fails with `queryCancelled` or `statementTimeout` once the statement has to stop.
  @inline(__always)
  public func check() throws(QueryError) {
    if mustStop { throw error }
  }

  private var error: QueryError {
    guard reason.load(ordering: .relaxed) == Reason.timedOut else {
      return QueryError(.queryCancelled, "the query was cancelled")
    }
    let limit = timeout.map { " of \($0.milliseconds) ms" } ?? ""
    return QueryError(
      .statementTimeout, "the query took longer than its time-out\(limit)",
      hint: "SET statement_timeout = '1min' gives it more time, 0 takes the limit away")
  }
}

extension Duration {
  /// Whole milliseconds.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
