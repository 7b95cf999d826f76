internal import Synchronization

/// What is on its way into the tables: rows that say when they came may appear only a little later, and no
/// answer may promise to have all rows up to then.
package final class PendingChanges: Sendable {
  private let source = Mutex<Source?>(nil)

  /// Not a closure by itself: that is converted to its generic form and back whenever the lock is taken, each
  /// time by another closure around the last.
  private struct Source: Sendable {
    let since: @Sendable () -> Int64?
  }

  /// `source` gives the time from which on something is missing, in milliseconds since 1970; `nil` where
  /// nothing is on its way.
  package func follow(_ source: @escaping @Sendable () -> Int64?) {
    self.source.withLock { $0 = Source(since: source) }
  }

  var since: Int64? { source.withLock { $0 }?.since() }
}
