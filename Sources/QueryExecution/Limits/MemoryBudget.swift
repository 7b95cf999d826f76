public import QueryLanguage
import Synchronization

/// The memory that one query, or all of them together, may use; counted before it is allocated.
///
/// A Swift array that cannot be allocated ends the process and cannot be caught. So whoever keeps
/// something that grows with the data reserves the bytes first, in steps (a table that doubles, a
/// batch that is kept), never by row. Batches that pass through are bounded by themselves and count
/// only where their texts are made.
public final class MemoryBudget: Sendable {
  /// In bytes.
  public let limit: Int
  private let reserved = Atomic<Int>(0)
  private let highest = Atomic<Int>(0)
  /// The budget of all queries, which this one is a part of.
  private let whole: MemoryBudget?

  public init(limit: Int, within whole: MemoryBudget? = nil) {
    self.limit = max(limit, 0)
    self.whole = whole
  }

  /// Bytes that are reserved now.
  public var byteCount: Int { reserved.load(ordering: .relaxed) }
  /// The most bytes that were reserved at once.
  public var peakByteCount: Int { highest.load(ordering: .relaxed) }

  /// Sets bytes aside, or fails with `outOfMemory` and sets none aside. `purpose` is what wants
  /// them, as it stands in a sentence: `the groups`.
  public func reserve(_ byteCount: Int, for purpose: StaticString) throws(QueryError) {
    guard byteCount > 0 else { return }
    guard take(byteCount) else { throw error(byteCount, purpose) }
    guard let whole else { return }
    guard whole.take(byteCount) else {
      give(byteCount)
      throw whole.errorOfAll(byteCount, purpose)
    }
  }

  public func release(_ byteCount: Int) {
    guard byteCount > 0 else { return }
    give(byteCount)
    whole?.give(byteCount)
  }

  private func take(_ byteCount: Int) -> Bool {
    var known = reserved.load(ordering: .relaxed)
    while true {
      let (sum, overflow) = known.addingReportingOverflow(byteCount)
      guard !overflow, sum <= limit else { return false }
      let result = reserved.compareExchange(
        expected: known, desired: sum, ordering: .relaxed)
      if result.exchanged {
        highest.max(sum, ordering: .relaxed)
        return true
      }
      known = result.original
    }
  }

  private func give(_ byteCount: Int) {
    let left = reserved.subtract(byteCount, ordering: .relaxed).newValue
    precondition(left >= 0, "more memory was released than reserved")
  }

  private func error(_ byteCount: Int, _ purpose: StaticString) -> QueryError {
    QueryError(
      .outOfMemory,
      "the query would need more than its memory limit of \(Self.text(limit)): "
        + "\(purpose) wanted \(Self.text(byteCount)) more",
      hint: "SET max_memory raises the limit; fewer groups, approx_count_distinct in place of "
        + "count(DISTINCT ...) or a filter need less")
  }

  private func errorOfAll(_ byteCount: Int, _ purpose: StaticString) -> QueryError {
    QueryError(
      .insufficientResources,
      "all queries together would need more than \(Self.text(limit)): "
        + "\(purpose) wanted \(Self.text(byteCount)) more",
      hint: "try again when other queries have ended")
  }

  /// `512 MB`, with the units of `SET max_memory`, which are powers of 1,024.
  public static func text(_ byteCount: Int) -> String {
    for (unit, size) in [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)] where byteCount >= size
    {
      if byteCount % size == 0 { return "\(byteCount / size) \(unit)" }
      let tenths = Int(Double(byteCount) / Double(size) * 10)
      return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(byteCount) bytes"
  }
}

/// A part of a budget that grows with what it is for and is given back when its owner goes.
public final class MemoryReservation: Sendable {
  private let budget: MemoryBudget
  private let purpose: StaticString
  private let held = Atomic<Int>(0)

  public init(_ budget: MemoryBudget, for purpose: StaticString) {
    self.budget = budget
    self.purpose = purpose
  }

  deinit {
    budget.release(held.load(ordering: .relaxed))
  }

  public var byteCount: Int { held.load(ordering: .relaxed) }

  public func add(_ byteCount: Int) throws(QueryError) {
    try budget.reserve(byteCount, for: purpose)
    held.add(max(byteCount, 0), ordering: .relaxed)
  }

  /// Holds so much from now on. One thread at a time.
  public func set(to byteCount: Int) throws(QueryError) {
    let surplus = self.byteCount - byteCount
    guard surplus > 0 else { return try add(-surplus) }
    held.subtract(surplus, ordering: .relaxed)
    budget.release(surplus)
  }

  /// Holds at least so much from now on. One thread at a time.
  public func grow(to byteCount: Int) throws(QueryError) {
    try add(byteCount - self.byteCount)
  }
}
