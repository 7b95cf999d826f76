import ColumnStore
import DiskTesting
import Persistence
import Testing

/// Saves as Daybook wrote them before it had a journal; nothing writes them any more, and they open for
/// ever. Each has the store that it was made of.
enum GoldenSave: String, CaseIterable {
  /// Version 1: every type and encoding, an empty table.
  case everyType = "every-type"
  /// Version 1: packed bits.
  case bits
  /// Version 2.
  case views
  /// Version 3, with rows of which some were deleted.
  case keys

  static let folder =
    #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Golden/saves"

  private var folder: String { Self.folder + "/" + rawValue }

  /// A disk with the save in `/data`.
  func disk(named name: String = "tables") throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    try disk.makeFolder("/data")
    try disk.makeFolder("/data/" + name)
    let names = TemporaryFolder.names(folder + "/tables")
    try #require(names.contains("manifest.json"), "\(folder)")
    for file in names {
      disk.put(readBytes(folder + "/tables/" + file), "/data/\(name)/" + file)
    }
    return SimulatedDisk(disk.image.crashed(.everything))
  }

  /// The content of a file, whose name begins so.
  func content(_ start: String) throws -> [UInt8] {
    let name = try #require(
      TemporaryFolder.names(folder + "/tables").first { $0.hasPrefix(start) })
    let bytes = readBytes(folder + "/tables/" + name)
    // The header of the frame has the size of its content.
    let size = (0..<8).reduce(0) { $0 | Int(bytes[6 + $1]) << (8 * $1) }
    return try CompressedFile.decompress(bytes, plainByteCount: size, file: name)
  }

  func store() throws -> Store {
    let store = Store()
    switch self {
    case .everyType:
      try store.createDomain("declared")
      try store.createTable(Self.everyTypeSchema)
      try store.createTable(
        TableSchema(
          name: "empty", columns: [ColumnDefinition(name: "x", type: .integer)],
          partitionColumn: nil))
      try store.append(to: Self.everyTypeSchema.name, sealsTails: true) {
        try $0.append(Self.everyTypeRows(0..<120, days: 2))
      }
    case .bits:
      try store.createTable(Self.bitsSchema)
      try store.append(to: "bits", sealsTails: true) { try $0.append(Self.bitsRows(1_101)) }
    case .views:
      try store.createTable(
        TableSchema(
          name: "t", columns: [ColumnDefinition(name: "a", type: .double)], partitionColumn: nil))
      try store.createView(Self.view, replacing: false)
    case .keys:
      try store.createTable(Self.keyedSchema)
      try store.append(to: "t", sealsTails: true) {
        try $0.append(Self.keyedRows(0..<500, day: 100))
      }
      try store.append(to: "t") { try $0.append(Self.keyedRows(500..<520, day: 100)) }
      try store.upsert(into: "t", Self.keyedRows(0..<60, day: 103))
      let keys = Self.keyedRows(60..<100, day: 0)
      _ = try store.delete(
        from: "t", keys: RowBatch(rowCount: 40, columns: [keys.columns[2], keys.columns[1]]))
    }
    return store
  }
}

// MARK: - What is in them

extension GoldenSave {
  static let everyTypeSchema = TableSchema(
    name: "every \"type\"/../ü",
    columns: [
      ColumnDefinition(name: "at", type: .timestampWithTimeZone, isNotNull: true),
      ColumnDefinition(name: "number", type: .integer),
      ColumnDefinition(name: "price", type: .double),
      ColumnDefinition(name: "ratio", type: .double),
      ColumnDefinition(name: "flag", type: .boolean),
      ColumnDefinition(name: "user name", type: .text, domain: "../user\n"),
      ColumnDefinition(name: "id", type: .text, textStorage: .plain),
      ColumnDefinition(name: "note", type: .json, textStorage: .plain),
      ColumnDefinition(name: "day", type: .date),
      ColumnDefinition(name: "nothing", type: .timestamp),
      ColumnDefinition(name: "same", type: .text),
    ], partitionColumn: 0)

  static let bitsSchema = TableSchema(
    name: "bits",
    columns: [
      ColumnDefinition(name: "number", type: .integer),
      ColumnDefinition(name: "price", type: .double),
      ColumnDefinition(name: "user", type: .text),
      ColumnDefinition(name: "few", type: .text),
    ], partitionColumn: nil)

  static let keyedSchema = TableSchema(
    name: "t",
    columns: [
      ColumnDefinition(name: "day", type: .date),
      ColumnDefinition(name: "name", type: .text, textStorage: .plain),
      ColumnDefinition(name: "id", type: .integer),
    ], partitionColumn: 0, primaryKey: [2, 1])

  static let view = View(
    name: "v \"ü\"", definition: "SELECT a AS \"x\ny\" FROM t -- 'z'",
    columns: [
      .init(name: "x", type: .array(.double), source: "x\ny"),
      .init(name: "state", type: .hyperLogLog, source: "state"),
      .init(name: "span", type: .interval, source: "span"),
    ], uses: ["t"])

  /// SplitMix64's finalizer: the same scattered number for the same row.
  static func scattered(_ row: Int) -> UInt64 {
    var z = UInt64(row) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  static func everyTypeRows(_ range: Range<Int>, days: Int) -> RowBatch {
    let users = TextPool()
    let ids = TextPool()
    let notes = TextPool()
    let same = TextPool()
    same.append("same")
    let numbers = range.map { scattered($0) }
    for (row, number) in zip(range, numbers) {
      users.append("user \(number % 300)")
      ids.append(UUIDText.string(high: number, low: UInt64(row)))
      notes.append("{\"row\":\(row)}")
    }
    let entries = range.indices.map { UInt32($0 - range.lowerBound) }
    return RowBatch(
      rowCount: range.count,
      columns: [
        ColumnValues(storage: .integers(numbers.map { Int64($0 % UInt64(days)) * 86_400_000 })),
        ColumnValues(
          storage: .integers(numbers.map { Int64(bitPattern: $0) }),
          validity: numbers.map { $0 % 5 == 0 ? 0 : 1 }),
        ColumnValues(storage: .doubles(numbers.map { Double($0 % 1000) / 100 })),
        ColumnValues(storage: .doubles(numbers.map { $0 % 50 == 0 ? .nan : Double($0) / 3 })),
        ColumnValues(storage: .booleans(numbers.map { UInt8($0 & 1) })),
        ColumnValues(
          storage: .text(codes: entries, pool: users), validity: numbers.map { $0 % 7 == 0 ? 0 : 1 }
        ),
        ColumnValues(storage: .text(codes: entries, pool: ids)),
        ColumnValues(storage: .text(codes: entries, pool: notes)),
        ColumnValues(storage: .integers(numbers.map { Int64($0 % 40_000) - 20_000 })),
        ColumnValues(storage: .nulls),
        ColumnValues(storage: .text(codes: numbers.map { _ in 0 }, pool: same)),
      ])
  }

  static func bitsRows(_ count: Int) -> RowBatch {
    let numbers = (0..<count).map { scattered($0) }
    let users = TextPool()
    for number in numbers { users.append("user \(number % 19)") }
    let entries = numbers.indices.map(UInt32.init)
    return RowBatch(
      rowCount: count,
      columns: [
        ColumnValues(storage: .integers(numbers.map { Int64($0 % 500) - 250 })),
        ColumnValues(storage: .doubles(numbers.map { Double($0 % 5000) / 100 })),
        ColumnValues(storage: .text(codes: entries, pool: users)),
        ColumnValues(
          storage: .text(codes: entries, pool: users),
          validity: entries.map { $0 % 40 == 0 ? 0 : 1 }),
      ])
  }

  static func keyedRows(_ ids: Range<Int64>, day: Int64) -> RowBatch {
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
}
