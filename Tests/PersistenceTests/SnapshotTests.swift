import ColumnStore
import DiskTesting
import Persistence
import Testing

@Suite struct `A snapshot` {
  @Test(arguments: UInt64(0)..<8)
  func `gives back all that a catalog holds, and the store goes on from it`(seed: UInt64) throws {
    var random = try RandomStore(seed: seed, rowLimit: seed == 0 ? 9_000 : 500)
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk, threads: 2)
    for _ in 0..<8 { try random.step()(random.store) }
    let id = try snapshots.write(catalog: random.store.catalog(), journalPosition: 42)
    let opened = try SnapshotStore.forTest(disk, threads: 2).open(id)
    #expect(try CatalogContent(opened.catalog) == CatalogContent(random.store.catalog()))
    #expect(opened.journalPosition == 42)
    #expect(opened.createdAt == 1_700_000_000_000)
    // Rows are in the same places afterwards too: the journal knows them by these.
    let again = Store(adopting: opened.catalog)
    for _ in 0..<8 {
      let step = try random.step()
      try step(random.store)
      try step(again)
      #expect(try places(again) == places(random.store))
    }
  }

  @Test func `with an open tail loses its rows as the tail itself does`() throws {
    let schema = TableSchema(
      name: "t",
      columns: [
        ColumnDefinition(name: "user", type: .text), ColumnDefinition(name: "id", type: .integer),
      ], partitionColumn: nil)
    func rows(_ ids: Range<Int64>) -> RowBatch {
      let users = TextPool()
      for id in ids { users.append("user \(id % 7)") }
      return RowBatch(
        rowCount: ids.count,
        columns: [
          ColumnValues(storage: .text(codes: (0..<UInt32(ids.count)).map { $0 }, pool: users)),
          ColumnValues(storage: .integers(Array(ids))),
        ])
    }
    let store = Store()
    try store.createTable(schema)
    try store.append(to: "t") { try $0.append(rows(0..<2_000)) }
    let snapshots = SnapshotStore.forTest(SimulatedDisk())
    let again = Store(
      adopting: try snapshots.open(
        try snapshots.write(catalog: store.catalog(), journalPosition: 0)
      ).catalog)
    for store in [store, again] {
      try store.change("t") {
        try $0.delete(
          (0..<1_500).map { RowLocation(partition: .all, segment: 0, row: $0) })
      }
      try store.append(to: "t") { try $0.append(rows(5_000..<5_001)) }
    }
    #expect(again.catalog().tables["t"]?.partitions.first?.segments.first?.rowCount == 501)
    #expect(try places(again) == places(store))
  }

  @Test func `of nothing is one`() throws {
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk)
    #expect(try snapshots.ids().isEmpty)
    try snapshots.write(catalog: Catalog(), journalPosition: 0)
    let opened = try #require(try snapshots.newest())
    #expect(opened.id.description == "0000000001")
    #expect(opened.catalog.tables.isEmpty)
  }
}

/// What the journal needs to be the same: where each row is, and what it is.
private func places(_ store: Store) throws -> [String: [String]] {
  try store.catalog().tables.mapValues { table in
    try table.placedSegments.map { place, segment in
      let live = segment.live.map { live in (0..<live.count).map { live[$0] } }
      let ids = try segment.chunks[1].values()
      return "\(place) \(segment.rowCount) \(segment.isSealed) \(live as Any) \(ids)"
    }
  }
}
