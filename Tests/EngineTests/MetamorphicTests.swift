import ColumnStore
import Engine
import EngineTesting
import Testing

/// Questions whose answers must fit together, whatever they are: no oracle is needed.
@Suite struct `Conditions at random` {
  /// Ternary logic partitioning: Rigger and Su, "Finding bugs in database systems via query
  /// partitioning", OOPSLA 2020.
  @Test(arguments: UInt64(100)..<110)
  func `find each row by being true, false or unknown`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: seed == 100)
    let engine = Engine(store: database.store, threads: 2)
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<20 {
      let (table, condition) = queries.condition()
      let all = Answer("SELECT * FROM \(table)", engine: engine)
      var parts: [[Value]] = []
      for part in thirds(of: condition) {
        parts += rows("SELECT * FROM \(table) WHERE \(part)", engine)
      }
      #expect(
        Answer.rows(parts).difference(from: all, isOrdered: false) == nil, "\(table): \(condition)")
    }
  }

  @Test(arguments: UInt64(110)..<118)
  func `split an aggregate into three that add up to it`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: seed == 110)
    let engine = Engine(store: database.store, threads: 2)
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<20 {
      let (table, condition) = queries.condition()
      let aggregates = "count(*) AS c, count(k) AS k, sum(n) AS n, min(id) AS a, max(id) AS b"
      let all = Answer("SELECT \(aggregates) FROM \(table)", engine: engine)
      let parts = thirds(of: condition).map {
        "SELECT \(aggregates) FROM \(table) WHERE \($0)"
      }
      let whole = Answer(
        """
        SELECT sum(c), sum(k), sum(n), min(a), max(b)
        FROM (\(parts.joined(separator: " UNION ALL "))) AS parts
        """, engine: engine)
      #expect(
        whole.difference(from: all, isOrdered: true) == nil, "\(table): \(condition)")
    }
  }

  /// The rows that WHERE keeps, by way of pruning, encoded chunks and bitmaps, are those for which the
  /// condition as a plain value is true: Rigger and Su, "Detecting optimization bugs in database
  /// engines via non-optimizing reference engine construction", ESEC/FSE 2020.
  @Test(arguments: UInt64(120)..<130)
  func `keep as many rows as they are true for`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: seed == 120)
    let engine = Engine(store: database.store, threads: 2)
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<20 {
      let (table, condition) = queries.condition()
      expectSameCount(table, condition, engine)
    }
  }

  @Test(arguments: UInt64(130)..<138)
  func `join as many pairs as they are true for`(seed: UInt64) throws {
    let database = try RandomDatabase(seed: seed, hasBigTable: false)
    let engine = Engine(store: database.store, threads: 2)
    var queries = RandomQueries(database, seed: seed)
    for _ in 0..<12 {
      let (from, condition) = queries.joinCondition()
      expectSameCount(from, condition, engine)
    }
  }

  private func thirds(of condition: String) -> [String] {
    [condition, "NOT (\(condition))", "(\(condition)) IS NULL"]
  }

  private func expectSameCount(_ from: String, _ condition: String, _ engine: Engine) {
    let kept = rows("SELECT count(*) FROM \(from) WHERE \(condition)", engine)
    let values = rows("SELECT (\(condition)) AS c FROM \(from)", engine)
    let isTrue = values.count { $0.first == .boolean(true) }
    #expect(kept == [[.integer(Int64(isTrue))]], "\(from): \(condition)")
  }

  private func rows(_ sql: String, _ engine: Engine) -> [[Value]] {
    guard case .rows(let rows) = Answer(sql, engine: engine) else {
      Issue.record("fails: \(sql)")
      return []
    }
    return rows
  }
}
