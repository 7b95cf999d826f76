import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import QueryPlanning
import Testing

@Suite struct `Known answers` {
  private func ask(
    _ sql: String, _ engine: Engine, _ session: Session = Session(), usesCache: Bool = true
  ) throws -> QueryResult {
    var session = session
    session.usesPartialCache = usesCache
    return try engine.answer(sql, in: engine.pinned(session))
  }

  private func isKnown(_ result: QueryResult) -> Bool {
    result.receipt?.work?.isWholeAnswerCached == true && result.statistics.rowsScanned == 0
  }

  @Test(arguments: UInt64(900)..<908)
  func `never change an answer, whatever was asked or added before`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: false)
    let engine = Engine(store: database.store, threads: 2)
    var random = SplitMix64(seed: seed)
    var queries = RandomQueries(database, seed: seed)
    let questions = (0..<8).map { _ in queries.next() }
    func outcome(_ sql: String, usesCache: Bool) -> Result<[[Value]], QueryError> {
      do {
        return .success(try ask(sql, engine, usesCache: usesCache).rows)
      } catch let error as QueryError {
        return .failure(error)
      } catch {
        preconditionFailure("only queries fail here")
      }
    }
    for round in 0..<8 {
      for _ in 0..<16 {
        let sql = questions[random.below(questions.count)].sql
        let cold = outcome(sql, usesCache: false)
        let known = outcome(sql, usesCache: true)
        switch (cold, known) {
        case (.success(let cold), .success(let known)): #expect(cold == known, "\(sql)")
        case (.failure(let cold), .failure(let known)): #expect(cold.code == known.code, "\(sql)")
        default: Issue.record("\(sql) fails in one way only")
        }
      }
      try database.grow(by: 20, seed: seed &* 100 &+ UInt64(round))
      let (table, condition) = queries.condition()
      var session = Session()
      // What cannot be changed stays as it is.
      _ = try? engine.execute(
        "UPDATE \(table) SET n = n + 1 WHERE (\(condition)) AND id % 3 = \(random.below(3))",
        in: &session)
    }
  }

  private func engine() throws -> Engine {
    let engine = Engine(threads: 1)
    var session = Session()
    for sql in [
      "CREATE TABLE a (id bigint, name text)", "CREATE TABLE b (id bigint)",
      "INSERT INTO a VALUES (1, 'x'), (2, 'y')", "INSERT INTO b VALUES (1)",
    ] { _ = try engine.execute(sql, in: &session) }
    return engine
  }

  @Test func `are taken while the tables that they read are the same`() throws {
    let engine = try engine()
    var session = Session()
    let sql = "SELECT count(*) FROM a"
    #expect(!isKnown(try ask(sql, engine)))
    #expect(isKnown(try ask(sql, engine)))
    _ = try engine.execute("INSERT INTO b VALUES (2)", in: &session)
    #expect(isKnown(try ask(sql, engine)))
    _ = try engine.execute("INSERT INTO a VALUES (3, 'z')", in: &session)
    let changed = try ask(sql, engine)
    #expect(!isKnown(changed) && changed.rows == [[.integer(3)]])
    _ = try engine.execute("DROP TABLE a", in: &session)
    #expect(throws: QueryError.self) { try ask(sql, engine) }
  }

  @Test func `of tables made anew are computed anew`() throws {
    let engine = try engine()
    var session = Session()
    let sql = "SELECT sum(id) FROM b"
    for number in 1...3 {
      _ = try engine.execute("DROP TABLE b", in: &session)
      _ = try engine.execute("CREATE TABLE b (id bigint)", in: &session)
      _ = try engine.execute("INSERT INTO b VALUES (\(number))", in: &session)
      #expect(try ask(sql, engine).rows == [[.integer(Int64(number))]])
      #expect(isKnown(try ask(sql, engine)))
    }
  }

  @Test func `are each other's only for the same parameters, zone and caller`() throws {
    let engine = try engine()
    let sql = "SELECT count(*) FROM a WHERE id = $1"
    let pinned = engine.pinned(Session())
    for (id, count) in [(1, 1), (7, 0), (1, 1)] {
      let rows = try engine.answer(sql, parameters: [.integer(Int64(id))], in: pinned).rows
      #expect(rows == [[.integer(Int64(count))]])
    }
    let hours = "SELECT date_part('hour', TIMESTAMPTZ '2026-01-01 12:00:00+00') FROM b"
    var session = Session()
    #expect(try ask(hours, engine, session).rows == [[.double(12)]])
    session.timeZone = "Asia/Kolkata"
    #expect(try ask(hours, engine, session).rows == [[.double(17)]])
    session.access.isUnrestricted = true
    #expect(!isKnown(try ask(hours, engine, session)))
  }

  @Test func `show no column that was hidden since`() throws {
    let engine = try engine()
    var session = Session()
    let sql = "SELECT name FROM a ORDER BY id"
    #expect(try ask(sql, engine).rows == [[.text("x")], [.text("y")]])
    _ = try engine.execute("SECURITY LABEL ON COLUMN a.name IS 'sealed'", in: &session)
    let hidden = try ask(sql, engine)
    #expect(hidden.redactedColumns == ["name"] && !hidden.rows.contains([.text("x")]))
  }

  @Test(arguments: [
    "SELECT now() FROM b", "SELECT current_date FROM b", "SELECT count(*) FROM system.tables, b",
  ])
  func `are not kept of what follows from the clock or the engine`(sql: String) throws {
    let engine = try engine()
    var session = Session()
    session.fixedNow = 1_000_000_000_000
    let first = try ask(sql, engine, session)
    session.fixedNow = 1_500_000_000_000
    let second = try ask(sql, engine, session)
    if sql.contains("system") {
      var session = Session()
      _ = try engine.execute("CREATE TABLE c (id bigint)", in: &session)
      #expect(try ask(sql, engine).rows != second.rows)
    } else {
      #expect(first.rows != second.rows)
    }
  }

  @Test func `are forgotten with all that queries leave`() throws {
    let engine = try engine()
    _ = try ask("SELECT count(*) FROM a", engine)
    #expect(engine.partialCacheByteCount > 0)
    let values = try (0..<2).map { number in
      try engine.remembered("n", from: ["a"], in: engine.pinned(Session()), byteCount: 8) { number }
    }
    #expect(values == [0, 0])
    var session = Session()
    _ = try engine.execute("INSERT INTO a VALUES (9, 'w')", in: &session)
    let pinned = engine.pinned(Session())
    #expect(try engine.remembered("n", from: ["a"], in: pinned, byteCount: 8) { 2 } == 2)
  }
}
