import QueryLanguage

/// Counts what a loop has done, so that it looks now and then whether the query has to stop, however
/// much a single row takes.
struct WorkCounter {
  /// About a tenth of a millisecond, when a unit is a byte that is looked at.
  private static let interval = 1 << 18

  private var untilCheck = interval

  init() {}

  /// Notes work. Fails when the query has to stop.
  @inline(__always)
  mutating func add(_ work: Int) throws(QueryError) {
    untilCheck &-= work
    if untilCheck < 0 { try check() }
  }

  /// Notes work; true when the query has to stop, for code that cannot fail and whose result nobody
  /// will see.
  @inline(__always)
  mutating func mustStop(after work: Int) -> Bool {
    untilCheck &-= work
    guard untilCheck < 0 else { return false }
    untilCheck = Self.interval
    return QueryScope.mustStop
  }

  private mutating func check() throws(QueryError) {
    untilCheck = Self.interval
    try QueryScope.check()
  }
}
