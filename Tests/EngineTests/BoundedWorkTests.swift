import ColumnStore
import Engine
import EngineTesting
import QueryExecution
import QueryLanguage
import Testing

/// Short texts that ask for work or memory out of all proportion: they are answered, or refused before
/// the work is begun.
@Suite struct `Work that a short query asks for` {
  private func rows(_ sql: String, _ settings: String...) throws(QueryError) -> [[Value]] {
    let engine = Engine(threads: 2)
    var session = Session()
    for statement in ["CREATE TABLE t (k bigint)", "INSERT INTO t VALUES (2)"] {
      _ = try engine.execute(statement, in: &session)
    }
    for setting in settings { _ = try engine.execute("SET \(setting)", in: &session) }
    let result = try engine.execute(sql, in: &session)
    #expect(engine.memory.byteCount == 0)
    return result.rows
  }

  private func code(_ sql: String, _ settings: String...) -> QueryError.Code? {
    do throws(QueryError) {
      if let setting = settings.first {
        _ = try rows(sql, setting)
      } else {
        _ = try rows(sql)
      }
      return nil
    } catch {
      return error.code
    }
  }

  /// Projections that stand on each other, each of which reads its column twice.
  private func doubling(_ levels: Int, _ query: String) -> String {
    let steps = (1...levels).map { ", t\($0) AS (SELECT x * x - x AS x FROM t\($0 - 1))" }
    return "WITH t0 AS (SELECT k AS x FROM t)\(steps.joined()) "
      + query.replacing("LAST", with: "t\(levels)")
  }

  @Test(arguments: [
    "SELECT count(*) FROM LAST WHERE x > 1", "SELECT sum(x) - 1 FROM LAST",
    "SELECT count(*) FROM LAST GROUP BY x HAVING x > 1",
    "SELECT count(*) FROM LAST AS a JOIN LAST AS b ON a.x = b.x WHERE a.x > 1",
    "SELECT count(*) FROM (SELECT x FROM LAST UNION ALL SELECT x FROM LAST) AS q WHERE x > 3 OR x = 2 LIMIT 1",
  ])
  func `conditions do not double with each projection that they pass`(query: String) throws {
    let expected: Int64 = query.contains("UNION") ? 2 : 1
    #expect(try rows(doubling(40, query)) == [[.integer(expected)]])
  }

  @Test func `the value of no rows does not double with each projection either`() throws {
    let steps = (0..<40).reduce("SELECT count(*) AS x FROM t AS i WHERE i.k = o.k + 1") {
      inner, _ in
      "SELECT x * x - x AS x FROM (\(inner)) AS q"
    }
    #expect(try rows("SELECT (\(steps)) FROM t AS o") == [[.integer(0)]])
  }

  @Test func `keys of a top list do not double with each projection below it`() throws {
    let steps = (0..<40).reduce("SELECT k > 1 AS b FROM t") { inner, _ in
      "SELECT (b = b) = (b IS NOT NULL) AS b FROM (\(inner)) AS q"
    }
    #expect(try rows("SELECT b FROM (\(steps)) AS q ORDER BY b LIMIT 1") == [[.boolean(true)]])
  }

  @Test(arguments: ["", "GROUP BY 1, 2"])
  func `a condition that is too large to be moved protects those after it`(grouping: String) throws
  {
    let terms = (0..<200).map { "n * \($0) > 5" }.joined(separator: " OR ")
    let sql = """
      SELECT DISTINCT n FROM (
        SELECT n, n <> 0 AND (\(terms)) AS g FROM (SELECT i % 3 AS n FROM generate_series(0, 5) AS s(i)) AS z
        \(grouping)) AS q
      WHERE g AND 10 / n > 1 ORDER BY n
      """
    #expect(try rows(sql) == [[.integer(1)], [.integer(2)]])
  }

  @Test func `operands that are read twice do not double with each nesting`() {
    let between = (0..<60).reduce("k") { inner, _ in "((\(inner)) BETWEEN 1 AND 2)::bigint" }
    #expect(code("SELECT \(between) FROM t") == .tooComplex)
    let cases = (0..<60).reduce("k") { inner, _ in
      "CASE \(inner) WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 4 END"
    }
    #expect(code("SELECT \(cases) FROM t") == .tooComplex)
  }

  @Test(arguments: [
    "a || n", "array_append(a, n)", "array_prepend(n, a)", "array_remove(a, n)", "a[1:900 + n % 2]",
    "array_cat(a, ARRAY[n])", "string_to_array(repeat('x,', 1000) || n, ',')",
    "string_to_array(repeat('x', 1000) || n, NULL)",
  ])
  func `arrays count as memory before they are made`(array: String) {
    let sql = """
      SELECT sum(cardinality(\(array))) FROM (
        SELECT n, (SELECT array_agg(m) FROM generate_series(1, 1000) AS s(m)) AS a
        FROM generate_series(1, 5000) AS u(n)) AS q
      """
    #expect(code(sql, "max_memory = '16MB'") == .outOfMemory)
  }

  /// Left arrays that are the same for all rows, and others.
  @Test(arguments: [false, true])
  func `tables to look elements up in are not kept for each row`(varies: Bool) throws {
    let list = (1...100).map(String.init).joined(separator: ",")
    let array =
      varies
      ? "CASE WHEN n % 2 = 0 THEN ARRAY[0,\(list)] ELSE ARRAY[\(list)] END" : "ARRAY[\(list)]"
    let sql = """
      SELECT count(*) FILTER (WHERE \(array) @> ARRAY[n]), count(*) FILTER (WHERE \(array) && ARRAY[n, -1])
      FROM (SELECT i % 2000 AS n FROM generate_series(1, 20000) AS s(i)) AS q
      """
    let count = Value.integer(varies ? 1_010 : 1_000)
    #expect(try rows(sql, "max_memory = '16MB'") == [[count, count]])
  }

  @Test func `days and values of trailing_distinct count as memory`() throws {
    let sql = """
      SELECT count(*) FROM (
        SELECT g, trailing_distinct(v, d, 1) AS a FROM (
          SELECT i % 300 AS g, i AS v, CASE WHEN i < 300 THEN 0 ELSE 98000 END AS d
          FROM generate_series(0, 599) AS s(i)) AS t
        GROUP BY g) AS q WHERE cardinality(a) > 3
      """
    #expect(code(sql, "max_memory = '64MB'") == .outOfMemory)
    // A word that is large takes no more than one that is small.
    #expect(
      try rows("SELECT trailing_distinct(16777215, 1, 1)", "max_memory = '4MB'")
        == [[.array([.integer(1), .integer(1)])]])
  }

  @Test func `windows do not reach beyond the last day that has a number`() throws {
    let last = Value.integer(.max)
    #expect(
      try rows("SELECT trailing_distinct(1, 9223372036854775806, 2)")
        == [[.array([.integer(.max - 1), .integer(1), last, .integer(1)])]])
    #expect(
      try rows("SELECT trailing_distinct(1, 9223372036854775807, 1)")
        == [[.array([last, .integer(1)])]])
    #expect(code("SELECT trailing_distinct(1, 9223372036854775807, 2)") == .numericOutOfRange)
  }

  @Test func `elements of documents count as memory before they are made`() {
    let sql = """
      SELECT count(*) FROM (SELECT n, ('[' || repeat('1,', 20000) || n || ']')::json AS j
        FROM generate_series(1, 500) AS u(n)) AS q, json_array_elements(j)
      """
    #expect(code(sql, "max_memory = '16MB'") == .outOfMemory)
  }

  @Test(arguments: [
    "array_to_string(ARRAY[repeat('x', 9000000), repeat('y', 9000000)], ',')",
    "array_to_string(ARRAY['x', NULL, 'y'], repeat('z', 9000000), '')",
    "concat(repeat('x', 9000000), k, repeat('y', 9000000))",
  ])
  func `no function makes a text that is longer than texts may be`(text: String) {
    #expect(code("SELECT length(\(text)) FROM t") == .tooComplex)
  }

  /// Where each search tried anew from each character, these would not end.
  @Test func `texts are searched in linear time`() throws {
    let text = "repeat('a', 2000000 + k)"
    let absent = "repeat('a', 1000000) || 'b'"
    #expect(
      try rows(
        """
        SELECT strpos(\(text), \(absent)), \(text) LIKE '%' || \(absent) || '%',
          \(text) ILIKE '%' || \(absent) || '%', \(text) LIKE '%a%' || \(absent) || '%_',
          length(replace(\(text), \(absent), 'x')), length(split_part(\(text), \(absent), 1)),
          cardinality(string_to_array(\(text), \(absent))),
          length(trim(\(text), repeat('b', 1000000) || 'a'))
        FROM t
        """)
        == [
          [
            .integer(0), .boolean(false), .boolean(false), .boolean(false), .integer(2_000_002),
            .integer(2_000_002), .integer(1), .integer(0),
          ]
        ])
  }

  @Test func `LIKE finds what trying everything finds`() throws {
    var random = SplitMix64(seed: 11)
    func text(_ alphabet: [Character], _ most: Int) -> String {
      String((0..<random.below(most + 1)).map { _ in alphabet[random.below(alphabet.count)] })
    }
    let pairs = (0..<3_000).map { _ in
      (text: text(["a", "b", "ä"], 12), pattern: text(["a", "b", "ä", "%", "%", "_"], 7))
    }
    let values = pairs.map { "('\($0.text)', '\($0.pattern)')" }.joined(separator: ",")
    let rows = try rows("SELECT x LIKE p FROM (VALUES \(values)) AS v(x, p)")
    for (pair, row) in zip(pairs, rows) {
      let expected = matches(Array(pair.text), Array(pair.pattern)[...])
      #expect(row == [.boolean(expected)], "\(pair)")
    }
  }

  private func matches(_ text: [Character], _ pattern: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if first == "%" { return (0...text.count).contains { matches(Array(text[$0...]), rest) } }
    guard let character = text.first, first == "_" || first == character else { return false }
    return matches(Array(text[1...]), rest)
  }

  @Test func `regular expressions that repeat take short texts alone`() throws {
    #expect(code("SELECT repeat('a', 100000) ~ '(a|aa)+$'") == .tooComplex)
    #expect(code("SELECT regexp_replace(repeat('a', 100000), 'a*b', 'x')") == .tooComplex)
    #expect(
      try rows("SELECT repeat('a', 1000000) ~ 'b', repeat('a', 1000) ~ '(a|aa)+b'")
        == [[.boolean(false), .boolean(false)]])
  }

  @Test func `thousands of tables in FROM are refused before they are joined`() {
    let tables = (0..<2_500).map { "t AS t\($0)" }.joined(separator: ", ")
    #expect(code("SELECT 1 FROM \(tables)") == .tooComplex)
  }

  @Test func `an answer that is known tells minus zero from zero in arrays`() throws {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute("CREATE TABLE one AS SELECT 1 AS k", in: &session)
    func angle(_ zero: String) throws -> [[Value]] {
      try engine.execute(
        "SELECT atan2(0, v) FROM one, unnest(ARRAY[\(zero)]) AS u(v)", in: &session
      ).rows
    }
    #expect(try angle("0.0") == [[.double(0)]])
    #expect(try angle("-0.0") == [[.double(.pi)]])
  }
}
