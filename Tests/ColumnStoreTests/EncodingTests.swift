import ColumnStore
import Testing

/// Appends one column, of a table that is split by day unless it is a list, seals it, and returns
/// its chunks.
private func sealed(
  _ values: [Value], type: DataType, storage: TextStorage = .automatic, isList: Bool = false
) throws -> [Chunk] {
  let store = Store()
  let columns = [
    ColumnDefinition(name: "x", type: type, textStorage: storage),
    ColumnDefinition(name: "day", type: .date),
  ]
  try store.createTable(
    TableSchema(name: "t", columns: columns, partitionColumn: isList ? nil : 1))
  let days = ColumnValues(storage: .integers(Array(repeating: 19_000, count: values.count)))
  try store.append(to: "t", sealsTails: true) { (appender) throws(StoreError) in
    try appender.append(RowBatch(rowCount: values.count, columns: [column(values), days]))
  }
  let table = try #require(store.catalog().tables["t"])
  return table.partitions.flatMap { $0.segments.map { $0.chunks[0] } }
}

func expectRoundTrip(
  _ values: [Value], type: DataType, storage: TextStorage = .automatic, encoding: String? = nil,
  _ location: SourceLocation = #_sourceLocation
) throws {
  let chunks = try sealed(values, type: type, storage: storage)
  let found = try chunks.flatMap { try $0.values() }
  #expect(found.count == values.count, sourceLocation: location)
  #expect(zip(found, values).allSatisfy { $0.isSame($1) }, sourceLocation: location)
  if let encoding, let first = chunks.first {
    #expect(first.encodingName == encoding, sourceLocation: location)
  }
  var start = 0
  for chunk in chunks {
    expectZone(chunk, Array(values[start..<start + chunk.rowCount]), location)
    start += chunk.rowCount
  }
}

private func expectZone(_ chunk: Chunk, _ values: [Value], _ location: SourceLocation) {
  #expect(chunk.zone.nullCount == values.count { $0.isNull }, sourceLocation: location)
  #expect((chunk.validity == nil) || chunk.zone.nullCount > 0, sourceLocation: location)
  var holdsAll = true
  for value in values {
    switch (chunk.zone.bounds, value) {
    case (_, .null): continue
    case (.integers(let range), .integer(let number)): holdsAll = holdsAll && range.contains(number)
    case (.integers(let range), .boolean(let flag)):
      holdsAll = holdsAll && range.contains(flag ? 1 : 0)
    case (.doubles(let range), .double(let number)): holdsAll = holdsAll && range.contains(number)
    default: holdsAll = holdsAll && chunk.zone.isUnbounded
    }
  }
  #expect(holdsAll, sourceLocation: location)
}

@Suite struct `Encodings give back what was put in` {
  @Test(arguments: [1, 2, 63, 64, 65, 65_535, 65_536, 65_537])
  func `at every size`(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let numbers = (0..<count).map { _ in Value.integer(.random(in: -500...500, using: &random)) }
    try expectRoundTrip(numbers, type: .integer)
    let flags = (0..<count).map { _ in Value.boolean(.random(using: &random)) }
    try expectRoundTrip(flags, type: .boolean)
    let texts = (0..<count).map { _ in Value.text("t\(Int.random(in: 0..<300, using: &random))") }
    try expectRoundTrip(texts, type: .text)
  }

  @Test(arguments: [
    (Int64(0), Int64(255), "frame-of-reference-1"), (-3, 65_532, "frame-of-reference-2"),
    (Int64.min, Int64.min + 0xFFFF_FFFF, "frame-of-reference-4"),
    (Int64.min, Int64.max, "frame-of-reference-8"),
    (Int64.max - 256, Int64.max, "frame-of-reference-2"), (7, 7, "constant"),
  ])
  func `integers of every width`(least: Int64, greatest: Int64, encoding: String) throws {
    var random = SeededGenerator(seed: 1)
    var values: [Value] = [.integer(least), .integer(greatest)]
    for _ in 0..<500 { values.append(.integer(.random(in: least...greatest, using: &random))) }
    try expectRoundTrip(values, type: .integer, encoding: encoding)
    if least != greatest {
      try expectRoundTrip(values + [.null], type: .integer, encoding: encoding)
      try expectRoundTrip(
        values.flatMap { [$0, .null] }, type: .integer, encoding: "sparse \(encoding)")
    }
  }

  @Test func `nulls only`() throws {
    for type in [DataType.integer, .boolean, .double, .text, .json, .date] {
      try expectRoundTrip(Array(repeating: .null, count: 100), type: type, encoding: "constant")
    }
  }

  @Test(arguments: 0...9)
  func `decimals of every exponent`(exponent: Int) throws {
    var random = SeededGenerator(seed: 5)
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    let values = (0..<2000).map { _ in
      Value.double(Double(Int.random(in: -30_000...30_000, using: &random)) / power)
    }
    try expectRoundTrip(values, type: .double, encoding: "decimal-2")
    try expectRoundTrip(values + [.null], type: .double, encoding: "decimal-2")
  }

  @Test(arguments: [
    -0.0, Double.nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    .pi, 0x1p53, 0x1p63, -0x1p63, 1e300,
  ])
  func `doubles that are no decimals`(value: Double) throws {
    try expectRoundTrip([.double(1.5), .double(value)], type: .double, encoding: "doubles")
    try expectRoundTrip(
      [.double(value), .null, .double(2)], type: .double, encoding: "sparse doubles")
    let few = [.double(value), .null] + (1...9).map { Value.double(Double($0)) }
    try expectRoundTrip(few, type: .double, encoding: "doubles")
    try expectRoundTrip([.double(value), .double(value)], type: .double, encoding: "constant")
    // A single one among many that are decimals, where a sample does not see it.
    var values = Array(repeating: Value.double(0.25), count: 10_000)
    values[9_876] = .double(value)
    try expectRoundTrip(values, type: .double, encoding: "doubles")
  }

  @Test(arguments: [
    (2, "dictionary-1-bit"), (256, "dictionary-1"), (257, "dictionary-9-bit"),
    (5000, "dictionary-13-bit"),
  ])
  func `text of few values`(distinct: Int, encoding: String) throws {
    var random = SeededGenerator(seed: 9)
    var values = (0..<distinct).map { Value.text("value \($0)") }
    for _ in 0..<30_000 {
      values.append(.text("value \(Int.random(in: 0..<distinct, using: &random))"))
    }
    values.append(.null)
    try expectRoundTrip(values, type: .text, encoding: encoding)
    try expectRoundTrip(values, type: .text, storage: .plain, encoding: "compressed-text")
  }

  @Test func `one value among many of its domain gets a narrow code`() throws {
    let store = Store()
    let schema = TableSchema(
      name: "t",
      columns: [
        ColumnDefinition(name: "day", type: .date), ColumnDefinition(name: "id", type: .text),
      ], partitionColumn: 0)
    try store.createTable(schema)
    let rows = (0..<70_000).map { row -> [Value] in
      [.date(Int64(row / 100)), .text("id \(row % 3 == 0 ? row : row % 7)")]
    }
    try store.append(to: "t", sealsTails: true) { (appender) throws(StoreError) in
      for start in stride(from: 0, to: rows.count, by: 1000) {
        try appender.append(batch(Array(rows[start..<start + 1000]), columnCount: 2))
      }
    }
    let table = try #require(store.catalog().tables["t"])
    #expect(table.partitions.count == 700)
    #expect(
      table.partitions.allSatisfy { $0.segments[0].chunks[1].encodingName == "dictionary-1" })
    #expect(areSame(try table.rows(), rows))
  }

  @Test func `identifiers turn plain by themselves`() throws {
    var random = SeededGenerator(seed: 3)
    let uuids = (0..<10_000).map { _ in
      Value.text(UUIDText.string(high: random.next(), low: random.next()))
    }
    try expectRoundTrip(uuids, type: .text, encoding: "uuid")
    try expectRoundTrip(uuids + [.null], type: .text, encoding: "uuid")
    try expectRoundTrip(uuids + [.text("")], type: .text, encoding: "compressed-text")
    let upper = uuids + [.text("550E8400-E29B-41D4-A716-446655440000")]
    try expectRoundTrip(upper, type: .text, encoding: "compressed-text")
    try expectRoundTrip(uuids, type: .text, storage: .dictionary, encoding: "dictionary-14-bit")
  }

  @Test func `identifiers of a list stay in the dictionary that others share`() throws {
    let ids = (0..<10_000).map { Value.text("user \($0)") }
    #expect(try sealed(ids, type: .text).map(\.encodingName) == ["compressed-text"])
    let chunks = try sealed(ids, type: .text, isList: true)
    #expect(chunks.allSatisfy { $0.encodingName.hasPrefix("dictionary") })
  }

  @Test func `UUIDs only if they are canonical`() {
    let canonical = Array("550e8400-e29b-41d4-a716-44665544abef".utf8)
    func parse(_ text: [UInt8]) -> String? {
      text.withUnsafeBufferPointer {
        $0.baseAddress.flatMap { UUIDText.parse($0) }.map(UUIDText.string)
      }
    }
    #expect(parse(canonical) == String(decoding: canonical, as: UTF8.self))
    var isRight = true
    for position in canonical.indices {
      for byte in UInt8.min ... .max {
        var text = canonical
        text[position] = byte
        let isHyphen = [8, 13, 18, 23].contains(position)
        let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        let expected =
          (isHyphen ? byte == 0x2D : isDigit) ? String(decoding: text, as: UTF8.self) : nil
        isRight = isRight && parse(text) == expected
      }
    }
    #expect(isRight)
  }

  @Test func `text of any length`() throws {
    let lengths = [0, 1, 255, 256, 16_383, 16_384, 65_534, 65_535, 65_536, 300_000]
    let values = lengths.map { Value.text(String(repeating: "é", count: $0 / 2) + "\($0)") }
    try expectRoundTrip(values, type: .text, encoding: "dictionary-1")
    try expectRoundTrip(values, type: .text, storage: .plain, encoding: "compressed-text")
    try expectRoundTrip([.text("")], type: .text, encoding: "constant")
    try expectRoundTrip([.text("")], type: .text, storage: .plain, encoding: "compressed-text")
  }
}
