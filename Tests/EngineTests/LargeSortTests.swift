import ColumnStore
import Engine
import Testing

/// More rows than are sorted at once: they are dealt into buckets, on several threads.
@Suite struct `Many rows are sorted as few are` {
  private static let rowCount = 150_000
  /// Rows whose order says nothing about their values: `k` has few values and is null at times, `x` is
  /// wide, `y` narrow, `s` text.
  private static let engine = Result {
    let engine = Engine(threads: 2)
    var session = Session()
    _ = try engine.execute(
      """
      CREATE TABLE t AS
      SELECT i, CASE WHEN i % 1000 = 0 THEN NULL ELSE i * 7919 % 331 END AS k,
        (i * 48271 % 2147483647 - 1073741823) * 4000000000 AS x, i * 16807 % 97 - 48 AS y,
        'user ' || (i * 31 % 997) AS s
      FROM generate_series(1, \(rowCount)) AS g(i)
      """, in: &session)
    return engine
  }

  private func rows(_ sql: String, threads: Int = 2) throws -> [[Value]] {
    var session = Session()
    session.threads = threads
    session.usesPartialCache = false
    return try Self.engine.get().execute(sql, in: &session).rows
  }

  private func integers(_ sql: String) throws -> [[Int64?]] {
    try rows(sql).map { row in
      row.map { if case .integer(let value) = $0 { value } else { nil } }
    }
  }

  @Test(arguments: ["x", "y, x", "k, y DESC, x", "k DESC NULLS FIRST, x"])
  func `by several columns`(order: String) throws {
    let found = try integers("SELECT i, k, x, y FROM t ORDER BY \(order)")
    let input = try integers("SELECT i, k, x, y FROM t")
    // Nulls as the greatest, as PostgreSQL has them.
    func key(_ row: [Int64?]) -> [Int64] {
      switch order {
      case "x": [row[2] ?? .max]
      case "y, x": [row[3] ?? .max, row[2] ?? .max]
      case "k, y DESC, x": [row[1] ?? .max, -(row[3] ?? .max), row[2] ?? .max]
      default: [row[1].map { -$0 } ?? .min, row[2] ?? .max]
      }
    }
    let expected = input.sorted { key($0).lexicographicallyPrecedes(key($1)) }
    #expect(found.count == Self.rowCount)
    #expect(zip(found, expected).allSatisfy { key($0) == key($1) })
    #expect(Set(found.map { $0[0] }).count == Self.rowCount)
  }

  @Test func `equal rows keep their order`() throws {
    let found = try integers("SELECT y, i FROM t ORDER BY y")
    for (row, next) in zip(found, found.dropFirst()) where row[0] == next[0] {
      guard let mine = row[1], let theirs = next[1], mine < theirs else {
        Issue.record("\(row) stands before \(next)")
        return
      }
    }
  }

  @Test(arguments: ["k", "s", "k, s", "y"])
  func `windows number the rows of a partition`(partition: String) throws {
    let broken = try integers(
      """
      SELECT count(*) FROM (
        SELECT x, lag(x) OVER w AS before, row_number() OVER w AS r,
          lag(n) OVER w AS other
        FROM (SELECT *, row_number() OVER (PARTITION BY \(partition) ORDER BY x) AS n FROM t) AS t
        WINDOW w AS (PARTITION BY \(partition) ORDER BY x)) AS t
      WHERE before > x OR (before IS NULL) <> (r = 1) OR coalesce(other, 0) <> r - 1
      """)
    #expect(broken == [[0]])
    let totals = try integers(
      """
      SELECT sum(r) FROM (
        SELECT row_number() OVER (PARTITION BY \(partition) ORDER BY x) AS r FROM t) AS t
      """)
    let expected = try integers(
      """
      SELECT sum(n * (n + 1) / 2)::bigint
      FROM (SELECT count(*) AS n FROM t GROUP BY \(partition)) AS t
      """)
    #expect(totals == expected)
  }

  @Test func `the threads make no difference`() throws {
    for sql in [
      "SELECT i FROM t ORDER BY y, s",
      "SELECT i, lag(i, 3) OVER (PARTITION BY k ORDER BY y), lead(s) OVER (ORDER BY x) FROM t",
    ] {
      #expect(try rows(sql, threads: 1) == rows(sql, threads: 2))
    }
  }

  @Test(arguments: ["lag(y, 0)", "lag(y, 2)", "lead(y, 2)", "lag(y, -2)", "lead(y, 100000000)"])
  func `a constant distance gives what a column of it gives`(call: String) throws {
    let variable = call.replacing(")", with: " + i * 0)")
    let broken = try integers(
      """
      SELECT count(*) FROM (
        SELECT \(call) OVER w AS a, \(variable) OVER w AS b FROM t
        WINDOW w AS (PARTITION BY k ORDER BY x)) AS t
      WHERE a IS DISTINCT FROM b
      """)
    #expect(broken == [[0]])
  }
}
