import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

@Suite struct `A database that writes snapshots by itself` {
  private let harness = DatabaseHarness()

  private let schema = TableSchema(
    name: "t", columns: [ColumnDefinition(name: "id", type: .integer)], partitionColumn: nil)

  private var options: DatabaseOptions {
    var options = DatabaseHarness.options
    options.checkpointByteCount = 1_000
    options.checkpointInterval = .seconds(900)
    options.checkpointRetryInterval = .seconds(60)
    return options
  }

  private func add(_ count: Int, to database: Database) throws {
    try database.store.append(to: "t") {
      try $0.append(
        RowBatch(
          rowCount: count,
          columns: [ColumnValues(storage: .integers((0..<count).map { Int64($0 << 40) }))]))
    }
  }

  private func made() throws -> Database {
    let database = try harness.open(options: options)
    try database.store.createTable(schema)
    return database
  }

  @Test func `does so once the journal is long`() throws {
    let database = try made()
    #expect(!database.checkpointIfDue())
    try add(100, to: database)
    #expect(database.health.journalByteCount < 1_000 && !database.checkpointIfDue())
    try add(100, to: database)
    #expect(database.checkpointIfDue())
    #expect(database.health.journalByteCount == 0 && database.health.snapshot?.number == 1)
    #expect(!database.checkpointIfDue())
  }

  @Test func `does so once a change is old, and not without one`() throws {
    let database = try made()
    harness.clock.pass(.seconds(899))
    #expect(!database.checkpointIfDue())
    harness.clock.pass(.seconds(1))
    #expect(database.checkpointIfDue())
    harness.clock.pass(.seconds(10_000))
    #expect(!database.checkpointIfDue())
    try add(1, to: database)
    #expect(!database.checkpointIfDue())
    harness.clock.pass(.seconds(900))
    #expect(database.checkpointIfDue())
  }

  @Test func `leaves alone a folder that it only reads`() throws {
    try made().close()
    let reader = try harness.open(forChanges: false, options: options)
    harness.clock.pass(.seconds(10_000))
    #expect(!reader.checkpointIfDue() && !reader.isLocked)
    #expect(reader.health.state == .reading && reader.health.snapshot == nil)
  }

  @Test func `counts one that fails, loses nothing, and tries again later`() throws {
    let database = try made()
    try add(200, to: database)
    harness.time.withLock { $0 = 1_800_000_000_000 }
    // Room for a new file of the journal, and not for a snapshot.
    harness.disk.limit(to: harness.disk.image.byteCount + 200)
    #expect(!database.checkpointIfDue())
    harness.disk.limit(to: nil)
    var health = database.health
    #expect(health.checkpointFailureCount == 1)
    #expect(health.checkpointFailure?.time == 1_800_000_000_000)
    #expect(health.checkpointFailure?.file?.contains("snapshots") == true)
    #expect(health.state == .open && health.failure == nil)
    // Not at once.
    #expect(!database.checkpointIfDue())
    try add(1, to: database)
    harness.clock.pass(.seconds(60))
    #expect(database.checkpointIfDue())
    health = database.health
    #expect(health.checkpointFailureCount == 1 && health.snapshotTime == 1_800_000_000_000)
    try database.close()
    let again = try harness.open()
    #expect(again.store.catalog().tables["t"]?.rowCount == 201)
    #expect(again.recovery.changeCount == 0)
  }

  @Test func `has a thread for that, which ends with it`() throws {
    let database = try made()
    try database.startCheckpoints()
    // One is enough.
    try database.startCheckpoints()
    try add(200, to: database)
    var waited = 0
    while database.health.snapshot == nil, waited < 20_000 {
      usleep(1_000)
      waited += 1
    }
    #expect(database.health.snapshot?.number == 1)
    try database.close()
    #expect(database.health.state == .closed)
    #expect(throws: StoreError.self) { try add(1, to: database) }
  }

  @Test func `says why nothing can be changed any more, and since when`() throws {
    let database = try made()
    try add(1, to: database)
    #expect(database.health.state == .open && database.health.journalPosition == 2)
    #expect(database.health.durablePosition == 2)
    harness.time.withLock { $0 = 1_900_000_000_000 }
    harness.disk.fail(.init(call: 1, lasts: true, kind: .error(EIO)))
    #expect(throws: StoreError.self) { try add(1, to: database) }
    harness.disk.fail(nil)
    harness.time.withLock { $0 = 1_900_000_009_000 }
    let health = database.health
    #expect(health.state == .readOnly)
    #expect(health.failure?.time == 1_900_000_000_000)
    #expect(health.failure?.file == "/data/journal/00000001.journal")
    #expect(!database.checkpointIfDue())
    #expect(health.durability == .fsync && health.folder == "/data")
  }
}
