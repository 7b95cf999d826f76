import ColumnStore
import DiskTesting
import EngineTesting
import Persistence

/// A store that does something else at each step, the same for the same seed: tables of every type
/// and encoding, with and without keys and days, open tails, deleted rows, views.
struct RandomStore {
  let store: Store
  private var generator: SplitMix64
  private var next = 0
  private let rowLimit: Int

  private static let columns = [
    ColumnDefinition(name: "at", type: .timestampWithTimeZone),
    ColumnDefinition(name: "id", type: .integer, isNotNull: true),
    ColumnDefinition(name: "price", type: .double),
    ColumnDefinition(name: "ratio", type: .double),
    ColumnDefinition(name: "flag", type: .boolean),
    ColumnDefinition(name: "user", type: .text),
    ColumnDefinition(name: "uuid", type: .text, textStorage: .plain),
    ColumnDefinition(name: "note", type: .json, textStorage: .plain),
    ColumnDefinition(name: "day", type: .date),
    ColumnDefinition(name: "nothing", type: .timestamp),
    ColumnDefinition(name: "rare", type: .text, domain: "user"),
  ]

  static let names = ["daily", "keyed", "whole", "dropped"]

  init(seed: UInt64, rowLimit: Int = 3_000) throws {
    generator = SplitMix64(seed: seed)
    self.rowLimit = rowLimit
    store = Store()
    try store.createDomain("declared")
    try store.createTable(
      TableSchema(name: "daily", columns: Self.columns, partitionColumn: 0))
    try store.createTable(
      TableSchema(name: "keyed", columns: Self.columns, partitionColumn: 8, primaryKey: [1]))
    try store.createTable(
      TableSchema(name: "whole", columns: Self.columns, partitionColumn: nil))
    try store.createTable(
      TableSchema(name: "empty /..\n", columns: Self.columns, partitionColumn: 0))
  }

  /// One or more changes to a store; the closure can be applied to another one in the same state.
  mutating func step() throws -> (Store) throws -> Void {
    let table = Self.names[generator.below(3)]
    switch generator.below(10) {
    case 0..<5:
      let batch = rows(1 + generator.below(rowLimit))
      return { store in
        if table == "keyed" {
          try store.upsert(into: table, batch)
        } else {
          try store.append(to: table) { try $0.append(batch) }
        }
      }
    case 5:
      let batch = rows(1 + generator.below(rowLimit))
      return { store in
        guard table != "keyed" else { return }
        try store.append(to: table, sealsTails: true) { try $0.append(batch) }
      }
    case 6, 7:
      let share = 2 + generator.below(4)
      let seed = generator.next()
      return { store in
        let contents = store.catalog().tables[table]
        var chance = SplitMix64(seed: seed)
        var rows: [RowLocation] = []
        for (place, segment) in contents?.placedSegments ?? [] {
          for row in 0..<segment.rowCount where chance.below(share) == 0 {
            rows.append(RowLocation(partition: place.partition, segment: place.segment, row: row))
          }
        }
        try store.change(table) { try $0.delete(rows) }
      }
    case 8:
      return { store in
        try store.createView(
          View(
            name: "view", definition: "SELECT id FROM whole",
            columns: [View.Column(name: "id", type: .integer, source: "id")], uses: ["whole"]),
          replacing: true)
      }
    default:
      let isThere = store.catalog().tables["dropped"] != nil
      return { store in
        if isThere {
          try store.dropTable("dropped")
        } else {
          try store.createTable(
            TableSchema(name: "dropped", columns: Self.columns, partitionColumn: nil))
        }
      }
    }
  }

  private mutating func rows(_ count: Int) -> RowBatch {
    let users = TextPool()
    let uuids = TextPool()
    let notes = TextPool()
    for _ in 0..<count {
      users.append("user \(generator.below(500))")
      uuids.append(UUIDText.string(high: generator.next(), low: generator.next()))
      notes.append("{\"n\":\(generator.next())}")
    }
    let ids = (0..<count).map { _ in Int64(generator.below(100_000)) }
    let numbers = (0..<count).map { _ in generator.next() }
    let codes = (0..<UInt32(count)).map { $0 }
    func some(_ share: UInt64) -> [UInt8] { numbers.map { $0 % share == 0 ? 1 : 0 } }
    let times = numbers.map { Int64($0 % 5) * 86_400_000 + Int64($0 % 1000) }
    let ratios = numbers.map { $0 % 500 == 0 ? Double.nan : Double($0) / 3 }
    var columns: [ColumnValues] = []
    columns.append(
      ColumnValues(storage: .integers(times), validity: numbers.map { $0 % 97 == 0 ? 0 : 1 }))
    columns.append(ColumnValues(storage: .integers(ids)))
    columns.append(ColumnValues(storage: .doubles(numbers.map { Double($0 % 1000) / 100 })))
    columns.append(ColumnValues(storage: .doubles(ratios), validity: some(2)))
    columns.append(
      ColumnValues(storage: .booleans(numbers.map { UInt8($0 & 1) }), validity: some(3)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: users)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: uuids)))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: notes), validity: some(4)))
    columns.append(ColumnValues(storage: .integers(ids.map { $0 % 3 })))
    columns.append(ColumnValues(storage: .nulls))
    columns.append(ColumnValues(storage: .text(codes: codes, pool: users), validity: some(20)))
    return RowBatch(rowCount: count, columns: columns)
  }
}

/// One table with two days: few bytes, for what is tried at each of them.
struct SmallStore {
  let store = Store()

  init() throws {
    try store.createTable(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "day", type: .date), ColumnDefinition(name: "user", type: .text),
          ColumnDefinition(name: "price", type: .double),
        ], partitionColumn: 0))
  }

  func append(_ range: Range<Int64>, sealsTails: Bool = false) throws {
    let users = TextPool()
    for row in range { users.append("user \(row)") }
    let batch = RowBatch(
      rowCount: range.count,
      columns: [
        ColumnValues(storage: .integers(range.map { $0 % 2 })),
        ColumnValues(storage: .text(codes: (0..<UInt32(range.count)).map { $0 }, pool: users)),
        ColumnValues(storage: .doubles(range.map { Double($0) / 7 })),
      ])
    try store.append(to: "t", sealsTails: sealsTails) { try $0.append(batch) }
  }

  func delete(day: Int64, row: Int) throws {
    try store.change("t") {
      try $0.delete([RowLocation(partition: .day(day), segment: 0, row: row)])
    }
  }
}

extension SnapshotStore {
  /// One thread, and a clock that stands.
  static func forTest(
    _ files: any FileSystem, folder: String = "/data/snapshots", threads: Int = 1
  ) -> SnapshotStore {
    SnapshotStore(folder, files: files, threads: threads, now: { 1_700_000_000_000 })
  }
}
