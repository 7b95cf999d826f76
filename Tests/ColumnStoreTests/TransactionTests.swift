import ColumnStore
import Synchronization
import Testing

private let schema = TableSchema(
  name: "t",
  columns: [
    ColumnDefinition(name: "at", type: .timestamp),
    ColumnDefinition(name: "number", type: .integer),
    ColumnDefinition(name: "ratio", type: .double),
    ColumnDefinition(name: "flag", type: .boolean),
    ColumnDefinition(name: "name", type: .text),
    ColumnDefinition(name: "note", type: .json, textStorage: .plain),
  ], partitionColumn: 0)

private let day: Int64 = 86_400_000

private func randomRows(_ count: Int, days: Int64, seed: UInt64) -> [[Value]] {
  var random = SeededGenerator(seed: seed)
  func orNull(_ value: Value) -> Value {
    Int.random(in: 0..<5, using: &random) == 0 ? .null : value
  }
  return (0..<count).map { row in
    [
      orNull(.timestamp(.random(in: -day * days..<day * days, using: &random))),
      orNull(.integer(.random(in: .min ... .max, using: &random))),
      orNull(.double(Double(Int.random(in: 0..<100, using: &random)) / 4)),
      orNull(.boolean(.random(using: &random))),
      orNull(.text("name \(Int.random(in: 0..<400, using: &random))")),
      orNull(.json("{\"row\":\(row)}")),
    ]
  }
}

private func newStore(_ schema: TableSchema = schema) throws -> Store {
  let store = Store()
  try store.createTable(schema)
  return store
}

private func append(_ rows: [[Value]], to store: Store, sealsTails: Bool = false) throws {
  try store.append(to: "t", sealsTails: sealsTails) { (appender) throws(StoreError) in
    try appender.append(batch(rows, columnCount: rows[0].count))
  }
}

private func table(_ store: Store) throws -> Table {
  try #require(store.catalog().tables["t"])
}

@Suite struct `A transaction` {
  @Test(arguments: UInt64(0)..<12)
  func `gives the same rows however they were split`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = randomRows(3000, days: 3, seed: seed)
    let whole = try newStore()
    try append(rows, to: whole)
    let expected = try table(whole).rows()
    #expect(expected.count == rows.count)

    let split = try newStore()
    var start = 0
    while start < rows.count {
      let end = min(rows.count, start + Int.random(in: 1...600, using: &random))
      try append(Array(rows[start..<end]), to: split, sealsTails: .random(using: &random))
      start = end
    }
    #expect(areSame(try table(split).rows(), expected))
    for partition in try table(split).partitions { #expect(partition.segments.count == 1) }
  }

  @Test func `fills segments in order`() throws {
    let schema = TableSchema(
      name: "t", columns: [ColumnDefinition(name: "x", type: .integer)], partitionColumn: nil)
    let store = try newStore(schema)
    let rows = (0..<200_000).map { [Value.integer(Int64($0))] }
    for start in stride(from: 0, to: rows.count, by: 50_000) {
      try append(Array(rows[start..<start + 50_000]), to: store)
    }
    #expect(
      try table(store).partitions[0].segments.map(\.rowCount) == [65_536, 65_536, 65_536, 3392])
    #expect(try table(store).partitions[0].segments.map(\.isSealed) == [true, true, true, false])
    #expect(areSame(try table(store).rows(), rows))
  }

  @Test(arguments: UInt64(0)..<6)
  func `leaves nothing behind when it fails`(seed: UInt64) throws {
    struct Stop: Error {}
    let store = try newStore()
    let rows = randomRows(500, days: 2, seed: seed)
    try append(Array(rows[0..<250]), to: store, sealsTails: seed % 2 == 0)
    let before = store.catalog()
    #expect(throws: Stop.self) {
      try store.append(to: "t") { appender in
        try appender.append(batch(randomRows(70_000, days: 2, seed: seed + 100), columnCount: 6))
        throw Stop()
      }
    }
    #expect(store.catalog().version == before.version)
    try append(Array(rows[250...]), to: store)
    let expected = try newStore()
    try append(rows, to: expected)
    #expect(areSame(try table(store).rows(), try table(expected).rows()))
    for (left, right) in zip(try table(store).partitions, try table(expected).partitions) {
      for (chunk, twin) in zip(left.segments[0].chunks, right.segments[0].chunks) {
        #expect(chunk.zone.nullCount == twin.zone.nullCount)
      }
    }
  }

  @Test func `is invisible to those who hold an older catalog`() throws {
    let store = try newStore()
    let rows = randomRows(2000, days: 2, seed: 1)
    var held: [(Catalog, Int)] = []
    for start in stride(from: 0, to: rows.count, by: 100) {
      try append(Array(rows[start..<start + 100]), to: store, sealsTails: start % 700 == 0)
      held.append((store.catalog(), start + 100))
    }
    for (catalog, count) in held {
      let fresh = try newStore()
      try append(Array(rows[0..<count]), to: fresh)
      let old = try #require(catalog.tables["t"])
      #expect(areSame(try old.rows(), try table(fresh).rows()))
    }
  }

  @Test func `never disturbs a reader on another thread`() throws {
    let store = try newStore(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "x", type: .integer), ColumnDefinition(name: "y", type: .text),
        ], partitionColumn: nil))
    let isDone = Atomic(false)
    let wrong = Atomic(0)
    inParallel(2, threads: 2) { worker in
      if worker == 0 {
        for start in stride(from: 0, to: 20_000, by: 40) {
          let rows = (start..<start + 40).map {
            [Value.integer(Int64($0)), $0 % 9 == 0 ? .null : .text("t\($0 % 1000)")]
          }
          try? append(rows, to: store)
        }
        isDone.store(true, ordering: .releasing)
      } else {
        while !isDone.load(ordering: .acquiring) {
          guard let table = store.catalog().tables["t"], table.rowCount > 0 else { continue }
          let first = max(0, table.rowCount - 300)
          let segment = table.partitions[0].segments[0]
          for row in first..<table.rowCount {
            let x = try? segment.chunks[0].value(at: row)
            let y = try? segment.chunks[1].value(at: row)
            let expected: Value = row % 9 == 0 ? .null : .text("t\(row % 1000)")
            if x != .integer(Int64(row)) || y != expected || table.rowCount % 40 != 0 {
              wrong.wrappingAdd(1, ordering: .relaxed)
            }
          }
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(try table(store).rowCount == 20_000)
  }

  @Test func `takes rows from several threads`() throws {
    let store = try newStore()
    let rows = randomRows(6000, days: 2, seed: 8)
    let batches = stride(from: 0, to: rows.count, by: 1000).map {
      batch(Array(rows[$0..<$0 + 1000]), columnCount: 6)
    }
    try store.append(to: "t", sealsTails: true) { appender in
      inParallel(batches.count, threads: 4) { try? appender.append(batches[$0]) }
    }
    let found = try table(store).rows().map { "\($0)" }.sorted()
    #expect(found == rows.map { "\($0)" }.sorted())
  }

  @Test(arguments: UInt64(0)..<6)
  func `gives the same rows if it encodes tails before its end`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // Days in order, with late rows for earlier ones.
    let rows = randomRows(4000, days: 5, seed: seed).sorted { left, right in
      guard case .timestamp(let a) = left[0], case .timestamp(let b) = right[0] else {
        return false
      }
      return a < b
    }
    let late = randomRows(1000, days: 5, seed: seed + 50)
    var limits = BulkLimits()
    limits.openByteCount = 10_000
    limits.idleBatchCount = 2
    limits.earlyRowCount = 20
    let store = try newStore()
    try store.append(to: "t", limits: limits) { (appender) throws(StoreError) in
      var start = 0
      while start < rows.count {
        let end = min(rows.count, start + Int.random(in: 1...100, using: &random))
        try appender.append(batch(Array(rows[start..<end]), columnCount: 6))
        start = end
      }
      for start in stride(from: 0, to: 1000, by: 10) {
        try appender.append(batch(Array(late[start..<start + 10]), columnCount: 6))
      }
    }
    let expected = try newStore()
    try append(rows + late, to: expected)
    #expect(areSame(try table(store).rows(), try table(expected).rows()))
    #expect(try table(store).partitions.contains { $0.segments.count > 1 })
  }

  @Test func `keeps ids in the dictionary that another table brought in`() throws {
    let store = Store()
    let id = ColumnDefinition(name: "id", type: .text)
    for name in ["t", "other"] {
      try store.createTable(TableSchema(name: name, columns: [id], partitionColumn: nil))
    }
    let pool = TextPool()
    for index in 0..<10_000 { pool.append("user \(index)") }
    func append(_ codes: [UInt32], to table: String) throws {
      try store.append(to: table, sealsTails: true) { appender in
        try appender.append(
          RowBatch(
            rowCount: codes.count,
            columns: [ColumnValues(storage: .text(codes: codes, pool: pool))]))
      }
    }
    try append((0..<50_000).map { $0 % 10_000 }, to: "other")
    try append((0..<10_000).map { $0 }, to: "t")
    #expect(try table(store).memory().map(\.encoding) == ["dictionary-14-bit"])
  }

  @Test func `goes on from mostly null rows with codes that exist`() throws {
    let store = try newStore(
      TableSchema(
        name: "t", columns: [ColumnDefinition(name: "x", type: .text)], partitionColumn: nil))
    let rows = (0..<100).map { [$0 % 30 == 10 ? Value.text("t\($0)") : .null] }
    try append(rows, to: store, sealsTails: true)
    #expect(try table(store).memory().map(\.encoding) == ["sparse dictionary-1"])
    try append([[.null]], to: store)
    let chunk = try table(store).partitions[0].segments[0].chunks[0]
    guard case .dictionary(let dictionary, let codes) = chunk.encoding else {
      Issue.record("not a dictionary: \(chunk.encodingName)")
      return
    }
    #expect((0...100).allSatisfy { codes[$0] < dictionary.count })
    #expect(areSame(try table(store).rows(), rows + [[.null]]))
  }

  @Test func `raises versions where something changed`() throws {
    let store = try newStore()
    func row(_ day: Int64) -> [Value] {
      [.timestamp(day * 86_400_000), .null, .null, .null, .null, .null]
    }
    try append([row(0), row(1)], to: store)
    let version = store.catalog().version
    try append([row(1)], to: store)
    #expect(store.catalog().version == version + 1)
    #expect(try table(store).partitions.map(\.version) == [1, 2])
    try store.append(to: "t") { _ in }
    #expect(store.catalog().version == version + 1)
  }
}

@Suite struct `Partitions` {
  @Test(arguments: [
    (Int64(0), Int64(0)), (-1, -1), (86_399_999, 0), (86_400_000, 1), (-86_400_000, -1),
    (-86_400_001, -2), (.min, -106_751_991_168), (.max, 106_751_991_167),
    (-62_135_596_800_000, -719_162), (253_402_300_799_999, 2_932_896),
  ])
  func `are UTC days, whatever the year`(milliseconds: Int64, expected: Int64) throws {
    let store = try newStore()
    let one: [Value] = [.timestamp(milliseconds), .null, .null, .null, .null, .null]
    let other: [Value] = [.timestamp(12_345 * day), .null, .null, .null, .null, .null]
    try append([one], to: store)
    try append([one, other, one], to: store)
    let partitions = try table(store).partitions
    #expect(partitions.map(\.key) == [.day(expected), .day(12_345)].sorted())
    #expect(partitions.first { $0.key == .day(expected) }?.rowCount == 3)
  }

  @Test func `of dates and of rows without one`() throws {
    let schema = TableSchema(
      name: "t", columns: [ColumnDefinition(name: "d", type: .date)], partitionColumn: 0)
    let store = try newStore(schema)
    try append([[.date(.max)], [.null], [.date(.min)], [.date(0)], [.null]], to: store)
    let partitions = try table(store).partitions
    #expect(partitions.map(\.key) == [.null, .day(.min), .day(0), .day(.max)])
    #expect(partitions.map(\.rowCount) == [2, 1, 1, 1])
  }

  @Test func `that hold little take little`() throws {
    let store = try newStore()
    let rows = (0..<2350).map { index -> [Value] in
      [
        .timestamp(Int64(index) * day), .integer(1), .double(1.5), .boolean(true), .text("x"),
        .null,
      ]
    }
    try append(rows, to: store, sealsTails: true)
    #expect(try table(store).byteCount < 200_000)
  }
}

@Suite struct `A store refuses` {
  @Test func `a second table or domain of the same name, and unknown ones`() throws {
    let store = try newStore()
    #expect(throws: StoreError.tableExists("t")) { try store.createTable(schema) }
    #expect(throws: StoreError.unknownTable("u")) { try store.dropTable("u") }
    #expect(throws: StoreError.unknownTable("u")) { try store.append(to: "u") { _ in } }
    try store.createDomain("d")
    #expect(throws: StoreError.domainExists("d")) { try store.createDomain("d") }
    try store.dropTable("t")
    #expect(store.catalog().tables.isEmpty)
    #expect(store.catalog().dictionaries.keys.sorted() == ["d"])
    try store.createTable(schema)
    #expect(try table(store).rowCount == 0)
  }

  @Test func `schemas that make no sense`() {
    let store = Store()
    let x = ColumnDefinition(name: "x", type: .integer)
    #expect(throws: StoreError.duplicateColumn("x")) {
      try store.createTable(TableSchema(name: "t", columns: [x, x], partitionColumn: nil))
    }
    #expect(throws: StoreError.noColumns(table: "t")) {
      try store.createTable(TableSchema(name: "t", columns: [], partitionColumn: nil))
    }
    #expect(throws: StoreError.invalidPartitionColumn(table: "t")) {
      try store.createTable(TableSchema(name: "t", columns: [x], partitionColumn: 0))
    }
    #expect(throws: StoreError.invalidPartitionColumn(table: "t")) {
      try store.createTable(TableSchema(name: "t", columns: [x], partitionColumn: 1))
    }
    #expect(throws: StoreError.unsupportedType(column: "x", type: .interval)) {
      try store.createTable(
        TableSchema(
          name: "t", columns: [ColumnDefinition(name: "x", type: .interval)], partitionColumn: nil))
    }
  }

  @Test func `batches that do not fit`() throws {
    let store = try newStore(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "x", type: .integer, isNotNull: true),
          ColumnDefinition(name: "y", type: .text),
        ], partitionColumn: nil))
    let pool = TextPool()
    pool.append("one")
    let good = ColumnValues(storage: .integers([1, 2]))
    func refuse(_ columns: [ColumnValues], _ error: StoreError) {
      #expect(throws: error) {
        try store.append(to: "t") { appender in
          try appender.append(RowBatch(rowCount: 2, columns: columns))
        }
      }
    }
    refuse([good], .columnCount(expected: 2, found: 1))
    refuse([good, good], .typeMismatch(column: "y", expected: .text))
    refuse(
      [ColumnValues(storage: .integers([1])), good],
      .invalidColumn(column: "x", reason: "1 values for 2 rows"))
    refuse(
      [ColumnValues(storage: .integers([1, 2]), validity: [1, 0]), good],
      .nullValue(column: "x", row: 1))
    refuse([ColumnValues(storage: .nulls), good], .nullValue(column: "x", row: 0))
    refuse(
      [good, ColumnValues(storage: .text(codes: [0, 1], pool: pool))],
      .invalidColumn(column: "y", reason: "a code that its pool of 1 lacks"))
    #expect(try table(store).rowCount == 0)
    // Codes of null rows do not matter.
    try store.append(to: "t") { appender in
      try appender.append(
        RowBatch(
          rowCount: 2,
          columns: [
            good, ColumnValues(storage: .text(codes: [0, 9], pool: pool), validity: [1, 0]),
          ]))
    }
    #expect(try table(store).rows() == [[.integer(1), .text("one")], [.integer(2), .null]])
  }
}
