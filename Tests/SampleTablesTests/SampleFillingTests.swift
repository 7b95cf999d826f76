import AccessControl
import ColumnStore
import Engine
import Platform
import SampleData
import SampleTables
import Testing

/// The built-in tables as a sample fills them, asked as anybody would.
struct SampleFillingTests {
  static let now = UnixTime(milliseconds: 1_800_000_000_000)

  static func filled(
    _ options: SampleOptions, threads: Int = 1, groupEventCount: Int = 20_000
  ) throws -> Engine {
    let engine = Engine(store: Store(), threads: 1)
    _ = try SampleFilling(
      engine, try SampleGenerator(options), threads: threads, groupEventCount: groupEventCount
    ).run(at: now)
    return engine
  }

  private static let shared = Result { try filled(SampleOptions(days: 35, users: 800)) }

  static func ask(_ query: String, _ engine: Engine? = nil) throws -> [[Value]] {
    var session = Session()
    return try (engine ?? shared.get()).execute(query, in: &session).rows
  }

  static func number(_ query: String, _ engine: Engine? = nil) throws -> Double {
    switch try ask(query, engine).first?.first {
    case .integer(let value): return Double(value)
    case .double(let value): return value
    case let other: throw NoNumber(query: query, value: "\(String(describing: other))")
    }
  }

  struct NoNumber: Error {
    let query: String
    let value: String
  }

  @Test func `every type that the requirements name is there`() throws {
    let types = try Self.ask("SELECT DISTINCT event_type FROM events").compactMap(\.first)
    for name in [
      "page_view", "image_generate_requested", "image_generate_succeeded", "image_generate_failed",
      "video_generate_requested", "video_generate_succeeded", "video_generate_failed",
      "project_create", "login", "logout", "chat", "upload", "rag_query", "token_usage",
      "training_started", "training_completed", "training_failed", "training_cancelled",
      "inference", "test_run", "dataset_upload", "export", "deployment", "api_call",
      "storage_change", "xai", "hyperparameter_tuning", "video_play", "quiz_attempt",
      "lesson_complete", "signup", "email_sent", "heartbeat", "user_invite", "dataset_create",
    ] {
      #expect(types.contains(.text(name)), "\(name) is missing")
    }
  }

  @Test func `the service takes the tables over as they are`() throws {
    let engine = try Self.filled(SampleOptions(days: 2, users: 20))
    let outcome = try SchemaMigration(engine).run(at: Self.now)
    #expect(outcome.statements.isEmpty)
    #expect(engine.store.catalog().tables["events"]?.schema.retentionDays == nil)
  }

  @Test func `what rows name is there`() throws {
    for query in [
      "SELECT count(*) FROM events e LEFT JOIN users u ON e.user_id = u.user_id WHERE u.user_id IS NULL",
      """
      SELECT count(*) FROM events e JOIN users u ON e.user_id = u.user_id \
      WHERE e.organization_id <> u.organization_id OR e.ts < u.signed_up_at
      """,
      """
      SELECT count(*) FROM feedback f LEFT JOIN events e ON f.request_id = e.request_id \
      AND e.status = 'succeeded' AND f.user_id = e.user_id WHERE e.request_id IS NULL
      """,
      """
      SELECT count(*) FROM events e LEFT JOIN sessions s ON e.session_id = s.session_id \
      WHERE s.session_id IS NULL OR s.user_id <> e.user_id
      """,
      """
      SELECT count(*) FROM events e LEFT JOIN resources r ON r.resource_type = 'project' \
      AND r.resource_id = e.project_id WHERE e.project_id IS NOT NULL AND r.resource_id IS NULL
      """,
      """
      SELECT count(*) FROM (SELECT request_id FROM events WHERE event_type = 'chat' \
      GROUP BY 1 HAVING count(*) > 1) AS twice
      """,
      "SELECT count(*) FROM threats WHERE resolved <> (resolved_at IS NOT NULL)",
      "SELECT count(*) FROM events WHERE received_at < ts",
    ] {
      #expect(try Self.number(query) == 0, "\(query)")
    }
  }

  @Test func `a sample that ends within a day has nothing that comes later`() throws {
    let start = Int64(SampleOptions.defaultStart.daysSinceEpoch) * 86_400_000
    let end = start + 86_400_000 + 13 * 3_600_000
    let options = SampleOptions(days: 2, users: 300)
    var short = options
    short.end = end
    let (whole, part) = (try Self.filled(options), try Self.filled(short))
    for (table, column) in [
      ("events", "ts"), ("sessions", "login_at"), ("sessions", "last_activity_at"),
      ("feedback", "ts"), ("threats", "ts"), ("threats", "resolved_at"), ("users", "signed_up_at"),
      ("resources", "created_at"),
    ] {
      let later = "\(column) > to_timestamp(\(end / 1000))"
      let name = "\(table).\(column)"
      #expect(try Self.number("SELECT count(*) FROM \(table) WHERE \(later)", part) == 0, "\(name)")
      // What came before is as it would be.
      let early =
        "SELECT count(*) FROM \(table) WHERE \(column) <= to_timestamp(\(end / 1000))"
      guard column != "last_activity_at", column != "resolved_at" else { continue }
      #expect(try Self.number(early, part) == Self.number(early, whole), "\(name)")
    }
    #expect(
      try Self.number("SELECT count(*) FROM events", part)
        < Self.number("SELECT count(*) FROM events", whole))
  }

  @Test func `sessions have the totals of their events`() throws {
    let differing = try Self.number(
      """
      SELECT count(*) FROM sessions s JOIN (SELECT session_id, \
      count(*) FILTER (WHERE event_type = 'page_view') AS pages, \
      count(*) FILTER (WHERE event_type = 'api_call') AS calls, \
      coalesce(sum(total_tokens), 0) AS tokens, coalesce(sum(cost_usd), 0) AS cost, \
      max(ts) AS last FROM events GROUP BY 1) e ON e.session_id = s.session_id \
      WHERE s.page_views <> e.pages OR s.api_calls <> e.calls OR s.total_tokens <> e.tokens \
      OR abs(s.cost_usd - e.cost) > 0.0000001 OR s.last_activity_at <> e.last \
      OR s.active_seconds + s.idle_seconds <> s.total_seconds
      """)
    #expect(differing == 0)
    #expect(
      try Self.number("SELECT count(*) FROM sessions")
        == Self.number("SELECT count(DISTINCT session_id) FROM events"))
    #expect(
      try Self.number("SELECT count(*) FROM sessions")
        == Self.number(
          "SELECT count(*) FROM sessions WHERE login_at <= last_activity_at AND NOT is_active"))
  }

  @Test(arguments: [
    (
      "DAU over MAU",
      """
      SELECT (SELECT count(DISTINCT user_id) FROM events WHERE ts::date = '2026-02-03')::double precision \
      / (SELECT count(DISTINCT user_id) FROM events WHERE ts::date > '2026-01-04'  AND ts::date <= '2026-02-03')
      """, 0.08...0.5
    ),
    (
      "weekend over weekday",
      """
      SELECT (SELECT count(*) FROM events WHERE extract(isodow FROM ts) >= 6) / 10.0 \
      / ((SELECT count(*) FROM events WHERE extract(isodow FROM ts) < 6) / 25.0)
      """, 0.15...0.6
    ),
    (
      "generations that succeed",
      """
      SELECT count(*) FILTER (WHERE event_type LIKE '%_generate_succeeded')::double precision \
      / count(*) FROM events WHERE event_type LIKE '%_generate_succeeded' OR event_type LIKE '%_generate_failed'
      """, 0.88...0.99
    ),
    (
      "trainings that succeed",
      """
      SELECT count(*) FILTER (WHERE event_type = 'training_completed')::double precision / count(*) \
      FROM events WHERE event_type IN ('training_completed', 'training_failed')
      """, 0.7...0.95
    ),
    (
      "p95 over p50",
      """
      SELECT quantile_cont(duration_ms, 0.95) / quantile_cont(duration_ms, 0.5) FROM events \
      WHERE event_type = 'image_generate_succeeded'
      """, 1.3...10
    ),
    ("mean of ratings", "SELECT avg(stars) FROM feedback", 3.8...4.6),
    ("severities", "SELECT count(DISTINCT severity) FROM threats", 4...4),
    ("GPU utilisation", "SELECT avg(gpu_utilization) FROM events", 0.4...0.95),
    (
      "tokens without a price",
      """
      SELECT count(*) FILTER (WHERE cost_usd IS NULL)::double precision / count(*) FROM events \
      WHERE total_tokens IS NOT NULL
      """, 0.005...0.2
    ),
    (
      "learners that finish the lesson that they begin",
      """
      SELECT count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_complete')::double precision \
      / count(DISTINCT user_id) FILTER (WHERE event_type = 'video_play') FROM events
      """, 0.5...0.99
    ),
    (
      "bytes that are stored more than taken away", "SELECT sum(bytes_delta) FROM events",
      1e6...1e15
    ),
  ])
  func `figures are plausible`(name: String, query: String, band: ClosedRange<Double>) throws {
    let value = try Self.number(query)
    #expect(band.contains(value), "\(name) is \(value)")
  }

  @Test func `the rows do not depend on threads or on what is shown at once`() throws {
    let options = SampleOptions(days: 9, users: 150, includesEventIdentifier: true)
    let one = try Self.filled(options, threads: 1, groupEventCount: .max)
    let two = try Self.filled(options, threads: 2, groupEventCount: 1)
    for table in ["users", "resources", "events", "sessions", "feedback", "threats"] {
      let query = "SELECT * FROM \(table)"
      #expect(try Self.ask(query, one) == Self.ask(query, two), "\(table)")
    }
    // Whoever changes what is generated changes these, and says so in the changelog.
    let counts = try ["events", "sessions", "feedback", "threats", "resources"].map {
      try Self.number("SELECT count(*) FROM \($0)", one)
    }
    #expect(counts == [5_468, 357, 35, 18, 148])
    #expect(
      try Self.ask("SELECT sum(total_tokens), sum(duration_ms), sum(bytes_delta) FROM events", one)
        == [[.integer(3_696_610), .integer(25_181_297), .integer(13_383_736_087)]])
  }

  @Test func `there are exactly as many events as asked for`() throws {
    let engine = try Self.filled(SampleOptions(days: 3, users: 50, events: 12_345), threads: 2)
    #expect(try Self.number("SELECT count(*) FROM events", engine) == 12_345)
  }
}
