import ColumnStore
import DiskTesting
import Persistence
import Synchronization
import Testing

@Suite struct `A database` {
  private func ids(_ range: Range<Int>) -> RowBatch {
    RowBatch(
      rowCount: range.count, columns: [ColumnValues(storage: .integers(range.map { Int64($0) }))])
  }

  private let schema = TableSchema(
    name: "t", columns: [ColumnDefinition(name: "id", type: .integer)], partitionColumn: nil)

  private func rowCount(_ database: Database) -> Int? {
    database.store.catalog().tables["t"]?.rowCount
  }

  @Test func `that nobody has made is empty, and reading it makes nothing`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open(forChanges: false)
    #expect(database.isEmpty && database.store.catalog().tables.isEmpty)
    try database.close()
    #expect(harness.disk.log.allSatisfy { $0.operation == .look })
  }

  @Test func `that was made and never changed is not left behind`() throws {
    let harness = DatabaseHarness()
    try harness.open().close()
    #expect(harness.disk.paths.isEmpty)
    let database = try harness.open()
    try database.store.createDomain("d")
    try database.close()
    #expect(!harness.disk.paths.isEmpty)
  }

  @Test func `is locked by the first change, not by reading`() throws {
    let harness = DatabaseHarness()
    let first = try harness.open(forChanges: false)
    let second = try harness.open(forChanges: false)
    try first.store.createTable(schema)
    #expect(first.isLocked && !second.isLocked)
    #expect {
      try second.store.createDomain("d")
    } throws: { error in
      guard case .notKept(let refusal)? = error as? StoreError else { return false }
      return refusal.reason == .inUse
    }
    #expect(throws: PersistenceError.inUse(path: "/data")) { try harness.open() }
    try first.close()
    // And has what the other one did in between.
    try second.store.createDomain("d")
    #expect(second.store.catalog().tables["t"] != nil)
    try second.close()
    let third = try harness.open()
    #expect(third.store.catalog().declaredDomains == ["d"])
  }

  @Test func `says who has it`() throws {
    let harness = DatabaseHarness()
    var options = DatabaseHarness.options
    options.holder = "process 7 (daybook repl)"
    let database = try harness.open(options: options)
    #expect(throws: PersistenceError.inUse(path: "/data", holder: "process 7 (daybook repl)")) {
      try harness.open(forChanges: false)
    }
    try database.close()
    #expect(throws: StoreError.self) { try database.store.createDomain("d") }
  }

  @Test func `goes on from changes of another process without reading all again`() throws {
    let harness = DatabaseHarness()
    let writer = try harness.open()
    try writer.store.createTable(schema)
    try writer.checkpoint()
    try writer.close()
    let reader = try harness.open(forChanges: false)
    let other = try harness.open()
    try other.store.append(to: "t") { try $0.append(ids(0..<5)) }
    try other.close()
    #expect(rowCount(reader) == 0)
    try reader.store.append(to: "t") { try $0.append(ids(5..<7)) }
    #expect(rowCount(reader) == 7)
    try reader.close()
    #expect(rowCount(try harness.open()) == 7)
  }

  @Test func `keeps large changes in a snapshot, and small ones in the journal`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createTable(schema)
    try database.store.append(to: "t") { try $0.append(ids(0..<10)) }
    #expect(!harness.disk.paths.contains { $0.contains("/snapshots/") })
    try database.store.append(to: "t") { try $0.append(ids(10..<2_000)) }
    #expect(harness.disk.paths.contains { $0.contains("/snapshots/0000000001/") })
    try database.store.append(to: "t") { try $0.append(ids(2_000..<2_010)) }
    let again = SimulatedDisk(harness.disk.image.crashed(.nothingUnsynced))
    let opened = try DatabaseHarness(again).open()
    #expect(rowCount(opened) == 2_010)
    #expect(opened.recovery.snapshot == SnapshotID(number: 1) && opened.recovery.changeCount == 1)
  }

  @Test func `takes changes of many threads with few syncs`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createTable(schema)
    let failures = Mutex(0)
    inParallel(8, threads: 8) { thread in
      for number in 0..<25 {
        do {
          let id = thread * 25 + number
          try database.store.append(to: "t") { try $0.append(ids(id..<id + 1)) }
        } catch {
          failures.withLock { $0 += 1 }
        }
      }
    }
    #expect(failures.withLock { $0 } == 0)
    #expect(rowCount(database) == 200)
    let again = SimulatedDisk(harness.disk.image.crashed(.nothingUnsynced))
    let opened = try DatabaseHarness(again).open()
    let rows = try CatalogImage(opened.store.catalog())
    #expect(try rows == CatalogImage(database.store.catalog()))
  }

  @Test func `of a newer version is refused by name`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createDomain("d")
    try database.close()
    let path = "/data/format.json"
    let text = String(decoding: try #require(harness.disk.bytes(path)), as: UTF8.self)
    harness.disk.put(Array(text.replacing("\"version\": 1", with: "\"version\": 2").utf8), path)
    #expect(throws: PersistenceError.self) { try harness.open() }
    harness.disk.put(nil, path)
    // The journal is there, and what it belongs to is not known.
    #expect(throws: PersistenceError.self) { try harness.open(forChanges: false) }
  }

  @Test func `reports what it cut off the journal`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createTable(schema)
    let path = "/data/journal/00000001.journal"
    let copy = SimulatedDisk(harness.disk.image.crashed(.everything))
    copy.put(try #require(copy.bytes(path)) + [1, 2, 3], path)
    let opened = try DatabaseHarness(copy).open()
    #expect(opened.recovery.tail?.byteCount == 3)
    #expect(opened.recovery.changeCount == 1)
  }

  @Test func `with a full disk goes on answering, and takes changes when it is opened again`()
    throws
  {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createTable(schema)
    harness.disk.limit(to: 3_000)
    var kept = 0
    var refusal: StorageRefusal?
    while refusal == nil, kept < 1_000 {
      do {
        try database.store.append(to: "t") { try $0.append(ids(kept..<kept + 1)) }
        kept += 1
      } catch StoreError.notKept(let reason) {
        refusal = reason
      }
    }
    #expect(refusal?.reason == .diskFull)
    #expect(rowCount(database) == kept && database.failure != nil)
    harness.disk.limit(to: nil)
    #expect(throws: StoreError.self) { try database.store.truncateTable("t") }
    #expect(throws: PersistenceError.self) { try database.close() }
    let opened = try harness.open()
    #expect(rowCount(opened) == kept)
    try opened.store.truncateTable("t")
  }
}
