import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

@Suite struct `Erasing a person` {
  typealias Scenario = ErasureScenario

  private static let everything = Set(Scenario.secrets + ["uuid"])

  /// The tables of a store that never had the person.
  private static func reference(_ later: Int = 0) throws -> CatalogImage {
    let scenario = Scenario(hasPerson: false)
    let store = Store()
    for case let step? in scenario.steps() { try step(store) }
    for step in scenario.laterSteps().prefix(later) { try step(store) }
    return try CatalogImage(store.catalog())
  }

  @Test func `leaves no byte of it in any file, and the rows of all others`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try Scenario().run(database)
    #expect(Scenario.secrets(on: harness.disk) == Self.everything)
    let plan = try database.erasurePlan(Scenario.erasure)
    let receipt = try database.erase(Scenario.erasure)
    #expect(plan.effect == receipt.effect)
    #expect(receipt.unfinished == nil)
    #expect(receipt.search?.isClean == true)
    #expect(receipt.search?.fileCount ?? 0 > 8)
    #expect(Scenario.secrets(on: harness.disk).isEmpty)
    #expect(try Scenario.secrets(in: database.store.catalog()).isEmpty)
    #expect(try CatalogImage(database.store.catalog()) == Self.reference())
    let tables = Dictionary(uniqueKeysWithValues: receipt.effect.tables.map { ($0.table, $0) })
    #expect(tables.keys.sorted() == ["audit", "events", "plain", "users"])
    #expect(tables["users"]?.rowCount == 1 && tables["users"]?.formerRowCount == 1)
    #expect(tables["audit"]?.rowCount == 0 && tables["audit"]?.replacedRowCount == 1)
    try database.close()
    let again = try harness.open()
    #expect(try CatalogImage(again.store.catalog()) == Self.reference())
    #expect(try again.erasures().map(\.id) == [receipt.id])
    #expect(again.recovery.unfinishedErasure == nil)
  }

  @Test func `lets everything go on, before and after a restart`() throws {
    let harness = DatabaseHarness()
    var database = try harness.open()
    try Scenario().run(database)
    _ = try database.erase(Scenario.erasure)
    let without = Scenario(hasPerson: false)
    for (index, step) in without.laterSteps().enumerated() {
      try step(database.store)
      #expect(try CatalogImage(database.store.catalog()) == Self.reference(index + 1))
      if index == 1 {
        try database.close()
        database = try harness.open()
      }
    }
    try database.checkpoint()
    try database.close()
    database = try harness.open()
    #expect(try CatalogImage(database.store.catalog()) == Self.reference(3))
    #expect(Scenario.secrets(on: harness.disk).isEmpty)
  }

  @Test func `is no obstacle to the same person coming again, and going again`() throws {
    let harness = DatabaseHarness()
    var database = try harness.open()
    try Scenario().run(database)
    _ = try database.erase(Scenario.erasure)
    let keys = RowBatch(
      rowCount: 1, columns: Array(Scenario.batch([[Scenario.person]]).columns))
    #expect(try database.store.delete(from: "users", keys: keys) == 0)
    try database.store.upsert(
      into: "users", Scenario.batch([[Scenario.person], ["again"], ["10.0.0.9"]]))
    try database.checkpoint()
    try database.close()
    database = try harness.open()
    #expect(try database.store.delete(from: "users", keys: keys) == 1)
    try database.store.upsert(
      into: "users", Scenario.batch([[Scenario.person], ["again"], ["10.0.0.9"]]))
    #expect(Scenario.secrets(on: harness.disk) == [Scenario.person])
    let receipt = try database.erase(Scenario.erasure)
    #expect(receipt.search?.isClean == true)
    #expect(Scenario.secrets(on: harness.disk).isEmpty)
    #expect(try CatalogImage(database.store.catalog()) == Self.reference())
    #expect(try database.erasures().count == 2)
  }

  @Test func `writes only the partitions anew that have the person`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createTable(Scenario.events)
    try database.store.createTable(Scenario.users)
    let scenario = Scenario(hasPerson: false)
    for case let step? in scenario.steps().dropFirst(4).prefix(1) { try step(database.store) }
    try database.checkpoint()
    let files = { harness.disk.paths.filter { $0.contains("events_1970") } }
    let before = files()
    try database.store.upsert(
      into: "users", Scenario.batch([[Scenario.person, "u1"], ["x", "y"], ["1", "2"]]))
    let erasure = Erasure(
      identity: Scenario.person, columns: database.store.catalog().userColumns)
    #expect(erasure.columns.count == 2)
    #expect(try database.erase(erasure).search?.isClean == true)
    #expect(!before.isEmpty)
    #expect(
      files().map { $0.split(separator: "/").last } == before.map { $0.split(separator: "/").last })
    #expect(Scenario.secrets(on: harness.disk).isEmpty)
  }

  @Test func `waits for nobody's changes and loses none, while others write and checkpoint`() throws
  {
    let folder = try TemporaryFolder()
    let database = try Database(folder.path + "/data", options: DatabaseHarness.options)
    try Scenario().run(database)
    let reader = database.store.catalog()
    let before = try CatalogImage(reader)
    let outcome = Mutex<ErasureReceipt?>(nil)
    inParallel(4, threads: 4) { thread in
      switch thread {
      case 0: outcome.withLock { $0 = try? database.erase(Scenario.erasure) }
      case 1: for _ in 0..<6 { try? database.checkpoint() }
      default:
        for number in 0..<40 {
          try? database.store.append(to: "audit") {
            try $0.append(Scenario.batch([["w\(thread)"], ["row \(number)"]]))
          }
        }
      }
    }
    let receipt = try #require(outcome.withLock { $0 })
    #expect(receipt.unfinished == nil && receipt.search?.isClean == true)
    #expect(try CatalogImage(reader) == before)
    let rows = database.store.catalog().tables["audit"]?.rowCount
    #expect(rows == 3 + 80)
    let expected = try CatalogImage(database.store.catalog())
    try database.close()
    let again = try Database(folder.path + "/data", options: DatabaseHarness.options)
    #expect(try CatalogImage(again.store.catalog()) == expected)
    #expect(try again.erasures() == [receipt])
    try again.close()
  }

  @Test func `goes on where somebody has deleted the rows by hand`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try Scenario().run(database)
    let keys = RowBatch(rowCount: 1, columns: Scenario.batch([[Scenario.person]]).columns)
    try database.store.delete(from: "users", keys: keys)
    try database.store.truncateTables(["events", "plain", "audit"])
    let receipt = try database.erase(Scenario.erasure)
    #expect(receipt.search?.isClean == true)
    #expect(Scenario.secrets(on: harness.disk).isEmpty)
  }

  @Test func `says what would stay`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try Scenario().run(database)
    var erasure = Scenario.erasure
    erasure.columns.removeLast()
    let place = ValuePlace(table: "audit", column: "actor", rowCount: 1)
    #expect(try database.erasurePlan(erasure).remaining == [place])
    let receipt = try database.erase(erasure)
    #expect(receipt.search?.places == [place])
    #expect(receipt.search?.domainCount == 1)
    #expect(try database.erasures() == [receipt])
  }

  @Test func `is refused where it cannot be, and changes nothing then`() throws {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try Scenario().run(database)
    let before = harness.disk.paths
    func refusal(_ identity: String, _ columns: [Erasure.Column]? = nil) -> ErasureError? {
      do throws(ErasureError) {
        _ = try database.erase(
          Erasure(identity: identity, columns: columns ?? Scenario.erasure.columns))
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal("nobody")?.reason == .notFound)
    #expect(refusal("person-7f3a91c")?.reason == .notFound)
    #expect(refusal("")?.reason == .invalid)
    #expect(refusal("erased")?.reason == .invalid)
    #expect(refusal("u1", [])?.hint?.contains("--column") == true)
    for column in [
      Erasure.Column(table: "nowhere", column: "x"), Erasure.Column(table: "events", column: "x"),
      Erasure.Column(table: "events", column: "ts"),
      Erasure.Column(table: "events", column: "n", action: .replaceValue),
      Erasure.Column(table: "users", column: "user_id", action: .replaceValue),
    ] {
      #expect(refusal("u1", [column])?.reason == .invalid)
    }
    try database.store.createView(
      View(
        name: "theirs", definition: "SELECT n FROM events WHERE user_id = '\(Scenario.person)'",
        columns: [.init(name: "n", type: .integer, source: "n")], uses: ["events"]),
      replacing: false)
    #expect(refusal(Scenario.person)?.message.contains("view 'theirs'") == true)
    #expect(harness.disk.paths == before)
    try database.close()
    #expect(refusal("u1") != nil)
  }

  @Test func `is refused while another process has the folder`() throws {
    let harness = DatabaseHarness()
    let first = try harness.open()
    try Scenario().run(first)
    try first.close()
    let reader = try harness.open(forChanges: false)
    let writer = try harness.open()
    #expect(throws: ErasureError.self) { try reader.erase(Scenario.erasure) }
    try writer.close()
    #expect(try reader.erase(Scenario.erasure).search?.isClean == true)
  }

  @Test func `takes a save of an older Daybook along`() throws {
    let disk = try GoldenSave.everyType.disk()
    let database = try DatabaseHarness(disk).open()
    let table = GoldenSave.everyTypeSchema.name
    let column = GoldenSave.everyTypeSchema.columns[5].name
    let segment = try #require(
      database.store.catalog().tables[table]?.partitions.first?.segments.first)
    let names = try segment.chunks[5].values().compactMap { value -> String? in
      if case .text(let text) = value { text } else { nil }
    }
    let name = try #require(names.max { $0.utf8.count < $1.utf8.count })
    #expect(Scenario.has(Array(name.utf8), on: disk))
    let receipt = try database.erase(
      Erasure(identity: name, columns: [Erasure.Column(table: table, column: column)]))
    #expect(receipt.effect.tables.first?.rowCount ?? 0 > 0)
    #expect(receipt.search?.places == [] && receipt.search?.domainCount == 0)
    #expect(!disk.paths.contains { $0.hasPrefix("/data/tables") })
  }

  @Test func `leaves entries that are read back as erased`() throws {
    let store = Store()
    try store.createTable(Scenario.users)
    try store.upsert(
      into: "users",
      Scenario.batch([
        ["", Scenario.person, "u1", "u2"], ["a", "b", "", "d"], ["1", "2", "3", "4"],
      ]))
    _ = try store.erase(
      Erasure(identity: Scenario.person, columns: store.catalog().userColumns))
    let disk = SimulatedDisk()
    let id = try SnapshotStore.forTest(disk).write(catalog: store.catalog(), journalPosition: 0)
    let opened = try SnapshotStore.forTest(disk).open(id).catalog
    #expect(try CatalogImage(opened) == CatalogImage(store.catalog()))
    let dictionary = try #require(opened.dictionaries["user_id"])
    #expect(dictionary.view.count == 4)
    #expect((0..<4).map { dictionary.isErased($0) } == [false, true, false, false])
    // The empty text is another one than what was erased.
    #expect(dictionary.view.code(of: "") == 0)
    #expect(dictionary.insert(Scenario.person) == 4)
    #expect(dictionary.view.code(of: Scenario.person) == 4)
  }

  @Test func `of one named by a number takes the rows with that number`() throws {
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "user_id", type: .integer),
          ColumnDefinition(name: "x", type: .text),
        ], partitionColumn: nil))
    try store.append(to: "t") {
      try $0.append(
        RowBatch(
          rowCount: 3,
          columns: [
            ColumnValues(storage: .integers([7, 42, 7])),
            Scenario.batch([["a", "b", "c"]]).columns[0],
          ]))
    }
    let effect = try store.erase(
      Erasure(identity: "7", columns: [Erasure.Column(table: "t", column: "user_id")]))
    #expect(effect?.tables.map(\.rowCount) == [2])
    #expect(effect?.textCount == 2)
    let segment = try #require(store.catalog().tables["t"]?.partitions.first?.segments.first)
    #expect(segment.chunks[0].zone.bounds == .integers(42...42))
    #expect(try segment.chunks[1].values() == [.text("b")])
  }
}
