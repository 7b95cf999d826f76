import AccessControl
import ColumnStore
import QueryExecution
import QueryPlanning
import Synchronization

/// Answers by the statement's text, its parameters and who asked: what is asked again is neither parsed nor
/// planned while the tables that it reads are the same.
///
/// Nothing is told when tables change: an answer is kept with the tables that it was made of, and they are
/// compared with those of now. Of each table one state is kept, the newest that was asked about. Bounded in
/// bytes; what was used least recently goes first.
final class KnownAnswers: Sendable {
  /// All that an answer follows from, but for the rows of tables.
  struct Key: Hashable, Sendable {
    /// Bytes: two spellings of a letter are not the same text.
    private let text: [UInt8]
    private let parameters: [Value]
    private let timeZone: String
    private let rows: RowScope
    private let freeText: OrganizationScope
    private let isUnrestricted: Bool
    private let mayOperate: Bool
    private let mayWrite: Bool

    /// `nil` where an answer is nobody else's: with a reveal, of an older state, cut off, or by values whose
    /// equals do not mean the same, such as zero and minus zero.
    init?(_ text: String, _ parameters: [Value], _ session: Session) {
      let access = session.access
      guard session.usesPartialCache, session.asOf == nil, session.rowLimit == nil,
        access.reveal == nil,
        parameters.allSatisfy(\.isToldApart)
      else { return nil }
      self.text = Array(text.utf8)
      self.parameters = parameters
      timeZone = session.timeZone
      rows = access.rows
      freeText = access.freeText
      isUnrestricted = access.isUnrestricted
      mayOperate = access.mayOperate
      mayWrite = access.mayWrite
    }

    fileprivate var byteCount: Int { text.count + parameters.count * 64 }
  }

  enum Answer: Sendable {
    /// Of a statement, and how many segments it was made of.
    case rows(QueryResult, segmentCount: Int)
    /// What was made of the answers of several.
    case value(any Sendable)
  }

  fileprivate struct Entry {
    let answer: Answer
    let tables: [TableState]
    let byteCount: Int
    var lastUse: Int
  }

  fileprivate struct Contents {
    var entries: [Key: Entry] = [:]
    var tables: [String: TableState] = [:]
    var byteCount = 0
    var clock = 0
    var epoch = 0
  }

  private let byteLimit: Int
  private let contents = Mutex(Contents())

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  var byteCount: Int { contents.withLock { $0.byteCount } }

  /// Changes when all is forgotten: answers that were begun before it are not kept after it.
  var epoch: Int { contents.withLock { $0.epoch } }

  func forget() {
    let gone = contents.withLock { contents -> Contents in
      let old = contents
      contents = Contents()
      contents.epoch = old.epoch + 1
      return old
    }
    // Tables are let go outside of the lock: that may take long.
    withExtendedLifetime(gone) {}
  }

  func answer(_ key: Key, _ catalog: Catalog) -> Answer? {
    contents.withLock { contents in
      contents.clock += 1
      guard let place = contents.entries.index(forKey: key) else { return nil }
      guard contents.entries.values[place].tables.allSatisfy({ $0.isSame(in: catalog) }) else {
        return nil
      }
      contents.entries.values[place].lastUse = contents.clock
      return contents.entries.values[place].answer
    }
  }

  /// Keeps an answer over the newest tables. `tables` are those that it read; those that there are not count
  /// as well.
  func keep(
    _ answer: Answer, _ answerByteCount: Int, for key: Key, from tables: Set<String>,
    of catalog: Catalog, epoch: Int
  ) {
    let byteCount = answerByteCount + key.byteCount + 1_024
    guard byteCount <= byteLimit / 16 else { return }
    let gone = contents.withLock { contents -> [TableState] in
      guard contents.epoch == epoch else { return [] }
      var gone: [TableState] = []
      var states: [TableState] = []
      for name in tables {
        if let known = contents.tables[name], known.isSame(in: catalog) {
          states.append(known)
          continue
        }
        let state = TableState(name: name, table: catalog.tables[name])
        if let old = contents.tables.updateValue(state, forKey: name) {
          contents.remove(from: old)
          gone.append(old)
        }
        states.append(state)
      }
      contents.clock += 1
      if let old = contents.entries[key] { contents.byteCount -= old.byteCount }
      contents.entries[key] = Entry(
        answer: answer, tables: states, byteCount: byteCount, lastUse: contents.clock)
      contents.byteCount += byteCount
      if contents.byteCount > byteLimit { contents.shrink(to: byteLimit / 4 * 3) }
      return gone
    }
    withExtendedLifetime(gone) {}
  }
}

extension KnownAnswers.Contents {
  /// A state that is over does not come back.
  fileprivate mutating func remove(from table: KnownAnswers.TableState) {
    for (key, entry) in entries where entry.tables.contains(where: { $0 === table }) {
      entries[key] = nil
      byteCount -= entry.byteCount
    }
  }

  /// Many at a time, so that the search for the oldest is paid rarely.
  fileprivate mutating func shrink(to limit: Int) {
    let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }
    for (key, entry) in oldest where byteCount > limit {
      entries[key] = nil
      byteCount -= entry.byteCount
    }
  }
}

extension KnownAnswers {
  /// Whether a table has the same rows and columns in both catalogs, or is in neither.
  static func isSame(_ table: String, in catalog: Catalog, and other: Catalog) -> Bool {
    TableState(name: table, table: catalog.tables[table]).isSame(in: other)
  }

  /// A table as it was: its segments, by identity, and what is said of its columns.
  fileprivate final class TableState: Sendable {
    private let name: String
    /// Kept, so that no other segment gets the place of one of these; `nil`: there is none.
    private let table: Table?

    init(name: String, table: Table?) {
      self.name = name
      self.table = table
    }

    func isSame(in catalog: Catalog) -> Bool {
      let other = catalog.tables[name]
      guard let table, let other else { return table == nil && other == nil }
      guard other.schema == table.schema, other.partitions.count == table.partitions.count else {
        return false
      }
      let isOneArray = table.partitions.withUnsafeBufferPointer { own in
        other.partitions.withUnsafeBufferPointer { $0.baseAddress == own.baseAddress }
      }
      if isOneArray { return true }
      return zip(table.partitions, other.partitions).allSatisfy { own, other in
        own.key == other.key && own.version == other.version
          && own.segments.count == other.segments.count
          && zip(own.segments, other.segments).allSatisfy { $0 === $1 }
      }
    }
  }
}

extension Value {
  /// Whether what equals it means the same to every function.
  fileprivate var isToldApart: Bool {
    switch self {
    case .null, .boolean, .integer, .text, .timestamp, .timestampWithTimeZone, .date: true
    case .double, .interval, .json, .hyperLogLog, .digest, .array: false
    }
  }
}
