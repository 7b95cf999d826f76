import ColumnStore
import Persistence
import Testing

private let schema = TableSchema(
  name: "t",
  columns: [
    ColumnDefinition(name: "day", type: .date),
    ColumnDefinition(name: "name", type: .text, textStorage: .plain),
    ColumnDefinition(name: "id", type: .integer),
  ], partitionColumn: 0, primaryKey: [2, 1])

private func rows(_ ids: Range<Int64>, day: Int64) -> RowBatch {
  let names = TextPool()
  for id in ids { names.append("name \(id % 100)") }
  return RowBatch(
    rowCount: ids.count,
    columns: [
      ColumnValues(storage: .integers(ids.map { day + $0 % 3 })),
      ColumnValues(
        storage: .text(codes: ids.indices.map { UInt32($0 - ids.lowerBound) }, pool: names)),
      ColumnValues(storage: .integers(Array(ids))),
    ])
}

@Suite struct `A save of a keyed table` {
  @Test func `has its key and the rows that are left`() throws {
    let folder = try TemporaryFolder()
    let store = Store()
    try store.createTable(schema)
    try store.append(to: "t", sealsTails: true) { try $0.append(rows(0..<9_000, day: 100)) }
    try store.append(to: "t") { try $0.append(rows(9_000..<9_300, day: 100)) }
    try store.upsert(into: "t", rows(0..<600, day: 103))
    let keys = rows(600..<1_000, day: 0)
    #expect(
      try store.delete(
        from: "t",
        keys: RowBatch(rowCount: 400, columns: [keys.columns[2], keys.columns[1]])) == 400)
    try TableSave.write(store.catalog(), to: folder.path)
    let read = try TableSave.read(from: folder.path, threads: 2)
    let table = try #require(read.catalog().tables["t"])
    #expect(table.schema == schema)
    #expect(table.rowCount == 8_900)
    #expect(table.partitions.flatMap(\.segments).allSatisfy { $0.live == nil && $0.isSealed })
    #expect(table.partitions.map(\.key) == (100..<106).map { .day($0) })
    // The keys of what was read are known again.
    #expect(throws: StoreError.self) {
      try read.append(to: "t") { try $0.append(rows(5_000..<5_001, day: 100)) }
    }
    try read.append(to: "t") { try $0.append(rows(600..<1_000, day: 100)) }
    try read.upsert(into: "t", rows(0..<600, day: 100))
    #expect(read.catalog().tables["t"]?.rowCount == 9_300)
    #expect(read.catalog().tables["t"]?.partitions.count == 3)
  }

  @Test func `is refused by programs that know no keys`() throws {
    let folder = try TemporaryFolder()
    let store = Store()
    try store.createTable(schema)
    try TableSave.write(store.catalog(), to: folder.path)
    let manifest = readBytes(folder.path + "/tables/manifest.json")
    let text = String(decoding: manifest, as: UTF8.self)
    #expect(text.contains("\"version\": 3,"))
    #expect(text.contains("\"primaryKey\": ["))
  }
}
