import ColumnStore
import Glibc
import Persistence
import Testing

/// Snapshots as version 1 wrote them: they open for ever. Both were made of `GoldenStore`, by the test
/// with `UPDATE_GOLDEN=1` where the folder is missing; what is there is never written again.
@Suite struct `A snapshot of format version 1` {
  private static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Golden/snapshots-1"

  @Test func `opens, and holds what was written`() throws {
    let folder = Self.folder
    if getenv("UPDATE_GOLDEN") != nil, access(folder, F_OK) != 0 { try Self.write(to: folder) }
    let snapshots = SnapshotStore.forTest(RealFileSystem(), folder: folder)
    #expect(try snapshots.ids().map(\.number) == [1, 2])
    for (id, store) in zip(
      try snapshots.ids(), [try Self.store(steps: 1), try Self.store(steps: 2)])
    {
      #expect(try snapshots.check(id).problems.isEmpty)
      let opened = try snapshots.open(id)
      #expect(opened.journalPosition == 10 * id.number)
      #expect(
        opened.journalMark
          == JournalMark(fileNumber: 1, byteCount: 56, position: 10 * id.number, chain: .max))
      #expect(try rows(opened.catalog) == rows(store.catalog()))
      #expect(opened.catalog.views == store.catalog().views)
      #expect(opened.catalog.declaredDomains == ["declared"])
      #expect(
        opened.catalog.tables.mapValues(\.schema) == store.catalog().tables.mapValues(\.schema))
    }
  }

  /// Rows in their places, deleted ones too; what encodings they have is for later versions to choose.
  private func rows(_ catalog: Catalog) throws -> [String: [String]] {
    try catalog.tables.mapValues { table in
      try table.placedSegments.map { place, segment in
        let live = segment.live.map { live in (0..<live.count).map { live[$0] } }
        let columns = try segment.chunks.map { try $0.values().map { $0.formatted() } }
        return "\(place) \(segment.isSealed) \(live as Any) \(columns)"
      }
    }
  }

  private static func write(to folder: String) throws {
    let snapshots = SnapshotStore.forTest(RealFileSystem(), folder: folder)
    let store = try store(steps: 0)
    for step in 1...2 {
      try change(store, step: step)
      try snapshots.write(
        catalog: store.catalog(), journalPosition: UInt64(10 * step),
        journalMark: JournalMark(
          fileNumber: 1, byteCount: 56, position: UInt64(10 * step), chain: .max))
    }
  }

  private static func store(steps: Int) throws -> Store {
    let store = Store()
    for step in 0..<steps { try change(store, step: step + 1) }
    return store
  }

  /// Every type and encoding, open and sealed, a mask, a key, a view, a table without rows.
  private static func change(_ store: Store, step: Int) throws {
    guard step > 1 else {
      let columns = [
        ColumnDefinition(name: "at", type: .timestampWithTimeZone),
        ColumnDefinition(name: "id", type: .integer, isNotNull: true),
        ColumnDefinition(name: "price", type: .double),
        ColumnDefinition(name: "ratio", type: .double),
        ColumnDefinition(name: "flag", type: .boolean), ColumnDefinition(name: "user", type: .text),
        ColumnDefinition(name: "uuid", type: .text, textStorage: .plain),
        ColumnDefinition(name: "note", type: .json, textStorage: .plain),
        ColumnDefinition(name: "day", type: .date),
        ColumnDefinition(name: "nothing", type: .timestamp),
        ColumnDefinition(name: "rare", type: .text, domain: "user"),
      ]
      try store.createDomain("declared")
      try store.createTable(TableSchema(name: "events", columns: columns, partitionColumn: 0))
      try store.createTable(
        TableSchema(name: "keyed", columns: columns, partitionColumn: nil, primaryKey: [1]))
      try store.createTable(TableSchema(name: "empty", columns: columns, partitionColumn: 8))
      try store.createView(
        View(
          name: "view", definition: "SELECT id FROM events",
          columns: [View.Column(name: "id", type: .integer, source: "id")], uses: ["events"]),
        replacing: false)
      try store.append(to: "events", sealsTails: true) { try $0.append(batch(0..<300)) }
      try store.append(to: "keyed") { try $0.append(batch(0..<40)) }
      return
    }
    try store.append(to: "events") { try $0.append(batch(300..<320)) }
    try store.change("events") {
      try $0.delete([RowLocation(partition: .day(1), segment: 0, row: 3)])
    }
    try store.upsert(into: "keyed", batch(30..<50))
  }

  private static func batch(_ range: Range<Int>) -> RowBatch {
    let users = TextPool()
    let uuids = TextPool()
    let notes = TextPool()
    for row in range {
      users.append("user \(row % 17)")
      uuids.append(UUIDText.string(high: UInt64(row) << 40, low: UInt64(row)))
      notes.append("{\"row\":\(row)}")
    }
    let codes = range.indices.map { UInt32($0 - range.lowerBound) }
    func some(_ share: Int) -> [UInt8] { range.map { $0 % share == 0 ? 1 : 0 } }
    var columns: [ColumnValues] = []
    columns.append(
      ColumnValues(
        storage: .integers(range.map { Int64($0 % 2) * 86_400_000 + Int64($0) }),
        validity: range.map { $0 % 50 == 49 ? 0 : 1 }))
    columns.append(ColumnValues(storage: .integers(range.map(Int64.init))))
    columns.append(ColumnValues(storage: .doubles(range.map { Double($0) / 100 })))
    columns.append(ColumnValues(storage: .doubles(range.map { Double($0) / 3 }), validity: some(2)))
    columns.append(
      ColumnValues(storage: .booleans(range.map { UInt8($0 % 3 == 0 ? 1 : 0) }), validity: some(5)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: users)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: uuids)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: notes), validity: some(4)))
    columns.append(ColumnValues(storage: .integers(range.map { Int64($0 % 7) })))
    columns.append(ColumnValues(storage: .nulls))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: users), validity: some(20)))
    return RowBatch(rowCount: range.count, columns: columns)
  }
}
