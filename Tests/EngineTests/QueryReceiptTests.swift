import ColumnStore
import Engine
import EngineTesting
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct `A receipt` {
  private let engine = Engine(threads: 1)
  private var session = Session()

  init() throws {
    // Sealed segments, so that the caches take them.
    _ = try engine.execute(
      """
      CREATE TABLE visits AS
      SELECT g AS id, 'user ' || (g % 50) AS who, (g % 7)::double precision AS ms
      FROM generate_series(1, 70000) AS numbers(g)
      """, in: &session)
  }

  private mutating func receipt(_ sql: String) throws -> QueryReceipt {
    try #require(try engine.execute(sql, in: &session).receipt)
  }

  /// Names of columns that are estimated; `*` for which rows there are.
  private mutating func estimated(_ sql: String) throws -> [String] {
    let receipt = try receipt(sql)
    return receipt.approximateColumns.map(\.name) + (receipt.approximateRows.isEmpty ? [] : ["*"])
  }

  @Test mutating func `names the state of the tables and says how fresh it is`() throws {
    let before = try receipt("SELECT count(*) FROM visits")
    #expect(before.sequenceNumber == engine.store.catalog().version)
    #expect(before.timeZone == "UTC")
    #expect(before.snapshot == nil)
    let watermark = try #require(before.freshAsOf)
    #expect(engine.finishedQueries.last?.start == watermark)
    _ = try engine.execute("CREATE TABLE other (x bigint)", in: &session)
    _ = try engine.execute("SET timezone = 'Asia/Kolkata'", in: &session)
    let after = try receipt("SELECT 1 AS x")
    #expect(after.sequenceNumber == before.sequenceNumber + 1)
    #expect(after.timeZone == "Asia/Kolkata")
    #expect(try #require(after.freshAsOf) >= watermark)
    #expect(after.number > before.number)
  }

  @Test func `of a folder that others may change is as fresh as the reading of it`() throws {
    final class ReadLog: ChangeLog {
      let recordByteLimit = Int.max
      let readAt: Int64? = 1_000
      func begin(_ catalog: Catalog) throws(StoreError) -> Catalog? { nil }
      func submit(_ changes: [StoreChange]) throws(StoreError) -> UInt64 { 0 }
      func wait(for position: UInt64) throws(StoreError) {}
      func keep(_ catalog: Catalog) throws(StoreError) {}
      func startCheckpoint(
        _ catalog: Catalog
      ) throws(StoreError) -> @Sendable () throws(StoreError) -> Void { {} }
    }
    let engine = Engine(store: Store(adopting: Catalog(), log: ReadLog()), threads: 1)
    var session = Session()
    #expect(try engine.execute("SELECT 1 AS x", in: &session).receipt?.freshAsOf == 1_000)
  }

  @Test mutating func `counts what was read, skipped and known`() throws {
    let sql = "SELECT sum(ms) AS total FROM visits WHERE id > 69000"
    let cold = try receipt(sql)
    #expect(
      cold.work
        == QueryReceipt.Work(
          rowsRead: 70_000 - Segment.capacity, segmentsRead: 1, segmentsSkipped: 1,
          segmentsCached: 0, isWholeAnswerCached: false))
    #expect(cold.rowCount == 1)
    #expect(cold.work?.cachedShare == 0)
    let again = try receipt(sql)
    #expect(again.work?.rowsRead == 0)
    #expect(again.work?.cachedShare == 1)
    #expect(again.work?.isWholeAnswerCached == true)
    #expect(try receipt("SELECT 1 AS x").work?.cachedShare == nil)
  }

  @Test mutating func `names the columns that are estimated, wherever the estimate is made`() throws
  {
    #expect(try estimated("SELECT who, count(DISTINCT id) FROM visits GROUP BY who").isEmpty)
    #expect(
      try estimated("SELECT approx_count_distinct(who) AS n, count(*) AS m FROM visits") == ["n"])
    #expect(
      try estimated(
        "WITH a AS (SELECT approx_quantile(ms, 0.5) AS q FROM visits) SELECT 1 AS one, q * 2 AS d FROM a"
      )
        == ["d"])
    #expect(
      try estimated("SELECT (SELECT approx_count_distinct(who) FROM visits) AS n, 1 AS one") == [
        "n"
      ])
    #expect(
      try estimated("SELECT hll_cardinality(h) AS n FROM (SELECT hll(who) AS h FROM visits) AS t")
        == ["n"])
    #expect(
      try estimated(
        "SELECT id, avg(n) OVER (ORDER BY id) AS a FROM (SELECT id, approx_count_distinct(who) AS n FROM visits GROUP BY id) AS t"
      ) == ["a"])
    #expect(
      try estimated("SELECT 1 AS n UNION ALL SELECT approx_count_distinct(who) FROM visits") == [
        "n"
      ])
  }

  @Test mutating func `says when an estimate decides which rows there are`() throws {
    #expect(
      try estimated(
        "SELECT who FROM visits GROUP BY who HAVING approx_count_distinct(id) > 1400") == ["*"])
    #expect(
      try estimated(
        "SELECT who FROM visits GROUP BY who ORDER BY approx_count_distinct(id) LIMIT 2")
        == ["*"])
    #expect(
      try estimated("SELECT who FROM visits GROUP BY who ORDER BY approx_count_distinct(id)")
        .isEmpty)
    // What is counted over such rows is an estimate, and the one row is not.
    #expect(
      try estimated(
        "SELECT count(*) AS n FROM (SELECT who FROM visits GROUP BY who HAVING approx_count_distinct(id) > 9) AS t"
      ) == ["n"])
  }

  @Test mutating func `keeps the larger of several errors`() throws {
    let receipt = try receipt(
      """
      SELECT approx_count_distinct(who) + hll_cardinality(hll(who, 10)) AS n,
        approx_quantile(ms, 0.9) AS q FROM visits
      """)
    #expect(
      receipt.approximateColumns.map(\.approximation.sketches) == [
        [.hyperLogLog(precision: 10)], [.digest],
      ])
  }

  @Test mutating func `is one line of ASCII as JSON`() throws {
    session.origin = QueryOrigin(name: "täglich", principal: "ann", client: "10.0.0.1")
    let sql = #"SELECT approx_count_distinct(who) AS "größe" FROM visits"#
    var receipt = try receipt(sql)
    receipt.freshAsOf = 1_767_323_045_678
    receipt.elapsed = .microseconds(1_234)
    receipt.number = QueryID(number: 7)
    #expect(
      receipt.json == #"""
        {"query_id":"t\u00e4glich","query_number":7,"sequence_number":1,"as_of":null,"time_zone":"UTC",\#
        "data_fresh_as_of":"2026-01-02T03:04:05.678Z","rows":1,"truncated":false,"rows_read":70000,\#
        "segments_read":2,"segments_skipped":0,"segments_cached":0,"cached_share":0,\#
        "whole_answer_cached":false,"approximate":[{"column":"gr\u00f6\u00dfe","errors":[{\#
        "method":"hyperloglog","precision":14,"relative_standard_error":0.008125}]}],\#
        "approximate_rows":[],"current_values":[],"redacted":[],"elapsed_ms":1.234}
        """#)
    let running = try engine.execute(
      "SELECT name, principal, client FROM system.queries WHERE state = 'running'", in: &session)
    #expect(running.rows == [[.text("täglich"), .text("ann"), .text("10.0.0.1")]])
  }

  @Test mutating func `names the tables whose values are those of now`() throws {
    for statement in [
      "CREATE TABLE people (id text, role text, PRIMARY KEY (id))",
      "INSERT INTO people VALUES ('user 1', 'admin'), ('user 2', 'user')",
      "CREATE VIEW admins AS SELECT id FROM people WHERE role = 'admin'",
      "CREATE TABLE days (ts timestamp, id text, PRIMARY KEY (ts, id)) PARTITION BY DAY (ts)",
    ] { _ = try engine.execute(statement, in: &session) }
    for (sql, names) in [
      ("SELECT count(*) FROM visits", []), ("SELECT count(*) FROM days", []), ("SELECT 1 AS x", []),
      (
        "SELECT count(*) FROM visits JOIN people ON who = people.id WHERE role = 'admin'",
        ["people"]
      ),
      ("SELECT count(*) FROM visits WHERE who IN (SELECT id FROM admins)", ["people"]),
      ("SELECT role FROM people", ["people"]),
    ] as [(String, [String])] {
      let receipt = try receipt(sql)
      #expect(receipt.tablesOfCurrentValues == names, "\(sql)")
      #expect(receipt.text.contains("of people are the current ones") == !names.isEmpty)
    }
    #expect(try receipt("SELECT role FROM people").json.contains(#""current_values":["people"]"#))
  }

  @Test mutating func `says that rows were cut off`() throws {
    session.rowLimit = 3
    let result = try engine.execute("SELECT id FROM visits ORDER BY id DESC", in: &session)
    #expect(result.rows == [[.integer(70_000)], [.integer(69_999)], [.integer(69_998)]])
    #expect(result.tag == "SELECT 3")
    #expect(result.receipt?.isTruncated == true)
    let whole = try receipt("SELECT DISTINCT who FROM visits WHERE id < 4")
    #expect(whole.rowCount == 3)
    #expect(!whole.isTruncated)
    session.rowLimit = 0
    #expect(try receipt("SELECT 1 AS x").isTruncated)
  }
}

@Suite struct `A session that only reads` {
  private let engine = Engine(threads: 1)
  private var session = Session()

  init() throws {
    _ = try engine.execute("CREATE TABLE t (x bigint)", in: &session)
    session.access.mayWrite = false
  }

  @Test(arguments: [
    "INSERT INTO t VALUES (1)", "UPDATE t SET x = 2", "DELETE FROM t", "TRUNCATE t", "DROP TABLE t",
    "CREATE TABLE u (x bigint)", "CREATE TABLE u AS SELECT 1 AS x",
    "CREATE VIEW v AS SELECT 1 AS x",
    "ALTER TABLE t RENAME TO u", "CREATE DOMAIN d AS text", "CHECKPOINT",
  ])
  mutating func `refuses what would change tables`(sql: String) throws {
    let before = engine.store.catalog().version
    let error = #expect(throws: QueryError.self) { try engine.execute(sql, in: &session) }
    #expect(error?.code == .readOnly)
    #expect(error?.hint != nil)
    #expect(engine.store.catalog().version == before)
  }

  @Test(arguments: [
    "SELECT x FROM t", "EXPLAIN SELECT 1", "SHOW TABLES", "DESCRIBE t",
  ])
  mutating func `runs what reads`(sql: String) throws {
    #expect(try engine.execute(sql, in: &session).receipt != nil)
  }

  @Test mutating func `is stopped by the token that it was given, from the start`() throws {
    let token = CancellationToken()
    token.cancel()
    let statement = try SQLParser.parseOne("SELECT x FROM t")
    let error = #expect(throws: QueryError.self) {
      try engine.execute(statement, text: "SELECT x FROM t", in: &session, cancellation: token)
    }
    #expect(error?.code == .queryCancelled)
    #expect(engine.runningQueries.isEmpty)
  }
}
