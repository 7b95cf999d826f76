import ColumnStore
import Engine
import EngineTesting
import QueryLanguage
import Testing

@Suite struct `Retention` {
  private static let day: Int64 = 86_400_000
  private let engine = Engine(threads: 2)

  private func ask(_ sql: String) throws -> [[Value]] {
    var session = Session()
    return try engine.execute(sql, in: &session).rows
  }

  private func add(days: Range<Int64>, to table: String) throws {
    let rows = days.map { "('1970-01-01'::date + \($0)::integer, \($0))" }
    _ = try ask("INSERT INTO \(table) VALUES \(rows.joined(separator: ", "))")
  }

  private func days(of table: String) -> [Int64] {
    (engine.store.catalog().tables[table]?.partitions ?? []).compactMap {
      if case .day(let day) = $0.key { day } else { nil }
    }
  }

  @Test func `drops a day once it ended more than so many days ago`() throws {
    _ = try ask(
      "CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day) WITH (retention_days = 3)")
    try add(days: -2..<10, to: "t")
    // Day 4 ends with the start of day 5, three days before day 8.
    try engine.applyRetention(now: 8 * Self.day)
    #expect(days(of: "t") == Array(4..<10))
    try engine.applyRetention(now: 8 * Self.day + 1)
    #expect(days(of: "t") == Array(5..<10))
    try engine.applyRetention(now: 8 * Self.day + 1)
    #expect(days(of: "t") == Array(5..<10))
    for now in [Int64.min, 0, -Self.day] {
      #expect(try engine.applyRetention(now: now).isEmpty)
    }
    try engine.applyRetention(now: .max)
    #expect(days(of: "t").isEmpty)
  }

  @Test func `touches only tables that say so, and those that are named`() throws {
    for name in ["said", "named", "neither"] {
      _ = try ask("CREATE TABLE \(name) (day date, n bigint) PARTITION BY DAY (day)")
      try add(days: 0..<10, to: name)
    }
    _ = try ask("CREATE TABLE whole (day date, n bigint)")
    try add(days: 0..<10, to: "whole")
    _ = try ask("ALTER TABLE said SET (retention_days = 5)")
    let policy = RetentionPolicy(defaults: ["said": 1, "named": 2, "whole": 1, "nothing": 1])
    let planned = try engine.applyRetention(now: 20 * Self.day, policy: policy, isDryRun: true)
    #expect(planned.map(\.table) == ["named", "said"])
    #expect(days(of: "said").count == 10)
    #expect(try ask("SELECT count(*) FROM system.retention_drops") == [[.integer(0)]])
    var told: [String] = []
    let done = try engine.applyRetention(now: 9 * Self.day, policy: policy) {
      told.append($0.table)
    }
    #expect(told == ["named", "said"] && done.map(\.rowCount) == [6, 3])
    #expect(days(of: "named") == Array(6..<10) && days(of: "said") == Array(3..<10))
    #expect(days(of: "neither").count == 10)
    #expect(try ask("SELECT count(*) FROM whole") == [[.integer(10)]])
    #expect(
      try ask(
        "SELECT table_name, min(day), max(day), sum(rows) FROM system.retention_drops GROUP BY 1 ORDER BY 1"
      ) == [
        [.text("named"), .date(0), .date(5), .integer(6)],
        [.text("said"), .date(0), .date(2), .integer(3)],
      ])
  }

  @Test func `remembers the newest drops only`() throws {
    _ = try ask(
      "CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day) WITH (retention_days = 1)")
    for start in stride(from: Int64(0), to: 12_000, by: 3_000) {
      try add(days: start..<start + 3_000, to: "t")
    }
    try engine.applyRetention(now: 20_000 * Self.day)
    #expect(
      try ask("SELECT count(*), min(day), max(day) FROM system.retention_drops")
        == [[.integer(10_000), .date(2_000), .date(11_999)]])
  }

  @Test func `is one change, which readers of before do not see`() throws {
    let log = RecordingLog()
    let store = Store(adopting: engine.store.catalog(), log: log)
    let engine = Engine(store: store, threads: 1)
    var session = Session()
    for sql in [
      "CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day)",
      "ALTER TABLE t SET (retention_days = 1)",
      "CREATE MATERIALIZED VIEW v AS SELECT day, hll(n) AS ns, sum(n) AS total FROM t GROUP BY 1",
      "INSERT INTO t VALUES ('1970-01-01', 1), ('1970-01-02', 2), ('1970-01-09', 3)",
    ] { _ = try engine.execute(sql, in: &session) }
    let before = store.catalog()
    let count = log.changes.count
    try engine.applyRetention(now: 5 * Self.day)
    #expect(log.changes.count == count + 1)
    #expect(before.tables["t"]?.rowCount == 3 && before.tables["v"]?.rowCount == 0)
    #expect(store.catalog().tables["t"]?.rowCount == 1)
    // Done again elsewhere it is the same.
    let other = Store()
    for changes in log.changes { try other.apply(changes) }
    let replayed = Engine(store: other, threads: 1)
    let question = "SELECT day, ns, total FROM v ORDER BY 1"
    #expect(
      try replayed.execute(question, in: &session).rows
        == engine.execute(question, in: &session).rows)
    #expect(other.catalog().retentionDrops == store.catalog().retentionDrops)
    #expect(other.catalog().version == store.catalog().version)
    #expect(other.catalog().tables["t"]?.schema == store.catalog().tables["t"]?.schema)
    // One that is refused has not happened.
    log.refuse(with: .unknownTable("x"))
    #expect(throws: QueryError.self) { try engine.applyRetention(now: 50 * Self.day) }
    #expect(store.catalog().tables["t"]?.rowCount == 1)
    #expect(store.catalog().retentionDrops.count == 2)
    // What is too much for a record is kept as a whole.
    let small = RecordingLog(recordByteLimit: 10)
    let last = Store(adopting: store.catalog(), log: small)
    try Engine(store: last, threads: 1).applyRetention(now: 50 * Self.day)
    #expect(small.changes.isEmpty && small.kept.count == 1)
    #expect(last.catalog().tables["t"]?.rowCount == 0)
    #expect(last.catalog().tables["v"]?.rowCount == 3)
  }

  @Test func `keeps days whose roll-up fails`() throws {
    _ = try ask(
      "CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day) WITH (retention_days = 1)")
    _ = try ask("CREATE MATERIALIZED VIEW v AS SELECT day, sum(n) AS total FROM t GROUP BY 1")
    let most = Int64.max
    _ = try ask("INSERT INTO t VALUES ('1970-01-01', \(most)), ('1970-01-01', 1)")
    let error = #expect(throws: QueryError.self) {
      try engine.applyRetention(now: 9 * Self.day)
    }
    #expect(error?.message.hasPrefix("materialized view 'v': ") == true)
    #expect(error?.hint?.hasPrefix("nothing was dropped; ") == true)
    #expect(days(of: "t") == [0] && engine.store.catalog().retentionDrops.isEmpty)
  }

  @Test func `goes on in a table with a key, and takes its rows again`() throws {
    _ = try ask(
      "CREATE TABLE t (day date, n bigint, PRIMARY KEY (n)) PARTITION BY DAY (day) WITH (retention_days = 1)"
    )
    try add(days: 0..<6, to: "t")
    try engine.applyRetention(now: 5 * Self.day)
    #expect(days(of: "t") == [3, 4, 5])
    // The key of a row that went is free, that of another is not.
    try add(days: 0..<1, to: "t")
    #expect(throws: QueryError.self) { try add(days: 4..<5, to: "t") }
    _ = try ask("INSERT INTO t VALUES ('1970-01-05', 4) ON CONFLICT (n) DO UPDATE SET n = 40")
    #expect(
      try ask("SELECT n FROM t ORDER BY 1") == [0, 3, 5, 40].map { [.integer($0)] })
  }

  @Test func `stays with a table whose rows are replaced by a load`() throws {
    _ = try ask(
      "CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day) WITH (retention_days = 9)")
    var schema = try #require(engine.store.catalog().tables["t"]?.schema)
    schema.retentionDays = nil
    try engine.store.append(to: "t", from: .replaced(schema)) { _ in }
    #expect(engine.store.catalog().tables["t"]?.schema.retentionDays == 9)
    schema.partitionColumn = nil
    try engine.store.append(to: "t", from: .replaced(schema)) { _ in }
    #expect(engine.store.catalog().tables["t"]?.schema.retentionDays == nil)
  }

  @Test func `of rows that nobody may write but itself`() throws {
    _ = try ask("CREATE TABLE t (day date, n bigint) PARTITION BY DAY (day)")
    _ = try ask("CREATE MATERIALIZED VIEW v AS SELECT day, sum(n) AS total FROM t GROUP BY 1")
    #expect(throws: StoreError.writtenRollUp("v")) {
      try engine.store.append(to: "v") { _ in }
    }
  }
}
