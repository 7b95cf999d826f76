import ColumnStore
import Engine
import EngineTesting
import Testing

/// Groups by a text of many values and something else, and sums over columns that are mostly null: by codes,
/// places and deltas as long as they can be.
@Suite struct `Groups by a text of many values and another key` {
  private func engine() throws -> Engine {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute(
      """
      CREATE TABLE e (day date, s text, t text, x bigint, d double precision, i bigint,
        ts timestamp) PARTITION BY DAY (day)
      """, in: &session)
    _ = try engine.execute("CREATE TABLE o (s text, role text)", in: &session)
    _ = try engine.execute(
      "INSERT INTO o SELECT 's' || g, 'role' || g % 3 FROM generate_series(1, 6000, 150) AS g (g)",
      in: &session)
    // Days of many texts, which fill the places of pairs; some without a text, of one, and of few rows.
    try add(0, (0..<5_000).map { $0 }, to: engine)
    try add(1, (0..<6_000).map { $0 % 11 == 0 ? nil : $0 * 7 % 6_500 }, to: engine)
    try add(2, Array(repeating: nil, count: 90), to: engine)
    try add(3, Array(repeating: 12, count: 90), to: engine)
    try add(4, [3, nil, 4_999, 3], to: engine)
    try add(5, (0..<4_000).map { $0 / 2 + 3_000 }, to: engine)
    try add(5, (0..<700).map { 700 - $0 }, to: engine)
    return engine
  }

  private func add(_ day: Int, _ texts: [Int?], to engine: Engine) throws {
    let others = TextPool()
    for name in ["a", "b", "c"] { others.append(name) }
    let numbers = texts.indices.map { Int64($0) }
    let millisecondsPerDay: Int64 = 86_400_000
    try engine.store.append(to: "e", sealsTails: true) { (appender) throws(StoreError) in
      try appender.append(
        RowBatch(
          rowCount: texts.count,
          columns: [
            ColumnValues(storage: .integers(Array(repeating: Int64(day), count: texts.count))),
            ColumnValues(texts.map { $0.map { .text("s\($0)") } ?? .null }, of: .text),
            ColumnValues(
              storage: .text(codes: numbers.map { UInt32($0 % 3) }, pool: others),
              validity: numbers.map { $0 % 5 == 0 ? 0 : 1 }),
            ColumnValues(storage: .integers(numbers)),
            ColumnValues(
              storage: .doubles(numbers.map { Double($0 % 97) / 4 }),
              validity: numbers.map { $0 % 3 == 1 ? 1 : 0 }),
            ColumnValues(
              storage: .integers(numbers.map { $0 * $0 }),
              validity: numbers.map { $0 % 4 == 0 ? 1 : 0 }),
            ColumnValues(
              storage: .integers(
                numbers.map { Int64(day) * millisecondsPerDay + $0 * 13_577 })),
          ]))
    }
  }

  @Test(arguments: [
    "SELECT s, day, count(*), sum(x) FROM e GROUP BY s, day",
    "SELECT day, s, count(*), min(x), max(t) FROM e GROUP BY day, s",
    "SELECT s, t, count(*) FROM e GROUP BY s, t",
    "SELECT t, s, day, count(d) FROM e GROUP BY 1, 2, 3",
    "SELECT s, x % 4, x % 3 = 0, sum(d) FROM e GROUP BY 1, 2, 3",
    // More combinations than there may be places.
    "SELECT s, x % 500, count(*) FROM e GROUP BY 1, 2",
    "SELECT s, day, count(*) FROM e WHERE x % 100 = 5 GROUP BY s, day",
    "SELECT s, day FROM e WHERE day = DATE '1970-01-04' GROUP BY s, day",
    "SELECT DISTINCT day, s FROM e WHERE t IS NULL",
    "SELECT coalesce(s, 'none'), day, count(*) FROM e GROUP BY 1, 2",
    "SELECT day, count(*) FROM (SELECT DISTINCT s, day FROM e) AS p GROUP BY day",
    """
    SELECT s, day, count(*) FROM (SELECT s, day FROM e UNION ALL
      SELECT s, DATE '1970-01-02' FROM o) AS a GROUP BY s, day
    """,
    """
    SELECT e.day, o.role, count(*), count(DISTINCT e.s), sum(e.x) FROM e JOIN o ON o.s = e.s
    GROUP BY date_trunc('day', e.day), e.day, o.role
    """,
    "SELECT date_trunc('day', e.day), o.role, count(*) FROM e JOIN o ON o.s = e.s GROUP BY 1, 2",
    // Sums of what is mostly null, over some rows.
    "SELECT t, sum(d), sum(i), count(i) FROM e WHERE d IS NOT NULL OR i IS NOT NULL GROUP BY t",
    "SELECT s, sum(d), sum(i), avg(d) FROM e WHERE d IS NOT NULL OR i IS NOT NULL GROUP BY s",
    "SELECT sum(d), sum(i), avg(i) FROM e WHERE x % 3 <> 0",
    "SELECT sum(d), sum(i) FROM e WHERE x % 50 = 1",
    """
    SELECT sum(x) FILTER (WHERE coalesce(d, 0) > 3), sum(x) FILTER (WHERE NOT coalesce(d, 0) > 3),
      count(*) FILTER (WHERE coalesce(i, 7) = 7), count(*) FILTER (WHERE d > 3 OR i IS NULL) FROM e
    """,
    "SELECT day, count(*) FROM e WHERE coalesce(d, 5) > 4 AND coalesce(i, 0) < 1000 GROUP BY day",
    "SELECT x, d, i FROM e WHERE t = 'b' AND day = DATE '1970-01-05'",
  ])
  func `gives the answers of the reference, by however many threads`(sql: String) throws {
    let engine = try engine()
    let expected = try Answer(sql, reference: ReferenceEngine(engine.store.catalog()))
    let cold = Answer(sql, engine: engine, threads: 1)
    #expect(cold.difference(from: expected, isOrdered: false) == nil)
    for threads in [2, 1] {
      for usesCache in [false, true, true] {
        let answer = Answer(sql, engine: engine, threads: threads, usesCache: usesCache)
        #expect(answer.difference(from: cold, isOrdered: true, isExact: true) == nil)
      }
    }
  }

  @Test
  func `the seconds between two times are those of the interval`() throws {
    let engine = try engine()
    var session = Session()
    let answer = try engine.execute(
      """
      SELECT count(*), count(*) FILTER (
        WHERE extract(epoch FROM ts - date_trunc('day', ts)) = x * 13577 % 86400000 / 1000.0),
        count(extract(epoch FROM ts - NULL::timestamp)),
        min(extract(epoch FROM TIMESTAMP '1969-12-30' - ts)) FILTER (WHERE x = 0 AND day < '1970-01-02')
      FROM e
      """, in: &session)
    #expect(answer.rows == [[.integer(15_884), .integer(15_884), .integer(0), .double(-172_800)]])
  }
}
