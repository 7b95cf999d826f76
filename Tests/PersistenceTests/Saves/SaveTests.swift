import ColumnStore
import DiskTesting
import Persistence
import Testing

/// What saves hold, by value: how later versions encode it is theirs to choose. Doubles by their bits,
/// so that NaN equals itself.
private struct SavedContent: Equatable {
  var declared: Set<String>
  var dictionaries: [String: [String]]
  var schemas: [String: TableSchema]
  var views: [String: View]
  var rows: [String: [String]] = [:]

  init(_ catalog: Catalog) throws {
    declared = catalog.declaredDomains
    dictionaries = catalog.dictionaries.mapValues { dictionary in
      let view = dictionary.view
      return (0..<UInt32(view.count)).map { view.string($0) }
    }
    schemas = catalog.tables.mapValues(\.schema)
    views = catalog.views
    for (name, table) in catalog.tables {
      var lines: [String] = []
      for partition in table.partitions {
        for segment in partition.segments {
          let columns = try segment.chunks.map { try $0.values().map(Self.text) }
          for row in 0..<segment.rowCount where segment.live?[row] ?? true {
            lines.append("\(partition.key) " + columns.map { $0[row] }.joined(separator: " "))
          }
        }
      }
      rows[name] = lines
    }
  }

  private static func text(_ value: Value) -> String {
    if case .double(let number) = value { "\(number.bitPattern)" } else { "\(value)" }
  }
}

@Suite struct `A save of an older Daybook` {
  private func database(
    _ disk: SimulatedDisk, forChanges: Bool = false
  ) throws(PersistenceError) -> Database {
    try DatabaseHarness(disk).open(forChanges: forChanges)
  }

  @Test(arguments: GoldenSave.allCases)
  func `opens, and holds what was written`(save: GoldenSave) throws {
    let read = try database(try save.disk()).store.catalog()
    #expect(try SavedContent(read) == SavedContent(save.store().catalog()))
  }

  @Test func `goes on from there, as the store that it was made of`() throws {
    let twin = try GoldenSave.everyType.store()
    let database = try database(try GoldenSave.everyType.disk(), forChanges: true)
    for store in [twin, database.store] {
      try store.append(to: GoldenSave.everyTypeSchema.name) {
        try $0.append(GoldenSave.everyTypeRows(500..<550, days: 4))
      }
    }
    #expect(try SavedContent(database.store.catalog()) == SavedContent(twin.catalog()))
  }

  @Test func `knows its keys again`() throws {
    let store = try database(try GoldenSave.keys.disk(), forChanges: true).store
    #expect(store.catalog().tables["t"]?.rowCount == 480)
    #expect(throws: StoreError.self) {
      try store.append(to: "t") { try $0.append(GoldenSave.keyedRows(300..<301, day: 100)) }
    }
    try store.append(to: "t") { try $0.append(GoldenSave.keyedRows(60..<100, day: 100)) }
    try store.upsert(into: "t", GoldenSave.keyedRows(0..<60, day: 100))
    #expect(store.catalog().tables["t"]?.rowCount == 520)
  }

  @Test func `is converted by the first snapshot, and gone after it`() throws {
    for save in GoldenSave.allCases {
      let disk = try save.disk()
      let database = try database(disk, forChanges: true)
      try database.store.createDomain("after")
      let crashed = SimulatedDisk(disk.image.crashed(.nothingUnsynced))
      #expect(try self.database(crashed).store.catalog().declaredDomains.contains("after"))
      let before = try CatalogImage(database.store.catalog())
      try database.checkpoint()
      #expect(!disk.paths.contains { $0.hasPrefix("/data/tables") })
      try database.close()
      #expect(try CatalogImage(self.database(disk).store.catalog()) == before)
    }
  }

  @Test func `that was interrupted while it was put in place is found`() throws {
    let disk = try GoldenSave.everyType.disk(named: "tables.old")
    try disk.makeFolder("/data/tables.new")
    disk.put([1, 2, 3], "/data/tables.new/half.lz4")
    let database = try database(disk, forChanges: true)
    #expect(
      try SavedContent(database.store.catalog())
        == SavedContent(GoldenSave.everyType.store().catalog()))
    try database.checkpoint()
    #expect(!disk.paths.contains { $0.hasPrefix("/data/tables") })
  }

  @Test(arguments: GoldenSave.allCases)
  func `is refused where a file is cut, changed, longer or missing`(save: GoldenSave) throws {
    let disk = try save.disk()
    for path in disk.paths {
      let bytes = try #require(disk.bytes(path))
      func expectRefused(_ bytes: [UInt8]?, _ what: String) {
        let copy = SimulatedDisk(disk.image)
        copy.put(bytes, path)
        let error = #expect(throws: PersistenceError.self, "\(path) \(what)") {
          try database(copy)
        }
        // A save without its manifest is none: there is nothing in the folder.
        if let error { #expect("\(error)".contains("/data"), "\(path) \(what)") }
      }
      for index in bytes.indices {
        expectRefused(Array(bytes[..<index]), "cut at \(index)")
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        expectRefused(changed, "changed at \(index)")
      }
      expectRefused(bytes + [0], "longer")
      expectRefused(Array(repeating: 0, count: bytes.count), "zeros")
      guard !path.hasSuffix("manifest.json") else { continue }
      expectRefused(nil, "missing")
    }
  }
}

/// What the checksums would refuse first: here the content itself is changed.
@Suite struct `Content of a save that makes no sense` {
  /// What its tables are read with.
  private func domains(_ save: GoldenSave, _ schema: TableSchema) throws -> [DictionaryView?] {
    let dictionaries = try save.store().catalog().dictionaries
    return schema.columns.map {
      $0.type.physical == .text ? dictionaries[$0.domain]?.view : nil
    }
  }

  private func read(
    _ content: some Collection<UInt8>, _ schema: TableSchema, _ domains: [DictionaryView?]
  ) throws -> [PlacedSegment] {
    try Array(content).withUnsafeBytes {
      try TableFormat.read($0, file: "f", schema: schema, domains: domains)
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `of a table is refused or harmless`(seed: UInt64) throws {
    let schema = GoldenSave.everyTypeSchema
    let content = try GoldenSave.everyType.content("table-1")
    let views = try domains(.everyType, schema)
    for round in 0..<400 {
      var changed = content
      for change in 0..<Int(1 + seed % 3) {
        let number = GoldenSave.scattered(Int(seed) * 100_000 + round * 10 + change)
        let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: number >> 40)]
        changed[Int(number % UInt64(content.count))] = extremes[Int(number >> 32) % extremes.count]
      }
      for placed in (try? read(changed, schema, views)) ?? [] {
        for chunk in placed.segment.chunks { _ = try? chunk.values() }
      }
    }
    for cut in stride(from: Int(seed), to: content.count, by: 8) {
      #expect(throws: PersistenceError.self) { try read(content[..<cut], schema, views) }
    }
  }

  @Test func `of bit-packed integers is refused or harmless`() throws {
    let schema = GoldenSave.bitsSchema
    let content = try GoldenSave.bits.content("table-0")
    let views = try domains(.bits, schema)
    let whole = try read(content, schema, views)
    #expect(
      whole.flatMap(\.segment.chunks).map(\.encodingName) == [
        "frame-of-reference-9-bit", "decimal-13-bit", "dictionary-5-bit", "dictionary-5-bit",
      ])
    for index in content.indices where index % 3 == 0 || index < 100 {
      var changed = content
      changed[index] = [0xFF, 0, 0x80, changed[index] ^ 1][index % 4]
      for placed in (try? read(changed, schema, views)) ?? [] {
        for chunk in placed.segment.chunks { _ = try chunk.values() }
      }
    }
    for cut in stride(from: 0, to: content.count, by: 5) {
      #expect(throws: PersistenceError.self) { try read(content[..<cut], schema, views) }
    }
  }

  @Test func `of a dictionary is refused or harmless`() throws {
    let content = try GoldenSave.keys.content("dictionary-0")
    let users = try GoldenSave.bits.content("dictionary-1")
    for (content, domain) in [(content, "name"), (users, "user")] {
      for index in content.indices {
        for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF, content[index] ^ 1] {
          var changed = content
          changed[index] = byte
          let read = try? changed.withUnsafeBytes {
            try DictionaryFormat.read($0, file: "f", domain: domain)
          }
          if let view = read?.view {
            for code in 0..<UInt32(view.count) { _ = view.string(code) }
          }
        }
        #expect(throws: PersistenceError.self) {
          try content[..<index].withUnsafeBytes {
            try DictionaryFormat.read($0, file: "f", domain: domain)
          }
        }
      }
    }
  }
}
