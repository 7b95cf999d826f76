import ColumnStore
import Testing

@Suite struct `Bit-packed integers` {
  @Test(arguments: 1...32)
  func `of every width come back one by one, all at once and by row`(width: Int) {
    var random = SeededGenerator(seed: UInt64(width))
    let greatest = (UInt64(1) << UInt64(width)) - 1
    for count in [0, 1, 63, 64, 65, 1023, 1024, 65_535, 65_536] {
      let values = Buffer<UInt32>(capacity: count)
      for row in 0..<count {
        let extremes: [UInt64] = [0, greatest, random.next() & greatest, random.next() & greatest]
        values.base[row] = UInt32(extremes[Int(random.next() % 4)])
      }
      if count > 0 { values.base[count - 1] = UInt32(greatest) }
      let packed = BitPackedIntegers(.bytes4(values), width: width, count: count)
      let aligned = packed.aligned()
      #expect(aligned.width == (width <= 8 ? 1 : width <= 16 ? 2 : 4))
      #expect((0..<count).allSatisfy { packed[$0] == UInt64(values.base[$0]) })
      #expect((0..<count).allSatisfy { aligned[$0] == UInt64(values.base[$0]) })
      let rows = (0..<UInt32(count)).filter { $0 % 7 == 3 || $0 == UInt32(count) - 1 }
      rows.withUnsafeBufferPointer { rows in
        let some = packed.aligned(at: rows)
        #expect(rows.indices.allSatisfy { some[$0] == UInt64(values.base[Int(rows[$0])]) })
      }
      let bits = width * count
      let used = (bits + 63) / 64
      #expect(packed.words.base[used] == 0)
      #expect(bits % 64 == 0 || packed.words.base[used - 1] >> UInt64(bits % 64) == 0)
    }
  }
}

@Suite struct `Sealed chunks take as few bits as their values need` {
  @Test(arguments: [
    (1023, Int64(0), Int64(30), "frame-of-reference-1"),
    (1024, 0, 30, "frame-of-reference-5-bit"), (1024, 7, 8, "frame-of-reference-1-bit"),
    (5000, -60, 67, "frame-of-reference-7-bit"), (5000, -60, 68, "frame-of-reference-1"),
    (5000, 200, 503, "frame-of-reference-9-bit"),
    (5000, Int64.min, Int64.min + 0x3FFF, "frame-of-reference-14-bit"),
    (5000, 0, 0x4000, "frame-of-reference-2"), (5000, 0, 0x1_0000, "frame-of-reference-17-bit"),
    (5000, Int64.max - 0xFFF_FFFF, Int64.max, "frame-of-reference-28-bit"),
    (5000, 0, 0x1000_0000, "frame-of-reference-4"),
    (5000, 0, 0x1_0000_0000, "frame-of-reference-8"),
  ])
  func `integers`(count: Int, least: Int64, greatest: Int64, encoding: String) throws {
    var random = SeededGenerator(seed: 3)
    var values: [Value] = [.integer(least), .integer(greatest)]
    while values.count < count {
      values.append(.integer(.random(in: least...greatest, using: &random)))
    }
    try expectRoundTrip(values, type: .integer, encoding: encoding)
    try expectRoundTrip(
      values.flatMap { [.null, $0] }, type: .integer, encoding: "sparse \(encoding)")
    try expectRoundTrip(
      values.enumerated().map { $0.offset == 500 ? .null : $0.element }, type: .integer,
      encoding: encoding)
  }

  @Test func `decimals and text`() throws {
    var random = SeededGenerator(seed: 4)
    let prices = (0..<5000).map { _ in
      Value.double(Double(Int.random(in: -5000...5000, using: &random)) / 100)
    }
    try expectRoundTrip(prices, type: .double, encoding: "decimal-14-bit")
    let names = (0..<5000).map { _ in
      Value.text("name \(Int.random(in: 0..<20, using: &random))")
    }
    try expectRoundTrip(names, type: .text, encoding: "dictionary-5-bit")
    try expectRoundTrip(
      names.flatMap { [$0, .null, .null] }, type: .text, encoding: "sparse dictionary-5-bit")
  }

  @Test func `which are fewer bytes, and open again for more rows`() throws {
    let store = Store()
    try store.createTable(
      TableSchema(
        name: "t",
        columns: [
          ColumnDefinition(name: "number", type: .integer),
          ColumnDefinition(name: "name", type: .text),
          ColumnDefinition(name: "price", type: .double),
        ], partitionColumn: nil))
    var random = SeededGenerator(seed: 5)
    var rows: [[Value]] = []
    for count in [2000, 10, 2000] {
      let more = (0..<count).map { _ -> [Value] in
        [
          .integer(.random(in: 0..<500, using: &random)),
          random.next() % 3 == 0 ? .null : .text("name \(random.next() % 9)"),
          .double(Double(random.next() % 1000) / 10),
        ]
      }
      rows += more
      try store.append(to: "t", sealsTails: true) { (appender) throws(StoreError) in
        try appender.append(batch(more, columnCount: 3))
      }
      #expect(areSame(try #require(store.catalog().tables["t"]).rows(), rows))
    }
    let memory = try #require(store.catalog().tables["t"]).memory()
    #expect(
      memory.map(\.encoding) == [
        "frame-of-reference-9-bit", "sparse dictionary-4-bit", "decimal-10-bit",
      ])
    #expect(memory[0].byteCount == (4010 * 9 + 63) / 64 * 8 + 8)
    #expect(memory[2].byteCount == (4010 * 10 + 63) / 64 * 8 + 8)
  }
}
