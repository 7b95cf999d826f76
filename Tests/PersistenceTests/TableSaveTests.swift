import ColumnStore
import Glibc
import Persistence
import Testing

private let everyType = TableSchema(
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

/// SplitMix64's finalizer: the same scattered number for the same row.
private func scattered(_ row: Int) -> UInt64 {
  var z = UInt64(row) &* 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

private func rows(_ range: Range<Int>, days: Int) -> RowBatch {
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
        storage: .text(codes: entries, pool: users), validity: numbers.map { $0 % 7 == 0 ? 0 : 1 }),
      ColumnValues(storage: .text(codes: entries, pool: ids)),
      ColumnValues(storage: .text(codes: entries, pool: notes)),
      ColumnValues(storage: .integers(numbers.map { Int64($0 % 40_000) - 20_000 })),
      ColumnValues(storage: .nulls),
      ColumnValues(storage: .text(codes: numbers.map { _ in 0 }, pool: same)),
    ])
}

private func store(_ rowCount: Int, days: Int = 3, sealsTails: Bool = true) throws -> Store {
  let store = Store()
  try store.createDomain("declared")
  try store.createTable(everyType)
  try store.createTable(
    TableSchema(
      name: "empty", columns: [ColumnDefinition(name: "x", type: .integer)], partitionColumn: nil))
  guard rowCount > 0 else { return store }
  try store.append(to: everyType.name, sealsTails: sealsTails) { appender in
    try appender.append(rows(0..<rowCount, days: days))
  }
  return store
}

/// Everything that a catalog holds; doubles by their bits, so that NaN equals itself.
private struct Content: Equatable {
  var version: UInt64
  var declared: Set<String>
  var dictionaries: [String: [String]]
  var schemas: [String: TableSchema]
  var partitions: [String: [Partition.Key]] = [:]
  var versions: [String: [UInt64]] = [:]
  var chunks: [String: [[Value]]] = [:]

  init(_ catalog: Catalog) throws {
    version = catalog.version
    declared = catalog.declaredDomains
    dictionaries = catalog.dictionaries.mapValues { dictionary in
      let view = dictionary.view
      return (0..<UInt32(view.count)).map { view.string($0) }
    }
    schemas = catalog.tables.mapValues(\.schema)
    for (name, table) in catalog.tables {
      partitions[name] = table.partitions.map(\.key)
      versions[name] = table.partitions.map(\.version)
      chunks[name] = try table.partitions.flatMap(\.segments).flatMap(\.chunks).map {
        try $0.values().map {
          if case .double(let number) = $0 {
            .integer(Int64(bitPattern: number.bitPattern))
          } else {
            $0
          }
        }
      }
    }
  }
}

private func content(_ catalog: Catalog) throws -> Content {
  try Content(catalog)
}

/// What the checksums would refuse first: here the content itself is changed.
@Suite struct `Content that makes no sense` {
  @Test(arguments: UInt64(0)..<8)
  func `of a table is refused or harmless`(seed: UInt64) throws {
    let table = try #require(try store(120, days: 2).catalog().tables[everyType.name])
    let domains = try store(120, days: 2).catalog().dictionaries
    let views = table.schema.columns.map {
      $0.type.physical == .text ? domains[$0.domain]?.view : nil
    }
    let segments = table.partitions.flatMap { partition in
      partition.segments.map {
        PlacedSegment(key: partition.key, partitionVersion: partition.version, segment: $0)
      }
    }
    let content = TableFormat.write(segments[...], schema: table.schema)
    for round in 0..<400 {
      var changed = content
      for change in 0..<Int(1 + seed % 3) {
        let number = scattered(Int(seed) * 100_000 + round * 10 + change)
        let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: number >> 40)]
        changed[Int(number % UInt64(content.count))] = extremes[Int(number >> 32) % extremes.count]
      }
      let read = try? changed.withUnsafeBytes {
        try TableFormat.read($0, file: "f", schema: table.schema, domains: views)
      }
      for placed in read ?? [] {
        for chunk in placed.segment.chunks { _ = try? chunk.values() }
      }
    }
    for cut in stride(from: Int(seed), to: content.count, by: 8) {
      #expect(throws: PersistenceError.self) {
        try content[..<cut].withUnsafeBytes {
          try TableFormat.read($0, file: "f", schema: table.schema, domains: views)
        }
      }
    }
  }

  @Test func `of bit-packed integers is refused or harmless`() throws {
    let schema = TableSchema(
      name: "bits",
      columns: [
        ColumnDefinition(name: "number", type: .integer),
        ColumnDefinition(name: "price", type: .double),
        ColumnDefinition(name: "user", type: .text),
        ColumnDefinition(name: "few", type: .text),
      ], partitionColumn: nil)
    let rowCount = 1101
    let numbers = (0..<rowCount).map { scattered($0) }
    let users = TextPool()
    for number in numbers { users.append("user \(number % 19)") }
    let entries = numbers.indices.map(UInt32.init)
    let store = Store()
    try store.createTable(schema)
    try store.append(to: "bits", sealsTails: true) { appender in
      try appender.append(
        RowBatch(
          rowCount: rowCount,
          columns: [
            ColumnValues(storage: .integers(numbers.map { Int64($0 % 500) - 250 })),
            ColumnValues(storage: .doubles(numbers.map { Double($0 % 5000) / 100 })),
            ColumnValues(storage: .text(codes: entries, pool: users)),
            ColumnValues(
              storage: .text(codes: entries, pool: users),
              validity: entries.map { $0 % 40 == 0 ? 0 : 1 }),
          ]))
    }
    let catalog = store.catalog()
    let table = try #require(catalog.tables["bits"])
    #expect(
      table.memory().map(\.encoding) == [
        "frame-of-reference-9-bit", "decimal-13-bit", "dictionary-5-bit", "dictionary-5-bit",
      ])
    let views = schema.columns.map {
      $0.type.physical == .text ? catalog.dictionaries[$0.domain]?.view : nil
    }
    let partition = try #require(table.partitions.first)
    let content = TableFormat.write(
      partition.segments.map {
        PlacedSegment(key: partition.key, partitionVersion: partition.version, segment: $0)
      }[...], schema: schema)
    func read(_ content: some Collection<UInt8>) throws(PersistenceError) -> [PlacedSegment] {
      let bytes = Array(content)
      do {
        return try bytes.withUnsafeBytes {
          try TableFormat.read($0, file: "f", schema: schema, domains: views)
        }
      } catch let error as PersistenceError {
        throw error
      } catch {
        return []
      }
    }
    let again = try read(content)
    #expect(
      try again.map { try $0.segment.chunks.map { try $0.values() } }
        == partition.segments.map { try $0.chunks.map { try $0.values() } })
    #expect(
      again.flatMap(\.segment.chunks).map(\.byteCount)
        == partition.segments.flatMap(\.chunks).map(\.byteCount))
    for index in content.indices where index % 3 == 0 || index < 100 {
      var changed = content
      changed[index] = [0xFF, 0, 0x80, changed[index] ^ 1][index % 4]
      for placed in (try? read(changed)) ?? [] {
        for chunk in placed.segment.chunks { _ = try chunk.values() }
      }
    }
    for cut in stride(from: 0, to: content.count, by: 5) {
      #expect(throws: PersistenceError.self) { try read(content[..<cut]) }
    }
  }

  @Test func `of a dictionary is refused or harmless`() throws {
    let dictionary = TextDictionary(domain: "d")
    for index in 0..<40 { _ = dictionary.insert("entry \(index)") }
    _ = dictionary.insert(String(repeating: "x", count: 300))
    let content = DictionaryFormat.write(dictionary.view)
    for index in content.indices {
      for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF, content[index] ^ 1] {
        var changed = content
        changed[index] = byte
        let read = try? changed.withUnsafeBytes {
          try DictionaryFormat.read($0, file: "f", domain: "d")
        }
        if let view = read?.view {
          for code in 0..<UInt32(view.count) { _ = view.string(code) }
        }
      }
      #expect(throws: PersistenceError.self) {
        try content[..<index].withUnsafeBytes {
          try DictionaryFormat.read($0, file: "f", domain: "d")
        }
      }
    }
  }
}

@Suite struct `A save` {
  @Test(arguments: [0, 1, 100, 70_000])
  func `gives back what was saved`(rowCount: Int) throws {
    let folder = try TemporaryFolder()
    let store = try store(rowCount)
    try TableSave.write(store.catalog(), to: folder.path)
    let again = try TableSave.read(from: folder.path, threads: 2)
    #expect(try content(again.catalog()) == content(store.catalog()))
    let table = try #require(store.catalog().tables[everyType.name])
    let twin = try #require(again.catalog().tables[everyType.name])
    #expect(table.memory().map(\.encoding) == twin.memory().map(\.encoding))
    // And goes on from there.
    for store in [store, again] {
      try store.append(to: everyType.name) { try $0.append(rows(0..<50, days: 4)) }
    }
    #expect(try content(again.catalog()) == content(store.catalog()))
  }

  @Test func `holds what is still open for more rows`() throws {
    let folder = try TemporaryFolder()
    let store = try store(500, sealsTails: false)
    try TableSave.write(store.catalog(), to: folder.path)
    let again = try TableSave.read(from: folder.path, threads: 1)
    #expect(try content(again.catalog()) == content(store.catalog()))
  }

  @Test func `takes the place of an older one and leaves other files alone`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/b"
    #expect(throws: PersistenceError.noData(path: path)) {
      try TableSave.read(from: path, threads: 1)
    }
    for rowCount in [10, 2000, 5] {
      let store = try store(rowCount)
      try TableSave.write(store.catalog(), to: path)
      let again = try TableSave.read(from: path, threads: 2)
      #expect(try content(again.catalog()) == content(store.catalog()))
    }
    #expect(TemporaryFolder.names(path) == ["tables"])
    let other = folder.path + "/other"
    mkdir(other, 0o777)
    #expect(throws: PersistenceError.noData(path: other)) {
      try TableSave.read(from: other, threads: 1)
    }
    mkdir(other + "/tables", 0o777)
    writeBytes([1], other + "/tables/mine.lz4")
    #expect(throws: PersistenceError.notASave(path: other + "/tables")) {
      try TableSave.write(Store().catalog(), to: other)
    }
    #expect(TemporaryFolder.names(other + "/tables") == ["mine.lz4"])
  }

  @Test func `that was interrupted while it was put in place is found`() throws {
    let folder = try TemporaryFolder()
    let store = try store(20)
    try TableSave.write(store.catalog(), to: folder.path)
    rename(folder.path + "/tables", folder.path + "/tables.old")
    mkdir(folder.path + "/tables.new", 0o777)
    writeBytes([1, 2, 3], folder.path + "/tables.new/half.lz4")
    let again = try TableSave.read(from: folder.path, threads: 2)
    #expect(try content(again.catalog()) == content(store.catalog()))
    try TableSave.write(again.catalog(), to: folder.path)
    #expect(TemporaryFolder.names(folder.path) == ["tables"])
  }

  @Test func `is refused when a file is cut, changed, longer or missing`() throws {
    let folder = try TemporaryFolder()
    let store = try store(40, days: 2)
    try TableSave.write(store.catalog(), to: folder.path)
    for name in TemporaryFolder.names(folder.path + "/tables") {
      let path = folder.path + "/tables/" + name
      let bytes = readBytes(path)
      func expectRefused(_ what: String) {
        #expect(throws: PersistenceError.self, "\(name) \(what)") {
          try TableSave.read(from: folder.path, threads: 1)
        }
      }
      let step = max(1, bytes.count / 400)
      for cut in stride(from: 0, to: bytes.count, by: step) {
        writeBytes(Array(bytes[..<cut]), path)
        expectRefused("cut at \(cut)")
      }
      for index in stride(from: 0, to: bytes.count, by: step) {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        writeBytes(changed, path)
        expectRefused("changed at \(index)")
      }
      writeBytes(bytes + [0], path)
      expectRefused("longer")
      unlink(path)
      expectRefused("missing")
      writeBytes(bytes, path)
    }
    let again = try TableSave.read(from: folder.path, threads: 1)
    #expect(try content(again.catalog()) == content(store.catalog()))
  }
}
