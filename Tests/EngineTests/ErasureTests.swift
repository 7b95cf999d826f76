import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import QueryPlanning
import Testing

/// After somebody was erased, every question has the answer of a store that never had them.
@Suite struct `A question after an erasure` {
  private static let questions = [
    "SELECT count(*), count(DISTINCT user_id), approx_count_distinct(user_id) FROM events",
    "SELECT hll(email) FROM events", "SELECT tdigest(ms) FROM events",
    "SELECT approx_quantile(ms, 0.9), sum(ms), min(ms), max(ms), avg(ms) FROM events",
    "SELECT ts::date, count(DISTINCT email), min(email), max(email) FROM events GROUP BY 1 ORDER BY 1",
    "SELECT user_id, count(*) FROM events GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
    "SELECT mode() WITHIN GROUP (ORDER BY email), string_agg(DISTINCT country, ',' ORDER BY country) FROM events",
    "SELECT u.country, count(*) FROM events e JOIN users u USING (user_id) GROUP BY 1 ORDER BY 1",
    "SELECT u.user_id FROM users u LEFT JOIN events e USING (user_id) WHERE e.user_id IS NULL ORDER BY 1",
    "SELECT count(*) FROM events WHERE email LIKE '%person%' OR email = '' OR upper(user_id) = 'PERSON'",
    "SELECT email || country FROM events ORDER BY ts, email LIMIT 30",
    "SELECT country, count(*) FROM events WHERE country <> 'xx' GROUP BY ROLLUP (country) ORDER BY 1",
  ]

  /// Two tables; with the person's rows or without.
  private static func engine(hasPerson: Bool) throws -> Engine {
    let engine = Engine(threads: 2)
    var session = Session()
    for sql in [
      "CREATE TABLE events (ts timestamp, user_id text, email text, country text, ms double precision) PARTITION BY DAY (ts)",
      "CREATE TABLE users (user_id text PRIMARY KEY, country text)",
    ] { _ = try engine.execute(sql, in: &session) }
    let rows = (0..<4_000).map { row in
      let user = row % 11 == 5 ? "person" : "u\(row % 97)"
      return
        "('2024-01-0\(1 + row % 5) 10:00:00'::timestamp + \(row) * interval '1 second', '\(user)', '\(user)@mail.example', \(row % 11 == 5 ? "'xx'" : row % 3 == 0 ? "NULL" : "'c\(row % 7)'"), \(row % 11 == 5 ? 99_999 : row % 50) / 4.0)"
    }
    for part in stride(from: 0, to: rows.count, by: 500) {
      let some = rows[part..<part + 500].filter { hasPerson || !$0.contains("'person'") }
      _ = try engine.execute(
        "INSERT INTO events VALUES " + some.joined(separator: ", "), in: &session)
    }
    for user in (0..<100).map({ "u\($0)" }) + (hasPerson ? ["person"] : []) {
      _ = try engine.execute(
        "INSERT INTO users VALUES ('\(user)', 'c\(user.utf8.count)') ON CONFLICT DO NOTHING",
        in: &session)
    }
    return engine
  }

  private static func answers(_ engine: Engine) throws -> [[[Value]]] {
    var session = Session()
    session.usesPartialCache = true
    return try questions.map { try engine.execute($0, in: &session).rows }
  }

  @Test func `is answered as if the person had never been there`() throws {
    let engine = try Self.engine(hasPerson: true)
    let expected = try Self.answers(try Self.engine(hasPerson: false))
    let before = engine.store.catalog()
    // What is kept of answers must not show later.
    let warm = try Self.answers(engine)
    #expect(try Self.answers(engine) == warm)
    #expect(warm != expected)
    let effect = try engine.erase(
      Erasure(identity: "person", columns: engine.store.catalog().userColumns))
    #expect(effect.tables.map(\.table) == ["events", "users"])
    #expect(effect.textCount == 3)
    for round in 0..<2 {
      for (question, (answer, known)) in zip(
        Self.questions, zip(try Self.answers(engine), expected))
      {
        #expect(answer == known, "round \(round): \(question)")
      }
    }
    // Who still reads the tables of before sees what they had.
    #expect(before.tables["users"]?.rowCount == 101)
    #expect(engine.store.catalog().tables["users"]?.rowCount == 100)
  }

  @Test func `finds no text of statements that ended before`() throws {
    let engine = try Self.engine(hasPerson: true)
    var session = Session()
    _ = try engine.execute("SELECT count(*) FROM events WHERE user_id = 'person'", in: &session)
    _ = try engine.erase(
      Erasure(identity: "person", columns: engine.store.catalog().userColumns))
    #expect(!engine.finishedQueries.contains { $0.text.contains("person") })
    #expect(engine.partialCacheByteCount == 0)
    #expect(throws: ErasureError.self) {
      try engine.erase(Erasure(identity: "person", columns: engine.store.catalog().userColumns))
    }
  }

  @Test func `rows of an append-only table stay, without the name`() throws {
    let engine = try Self.engine(hasPerson: true)
    var session = Session()
    session.access = .unrestricted
    _ = try engine.execute("CREATE TABLE acts (user_id text, act text)", in: &session)
    _ = try engine.execute("INSERT INTO acts VALUES ('person', 'a'), ('other', 'b')", in: &session)
    try engine.store.alterTable("acts", [.setAppendOnly])
    _ = try engine.erase(
      Erasure(identity: "person", columns: engine.store.catalog().userColumns))
    #expect(
      try engine.execute("SELECT user_id, act FROM acts ORDER BY act", in: &session).rows
        == [[.text("erased"), .text("a")], [.text("other"), .text("b")]])
  }

  @Test func `goes by labels where a table has them`() throws {
    let engine = try Self.engine(hasPerson: true)
    var session = Session()
    _ = try engine.execute("SECURITY LABEL ON COLUMN events.email IS 'user'", in: &session)
    #expect(
      engine.store.catalog().userColumns == [
        Erasure.Column(table: "events", column: "email"),
        Erasure.Column(table: "users", column: "user_id"),
      ])
  }
}
