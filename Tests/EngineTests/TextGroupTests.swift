import ColumnStore
import Engine
import EngineTesting
import Testing

/// Groups by one text: codes of a dictionary as long as they can be, texts from there on.
@Suite struct `Groups by a text` {
  private func engine() throws -> Engine {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE e (day date, s text, x bigint) PARTITION BY DAY (day)", in: &session)
    _ = try engine.execute("CREATE TABLE o (other text, x bigint)", in: &session)
    _ = try engine.execute(
      "INSERT INTO o VALUES ('s3', 1), ('new', 2), (NULL, 3), ('s150', 4)", in: &session)
    // Codes that go up and down, days without nulls and of nothing else, rows of one session.
    try add(0, (0..<300).map { $0 / 3 }, to: engine)
    try add(1, (0..<300).map { 199 - $0 / 3 }, to: engine)
    try add(2, (0..<300).map { $0 % 7 == 0 ? nil : 50 + $0 % 90 }, to: engine)
    try add(3, Array(repeating: nil, count: 50), to: engine)
    try add(4, Array(repeating: 10, count: 50), to: engine)
    try add(5, (0..<300).map { $0 % 100 == 99 ? nil : 1_000 + $0 * 31 % 299 }, to: engine)
    return engine
  }

  private func add(_ day: Int, _ texts: [Int?], to engine: Engine) throws {
    let pool = TextPool()
    var codes: [UInt32] = []
    for text in texts {
      codes.append(UInt32(pool.count))
      pool.append("s\(text ?? 0)")
    }
    let rows = codes
    try engine.store.append(to: "e", sealsTails: true) { (appender) throws(StoreError) in
      try appender.append(
        RowBatch(
          rowCount: texts.count,
          columns: [
            ColumnValues(storage: .integers(Array(repeating: Int64(day), count: texts.count))),
            ColumnValues(
              storage: .text(codes: rows, pool: pool), validity: texts.map { $0 == nil ? 0 : 1 }),
            ColumnValues(storage: .integers(texts.indices.map { Int64($0) })),
          ]))
    }
  }

  @Test(arguments: [
    "SELECT s, count(*), sum(x) FROM e GROUP BY s",
    "SELECT s, count(*) FROM e WHERE x % 5 = 1 GROUP BY s",
    "SELECT s, count(*) FROM e WHERE day >= DATE '1970-01-04' GROUP BY s",
    "SELECT s, count(*) FROM e WHERE day = DATE '1970-01-04' GROUP BY s",
    "SELECT coalesce(s, 'none') AS t, count(*) FROM e GROUP BY t",
    "SELECT CASE WHEN x % 3 = 0 THEN s ELSE 'rest' END AS t, count(*) FROM e GROUP BY t",
    "SELECT substring(s, 1, 3) AS t, max(x) FROM e GROUP BY t",
    "SELECT t, count(*) FROM (SELECT s AS t FROM e UNION ALL SELECT other FROM o) AS a GROUP BY t",
    "SELECT t, count(*) FROM (SELECT other AS t FROM o UNION ALL SELECT s FROM e) AS a GROUP BY t",
    "SELECT s, day, count(*) FROM e GROUP BY s, day",
    "SELECT DISTINCT s FROM e",
    "SELECT s, count(*) FROM e GROUP BY s ORDER BY 2 DESC, s LIMIT 7",
    "SELECT * FROM e ORDER BY x DESC, s LIMIT 9",
    "SELECT * FROM e ORDER BY x LIMIT 3",
    "SELECT * FROM e ORDER BY s NULLS FIRST, day DESC LIMIT 20",
  ])
  func `are those of the reference, in the order of their first rows`(sql: String) throws {
    let engine = try engine()
    let expected = try Answer(sql, reference: ReferenceEngine(engine.store.catalog()))
    let isOrdered = sql.contains("ORDER BY")
    let cold = Answer(sql, engine: engine, threads: 1)
    #expect(cold.difference(from: expected, isOrdered: isOrdered) == nil)
    for threads in [2, 1, 2] {
      for usesCache in [false, true] {
        let answer = Answer(sql, engine: engine, threads: threads, usesCache: usesCache)
        #expect(answer.difference(from: cold, isOrdered: true, isExact: true) == nil)
      }
    }
  }
}
