import Glibc
package import QueryLanguage
package import QueryPlanning

/// The query that this thread works for right now.
///
/// Kernels and states of aggregates are many, small and know of no query, but a single call of some
/// of them takes longer, or more memory, than a query may. They ask here, as a database asks its
/// memory context: once per block of rows or per doubling, never per row. A thread that works for
/// no query has no limits.
package final class QueryScope {
  private let cancellation: CancellationToken
  fileprivate let memory: MemoryBudget
  private let source: (any PseudonymSource)?
  /// Bytes of what this thread has in its hands: the texts of a batch that is being computed.
  private var transientByteCount = 0

  package init(
    cancellation: CancellationToken, memory: MemoryBudget,
    pseudonyms: (any PseudonymSource)? = nil
  ) {
    self.cancellation = cancellation
    source = pseudonyms
    self.memory = memory
  }

  deinit { memory.release(transientByteCount) }

  // MARK: - The thread's

  /// Made once, never deleted. A thread's value is borrowed from who entered the scope.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "the process has a key for its threads")
    return key
  }()

  private static var current: QueryScope? {
    pthread_getspecific(key).map { Unmanaged<QueryScope>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Runs `body` for the query, on this thread.
  package func enter<Result>(
    _ body: () throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    let outer = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer {
      pthread_setspecific(Self.key, outer)
      // Also keeps the scope alive for as long as the thread knows it.
      release(to: 0)
    }
    return try body()
  }

  /// Fails when the query has to stop. A few nanoseconds: for blocks of rows.
  static func check() throws(QueryError) { try current?.cancellation.check() }

  static var pseudonyms: (any PseudonymSource)? { current?.source }

  /// Whether the query has to stop, for code that cannot fail and whose result nobody will see.
  static var mustStop: Bool { current?.cancellation.mustStop ?? false }

  /// Sets memory aside until the batch is done that this thread works on.
  static func reserve(_ byteCount: Int, for purpose: StaticString) throws(QueryError) {
    guard let scope = current, byteCount > 0 else { return }
    try scope.memory.reserve(byteCount, for: purpose)
    scope.transientByteCount += byteCount
  }

  /// Does the work for one batch; then what was set aside meanwhile is free again.
  static func batch<Result>(_ body: () throws(QueryError) -> Result) throws(QueryError) -> Result {
    guard let scope = current else { return try body() }
    try scope.cancellation.check()
    let mark = scope.transientByteCount
    defer { scope.release(to: mark) }
    return try body()
  }

  private func release(to mark: Int) {
    memory.release(transientByteCount - mark)
    transientByteCount = mark
  }
}

extension MemoryReservation {
  /// Of the query that the thread works for.
  static func ofQuery(for purpose: StaticString) -> MemoryReservation {
    MemoryReservation(QueryScope.budget ?? .unlimited, for: purpose)
  }

  /// The same with bytes in it.
  static func ofQuery(
    _ byteCount: Int, for purpose: StaticString
  ) throws(QueryError) -> MemoryReservation {
    let reservation = ofQuery(for: purpose)
    try reservation.add(byteCount)
    return reservation
  }
}

extension QueryScope {
  fileprivate static var budget: MemoryBudget? { current?.memory }
}

extension MemoryBudget {
  /// For work that belongs to no query.
  fileprivate static let unlimited = MemoryBudget(limit: .max)
}
