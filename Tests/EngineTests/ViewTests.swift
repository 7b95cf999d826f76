import ColumnStore
import Engine
import QueryLanguage
import Testing

@Suite struct Views {
  private let engine = Engine(threads: 1)

  private func run(_ statements: String...) throws -> [[Value]] {
    var session = Session()
    var rows: [[Value]] = []
    for statement in statements { rows = try engine.execute(statement, in: &session).rows }
    return rows
  }

  private func error(_ statement: String) -> QueryError? {
    var session = Session()
    do throws(QueryError) {
      _ = try engine.execute(statement, in: &session)
      return nil
    } catch {
      return error
    }
  }

  @Test func `find their columns by name in a table that took the place of another`() throws {
    _ = try run(
      "CREATE TABLE t (a bigint, b text)", "CREATE VIEW v (x, y) AS SELECT * FROM t")
    try engine.store.dropTable("t")
    _ = try run("CREATE TABLE t (c date, b text, a bigint)", "INSERT INTO t VALUES (NULL, 'b', 1)")
    #expect(try run("SELECT * FROM v") == [[.integer(1), .text("b")]])
  }

  @Test func `name themselves where a column is missing or has another type`() throws {
    _ = try run("CREATE TABLE t (a bigint)", "CREATE VIEW v AS SELECT * FROM t")
    try engine.store.dropTable("t")
    #expect(error("SELECT * FROM v")?.message == "view 'v': unknown table 't'")
    _ = try run("CREATE TABLE t (a text)")
    #expect(
      error("SELECT * FROM v")?.message
        == "view 'v': column 'a' was of type bigint, which is now of type text")
    try engine.store.dropTable("t")
    _ = try run("CREATE TABLE t (b bigint)")
    #expect(error("SELECT * FROM v")?.message == "view 'v': its query has no column 'a' any more")
    #expect(error("SELECT * FROM v")?.location == 14..<15)
  }

  @Test func `nest as deeply as one query may, and no deeper`() throws {
    _ = try run("CREATE TABLE t (a bigint)", "CREATE VIEW v0 AS SELECT a FROM t")
    var refused: QueryError?
    for level in 1..<200 where refused == nil {
      refused = error("CREATE VIEW v\(level) AS SELECT a FROM (SELECT a FROM v\(level - 1)) AS s")
    }
    #expect(refused?.code == .tooComplex)
  }

  @Test func `that use each other many times end with an error`() throws {
    _ = try run("CREATE VIEW v0 AS SELECT 1 AS a")
    var refused: QueryError?
    for level in 1..<40 where refused == nil {
      let below = "v\(level - 1)"
      refused = error("CREATE VIEW v\(level) AS SELECT x.a FROM \(below) x, \(below) y")
    }
    #expect(refused?.code == .tooComplex)
  }

  @Test func `of a damaged catalog that read each other are refused`() throws {
    var catalog = Catalog()
    for (name, other) in [("a", "b"), ("b", "a")] {
      catalog.views[name] = View(
        name: name, definition: "SELECT x FROM \(other)",
        columns: [.init(name: "x", type: .integer, source: "x")], uses: [other])
    }
    let damaged = Engine(store: Store(adopting: catalog), threads: 1)
    var session = Session()
    #expect(throws: QueryError.self) { try damaged.execute("SELECT * FROM a", in: &session) }
    #expect(throws: Never.self) { try damaged.execute("DROP VIEW a CASCADE", in: &session) }
    #expect(damaged.store.catalog().views.isEmpty)
  }
}
