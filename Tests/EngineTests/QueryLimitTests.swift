import ColumnStore
import Engine
import Foundation
import QueryExecution
import QueryLanguage
import Testing

/// Each limit has an error code of its own, and what a query held is given back.
@Suite struct QueryLimitTests {
  private static let endless = "SELECT count(*) FROM generate_series(1, 9223372036854775807)"

  private func error(
    _ sql: String, _ engine: Engine = Engine(threads: 2), _ settings: String...
  ) -> QueryError? {
    var session = Session()
    do throws(QueryError) {
      for setting in settings { _ = try engine.execute("SET \(setting)", in: &session) }
      _ = try engine.execute(sql, in: &session)
      return nil
    } catch {
      #expect(engine.memory.byteCount == 0)
      return error
    }
  }

  private static func list(_ count: Int, _ separator: String, _ item: (Int) -> String) -> String {
    (0..<count).map(item).joined(separator: separator)
  }

  @Test func `items of IN`() {
    func query(_ count: Int) -> String {
      "SELECT 1 IN (" + Self.list(count, ",") { String($0) } + ")"
    }
    #expect(error(query(100_000)) == nil)
    #expect(error(query(100_001))?.code == .programLimitExceeded)
  }

  @Test func `columns of a query and of a table`() {
    func query(_ count: Int) -> String { "SELECT " + Self.list(count, ",") { String($0) } }
    func table(_ count: Int) -> String {
      "CREATE TABLE t (" + Self.list(count, ",") { "c\($0) bigint" } + ")"
    }
    #expect(error(query(4_096)) == nil)
    #expect(error(query(4_097))?.code == .tooManyColumns)
    #expect(error(table(4_096)) == nil)
    #expect(error(table(4_097))?.code == .tooManyColumns)
  }

  @Test func `length of a text`() {
    #expect(error("SELECT '" + String(repeating: "x", count: 1_000_000) + "'") == nil)
    let long = error("SELECT '" + String(repeating: "x", count: 1 << 20) + "'")
    #expect(long?.code == .tooComplex)
    #expect(error("SELECT length(repeat('x', 16777216))") == nil)
    #expect(error("SELECT length(repeat('x', 16777217))")?.code == .tooComplex)
  }

  @Test func `rows of VALUES are bounded by the text alone`() {
    #expect(
      error("SELECT count(*) FROM (VALUES " + Self.list(50_000, ",") { "(\($0))" } + ") AS v")
        == nil)
  }

  @Test func `nesting`() {
    func query(_ depth: Int) -> String {
      "SELECT " + String(repeating: "(SELECT ", count: depth) + "1"
        + String(repeating: ")", count: depth)
    }
    #expect(error(query(100)) == nil)
    #expect(error(query(1_000))?.code == .tooComplex)
  }

  @Test func `time and memory`() {
    let engine = Engine(threads: 2)
    #expect(error(Self.endless, engine, "statement_timeout = 20")?.code == .statementTimeout)
    let groups = "SELECT n, count(*) FROM generate_series(1, 3000000) AS t(n) GROUP BY n"
    #expect(error(groups, engine, "max_memory = '4MB'")?.code == .outOfMemory)
    let small = Engine(threads: 2, memoryLimit: 4 << 20)
    let all = error(groups, small)
    #expect(all?.code == .outOfMemory)
    #expect(small.finishedQueries.last?.error == .outOfMemory)
  }

  @Test(arguments: [
    "SELECT max(repeat(k, 10000)) FROM t GROUP BY n",
    "SELECT mode() WITHIN GROUP (ORDER BY repeat(k, 10000) || n) FROM t",
    "SELECT string_agg(k, ',' ORDER BY repeat(k, 10000) || n) FROM t",
    "SELECT array_agg(k ORDER BY repeat(k, 10000) || n) FROM t",
    "SELECT array_agg(repeat(k, 10000) || n) FROM t",
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY repeat(k, 10000) || n) FROM t",
    "SELECT count(*) FROM (SELECT u.v FROM t, unnest(ARRAY[repeat(k, 10000), k]) AS u(v) ORDER BY 1) AS q",
  ])
  func `states that keep texts count them`(sql: String) throws {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE t AS SELECT n, 'key' || n % 100 AS k FROM generate_series(1, 20000) AS s(n)",
      in: &session)
    session.memoryLimit = 16 << 20
    #expect(throws: QueryError.self) { try engine.execute(sql, in: &session) }
    #expect(engine.finishedQueries.last?.error == .outOfMemory)
    #expect(engine.memory.byteCount == 0)
  }

  @Test func `a set that a condition asks counts its texts`() throws {
    let engine = Engine(threads: 2)
    var session = Session()
    for sql in [
      "CREATE TABLE t AS SELECT 'key' || n % 100 AS k FROM generate_series(1, 1000) AS s(n)",
      // Texts that are few bytes each, and none that the other table has.
      "CREATE TABLE u AS SELECT n::text AS k FROM generate_series(1, 400000) AS s(n)",
    ] { _ = try engine.execute(sql, in: &session) }
    let sql = "SELECT count(*) FROM t WHERE k NOT IN (SELECT k FROM u WHERE k IS NOT NULL)"
    session.memoryLimit = 16 << 20
    #expect(throws: QueryError.self) { try engine.answer(sql, in: session) }
    #expect(engine.finishedQueries.last?.error == .outOfMemory)
    #expect(engine.memory.byteCount == 0)
    session.memoryLimit = 96 << 20
    #expect(try engine.answer(sql, in: session).rows == [[.integer(1000)]])
    let needed = engine.finishedQueries.last?.peakByteCount ?? 0
    #expect(needed > 400_000 * 48)
  }

  @Test(arguments: [
    "INSERT INTO t SELECT n, 'x' FROM generate_series(1, 100000000) AS s(n)",
    "UPDATE t SET k = repeat('x', 100000) || n", "DELETE FROM t WHERE n IN (\(endlessRows))",
    "INSERT INTO t SELECT n, 'x' FROM (\(endlessRows)) AS q(n) ON CONFLICT DO NOTHING",
    "CREATE TABLE u AS \(endlessRows)",
  ])
  func `a change that meets a limit changes nothing`(sql: String) throws {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute("CREATE TABLE t (n bigint PRIMARY KEY, k text)", in: &session)
    _ = try engine.execute(
      "INSERT INTO t SELECT n, 'k' FROM generate_series(1, 5000) AS s(n)", in: &session)
    let version = engine.store.catalog().version
    session.memoryLimit = 32 << 20
    #expect(throws: QueryError.self) { try engine.execute(sql, in: &session) }
    #expect(engine.finishedQueries.last?.error == .outOfMemory)
    #expect(engine.store.catalog().version == version)
    #expect(engine.memory.byteCount == 0)
  }

  private static let endlessRows = "SELECT n FROM generate_series(1, 9223372036854775807) AS s(n)"

  @Test func `a statement is cancelled from another thread`() throws {
    let engine = Engine(threads: 2)
    let canceller = Thread {
      while true {
        if let query = engine.runningQueries.first {
          if engine.cancel(query.id) { return }
        }
        usleep(1_000)
      }
    }
    canceller.start()
    #expect(error(Self.endless, engine)?.code == .queryCancelled)
    #expect(engine.runningQueries.isEmpty)
    #expect(!engine.cancel(QueryID(number: 1)))
  }

  @Test func `the system table tells the memory and the error of what has ended`() throws {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute(
      "SELECT count(*) FROM (SELECT n FROM generate_series(1, 100000) AS t(n) GROUP BY n) AS q",
      in: &session)
    session.statementTimeout = .milliseconds(20)
    #expect(throws: QueryError.self) { try engine.execute(Self.endless, in: &session) }
    session.statementTimeout = nil
    let rows = try engine.execute(
      "SELECT memory_bytes > 1000000, error, state FROM system.queries WHERE state <> 'running' ORDER BY id",
      in: &session
    ).rows
    #expect(rows.first == [.boolean(true), .null, .text("finished")])
    #expect(rows.last?.dropFirst() == [.text("57D14"), .text("failed")])
  }
}
