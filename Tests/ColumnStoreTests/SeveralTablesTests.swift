import ColumnStore
import EngineTesting
import Testing

@Suite struct `A change of several tables` {
  private func batch(_ values: [Int64]) -> RowBatch {
    RowBatch(rowCount: values.count, columns: [ColumnValues(storage: .integers(values))])
  }

  private func make(_ log: RecordingLog) throws -> Store {
    let store = Store(adopting: Catalog(), log: log)
    let column = ColumnDefinition(name: "n", type: .integer)
    try store.createTable(TableSchema(name: "a", columns: [column], partitionColumn: nil))
    try store.createTable(
      TableSchema(name: "b", columns: [column], partitionColumn: nil, primaryKey: [0]))
    return store
  }

  private func counts(_ store: Store) -> [Int?] {
    ["a", "b"].map { store.catalog().tables[$0]?.rowCount }
  }

  @Test func `is one record, and visible at once`() throws {
    let log = RecordingLog()
    let store = try make(log)
    let before = log.changes.count
    var noted: Int?
    func change(_ transaction: StoreTransaction) throws -> Int {
      try transaction.table("a").append(batch([1, 2]))
      try transaction.table("b").append(batch([7]))
      try transaction.table("a").append(batch([3]))
      return 42
    }
    func note(_ result: Int) {
      noted = result
      #expect(counts(store) == [0, 0])
    }
    let result = try store.change(whenAccepted: note, change)
    #expect(result == 42 && noted == 42)
    #expect(counts(store) == [3, 1])
    #expect(log.changes.count == before + 1 && log.changes.last?.count == 2)
    // Done again, it is the same.
    let copy = Store()
    for changes in log.changes { try copy.apply(changes) }
    #expect(counts(copy) == [3, 1])
  }

  @Test func `is none of it where a part fails`() throws {
    let log = RecordingLog()
    let store = try make(log)
    try store.append(to: "b") { try $0.append(batch([7])) }
    let before = log.changes.count
    func refuse(_: Void) { Issue.record("it was not accepted") }
    func addTwice(_ transaction: StoreTransaction) throws {
      try transaction.table("a").append(batch([1]))
      try transaction.table("b").append(batch([7]))
    }
    #expect(throws: StoreError.self) { try store.change(whenAccepted: refuse, addTwice) }
    #expect(throws: StoreError.unknownTable("c")) {
      try store.change { transaction in
        try transaction.table("a").append(batch([1]))
        _ = try transaction.table("c")
      }
    }
    log.refuse(with: .notKept(StorageRefusal(.diskFull, "full")))
    func addNew(_ transaction: StoreTransaction) throws {
      try transaction.table("a").append(batch([1]))
      try transaction.table("b").append(batch([8]))
    }
    #expect(throws: StoreError.self) { try store.change(whenAccepted: refuse, addNew) }
    log.refuse(with: nil)
    #expect(counts(store) == [0, 1] && log.changes.count == before)
    // The keys are those of the rows that there are.
    try store.change { try $0.table("b").append(batch([8])) }
    #expect(counts(store) == [0, 2])
  }

  @Test func `that changes nothing is no record`() throws {
    let log = RecordingLog()
    let store = try make(log)
    let before = log.changes.count
    var isNoted = false
    func touch(_ transaction: StoreTransaction) throws { _ = try transaction.table("a") }
    try store.change(whenAccepted: { isNoted = true }, touch)
    #expect(isNoted && log.changes.count == before)
  }

  @Test func `that is too much for a record is kept as a whole`() throws {
    let log = RecordingLog(recordByteLimit: 100)
    let store = try make(log)
    let before = log.kept.count
    try store.change { transaction in
      try transaction.table("a").append(batch(Array(0..<100)))
      try transaction.table("b").append(batch([1]))
    }
    #expect(log.kept.count == before + 1 && counts(store) == [100, 1])
  }

  @Test func `replaces rows of a keyed table`() throws {
    let store = try make(RecordingLog())
    try store.change { try $0.table("b").append(batch([1, 2])) }
    try store.change { transaction in
      let added = try transaction.table("b").append(batch([2, 3]), onConflict: .skip)
      #expect(added == [1])
      try transaction.table("b").append(batch([1]), onConflict: .replace)
      try transaction.table("a").append(batch([1]))
    }
    #expect(counts(store) == [1, 3])
  }
}
