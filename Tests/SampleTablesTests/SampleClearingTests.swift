import ColumnStore
import Engine
import SampleData
import SampleTables
import Testing

struct SampleClearingTests {
  private static func cleared(
    _ engine: Engine, named: Set<String> = []
  ) -> Result<[String], SampleFillingError> {
    Result { () throws(SampleFillingError) in
      try SampleClearing(engine).run(named: named).map { $0.table }
    }
  }

  private static func run(_ statement: String, _ engine: Engine) throws {
    var session = Session()
    _ = try engine.execute(statement, in: &session)
  }

  @Test func `a sample is taken out whole, and another takes its place`() throws {
    let engine = try SampleFillingTests.filled(SampleOptions(days: 3, users: 30))
    #expect(
      try Self.cleared(engine).get()
        == ["users", "resources", "events", "sessions", "feedback", "threats"])
    #expect(try SampleFillingTests.number("SELECT count(*) FROM events", engine) == 0)
    #expect(engine.store.catalog().tables["generated_sample"] == nil)
    #expect(try Self.cleared(engine).get().isEmpty)
    let generator = try SampleGenerator(SampleOptions(days: 2, users: 10, events: 500))
    _ = try SampleFilling(engine, generator, threads: 1).run(at: SampleFillingTests.now)
    #expect(try SampleFillingTests.number("SELECT count(*) FROM events", engine) == 500)
  }

  @Test func `a second sample beside the first is refused`() throws {
    let engine = try SampleFillingTests.filled(SampleOptions(days: 2, users: 10))
    let generator = try SampleGenerator(SampleOptions(days: 2, users: 10))
    #expect {
      _ = try SampleFilling(engine, generator, threads: 1).run(at: SampleFillingTests.now)
    } throws: {
      guard case SampleFillingError.alreadyFilled = $0 else { return false }
      return true
    }
  }

  @Test func `rows of others are not taken out unless their table is named`() throws {
    let engine = try SampleFillingTests.filled(SampleOptions(days: 2, users: 10))
    try Self.run(
      "INSERT INTO events (ts, event_type, user_id) VALUES ('2026-01-01', 'login', 'ada')", engine)
    guard
      case .failure(.foreignRows(table: "events", count: 1, isClearing: true)) = Self.cleared(
        engine)
    else {
      Issue.record("it was not refused")
      return
    }
    #expect(try SampleFillingTests.number("SELECT count(*) FROM users", engine) == 10)
    #expect(try Self.cleared(engine, named: ["events"]).get().contains("events"))
    #expect(try SampleFillingTests.number("SELECT count(*) FROM events", engine) == 0)
  }

  @Test func `rows in the place of a sample's are noticed, and so is a folder without one`() throws
  {
    let engine = try SampleFillingTests.filled(SampleOptions(days: 2, users: 10))
    try Self.run("DROP TABLE generated_sample", engine)
    guard
      case .failure(.foreignRows(table: "users", count: 10, isClearing: true)) =
        Self.cleared(engine)
    else {
      Issue.record("it was not refused")
      return
    }
    let generator = try SampleGenerator(SampleOptions(days: 2, users: 10))
    #expect {
      _ = try SampleFilling(engine, generator, threads: 1).run(at: SampleFillingTests.now)
    } throws: {
      guard case SampleFillingError.foreignRows(table: "users", count: 10, isClearing: false) = $0
      else { return false }
      return true
    }
    guard case .failure(.unknownTable("audit_log")) = Self.cleared(engine, named: ["audit_log"])
    else {
      Issue.record("it was not refused")
      return
    }
  }
}
