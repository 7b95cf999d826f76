import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// States of aggregations over sealed segments, and whole answers, kept from query to query.
///
/// What an aggregation makes of segments that never change depends on nothing else than its
/// expressions: a question that is asked again only scans what is new. The segments themselves are
/// the key, so that nothing has to be told when rows are added: what changes is other segments.
/// Bounded in bytes; what was used least recently goes first.
public final class PartialResultCache: Sendable {
  /// What the state of one morsel depends on.
  struct Key: Hashable, Sendable {
    /// Identities; the entry keeps the segments alive, so that none is used again.
    let segments: [ObjectIdentifier]
    let question: Question
    /// Filters that some rows of the segments may fail; those that bounds decide are left out, so
    /// that a window that moves finds the days that it covers whole.
    let filters: [Expression]
    /// Joins that became conditions of the scan, by what they let pass of the segments.
    let members: [Membership.Content]
    private let literals: LiteralBits

    init(segments: [Segment], question: Question, undecided: SegmentFilter.Undecided) {
      self.segments = segments.map { ObjectIdentifier($0) }
      self.question = question
      filters = undecided.conjuncts
      members = undecided.members
      var literals = LiteralBits()
      for filter in filters { literals.add(filter) }
      self.literals = literals
    }
  }

  /// An aggregation over the columns of a scan, without its place in a query text.
  struct Question: Hashable, Sendable {
    let columns: [Int]
    let keys: [Expression]
    let aggregates: [Aggregate]
    private let literals: LiteralBits

    init(_ scan: TableScan, keys: [Expression], aggregates: [Aggregate]) {
      columns = scan.columns
      self.keys = keys.map(\.withoutLocations)
      self.aggregates = aggregates.map(\.withoutLocations)
      var literals = LiteralBits()
      for key in keys { literals.add(key) }
      for aggregate in aggregates { literals.add(aggregate) }
      self.literals = literals
    }
  }

  fileprivate enum Name: Hashable {
    case state(Key)
    case answer(PlanFingerprint)
    case set(MemberSet)
    case members(MemberSet, segment: ObjectIdentifier, column: Int)
  }

  fileprivate enum Kept {
    case state(AggregationState)
    case answer([Batch])
    case set(MemberSet)
    case members(SegmentMembers)
  }

  fileprivate struct Entry {
    let kept: Kept
    let segments: [Segment]
    let byteCount: Int
    var lastUse: Int
  }

  fileprivate struct Contents {
    var entries: [Name: Entry] = [:]
    var byteCount = 0
    var clock = 0
    var hits = 0
    var misses = 0
    var evictions = 0
  }

  public struct Statistics: Sendable {
    public var entryCount: Int
    public var byteCount: Int
    public var hits: Int
    public var misses: Int
    /// Entries that made way for others.
    public var evictions: Int
  }

  public let byteLimit: Int
  private let contents = Mutex(Contents())

  public init(byteLimit: Int = 256 << 20) {
    self.byteLimit = byteLimit
  }

  public var statistics: Statistics {
    contents.withLock {
      Statistics(
        entryCount: $0.entries.count, byteCount: $0.byteCount, hits: $0.hits, misses: $0.misses,
        evictions: $0.evictions)
    }
  }

  func state(_ key: Key) -> AggregationState? {
    guard case .state(let state)? = find(.state(key)) else { return nil }
    return state
  }

  /// The whole answer of a plan.
  func answer(_ fingerprint: PlanFingerprint) -> [Batch]? {
    guard case .answer(let batches)? = find(.answer(fingerprint)) else { return nil }
    return batches
  }

  /// Keeps a state that nobody changes any more.
  func keep(_ state: AggregationState, for key: Key, segments: [Segment]) {
    // One answer must not push all others out.
    keep(.state(state), .state(key), segments, byteCount: state.byteCount, limit: byteLimit / 8)
  }

  func keep(_ answer: [Batch], for fingerprint: PlanFingerprint, segments: [Segment]) {
    keep(
      .answer(answer), .answer(fingerprint), segments,
      byteCount: answer.reduce(0) { $0 + $1.byteCount }, limit: byteLimit / 32)
  }

  /// The set that equals this one and came first, so that they are told by identity.
  func shared(_ set: MemberSet) -> MemberSet {
    if case .set(let known)? = find(.set(set)) { return known }
    keep(.set(set), .set(set), [], byteCount: set.byteCount, limit: byteLimit / 8)
    return set
  }

  func members(of set: MemberSet, in segment: Segment, _ column: Int) -> SegmentMembers? {
    let name = Name.members(set, segment: ObjectIdentifier(segment), column: column)
    guard case .members(let members)? = find(name) else { return nil }
    return members
  }

  func keep(_ members: SegmentMembers, of set: MemberSet, in segment: Segment, _ column: Int) {
    keep(
      .members(members), .members(set, segment: ObjectIdentifier(segment), column: column),
      [segment], byteCount: members.byteCount(rowCount: segment.rowCount), limit: byteLimit / 8)
  }

  private func find(_ name: Name) -> Kept? {
    contents.withLock { contents in
      contents.clock += 1
      guard let place = contents.entries.index(forKey: name) else {
        contents.misses += 1
        return nil
      }
      contents.entries.values[place].lastUse = contents.clock
      contents.hits += 1
      return contents.entries.values[place].kept
    }
  }

  private func keep(
    _ kept: Kept, _ name: Name, _ segments: [Segment], byteCount: Int, limit: Int
  ) {
    // What is looked up by costs memory too.
    let byteCount = byteCount + 512 + segments.count * 16
    guard byteCount <= limit else { return }
    contents.withLock { contents in
      contents.clock += 1
      if let old = contents.entries[name] { contents.byteCount -= old.byteCount }
      contents.entries[name] = Entry(
        kept: kept, segments: segments, byteCount: byteCount, lastUse: contents.clock)
      contents.byteCount += byteCount
      if contents.byteCount > byteLimit { contents.shrink(to: byteLimit / 4 * 3) }
    }
  }
}

extension PartialResultCache.Contents {
  /// Many at a time, so that the search for the oldest is paid rarely.
  fileprivate mutating func shrink(to limit: Int) {
    let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }
    for (key, entry) in oldest where byteCount > limit {
      entries[key] = nil
      byteCount -= entry.byteCount
      evictions += 1
    }
  }
}
