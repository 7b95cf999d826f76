import ColumnStore
import Engine
import QueryLanguage
import Synchronization
import Testing

/// States in memory, an hour apart from each other.
private final class FakeHistory: CatalogHistory {
  private let catalogs = Mutex<[UInt64: Catalog]>([:])

  func add(_ number: UInt64, _ catalog: Catalog?) {
    catalogs.withLock { $0[number] = catalog }
  }

  func moment(_ reference: CatalogReference) throws(CatalogHistoryError) -> CatalogMoment {
    let numbers = catalogs.withLock { $0.keys.sorted() }
    let found: UInt64? =
      switch reference {
      case .number(let number): numbers.first { $0 == number }
      case .time(let time): numbers.last { Int64($0) * 3_600_000 <= time }
      }
    guard let found else { throw CatalogHistoryError(.notThere, "there is no such snapshot") }
    return CatalogMoment(number: found, name: "#\(found)")
  }

  func catalog(at moment: CatalogMoment) throws(CatalogHistoryError) -> Catalog {
    guard let catalog = catalogs.withLock({ $0[moment.number] }) else {
      throw CatalogHistoryError(.unreadable, "snapshot \(moment.name) is damaged")
    }
    return catalog
  }
}

@Suite struct `A session with as_of` {
  private let history = FakeHistory()
  private let engine: Engine
  private var session = Session()

  init() throws {
    engine = Engine(threads: 1, history: history)
    _ = try engine.execute("CREATE TABLE t (x bigint)", in: &session)
    for number in 1...3 {
      _ = try engine.execute("INSERT INTO t VALUES (\(number))", in: &session)
      history.add(UInt64(number), engine.store.catalog())
    }
    _ = try engine.execute("CREATE TABLE later (x bigint)", in: &session)
  }

  private mutating func ask(_ sql: String) throws -> [[Value]] {
    try engine.execute(sql, in: &session).rows
  }

  @Test mutating func `sees the tables as they were`() throws {
    #expect(try ask("SHOW as_of") == [[.text("")]])
    for (setting, count, name) in [
      ("'2'", 2, "#2"), ("1", 1, "#1"), ("'1970-01-01 02:59:59'", 2, "#2"),
      ("'1970-01-01 05:00+02'", 3, "#3"), ("'2030-01-01'", 3, "#3"),
    ] {
      _ = try ask("SET as_of = \(setting)")
      #expect(try ask("SELECT count(*) FROM t") == [[.integer(Int64(count))]])
      #expect(try ask("SHOW as_of") == [[.text(name)]])
      #expect(throws: QueryError.self) { try ask("SELECT * FROM later") }
    }
    session.timeZone = "Asia/Tokyo"
    _ = try ask("SET as_of = '1970-01-01 10:30'")
    #expect(try ask("SHOW as_of") == [[.text("#1")]])
    _ = try ask("SET as_of = DEFAULT")
    #expect(try ask("SELECT count(*) FROM later") == [[.integer(0)]])
  }

  @Test mutating func `changes nothing`() throws {
    _ = try ask("PREPARE p AS INSERT INTO t VALUES (9)")
    _ = try ask("SET as_of = 2")
    for sql in [
      "INSERT INTO t VALUES (9)", "DELETE FROM t", "UPDATE t SET x = 1", "TRUNCATE t",
      "CREATE TABLE u (x bigint)", "CREATE TABLE u AS SELECT * FROM t", "CREATE DOMAIN d AS text",
      "CREATE VIEW v AS SELECT * FROM t", "DROP TABLE t", "COPY t FROM '/nowhere.csv'", "EXECUTE p",
    ] {
      let error = #expect(throws: QueryError.self, "\(sql)") { try ask(sql) }
      #expect(error?.code == .readOnly, "\(sql)")
      #expect(error?.message.contains("#2") == true)
    }
    _ = try ask("EXPLAIN SELECT * FROM t")
    _ = try ask("SHOW TABLES")
    _ = try ask("SET as_of = DEFAULT")
    #expect(try ask("SELECT count(*) FROM t") == [[.integer(3)]])
    _ = try ask("EXECUTE p")
    #expect(try ask("SELECT count(*) FROM t") == [[.integer(4)]])
  }

  @Test mutating func `says what is wrong, and goes back all the same`() throws {
    for sql in ["SET as_of = ''", "SET as_of = 'yesterday'", "SET as_of = 0", "SET as_of = true"] {
      let error = #expect(throws: QueryError.self, "\(sql)") { try ask(sql) }
      #expect(error?.code == .invalidParameter, "\(sql)")
      #expect(error?.location != nil, "\(sql)")
    }
    for sql in ["SET as_of = 9", "SET as_of = '1969-12-31'", "SET as_of = '99999999999999999999'"] {
      #expect(throws: QueryError.self, "\(sql)") { try ask(sql) }
    }
    _ = try ask("SET as_of = 3")
    history.add(3, nil)
    let error = #expect(throws: QueryError.self) { try ask("SELECT 1") }
    #expect(error?.code == .fileFailure)
    #expect(error?.message == "snapshot #3 is damaged")
    _ = try ask("SET as_of = DEFAULT")
    #expect(try ask("SELECT count(*) FROM t") == [[.integer(3)]])
    var other = Session()
    #expect(throws: QueryError.self) {
      try Engine(threads: 1).execute("SET as_of = 1", in: &other)
    }
  }
}
