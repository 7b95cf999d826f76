import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import Testing

@Suite struct `The partial-result cache` {
  @Test(arguments: UInt64(500)..<512)
  func `never changes an answer, whatever was asked or added before`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: false)
    let engine = Engine(store: database.store, threads: 2)
    var random = SplitMix64(seed: seed)
    var queries = RandomQueries(database, seed: seed)
    let questions = (0..<12).map { _ in queries.next() }
    for round in 0..<6 {
      let reference = ReferenceEngine(database.store.catalog())
      for _ in 0..<12 {
        let question = questions[random.below(questions.count)]
        let cold = Answer(question.sql, engine: engine)
        let known = Answer(question.sql, engine: engine, usesCache: true)
        #expect(
          known.difference(from: cold, isOrdered: true, isExact: true) == nil, "\(question.sql)")
        let expected = try Answer(question.sql, reference: reference)
        #expect(
          known.difference(from: expected, isOrdered: question.isOrdered) == nil,
          "\(question.sql)")
      }
      try database.grow(by: 30, seed: seed &* 100 &+ UInt64(round))
      for _ in 0..<3 { try change(engine, &queries, &random) }
    }
  }

  /// Deletes or updates the rows of some condition; which ones these are is asked the reference.
  private func change(
    _ engine: Engine, _ queries: inout RandomQueries, _ random: inout SplitMix64
  ) throws {
    let (table, condition) = queries.condition()
    let some = "(\(condition)) AND id % 4 = \(random.below(4))"
    let deletes = random.chance(0.5)
    let expected = try Answer(
      deletes
        ? "SELECT * FROM \(table) WHERE (\(some)) IS NOT TRUE"
        : "SELECT id, k, CASE WHEN \(some) THEN n + 1 ELSE n END FROM \(table)",
      reference: ReferenceEngine(engine.store.catalog()))
    let statement =
      deletes ? "DELETE FROM \(table) WHERE \(some)" : "UPDATE \(table) SET n = n + 1 WHERE \(some)"
    if case .failure(let code) = Answer(statement, engine: engine) {
      guard case .failure(code) = expected else {
        Issue.record("\(statement) fails with \(code)")
        return
      }
      return
    }
    let found = Answer(
      deletes ? "SELECT * FROM \(table)" : "SELECT id, k, n FROM \(table)", engine: engine)
    #expect(found.difference(from: expected, isOrdered: false) == nil, "\(statement)")
  }

  private func engine(days: Int, cacheByteLimit: Int = 64 << 20) throws -> Engine {
    let engine = Engine(threads: 2, cacheByteLimit: cacheByteLimit)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE e (day date, u text, x bigint) PARTITION BY DAY (day)", in: &session)
    for day in 0..<days { try add(day, to: engine) }
    return engine
  }

  private func add(_ day: Int, to engine: Engine) throws {
    let pool = TextPool()
    for user in 0..<50 { pool.append("u\(user)") }
    try engine.store.append(to: "e", sealsTails: true) { (appender) throws(StoreError) in
      try appender.append(
        RowBatch(
          rowCount: 500,
          columns: [
            ColumnValues(storage: .integers(Array(repeating: Int64(day), count: 500))),
            ColumnValues(
              storage: .text(codes: (0..<500).map { UInt32(($0 * (day + 1)) % 50) }, pool: pool)),
            ColumnValues(storage: .integers((0..<500).map { Int64($0) })),
          ]))
    }
  }

  private let question = "SELECT day, count(DISTINCT u), sum(x) FROM e GROUP BY day ORDER BY day"

  @Test func `scans only what is new`() throws {
    let engine = try engine(days: 10)
    var session = Session()
    #expect(try engine.execute(question, in: &session).statistics.segmentsCached == 0)
    let again = try engine.execute(question, in: &session)
    #expect(again.statistics.segmentsCached == 10)
    #expect(again.statistics.rowsScanned == 0)
    try add(10, to: engine)
    let grown = try engine.execute(question, in: &session)
    #expect(grown.statistics.segmentsCached == 10)
    #expect(grown.statistics.rowsScanned == 500)
    #expect(grown.rowCount == 11)
  }

  @Test func `knows the days that a moved window covers whole`() throws {
    let engine = try engine(days: 10)
    var session = Session()
    func ask(_ from: Int, _ to: Int) throws -> QueryResult {
      try engine.execute(
        """
        SELECT count(*), sum(x) FROM e
        WHERE day >= DATE '1970-01-01' + \(from) AND day < DATE '1970-01-01' + \(to)
        """, in: &session)
    }
    _ = try ask(0, 7)
    let moved = try ask(1, 8)
    #expect(moved.statistics.segmentsCached == 6)
    #expect(moved.statistics.rowsScanned == 500)
    #expect(moved.rows == [[.integer(3_500), .integer(7 * 124_750)]])
  }

  @Test func `is off when the session says so`() throws {
    let engine = try engine(days: 3)
    var session = Session()
    _ = try engine.execute(question, in: &session)
    _ = try engine.execute("SET partial_cache = off", in: &session)
    #expect(try engine.execute("SHOW partial_cache", in: &session).rows == [[.text("off")]])
    #expect(try engine.execute(question, in: &session).statistics.segmentsCached == 0)
    _ = try engine.execute("SET partial_cache = DEFAULT", in: &session)
    #expect(try engine.execute(question, in: &session).statistics.segmentsCached == 3)
  }

  @Test func `tells minus zero from zero`() throws {
    let engine = try engine(days: 2)
    for (zero, expected) in [("0.0", "0"), ("-0.0", "-0"), ("0.0", "0")] {
      for sql in [
        "SELECT day, max(x * 0 + \(zero)::double precision * (x * 0 + 1)) AS m FROM e GROUP BY day",
        "SELECT sum(x) * \(zero)::double precision FROM e",
      ] {
        let cold = Answer(sql, engine: engine)
        let known = Answer(sql, engine: engine, usesCache: true)
        #expect(known.difference(from: cold, isOrdered: true, isExact: true) == nil, "\(sql)")
        guard case .rows(let rows) = known, case .double(let value)? = rows.first?.last,
          sql.hasPrefix("SELECT sum")
        else { continue }
        #expect((value.sign == .minus) == (expected == "-0"))
      }
    }
  }

  @Test func `merges runs of days for a window that moves, with the same answer`() throws {
    let engine = try engine(days: 60)
    var session = Session()
    for first in [0, 1, 2, 20, 1] {
      let sql = """
        SELECT u, count(*), count(DISTINCT x), sum(x), avg(x), min(x), max(u), bool_or(x > 10)
        FROM e WHERE day >= DATE '1970-01-01' + \(first) AND day < DATE '1970-01-01' + \(first + 50)
        GROUP BY u
        """
      let cold = Answer(sql, engine: engine)
      let known = Answer(sql, engine: engine, usesCache: true)
      #expect(known.difference(from: cold, isOrdered: true, isExact: true) == nil)
    }
    // What no run has is known by day.
    let moved = try engine.execute(
      "SELECT u, sum(x) FROM e WHERE day < '1970-02-20' GROUP BY u", in: &session)
    let again = try engine.execute(
      "SELECT u, sum(x) FROM e WHERE day > '1970-01-01' AND day < '1970-02-20' GROUP BY u",
      in: &session)
    #expect(moved.statistics.rowsScanned > 0)
    #expect(again.statistics.rowsScanned == 0)
    #expect(again.statistics.segmentsCached == 49)
  }

  @Test func `knows a whole answer until a table that it reads has changed`() throws {
    let engine = try engine(days: 4)
    var session = Session()
    let sql = """
      WITH days AS (SELECT day, count(*) AS n FROM e GROUP BY day)
      SELECT a.day, rank() OVER (ORDER BY b.n DESC, a.day) FROM days AS a JOIN days AS b USING (day)
      ORDER BY 1 LIMIT 3
      """
    let first = try engine.execute(sql, in: &session)
    let again = try engine.execute("  " + sql, in: &session)
    #expect(again.rows == first.rows)
    #expect(again.columns.map(\.name) == first.columns.map(\.name))
    #expect(again.statistics.rowsScanned == 0)
    #expect(again.statistics.segmentsCached > 0)
    // Another limit is another question, and so is another table under the same name.
    #expect(
      try engine.execute(sql.replacing("LIMIT 3", with: "LIMIT 2"), in: &session).rowCount == 2)
    _ = try engine.execute("DROP TABLE e", in: &session)
    _ = try engine.execute(
      "CREATE TABLE e (day date, u text, x bigint) PARTITION BY DAY (day)", in: &session)
    #expect(try engine.execute(sql, in: &session).rowCount == 0)
    try add(2, to: engine)
    #expect(try engine.execute(sql, in: &session).rowCount == 1)
  }

  /// 500 events a day, each of which is a step, of 16 bytes; sessions by day, of 24.
  @Test(
    arguments: [
      ("window_funnel('3 days', day, x < 250, x >= 250)", 16 * 500),
      ("session_count(day, '1 day')", 24 * 50), ("retention(x < 100, day > '1970-01-03')", 4 * 50),
      ("corr(x, x * x)", 8 * 6 * 50),
    ])
  func `knows what users did, and how much that takes`(call: String, leastBytes: Int) throws {
    let engine = try engine(days: 10)
    var session = Session()
    let sql = "SELECT u, \(call) FROM e GROUP BY u ORDER BY u"
    let first = try engine.execute(sql, in: &session)
    #expect(engine.partialCacheByteCount >= 10 * leastBytes)
    #expect(engine.partialCacheByteCount < 10 * (8 * leastBytes + 10_000))
    let again = try engine.execute(sql, in: &session)
    #expect(again.statistics.rowsScanned == 0)
    #expect(again.rows == first.rows)
  }

  @Test func `keeps to its bound`() throws {
    let engine = try engine(days: 20, cacheByteLimit: 40_000)
    var session = Session()
    for limit in 0..<50 {
      let sql = "SELECT day, sum(x) FROM e WHERE x < \(limit + 1) GROUP BY day"
      let answer = try engine.execute(sql, in: &session)
      #expect(answer.rowCount == 20)
      #expect(engine.partialCacheByteCount <= 40_000)
    }
  }

  @Test func `shows in EXPLAIN ANALYZE`() throws {
    let engine = try engine(days: 3)
    var session = Session()
    _ = try engine.execute(question, in: &session)
    let plan = try engine.execute("EXPLAIN ANALYZE " + question, in: &session).rows
    let text = plan.map { if case .text(let line) = $0[0] { line } else { "" } }
    #expect(text.contains { $0.contains("(3 segments known from an earlier query)") })
  }
}
