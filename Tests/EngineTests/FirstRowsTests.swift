import ColumnStore
import Engine
import EngineTesting
import QueryExecution
import QueryLanguage
import Testing

/// LIMIT above ORDER BY reads what it needs; the same statement without LIMIT sorts everything. Both must agree,
/// row by row, ties included.
@Suite struct `The first rows of an order` {
  /// Days of several segments each, some rows deleted and some not sealed. `a` has few values and nulls, `x` has
  /// NaN and zeros of both signs, `s` is a text of its own for each row.
  private func engine(seed: UInt64, days: Int = 9) throws -> Engine {
    let engine = Engine(threads: 2)
    var session = Session()
    for sql in [
      """
      CREATE TABLE e (ts timestamp, id bigint, a bigint, b bigint, x double precision, u text, s text)
      PARTITION BY DAY (ts)
      """,
      "CREATE TABLE people (u text, role text)",
      """
      INSERT INTO people SELECT 'u' || i, CASE WHEN i % 3 = 0 THEN 'admin' ELSE 'user' END
      FROM generate_series(0, 19) AS g(i)
      """,
    ] { _ = try engine.execute(sql, in: &session) }
    var random = SplitMix64(seed: seed)
    for part in 0..<(days * 4) {
      // Days come in no order, and overlap in none.
      let day = Int64((part * 7 + Int(seed)) % days)
      try add(day, part, 40, to: engine, &random, sealsTails: part % 5 != 4)
    }
    _ = try engine.execute("DELETE FROM e WHERE id % 11 = 3", in: &session)
    return engine
  }

  private func add(
    _ day: Int64, _ part: Int, _ count: Int, to engine: Engine, _ random: inout SplitMix64,
    sealsTails: Bool
  ) throws {
    func column(_ value: (inout SplitMix64) -> Int64, nulls: Double) -> ColumnValues {
      let values = (0..<count).map { _ in value(&random) }
      let validity = (0..<count).map { _ in random.chance(nulls) ? UInt8(0) : 1 }
      return ColumnValues(storage: .integers(values), validity: nulls == 0 ? nil : validity)
    }
    let users = TextPool()
    for user in 0..<20 { users.append("u\(user)") }
    let texts = TextPool()
    for row in 0..<count { texts.append("text \(row * 7919 % 101) of \(part)") }
    let doubles = (0..<count).map { _ -> Double in
      [0.0, -0.0, .nan, 1.5, -2.25, .infinity][random.below(part % 3 == 0 ? 6 : 2)]
    }
    let nullShare = part % 4 == 0 ? 0.4 : 0
    let batch = RowBatch(
      rowCount: count,
      columns: [
        column({ day * 86_400_000 + Int64($0.below(40)) * 60_000 }, nulls: 0),
        ColumnValues(storage: .integers((0..<count).map { Int64(part * count + $0) })),
        column({ Int64($0.below(5)) - 2 }, nulls: nullShare),
        column({ Int64($0.below(1_000)) }, nulls: part % 6 == 1 ? 1 : nullShare),
        ColumnValues(storage: .doubles(doubles)),
        ColumnValues(
          storage: .text(codes: (0..<count).map { _ in UInt32(random.below(20)) }, pool: users)),
        ColumnValues(storage: .text(codes: (0..<count).map { UInt32($0) }, pool: texts)),
      ])
    try engine.store.append(to: "e", sealsTails: sealsTails) { (appender) throws(StoreError) in
      try appender.append(batch)
    }
  }

  private static let orders = [
    "ts DESC", "ts DESC, id DESC", "ts", "ts DESC, s DESC", "a", "a DESC",
    "a DESC NULLS LAST, ts DESC",
    "a NULLS FIRST, s", "b DESC NULLS LAST, ts DESC, s", "b NULLS FIRST", "x", "x DESC, a",
    "x DESC NULLS LAST",
    "coalesce(b, a) DESC NULLS LAST, ts DESC, s DESC", "a + b DESC, id", "u, ts DESC", "s DESC",
    "date_trunc('day', ts) DESC, a", "b % 7, id DESC", "a IS NULL, b", "10 / (a + 3), ts",
  ]

  private static let conditions = [
    "true", "ts >= '1970-01-03' AND ts < '1970-01-07'", "b > 500", "a IS NOT NULL AND u <> 'u3'",
    "b < 0", "u IN (SELECT u FROM people WHERE role = 'admin')",
    "u NOT IN (SELECT u FROM people WHERE role = 'admin')", "id % 5 = 1 OR b IS NULL",
    "EXISTS (SELECT 1 FROM people WHERE people.u = e.u AND role = 'user')", "s LIKE 'text 1%'",
  ]

  private static let selections = [
    "*", "id, ts, s", "id, coalesce(b, a) AS c, upper(u) AS v, s || '!' AS w", "s",
    "id, CASE WHEN a > 0 THEN s ELSE u END AS c, x * 2 AS d", "10 / (a + 3) AS q, id",
  ]

  private func rows(_ sql: String, _ engine: Engine, threads: Int) throws -> [[Value]] {
    var session = Session()
    session.threads = threads
    session.usesPartialCache = false
    return try engine.execute(sql, in: &session).rows
  }

  private func texts(_ rows: some Sequence<[Value]>) -> [String] {
    // As text: NaN equals itself, and minus zero is not zero.
    rows.map { $0.map { $0.formatted() }.joined(separator: "|") }
  }

  @Test(arguments: UInt64(0)..<24)
  func `are those that sorting everything gives`(seed: UInt64) throws {
    let engine = try engine(seed: seed)
    var random = SplitMix64(seed: seed &+ 4_000)
    for _ in 0..<30 {
      let order = Self.orders[random.below(Self.orders.count)]
      let condition = Self.conditions[random.below(Self.conditions.count)]
      let selection = Self.selections[random.below(Self.selections.count)]
      let limit = [0, 1, 3, 10, 50, 400, 2_000][random.below(7)]
      let offset = [0, 0, 1, 25, 300, 5_000][random.below(6)]
      let sql = "SELECT \(selection) FROM e WHERE \(condition) ORDER BY \(order)"
      let all = texts(try rows(sql, engine, threads: 1))
      let expected = Array(all.dropFirst(offset).prefix(limit))
      for threads in [1, 2] {
        let found = texts(
          try rows("\(sql) LIMIT \(limit) OFFSET \(offset)", engine, threads: threads))
        #expect(found == expected, "\(sql) LIMIT \(limit) OFFSET \(offset), \(threads) threads")
      }
    }
  }

  @Test(arguments: [
    "SELECT e.id, role, s FROM e JOIN people ON people.u = e.u ORDER BY ts DESC, id",
    "SELECT e.id, role FROM people JOIN e ON people.u = e.u ORDER BY b DESC NULLS LAST, id",
    "SELECT e.id, role FROM e LEFT JOIN people ON people.u = e.u AND role = 'admin' ORDER BY ts, id",
    "SELECT e.id, role FROM e FULL JOIN people ON people.u = e.u AND e.a = 1 ORDER BY ts DESC, id, role",
    "SELECT id, s FROM (SELECT id, ts AS t, s FROM e WHERE b > 10) AS part WHERE t > '1970-01-02' ORDER BY t DESC",
    "SELECT * FROM (SELECT id, ts FROM e UNION ALL SELECT -id, ts FROM e) AS two ORDER BY ts DESC, id",
    "SELECT u, max(ts) AS m, count(*) AS n FROM e GROUP BY u ORDER BY m DESC, n",
    "SELECT id, row_number() OVER (PARTITION BY u ORDER BY ts, id) AS n FROM e ORDER BY n DESC, id",
    "SELECT DISTINCT a, u FROM e ORDER BY a DESC, u",
    "SELECT id FROM (SELECT * FROM e ORDER BY ts DESC, id LIMIT 200) AS newest ORDER BY b, id",
  ])
  func `are the same above joins, groups and other orders`(sql: String) throws {
    let engine = try engine(seed: 77)
    let all = texts(try rows(sql, engine, threads: 1))
    for (limit, offset) in [(1, 0), (5, 0), (20, 7), (1_000, 3)] {
      for threads in [1, 2] {
        let found = texts(
          try rows("\(sql) LIMIT \(limit) OFFSET \(offset)", engine, threads: threads))
        #expect(found == Array(all.dropFirst(offset).prefix(limit)), "\(limit) of \(offset)")
      }
    }
  }

  /// Rows and segments.
  private func scanned(_ sql: String, _ engine: Engine) throws -> [Int] {
    var session = Session()
    session.threads = 1
    session.usesPartialCache = false
    let statistics = try engine.execute(sql, in: &session).statistics
    return [statistics.rowsScanned, statistics.segmentsRead]
  }

  private func longTable(days: Int) throws -> Engine {
    let engine = Engine(threads: 1)
    var session = Session()
    _ = try engine.execute(
      """
      CREATE TABLE e (ts timestamp, id bigint, a bigint, b bigint, x double precision, u text, s text)
      PARTITION BY DAY (ts)
      """, in: &session)
    var random = SplitMix64(seed: 5)
    for day in 0..<days { try add(Int64(day), day, 100, to: engine, &random, sealsTails: true) }
    return engine
  }

  @Test func `of the newest take the newest segments, however long the table is`() throws {
    let engine = try longTable(days: 60)
    let sql = "SELECT id, coalesce(b, a) AS c, s FROM e WHERE u <> 'u1' ORDER BY ts DESC, s DESC"
    #expect(try scanned("\(sql) LIMIT 10", engine) == [100, 1])
    #expect(try scanned("\(sql) LIMIT 10 OFFSET 150", engine) == [200, 2])
    #expect(try scanned("SELECT * FROM e ORDER BY ts LIMIT 3", engine) == [100, 1])
    #expect(
      try scanned("SELECT * FROM e WHERE ts < '1970-01-20' ORDER BY ts DESC LIMIT 3", engine) == [
        100, 1,
      ])
    // Nothing says which of the segments have the first ones.
    #expect(try scanned("SELECT * FROM e ORDER BY s LIMIT 3", engine) == [6_000, 60])
    #expect(try scanned("SELECT * FROM e ORDER BY id % 7 LIMIT 3", engine) == [6_000, 60])
  }

  @Test func `of some people's newest take the newest segments too`() throws {
    let engine = try longTable(days: 60)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE people AS SELECT 'u' || i AS u FROM generate_series(0, 14) AS g(i)",
      in: &session)
    for condition in [
      "u IN (SELECT u FROM people)", "NOT EXISTS (SELECT 1 FROM people WHERE people.u = e.u)",
    ] {
      let sql = "SELECT id, s FROM e WHERE \(condition) ORDER BY ts DESC, id"
      let all = try rows(sql, engine, threads: 1)
      #expect(try rows("\(sql) LIMIT 5", engine, threads: 1) == Array(all.prefix(5)))
      #expect(try scanned("\(sql) LIMIT 5", engine) == [115, 2])
    }
  }

  @Test func `are counted once, wherever the limit stands`() throws {
    let engine = Engine(threads: 1)
    var session = Session()
    for limit in ["LIMIT 3", "ORDER BY n DESC LIMIT 3"] {
      let plan = try engine.execute(
        "EXPLAIN ANALYZE SELECT count(*) FROM (SELECT n FROM generate_series(1, 10) AS g(n) \(limit)) AS q",
        in: &session
      ).rows.map { $0[0].formatted() }
      #expect(plan.contains { $0.contains("Limit 3") && $0.contains("[3 rows") }, "\(plan)")
    }
  }

  @Test func `find an error wherever it is`() throws {
    let engine = try longTable(days: 8)
    for sql in [
      "SELECT 1 / id AS q FROM e ORDER BY ts DESC LIMIT 1",
      "SELECT id FROM e WHERE 1 / id = 0 ORDER BY ts DESC LIMIT 1",
      "SELECT q FROM (SELECT ts, 1 / id AS q FROM e) AS part ORDER BY ts DESC LIMIT 1",
    ] {
      #expect(throws: QueryError.self, "\(sql)") { try rows(sql, engine, threads: 2) }
    }
  }

  @Test func `leave behind no texts of other rows`() throws {
    let engine = try longTable(days: 20)
    let session = engine.pinned(Session())
    let result = try engine.answer(
      "SELECT s FROM e ORDER BY id DESC LIMIT 2", in: session)
    var bytes = 0
    for batch in result.batches {
      for column in batch.columns {
        if case .text(_, .pool(let pool)) = column.storage { bytes += pool.byteCount }
      }
    }
    #expect(bytes < 500)
  }
}
