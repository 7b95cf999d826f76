import ColumnStore
import Testing

/// The encodings of a text column after one load, in batches of some thousand rows.
private func encodings(
  of rowCount: Int, days: Int = 1, known: [String] = [], text: (Int) -> String
) throws -> [String] {
  let store = Store()
  let columns = [
    ColumnDefinition(name: "x", type: .text), ColumnDefinition(name: "day", type: .date),
  ]
  try store.createTable(TableSchema(name: "t", columns: columns, partitionColumn: 1))
  if !known.isEmpty {
    // A list that is not split by day, whose column shares the domain.
    try store.createTable(
      TableSchema(name: "list", columns: [columns[0]], partitionColumn: nil))
    try store.append(to: "list", sealsTails: true) { (appender) throws(StoreError) in
      try appender.append(
        RowBatch(rowCount: known.count, columns: [column(known.map { .text($0) })]))
    }
  }
  try store.append(to: "t", sealsTails: true) { (appender) throws(StoreError) in
    let step = 20_000
    for start in stride(from: 0, to: rowCount, by: step) {
      let rows = start..<min(start + step, rowCount)
      let pool = TextPool()
      let codes = rows.map { row in
        var text = text(row)
        return UInt32(text.withUTF8 { pool.append($0) })
      }
      let moments = rows.map { Int64(19_000 + $0 * days / rowCount) }
      try appender.append(
        RowBatch(
          rowCount: rows.count,
          columns: [
            ColumnValues(storage: .text(codes: codes, pool: pool)),
            ColumnValues(storage: .integers(moments)),
          ]))
    }
  }
  let table = try #require(store.catalog().tables["t"])
  return table.partitions.flatMap { $0.segments.map { $0.chunks[0].encodingName } }
}

@Suite struct `Text stays in a dictionary if it comes again` {
  private func isDictionary(_ names: [String]) -> Bool {
    !names.isEmpty && names.allSatisfy { $0.hasPrefix("dictionary") }
  }

  @Test func `of many users in random order, who are nearly all new in the first batches`() throws {
    var random = SeededGenerator(seed: 1)
    let names = try encodings(of: 400_000) { _ in
      "user \(Int.random(in: 0..<60_000, using: &random))"
    }
    #expect(isDictionary(names))
  }

  @Test func `of a million users in random order`() throws {
    var random = SeededGenerator(seed: 2)
    let names = try encodings(of: 400_000) { _ in
      "\(Int.random(in: 0..<1_000_000, using: &random))"
    }
    #expect(isDictionary(names))
  }

  @Test func `of users who come once a day each`() throws {
    #expect(isDictionary(try encodings(of: 300_000, days: 5) { "user \($0 % 60_000)" }))
  }

  @Test func `of users whose rows stand together`() throws {
    #expect(isDictionary(try encodings(of: 300_000) { "user \($0 / 3)" }))
  }

  @Test func `of users that a list knows`() throws {
    let users = (0..<20_000).map { "user \($0)" }
    #expect(isDictionary(try encodings(of: 20_000, known: users) { users[$0] }))
  }
}

@Suite struct `Text that hardly ever comes again is kept out of the dictionary` {
  @Test func `in a short load`() throws {
    #expect(try encodings(of: 10_000) { "request \($0)" } == ["compressed-text"])
  }

  @Test func `in a load of several days, each too short to tell`() throws {
    let names = try encodings(of: 12_000, days: 30) { "request \($0)" }
    #expect(names == Array(repeating: "compressed-text", count: 30))
  }

  @Test func `once several segments have shown it, with a few that are sent twice`() throws {
    let names = try encodings(of: 600_000) { "request \($0 % 50 == 0 ? $0 / 2 : $0)" }
    #expect(names.last == "compressed-text")
    #expect(names.count { $0 == "compressed-text" } >= 5)
  }

  @Test func `sooner where the text is long`() throws {
    let padding = String(repeating: "a long line of a log ", count: 50)
    let names = try encodings(of: 100_000) { "\(padding) \($0)" }
    #expect(names.last == "compressed-text")
    #expect(names.allSatisfy { $0 == "compressed-text" })
  }
}
