import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// States of aggregations over sealed segments, kept from query to query.
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
  }

  /// An aggregation over the columns of a scan, without its place in a query text.
  struct Question: Hashable, Sendable {
    let columns: [Int]
    let keys: [Expression]
    let aggregates: [Aggregate]

    init(_ scan: TableScan, keys: [Expression], aggregates: [Aggregate]) {
      columns = scan.columns
      self.keys = keys.map(\.withoutLocations)
      self.aggregates = aggregates.map(\.withoutLocations)
    }
  }

  fileprivate struct Entry {
    let state: AggregationState
    let segments: [Segment]
    let byteCount: Int
    var lastUse: Int
  }

  fileprivate struct Contents {
    var entries: [Key: Entry] = [:]
    var byteCount = 0
    var clock = 0
    var hits = 0
    var misses = 0
  }

  public struct Statistics: Sendable {
    public var entryCount: Int
    public var byteCount: Int
    public var hits: Int
    public var misses: Int
  }

  public let byteLimit: Int
  private let contents = Mutex(Contents())

  public init(byteLimit: Int = 256 << 20) {
    self.byteLimit = byteLimit
  }

  public var statistics: Statistics {
    contents.withLock {
      Statistics(
        entryCount: $0.entries.count, byteCount: $0.byteCount, hits: $0.hits, misses: $0.misses)
    }
  }

  func state(_ key: Key) -> AggregationState? {
    contents.withLock { contents in
      contents.clock += 1
      guard contents.entries[key] != nil else {
        contents.misses += 1
        return nil
      }
      contents.entries[key]?.lastUse = contents.clock
      contents.hits += 1
      return contents.entries[key]?.state
    }
  }

  /// Keeps a state that nobody changes any more.
  func keep(_ state: AggregationState, for key: Key, segments: [Segment]) {
    let byteCount = state.byteCount + 256 + segments.count * 16
    // One answer must not push all others out.
    guard byteCount <= byteLimit / 8 else { return }
    contents.withLock { contents in
      contents.clock += 1
      if let old = contents.entries[key] { contents.byteCount -= old.byteCount }
      contents.entries[key] = Entry(
        state: state, segments: segments, byteCount: byteCount, lastUse: contents.clock)
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
    }
  }
}
