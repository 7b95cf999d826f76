import QueryLanguage
import Testing

@Suite struct LocationTests {
  private func core(_ text: String) throws -> SelectCore {
    guard case .select(let query) = try SQLParser.parseOne(text).kind,
      case .select(let core) = query.body
    else { throw QueryError(.internalError, "not a plain SELECT") }
    return core
  }

  /// The token at an offset, by which a test can be read.
  private func token(_ offset: Int, _ text: String) -> String {
    String(decoding: Array(text.utf8)[tokenRange(at: offset, in: text)], as: UTF8.self)
  }

  @Test func `locations count bytes`() throws {
    let text = "SELECT 'ä😀' || é, -5, a::int, date '2024-01-01', x IS NULL, b NOT IN (1), f(1)"
    let places = try core(text).items.map { token($0.expression.location, text) }
    #expect(places == ["||", "-", "::", "date", "IS", "NOT", "f"])
    guard case .binary(_, let left, let right) = try core(text).items[0].expression.kind else {
      Issue.record("not an operator")
      return
    }
    #expect(token(left.location, text) == "'ä😀'")
    #expect(token(right.location, text) == "é")
  }

  @Test func `comments move no location`() throws {
    let text = "SELECT /* ä /* 😀 */ */ a /* é */ || -5 -- ü"
    let places = try core(text).items.map { token($0.expression.location, text) }
    #expect(places == ["||"])
    let wrong = "SELECT /* ä */ a FROM /* 😀 */ t WHERE /* é */ FORM"
    let error = try #require(throws: QueryError.self) { try SQLParser.parse(wrong + " 1 2") }
    let range = try #require(error.location)
    #expect(range.lowerBound >= wrong.utf8.count - 4)
  }

  @Test func `names without a location in the grammar are found`() throws {
    let text = """
      SELECT x x, t.x AS x, (SELECT x FROM x x) x
      FROM x x (x, y) JOIN (SELECT x FROM t x) x USING (x, y)
      """
    let core = try core(text)
    let aliases = core.items.compactMap(\.alias?.offset)
    let first = Array(text.utf8)
    #expect(aliases.count == 3)
    #expect(String(decoding: first[..<aliases[0]], as: UTF8.self) == "SELECT x ")
    #expect(String(decoding: first[..<aliases[1]], as: UTF8.self).hasSuffix("t.x AS "))
    #expect(String(decoding: first[..<aliases[2]], as: UTF8.self).hasSuffix("FROM x x) "))
    guard case .join(let join) = core.from[0], case .using(let names) = join.condition,
      case .table(_, let name, let alias?) = join.left,
      case .subquery(_, let right?, _) = join.right
    else {
      Issue.record("not a join")
      return
    }
    func before(_ offset: Int) -> String { String(decoding: first[..<offset], as: UTF8.self) }
    #expect(before(name.offset).hasSuffix("\nFROM "))
    #expect(before(alias.name.offset).hasSuffix("\nFROM x "))
    #expect(alias.columnNames.map { before($0.offset).suffix(3) } == ["x (", "x, "])
    #expect(token(join.location, text) == "JOIN")
    #expect(before(right.name.offset).hasSuffix("FROM t x) "))
    #expect(names.map { before($0.offset).suffix(3) } == ["G (", "x, "])
  }

  @Test func `subqueries begin at their first word`() throws {
    let text = "SELECT a IN (SELECT 1), (VALUES (2)), EXISTS (WITH q AS (SELECT 3) SELECT 4)"
    let starts = try core(text).items.map { item in
      switch item.expression.kind {
      case .inSubquery(_, let query, _), .subquery(let query), .exists(let query):
        token(query.location, text)
      default: ""
      }
    }
    #expect(starts == ["SELECT", "VALUES", "WITH"])
  }

  @Test func `definitions keep the places of their names`() throws {
    let text =
      "CREATE TABLE \"ü\" (ts timestamp, a int, PRIMARY KEY (ts, a)) PARTITION BY DAY (ts) WITH (k = 1)"
    guard case .createTable(let table) = try SQLParser.parseOne(text).kind else {
      Issue.record("not a table")
      return
    }
    let partitioning = try #require(table.partitioning)
    #expect(token(table.name.offset, text) == "\"ü\"")
    #expect(table.columns.map { token($0.name.offset, text) } == ["ts", "a"])
    #expect(table.columns.map { token($0.type.location, text) } == ["timestamp", "int"])
    #expect(table.primaryKey.map { token($0.offset, text) } == ["ts", "a"])
    #expect(token(partitioning.strategy.offset, text) == "DAY")
    #expect(token(partitioning.columns[0].offset, text) == "ts")
    #expect(token(table.options[0].name.offset, text) == "k")
    #expect(table.options[0].value.map { token($0.location, text) } == "1")
    let drop = "DROP TABLE IF EXISTS a, b"
    guard case .dropTable(let names, _, _) = try SQLParser.parseOne(drop).kind else { return }
    #expect(names.map { token($0.offset, drop) } == ["a", "b"])
  }

  @Test(arguments: [
    ("a.b", 0, 0..<1), ("ab <= 'x y'", 0, 0..<2), ("ab <= 'x y'", 1, 0..<2),
    ("ab <= 'x y'", 3, 3..<5), ("ab <= 'x y'", 7, 6..<11), ("ab", 2, 2..<2), ("ab  c", 2, 2..<2),
    ("ab", 90, 2..<2), ("ab", -1, 0..<0), ("", 0, 0..<0), ("'open", 0, 0..<5),
    ("\"ä\"\"b\"x", 0, 0..<7),
    ("x::int", 1, 1..<3), ("1.5e-3+2", 0, 0..<6), ("a--b", 0, 0..<1), ("/* x */ a", 0, 0..<0),
    ("$1$", 0, 0..<2), ("$x$a$x$b", 0, 0..<7), ("E'\\'' b", 0, 0..<5), ("a@-b", 1, 1..<3),
    ("a*-b", 1, 1..<2),
  ])
  func `a place is widened to its token`(text: String, offset: Int, range: Range<Int>) {
    #expect(tokenRange(at: offset, in: text) == range)
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("contry", "country"), ("coutnry", "country"), ("countri", "country"), ("COUNTRY", "country"),
    ("ussr_id", "user_id"), ("sum_of_tokns", "sum_of_tokens"), ("usr", "user"),
    ("straße", "strasse"),
  ])
  func `a slip leads to the name that was meant`(written: String, meant: String) {
    #expect(
      nearestName(
        to: written,
        among: ["organisation", "country", "user_id", "user", "sum_of_tokens", "strasse"]) == meant)
  }

  @Test(arguments: ["x", "", "ab", "status", "ms", "completely different", "\u{1F600}"])
  func `a name far from all others has no neighbour`(written: String) {
    #expect(nearestName(to: written, among: ["country", "id", "a", "", "os"]) == nil)
  }

  @Test func `the nearest name wins, and of equals the first`() {
    #expect(nearestName(to: "model", among: ["models", "modal", "model_"]) == "models")
    #expect(nearestName(to: "modell", among: ["madell", "modell"]) == "modell")
    #expect(nearestName(to: String(repeating: "x", count: 10_000), among: ["x"]) == nil)
  }
}
