import ColumnStore
import EngineTesting
import Testing

private let schema = TableSchema(
  name: "t",
  columns: [
    ColumnDefinition(name: "id", type: .integer),
    ColumnDefinition(name: "name", type: .text, textStorage: .plain),
    ColumnDefinition(name: "value", type: .double),
  ], partitionColumn: nil, primaryKey: [0])

private func rows(_ ids: some Sequence<Int>, value: Double) -> RowBatch {
  let ids = Array(ids)
  let names = TextPool()
  for id in ids { names.append("name \(id)") }
  return RowBatch(
    rowCount: ids.count,
    columns: [
      ColumnValues(storage: .integers(ids.map { Int64($0) })),
      ColumnValues(storage: .text(codes: ids.indices.map { UInt32($0) }, pool: names)),
      ColumnValues(storage: .doubles(ids.map { _ in value })),
    ])
}

private func key(_ ids: some Sequence<Int>) -> RowBatch {
  let ids = ids.map { Int64($0) }
  return RowBatch(rowCount: ids.count, columns: [ColumnValues(storage: .integers(ids))])
}

private func newStore(_ log: (any ChangeLog)? = nil) throws -> Store {
  let store = Store(adopting: Catalog(), log: log)
  try store.createTable(schema)
  return store
}

private func partitions(_ store: Store) throws -> [Partition] {
  try #require(store.catalog().tables["t"]).partitions
}

@Suite struct `Changed rows` {
  @Test func `stay in their segment until most of it is gone`() throws {
    let store = try newStore()
    try store.append(to: "t", sealsTails: true) { try $0.append(rows(0..<40_000, value: 1)) }
    let whole = try #require(try partitions(store).first?.segments.first)
    #expect(whole.live == nil)
    #expect(try store.delete(from: "t", keys: key(0..<20_000)) == 20_000)
    let half = try #require(try partitions(store).first?.segments.first)
    #expect(half !== whole)
    #expect(half.rowCount == 40_000 && half.liveCount == 20_000)
    #expect(whole.liveCount == 40_000)
    #expect(try store.delete(from: "t", keys: key([20_000])) == 1)
    let less = try #require(try partitions(store).first?.segments.first)
    #expect(less.rowCount == 19_999 && less.live == nil && less.isSealed)
    // Keys of rows that have moved are still found.
    #expect(try store.delete(from: "t", keys: key([20_000, 20_001, 39_999])) == 2)
    #expect(throws: StoreError.duplicateKey(columns: ["id"], values: [.integer(39_998)])) {
      try store.append(to: "t") { try $0.append(rows([39_998], value: 2)) }
    }
    #expect(try store.delete(from: "t", keys: key(0..<40_000)) == 19_997)
    #expect(try partitions(store).isEmpty)
  }

  @Test func `leave a tail that is written over and over small`() throws {
    let store = try newStore()
    for round in 0..<50 { try store.upsert(into: "t", rows(0..<1_000, value: Double(round))) }
    let segments = try partitions(store).flatMap(\.segments)
    #expect(segments.reduce(0) { $0 + $1.liveCount } == 1_000)
    #expect(segments.reduce(0) { $0 + $1.rowCount } <= 3_000)
  }

  @Test func `of a segment that fills up keep their place`() throws {
    let store = try newStore()
    try store.append(to: "t") { try $0.append(rows(0..<60_000, value: 1)) }
    #expect(try store.delete(from: "t", keys: key(0..<100)) == 100)
    try store.append(to: "t") { try $0.append(rows(60_000..<80_000, value: 1)) }
    let segments = try #require(try partitions(store).first).segments
    #expect(segments.map(\.isSealed) == [true, false])
    #expect(segments[0].liveCount == 65_436)
    #expect(try store.delete(from: "t", keys: key([50, 100, 70_000])) == 2)
  }

  @Test func `are undone when anything fails`() throws {
    let store = try newStore()
    try store.append(to: "t") { try $0.append(rows(0..<100, value: 1)) }
    let before = store.catalog()
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try store.change("t") { transaction in
        let found = try transaction.locations(ofKeys: key(0..<50).columns, rowCount: 50)
        try transaction.delete(found.compactMap { $0 })
        try transaction.append(rows(0..<20, value: 2))
        throw Stop()
      }
    }
    #expect(throws: StoreError.self) {
      try store.append(to: "t") { appender in
        try appender.append(rows(200..<300, value: 1))
        try appender.append(rows([299], value: 1))
      }
    }
    // What failed cannot be made good by going on.
    #expect(throws: StoreError.self) {
      try store.append(to: "t") { appender in
        try? appender.append(rows([5], value: 1))
        try appender.append(rows([500], value: 1))
      }
    }
    #expect(store.catalog().version == before.version)
    #expect(try partitions(store).map(\.rowCount) == [100])
    try store.append(to: "t") { try $0.append(rows(200..<300, value: 1)) }
    #expect(try store.delete(from: "t", keys: key(0..<1_000)) == 200)
  }

  @Test func `are refused without a key, or where there is no such row`() throws {
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t", columns: [ColumnDefinition(name: "x", type: .integer)], partitionColumn: nil))
    #expect(throws: StoreError.noPrimaryKey(table: "t")) {
      try store.upsert(into: "t", key([1]))
    }
    #expect(throws: StoreError.noPrimaryKey(table: "t")) {
      try store.delete(from: "t", keys: key([1]))
    }
    for location in [
      RowLocation(partition: .all, segment: 0, row: 0),
      RowLocation(partition: .day(3), segment: 0, row: 0),
    ] {
      #expect(throws: StoreError.unknownRow(table: "t")) {
        try store.change("t") { try $0.delete([location]) }
      }
    }
    #expect(throws: StoreError.invalidPrimaryKey(table: "u")) {
      try store.createTable(
        TableSchema(
          name: "u", columns: [ColumnDefinition(name: "x", type: .json)], partitionColumn: nil,
          primaryKey: [0]))
    }
    #expect(throws: StoreError.invalidPrimaryKey(table: "u")) {
      try store.createTable(
        TableSchema(
          name: "u", columns: [ColumnDefinition(name: "x", type: .integer)],
          partitionColumn: nil, primaryKey: [3]))
    }
  }

  @Test func `done again from what was recorded give the same rows`() throws {
    let log = RecordingLog()
    let store = try newStore(log)
    for round in 0..<20 {
      try store.upsert(into: "t", rows((0..<400).map { ($0 * 17 + round * 90) % 3_000 }, value: 1))
      try store.delete(from: "t", keys: key((round * 50)..<(round * 50 + 120)))
    }
    let copy = Store()
    for changes in log.changes { try copy.apply(changes) }
    let expected = try #require(store.catalog().tables["t"]).rows()
    #expect(areSame(try #require(copy.catalog().tables["t"]).rows(), expected))
  }

  @Test func `are not published when they cannot be recorded`() throws {
    let log = RecordingLog()
    let store = try newStore(log)
    try store.append(to: "t") { try $0.append(rows(0..<10, value: 1)) }
    log.refuse(with: .unknownTable("disk"))
    #expect(throws: StoreError.unknownTable("disk")) {
      try store.upsert(into: "t", rows(5..<15, value: 2))
    }
    #expect(throws: StoreError.unknownTable("disk")) { try store.truncateTable("t") }
    log.refuse(with: nil)
    #expect(try partitions(store).map(\.rowCount) == [10])
    try store.upsert(into: "t", rows(5..<15, value: 2))
    #expect(try partitions(store).map(\.rowCount) == [15])
  }

  @Test func `are not published when they are taken and then not kept`() throws {
    let log = RecordingLog()
    let store = try newStore(log)
    log.fail(with: .unknownTable("disk"))
    #expect(throws: StoreError.unknownTable("disk")) {
      try store.append(to: "t") { try $0.append(rows(0..<10, value: 1)) }
    }
    #expect(try partitions(store).isEmpty)
  }

  @Test func `of more bytes than a record takes are kept with the catalog`() throws {
    let log = RecordingLog(recordByteLimit: 10_000)
    let store = try newStore(log)
    try store.append(to: "t") { try $0.append(rows(0..<10, value: 1)) }
    #expect(log.kept.isEmpty && log.changes.count == 2)
    try store.append(to: "t") { try $0.append(rows(10..<2_000, value: 1)) }
    #expect(log.changes.count == 2)
    #expect(log.kept.map { $0.tables["t"]?.rowCount } == [2_000])
    #expect(log.kept.map(\.version) == [store.catalog().version])
  }
}
