import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import Testing

/// A keyed table beside a dictionary that goes through the same.
private struct KeyedModel {
  struct Key: Hashable {
    var name: String
    var number: Int64
  }

  struct Row: Equatable {
    var day: Int64?
    var value: Int64
  }

  let engine: Engine
  var rows: [Key: Row] = [:]
  var random: SplitMix64
  private var session = Session()

  init(seed: UInt64) throws {
    engine = Engine(threads: 2)
    random = SplitMix64(seed: seed)
    _ = try engine.execute(
      """
      CREATE TABLE t (day date, name text, number bigint, value bigint, PRIMARY KEY (number, name))
      PARTITION BY DAY (day)
      """, in: &session)
  }

  mutating func run(_ sql: String) throws(QueryError) -> String {
    try engine.execute(sql, in: &session).tag
  }

  private mutating func newRows(_ count: Int) -> [(Key, Row)] {
    (0..<count).map { _ in
      (
        Key(name: "n\(random.below(6))", number: Int64(random.below(60))),
        Row(
          day: random.chance(0.1) ? nil : Int64(19_000 + random.below(4)),
          value: Int64(random.below(1_000)))
      )
    }
  }

  private func literals(_ rows: [(Key, Row)]) -> String {
    rows.map { key, row in
      let day = row.day.map { "DATE '1970-01-01' + \($0)" } ?? "NULL"
      return "(\(day), '\(key.name)', \(key.number), \(row.value))"
    }.joined(separator: ", ")
  }

  mutating func step() throws {
    switch random.below(9) {
    case 0: try insert(newRows(1 + random.below(4)))
    case 1, 2: try upsert(newRows(1 + random.below(30)))
    case 3: try insertMissing(newRows(1 + random.below(30)))
    case 4, 5: try replace(newRows(1 + random.below(120)), seals: random.chance(0.5))
    case 6: try updateValues()
    case 7: try moveKeys()
    default: try deleteSome()
    }
  }

  private mutating func insert(_ new: [(Key, Row)]) throws {
    var after = rows
    var isTaken = false
    for (key, row) in new { isTaken = isTaken || after.updateValue(row, forKey: key) != nil }
    let sql = "INSERT INTO t VALUES \(literals(new))"
    if isTaken {
      let error = #expect(throws: QueryError.self) { try run(sql) }
      #expect(error?.code == .uniqueViolation)
    } else {
      #expect(try run(sql) == "INSERT 0 \(new.count)")
      rows = after
    }
  }

  private mutating func upsert(_ new: [(Key, Row)]) throws {
    let sql = """
      INSERT INTO t VALUES \(literals(new)) ON CONFLICT (name, number)
      DO UPDATE SET value = t.value + excluded.value, day = excluded.day
      """
    guard Set(new.map(\.0)).count == new.count else {
      let error = #expect(throws: QueryError.self) { try run(sql) }
      #expect(error?.code == .cardinalityViolation)
      return
    }
    #expect(try run(sql) == "INSERT 0 \(new.count)")
    for (key, row) in new {
      rows[key] = Row(day: row.day, value: row.value + (rows[key]?.value ?? 0))
    }
  }

  private mutating func insertMissing(_ new: [(Key, Row)]) throws {
    let before = rows.count
    for (key, row) in new where rows[key] == nil { rows[key] = row }
    #expect(
      try run("INSERT INTO t VALUES \(literals(new)) ON CONFLICT DO NOTHING")
        == "INSERT 0 \(rows.count - before)")
  }

  private mutating func replace(_ new: [(Key, Row)], seals: Bool) throws {
    let schema = try #require(engine.store.catalog().tables["t"]?.schema)
    let values = new.map { key, row -> [Value] in
      [
        row.day.map(Value.date) ?? .null, .text(key.name), .integer(key.number),
        .integer(row.value),
      ]
    }
    try engine.store.append(to: "t", sealsTails: seals, onConflict: .replace) {
      appender throws(StoreError) in
      // The same key may come in both halves.
      let half = values.count / 2
      try appender.append(RowBatch(Array(values[..<half]), schema: schema))
      try appender.append(RowBatch(Array(values[half...]), schema: schema))
    }
    for (key, row) in new { rows[key] = row }
  }

  private mutating func updateValues() throws {
    let rest = Int64(random.below(4))
    let changed = rows.filter { $0.key.number % 4 == rest }
    #expect(
      try run("UPDATE t SET value = value + 1, day = day + 1 WHERE number % 4 = \(rest)")
        == "UPDATE \(changed.count)")
    for (key, row) in changed {
      rows[key] = Row(day: row.day.map { $0 + 1 }, value: row.value + 1)
    }
  }

  private mutating func moveKeys() throws {
    let (from, to) = (random.below(6), random.below(6))
    let step = Int64(random.below(3) - 1)
    var after = rows.filter { $0.key.name != "n\(from)" }
    var isTaken = false
    for (key, row) in rows where key.name == "n\(from)" {
      let moved = Key(name: "n\(to)", number: key.number + step)
      isTaken = isTaken || after.updateValue(row, forKey: moved) != nil
    }
    let sql = "UPDATE t SET name = 'n\(to)', number = number + \(step) WHERE name = 'n\(from)'"
    if isTaken {
      let error = #expect(throws: QueryError.self) { try run(sql) }
      #expect(error?.code == .uniqueViolation)
    } else {
      #expect(try run(sql).hasPrefix("UPDATE "))
      rows = after
    }
  }

  private mutating func deleteSome() throws {
    let least = Int64(random.below(800))
    let gone = rows.filter { $0.value.value >= least && $0.value.value < least + 400 }
    #expect(
      try run("DELETE FROM t WHERE value >= \(least) AND value < \(least) + 400")
        == "DELETE \(gone.count)")
    for key in gone.keys { rows[key] = nil }
  }

  /// All rows, then rows and sums by day, with the cache and without.
  func check() throws {
    let expected = rows.map { key, row -> [Value] in
      [
        row.day.map(Value.date) ?? .null, .text(key.name), .integer(key.number),
        .integer(row.value),
      ]
    }
    let all = Answer("SELECT day, name, number, value FROM t", engine: engine)
    #expect(all.difference(from: .rows(expected), isOrdered: false) == nil)
    let table = try #require(engine.store.catalog().tables["t"])
    #expect(table.rowCount == rows.count)
    #expect(table.partitions.allSatisfy { $0.rowCount > 0 })
    for question in [
      "SELECT day, count(*), count(DISTINCT name), sum(value), min(value) FROM t GROUP BY day",
      "SELECT count(*), max(number) FROM t WHERE day >= DATE '1970-01-01' + 19001",
    ] {
      let reference = try Answer(
        question, reference: ReferenceEngine(engine.store.catalog()))
      for usesCache in [false, true, true] {
        let answer = Answer(question, engine: engine, usesCache: usesCache)
        #expect(answer.difference(from: reference, isOrdered: false) == nil)
      }
    }
  }
}

@Suite struct `A keyed table` {
  @Test(arguments: UInt64(0)..<8)
  func `is what a dictionary would be after the same changes`(seed: UInt64) throws {
    var model = try KeyedModel(seed: seed)
    for _ in 0..<40 {
      try model.step()
      try model.check()
    }
  }

  @Test func `goes on from a save or any other catalog`() throws {
    var model = try KeyedModel(seed: 77)
    for _ in 0..<20 { try model.step() }
    let engine = Engine(store: Store(adopting: model.engine.store.catalog()), threads: 2)
    var session = Session()
    let count = model.rows.count
    #expect(
      try engine.execute(
        "INSERT INTO t SELECT day, name, number, 0 FROM t ON CONFLICT DO NOTHING", in: &session
      ).tag == "INSERT 0 0")
    #expect(try engine.execute("DELETE FROM t", in: &session).tag == "DELETE \(count)")
    #expect(engine.store.catalog().tables["t"]?.partitions.isEmpty == true)
  }

  @Test func `answers a query that began before a change as if nothing had changed`() throws {
    let model = try KeyedModel(seed: 1)
    var session = Session()
    _ = try model.engine.execute(
      "INSERT INTO t SELECT NULL::date, 'a', n, n FROM generate_series(1, 3000) AS g (n)",
      in: &session)
    let before = model.engine.store.catalog()
    _ = try model.engine.execute("DELETE FROM t WHERE number > 10", in: &session)
    _ = try model.engine.execute("UPDATE t SET value = 0", in: &session)
    let old = try ReferenceEngine(before).rows(of: "SELECT count(*), sum(value) FROM t")
    #expect(old == [[.integer(3_000), .integer(4_501_500)]])
    #expect(
      try model.engine.execute("SELECT count(*), sum(value) FROM t", in: &session).rows
        == [[.integer(10), .integer(0)]])
  }
}
