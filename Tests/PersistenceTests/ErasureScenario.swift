import ColumnStore
import DiskTesting
import EngineTesting
import Persistence

/// Tables with one person among others, in every encoding: what is written of the person is known, so that
/// it can be looked for, and the same can be done without it.
struct ErasureScenario {
  static let person = "person-7f3a91c2"
  /// What only the person's rows have, as it is looked for in files.
  static let secrets = [
    person, "kq7.secret@mail.example", "203.0.113.77", "zz words of nobody else", "old-name-9912",
    "constant-for-0815", "{\"private\":\"xw55\"}",
  ]
  /// Of a column of UUIDs.
  static let uuid = (high: UInt64(0x0F1E_2D3C_4B5A_6978), low: UInt64(0x8796_A5B4_C3D2_E1F0))

  static let erasure = Erasure(
    identity: person,
    columns: [
      Erasure.Column(table: "events", column: "user_id"),
      Erasure.Column(table: "users", column: "user_id"),
      Erasure.Column(table: "plain", column: "who"),
      Erasure.Column(table: "audit", column: "actor", action: .replaceValue),
    ])

  /// With the person's rows or without them.
  var hasPerson = true

  static let events = TableSchema(
    name: "events",
    columns: [
      ColumnDefinition(name: "ts", type: .timestamp),
      ColumnDefinition(name: "user_id", type: .text),
      ColumnDefinition(name: "email", type: .text),
      ColumnDefinition(name: "session", type: .text, textStorage: .plain),
      ColumnDefinition(name: "note", type: .text, textStorage: .plain),
      ColumnDefinition(name: "body", type: .json, textStorage: .plain),
      ColumnDefinition(name: "rare", type: .text),
      ColumnDefinition(name: "n", type: .integer),
      ColumnDefinition(name: "price", type: .double),
    ], partitionColumn: 0)

  static let users = TableSchema(
    name: "users",
    columns: [
      ColumnDefinition(name: "user_id", type: .text), ColumnDefinition(name: "name", type: .text),
      ColumnDefinition(name: "ip", type: .text),
    ], partitionColumn: nil, primaryKey: [0])

  static let plain = TableSchema(
    name: "plain",
    columns: [
      ColumnDefinition(name: "who", type: .text, textStorage: .plain),
      ColumnDefinition(name: "same", type: .text),
    ], partitionColumn: nil)

  static let audit = TableSchema(
    name: "audit",
    columns: [
      ColumnDefinition(name: "actor", type: .text, domain: "user_id"),
      ColumnDefinition(name: "what", type: .text),
    ], partitionColumn: nil)

  typealias Step = (Store) throws -> Void

  /// All that happens before the person is erased; `nil` stands for a checkpoint.
  func steps() -> [Step?] {
    var steps: [Step?] = [Self.events, Self.users, Self.plain, Self.audit].map { schema in
      { try $0.createTable(schema) }
    }
    // Day 0 is sealed, day 1 open, day 5 the person's alone.
    steps.append { try append(0..<300, to: $0, sealsTails: true) { _ in 0 } }
    steps.append { try upsert(["u1", "u2", Self.person, "u3"], name: "old-name-9912", in: $0) }
    steps.append(nil)
    steps.append { try append(300..<340, to: $0) { $0 % 2 } }
    steps.append { store in
      guard hasPerson else { return }
      try append(340..<344, to: store, areAll: true) { _ in 5 }
    }
    // The row before stays behind, as deleted, with another name.
    steps.append { try upsert([Self.person, "u2"], name: "new name", in: $0) }
    steps.append { try appendPlain(to: $0) }
    steps.append { try appendAudit(to: $0) }
    steps.append { try delete(from: $0) }
    steps.append(nil)
    steps.append { try append(400..<460, to: $0, sealsTails: true) { $0 % 3 } }
    steps.append { try append(460..<470, to: $0) { _ in 1 } }
    return steps
  }

  /// What comes after it; rows are named by their places there.
  func laterSteps() -> [Step] {
    [
      { try delete(from: $0) },
      { try upsert(["u1", "u4"], name: "later", in: $0) },
      { try append(500..<520, to: $0) { $0 % 2 } },
    ]
  }

  func run(_ database: Database) throws {
    for step in steps() {
      if let step { try step(database.store) } else { try database.checkpoint() }
    }
  }

  private func isPerson(_ row: Int, _ areAll: Bool) -> Bool { areAll || row % 7 == 3 }

  private func append(
    _ range: Range<Int>, to store: Store, sealsTails: Bool = false, areAll: Bool = false,
    day: (Int) -> Int
  ) throws {
    let rows = range.filter { hasPerson || !isPerson($0, areAll) }
    let isTheirs = rows.map { isPerson($0, areAll) }
    func texts(_ body: (Int, Bool) -> String) -> ColumnValues {
      let pool = TextPool()
      for (row, isTheirs) in zip(rows, isTheirs) { pool.append(body(row, isTheirs)) }
      return ColumnValues(storage: .text(codes: rows.indices.map { UInt32($0) }, pool: pool))
    }
    var rare = texts { row, isTheirs in isTheirs ? Self.secrets[5] : "rare \(row % 3)" }
    rare.validity = zip(rows, isTheirs).map { $1 || $0 % 20 == 0 ? 1 : 0 }
    let columns = [
      ColumnValues(
        storage: .integers(rows.map { Int64(day($0)) * 86_400_000 + Int64($0) })),
      texts { row, isTheirs in isTheirs ? Self.person : "u\(row % 5)" },
      texts { row, isTheirs in isTheirs ? Self.secrets[1] : "u\(row % 5)@mail.example" },
      texts { row, isTheirs in
        isTheirs
          ? UUIDText.string(high: Self.uuid.high, low: Self.uuid.low)
          : UUIDText.string(high: UInt64(row) << 32, low: UInt64(row))
      },
      texts { row, isTheirs in isTheirs ? Self.secrets[3] : "note number \(row)" },
      texts { row, isTheirs in isTheirs ? Self.secrets[6] : "{\"row\":\(row)}" },
      rare,
      ColumnValues(storage: .integers(zip(rows, isTheirs).map { $1 ? 987_654_321 : Int64($0) })),
      ColumnValues(storage: .doubles(rows.map { Double($0) / 4 })),
    ]
    try store.append(to: "events", sealsTails: sealsTails) {
      try $0.append(RowBatch(rowCount: rows.count, columns: columns))
    }
  }

  private func upsert(_ ids: [String], name: String, in store: Store) throws {
    let ids = ids.filter { hasPerson || $0 != Self.person }
    try store.upsert(
      into: "users",
      Self.batch([
        ids, ids.map { $0 == Self.person ? name : "name of \($0)" },
        ids.map { $0 == Self.person ? Self.secrets[2] : "10.0.0.1" },
      ]))
  }

  private func appendPlain(to store: Store) throws {
    let who = ["a", Self.person, "b", Self.person].filter { hasPerson || $0 != Self.person }
    try store.append(to: "plain") {
      try $0.append(Self.batch([who, who.map { $0 == Self.person ? "constant-for-0815" : "x" }]))
    }
  }

  private func appendAudit(to store: Store) throws {
    let actors = ["u1", hasPerson ? Self.person : Erasure.replacement, "u2"]
    try store.append(to: "audit") {
      try $0.append(Self.batch([actors, actors.indices.map { "did \($0)" }]))
    }
  }

  static func batch(_ columns: [[String]]) -> RowBatch {
    RowBatch(
      rowCount: columns[0].count,
      columns: columns.map { texts in
        let pool = TextPool()
        for text in texts { pool.append(text) }
        return ColumnValues(storage: .text(codes: texts.indices.map { UInt32($0) }, pool: pool))
      })
  }

  /// Every fourth row by its number, whoever it is about, so that both stores delete the same ones.
  private func delete(from store: Store) throws {
    try store.change("events") { transaction in
      var locations: [RowLocation] = []
      for (place, segment) in transaction.catalog.tables["events"]?.placedSegments ?? [] {
        let prices = try segment.chunks[8].values()
        for row in 0..<segment.rowCount where segment.live?[row] ?? true {
          guard case .double(let price) = prices[row],
            price.truncatingRemainder(dividingBy: 4) == 0.5
          else { continue }
          locations.append(
            RowLocation(partition: place.partition, segment: place.segment, row: row))
        }
      }
      try transaction.delete(locations)
    }
  }

  // MARK: - Looking for it

  /// Which of the secrets stand in a disk's files, after decompression.
  static func secrets(on disk: SimulatedDisk) -> Set<String> {
    var found: Set<String> = []
    for path in disk.paths {
      for content in PlainContents(disk.bytes(path) ?? [], path: path).parts {
        for secret in secrets where content.holds(Array(secret.utf8)) { found.insert(secret) }
        if content.holds(uuidBytes) { found.insert("uuid") }
        let text = UUIDText.string(high: uuid.high, low: uuid.low)
        if content.holds(Array(text.utf8)) { found.insert("uuid") }
      }
    }
    return found
  }

  static func has(_ bytes: [UInt8], on disk: SimulatedDisk) -> Bool {
    disk.paths.contains { path in
      PlainContents(disk.bytes(path) ?? [], path: path).parts.contains { $0.holds(bytes) }
    }
  }

  private static var uuidBytes: [UInt8] {
    [uuid.high, uuid.low].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }

  /// Which of them are in memory, as a catalog shows it.
  static func secrets(in catalog: Catalog) throws -> Set<String> {
    var texts: Set<String> = []
    for dictionary in catalog.dictionaries.values {
      let view = dictionary.view
      for code in 0..<UInt32(view.count) { texts.insert(view.string(code)) }
    }
    for table in catalog.tables.values {
      for (_, segment) in table.placedSegments {
        for value in try segment.chunks.flatMap({ try $0.values() }) {
          switch value {
          case .text(let text), .json(let text): texts.insert(text)
          default: break
          }
        }
      }
    }
    return texts.intersection(
      secrets + [UUIDText.string(high: uuid.high, low: uuid.low)])
  }
}
