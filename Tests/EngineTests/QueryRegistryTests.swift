import ColumnStore
import Engine
import QueryExecution
import QueryLanguage
import Testing

struct QueryRegistryTests {
  private func begin(_ registry: QueryRegistry, _ text: String) -> QueryHandle {
    registry.begin(
      text: text, start: 0, cancellation: CancellationToken(), memory: MemoryBudget(limit: 1 << 20))
  }

  @Test func `what runs is listed until it ends, then among what ended`() throws {
    let registry = QueryRegistry()
    let first = begin(registry, "SELECT 1")
    let second = begin(registry, "SELECT 2")
    try second.memory.reserve(1_000, for: "the test")
    #expect(registry.running.map(\.text) == ["SELECT 1", "SELECT 2"])
    #expect(registry.running.map(\.byteCount) == [0, 1_000])
    second.memory.release(1_000)
    registry.end(second, rowCount: 3, error: nil)
    registry.end(first, rowCount: 0, error: .divisionByZero)
    #expect(registry.running.isEmpty)
    #expect(registry.finished.map(\.id) == [second.id, first.id])
    #expect(registry.finished.map(\.peakByteCount) == [1_000, 0])
    #expect(registry.finished.map(\.rowCount) == [3, 0])
    #expect(registry.finished.map(\.error) == [nil, .divisionByZero])
  }

  @Test func `the last five hundred are remembered, oldest first`() {
    let registry = QueryRegistry()
    for number in 0..<1_203 {
      registry.end(begin(registry, "SELECT \(number)"), rowCount: 0, error: nil)
    }
    #expect(registry.finished.map(\.text) == (703..<1_203).map { "SELECT \($0)" })
  }

  @Test func `of a long text the start is kept`() {
    let registry = QueryRegistry()
    let handle = begin(registry, String(repeating: "é", count: 100_000))
    #expect(handle.text.utf8.count < 5_000)
  }

  @Test func `only what runs can be cancelled`() throws {
    let registry = QueryRegistry()
    let handle = begin(registry, "SELECT 1")
    try handle.cancellation.check()
    #expect(registry.cancel(handle.id))
    #expect(throws: QueryError(.queryCancelled, "the query was cancelled")) {
      try handle.cancellation.check()
    }
    registry.end(handle, rowCount: 0, error: .queryCancelled)
    #expect(!registry.cancel(handle.id))
  }

  @Test func `an engine lists its statements`() throws {
    let engine = Engine(threads: 1)
    var session = Session()
    _ = try engine.execute("SELECT 1", in: &session)
    #expect(throws: QueryError.self) { try engine.execute("SELECT 1/0 AS x", in: &session) }
    #expect(engine.runningQueries.isEmpty)
    #expect(engine.finishedQueries.map(\.text) == ["SELECT 1", "SELECT 1/0 AS x"])
    #expect(engine.finishedQueries.map(\.error) == [nil, .divisionByZero])
    #expect(engine.finishedQueries.map(\.rowCount) == [1, 0])
  }

  @Test(arguments: [
    ("statement_timeout = '2s'", "2s"), ("statement_timeout = 1500", "1500ms"),
    ("statement_timeout = '1.5 min'", "90s"), ("statement_timeout = '1us'", "1ms"),
    ("statement_timeout = 0", "0"), ("statement_timeout = DEFAULT", "0"),
    ("max_memory = '512MB'", "512 MB"), ("max_memory = 1572864", "1.5 MB"),
    ("max_memory = '2 gb'", "2 GB"),
  ])
  func `limits are set and shown`(assignment: String, shown: String) throws {
    let engine = Engine(threads: 1)
    var session = Session()
    _ = try engine.execute("SET \(assignment)", in: &session)
    let name = String(assignment.prefix { $0 != " " })
    #expect(try engine.execute("SHOW \(name)", in: &session).rows == [[.text(shown)]])
  }

  @Test(arguments: [
    "statement_timeout = -1", "statement_timeout = 'soon'", "statement_timeout = '1e400s'",
    "statement_timeout = '25 days'", "statement_timeout = '2 s s'", "statement_timeout = on",
    "max_memory = 0", "max_memory = '1 kB'", "max_memory = '99999999TB'", "max_memory = 'NaN'",
    "max_memory = ''", "max_memory = 'MB'",
  ])
  func `other values of limits are refused`(assignment: String) throws {
    let engine = Engine(threads: 1)
    var session = Session()
    do {
      _ = try engine.execute("SET \(assignment)", in: &session)
      Issue.record("\(assignment) was taken")
    } catch {
      #expect(error.code == .invalidParameter)
    }
  }
}
