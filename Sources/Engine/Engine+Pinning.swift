public import ColumnStore
import Synchronization

/// Several statements about one state of the tables: the figures of a page agree with each other however
/// many statements they take.
extension Engine {
  /// A session like this one whose statements all see the tables as they are now. It reads only. It keeps
  /// these tables in memory as long as it lives; they are the same objects as the newest ones where nothing
  /// has changed since.
  public func pinned(_ session: Session) -> Session {
    // Before the catalog: what comes in between is in the catalog, and not in what is promised.
    let now = Self.currentTime()
    let knownUntil = min(now, self.knownUntil ?? now)
    let epoch = pins.epoch
    let tables = PinnedTables(catalog: store.catalog(), knownUntil: knownUntil)
    pins.keep(tables, at: now, epoch)
    var session = session
    session.pinned = tables
    return session
  }

  /// The same with tables that were pinned not long ago, by their sequence number; `nil` where they are
  /// kept no more. The last 16 of the last two minutes are, and after an
  /// erasure none.
  public func pinned(_ session: Session, at sequenceNumber: UInt64) -> Session? {
    let now = Self.currentTime()
    var session = session
    session.pinned =
      pins.tables(sequenceNumber, at: now)
      ?? (store.catalog().version == sequenceNumber ? pinned(session).pinned : nil)
    guard session.pinned?.catalog.version == sequenceNumber else { return nil }
    return session
  }

  /// Changes when rows are erased for good: who still gives rows of tables from before must stop.
  public var erasureCount: Int { pins.epoch }

  /// Up to when all that was accepted is published; `nil`: up to now.
  var knownUntil: Int64? { [store.knownUntil, pending.since].compactMap(\.self).min() }

  func pinnedCatalog(_ session: Session) -> Catalog {
    guard let pinned = session.pinned?.catalog else { return store.catalog() }
    let newest = store.catalog()
    // Who may see a column is said by the labels of now.
    return pinned.version == newest.version
      ? pinned : pinned.labelled(as: newest, for: session.access)
  }
}

extension Session {
  /// What is seen in place of the newest tables.
  var olderTables: String {
    asOf.map { "as_of shows snapshot \($0.name)" } ?? "the session is pinned to one state"
  }

  /// How many changes the tables had seen that the session is pinned to.
  public var pinnedSequenceNumber: UInt64? { pinned?.catalog.version }

  /// Up to when all that was accepted is in them: milliseconds since 1970-01-01 UTC.
  public var pinnedFreshAsOf: Int64? { pinned?.knownUntil }

  /// A table that the session is pinned to, whoever's rows it has.
  package func pinnedTable(_ name: String) -> Table? { pinned?.catalog.tables[name] }

  /// The last day of a table that was dropped since it had been kept long enough, in days since 1970-01-01 UTC, as
  /// far as this is remembered; `nil`: all are there.
  public func pinnedDaysGone(of table: String) -> Int64? {
    pinned?.catalog.retentionDrops.lazy.filter { $0.table == table }.map(\.day).max()
  }

  /// The columns of a table that the session is pinned to, by name; `nil`: there is no such table.
  public func pinnedColumns(of table: String) -> [String: DataType]? {
    guard let schema = pinned?.catalog.tables[table]?.schema else { return nil }
    return Dictionary(schema.columns.map { ($0.name, $0.type) }) { first, _ in first }
  }
}

/// The tables of one moment.
struct PinnedTables: Sendable {
  var catalog: Catalog
  var knownUntil: Int64
}

/// Tables that were pinned not long ago, so that the requests of a page can be about the same.
final class PinnedTablesRegister: Sendable {
  static let largestCount = 16
  static let milliseconds: Int64 = 120_000

  private struct Entry {
    var tables: PinnedTables
    var time: Int64
  }

  private struct State {
    var entries: [Entry] = []
    var epoch = 0
  }

  private let state = Mutex(State())

  /// Changes when all is forgotten: tables that were read before it are not kept after it.
  var epoch: Int { state.withLock { $0.epoch } }

  func keep(_ tables: PinnedTables, at now: Int64, _ epoch: Int) {
    let gone = state.withLock { state -> [Entry] in
      guard state.epoch == epoch else { return [] }
      let old = state.entries
      state.entries.removeAll {
        $0.tables.catalog.version == tables.catalog.version || now - $0.time > Self.milliseconds
      }
      state.entries.append(Entry(tables: tables, time: now))
      if state.entries.count > Self.largestCount { state.entries.removeFirst() }
      return old
    }
    // Tables are let go outside of the lock: that may take long.
    withExtendedLifetime(gone) {}
  }

  func tables(_ version: UInt64, at now: Int64) -> PinnedTables? {
    state.withLock { state in
      state.entries
        .last { $0.tables.catalog.version == version && now - $0.time <= Self.milliseconds }?
        .tables
    }
  }

  func forget() {
    state.withLock {
      $0.epoch += 1
      $0.entries = []
    }
  }
}
