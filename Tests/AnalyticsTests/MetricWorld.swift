import Analytics
import ColumnStore
import Engine
import QueryLanguage

/// Events of 75 days, made up from a seed, in the tables of the service.
struct MetricWorld {
  let engine: Engine
  let zone: TimeZoneRules

  /// 2026-03-16, 09:30 UTC: the last day is running.
  static let now: Int64 = 1_773_653_400_000
  static let start: Int64 = 1_767_225_600_000  // 2026-01-01

  /// `timeType` is what the table has for times: `timestamp` in the service, `timestamptz` of files.
  init(seed: UInt64 = 7, zone: String = "UTC", timeType: String = "timestamp", count: Int = 1_500)
    throws
  {
    engine = Engine()
    self.zone = TimeZoneRules.named(zone) ?? .utc
    var session = Session()
    for statement in [
      """
      CREATE TABLE events (ts \(timeType) NOT NULL, organization_id text, user_id text, session_id text,
        event_type text NOT NULL, category text, feature text, model text, status text, error_code text,
        duration_ms bigint, endpoint text, status_code bigint, response_time_ms bigint, country text,
        prompt_tokens bigint, completion_tokens bigint, total_tokens bigint, cost_usd double precision,
        gpu_seconds double precision, cpu_seconds double precision, gpu_utilization double precision,
        bytes_delta bigint, resource_type text, resource_id text, project_id text, course_id text, cost_source text)
        PARTITION BY DAY (ts)
      """,
      """
      CREATE TABLE users (user_id text PRIMARY KEY, organization_id text, role text, status text,
        domain text, signed_up_at \(timeType))
      """,
      """
      CREATE TABLE sessions (session_id text PRIMARY KEY, organization_id text, user_id text,
        login_at \(timeType), total_seconds bigint)
      """,
      "CREATE TABLE feedback (ts \(timeType), organization_id text, user_id text, model text, stars bigint)",
      """
      CREATE TABLE threats (ts \(timeType), organization_id text, user_id text, threat_type text,
        severity text, resolved boolean)
      """,
      """
      CREATE TABLE resources (resource_type text, resource_id text, organization_id text, user_id text,
        deleted_at \(timeType), member_count bigint, is_shared boolean)
      """,
      """
      CREATE TABLE prices (item text NOT NULL, model text NOT NULL, organization_id text NOT NULL,
        valid_from timestamp NOT NULL, prompt_price bigint, completion_price bigint, cached_price bigint,
        reasoning_price bigint, rate bigint, set_at timestamp)
      """,
      """
      INSERT INTO prices (item, model, organization_id, valid_from, rate) VALUES
        ('storage', '', '', '1970-01-01', 20000000), ('storage', '', '', '2026-02-20', 50000000),
        ('storage', '', 'o1', '2026-02-10 12:00', 90000000)
      """,
    ] { _ = try engine.execute(statement, in: &session) }
    try fill(seed, count, &session)
  }

  private func fill(_ seed: UInt64, _ count: Int, _ session: inout Session) throws {
    guard count > 0 else { return }
    var random = Generator(state: seed)
    var rows: [String] = []
    for _ in 0..<count {
      let time = Self.start + Int64(random.below(75 * 86_400)) * 1_000 + Int64(random.below(1000))
      rows.append(Self.event(at: time, &random))
    }
    _ = try engine.execute("INSERT INTO events VALUES " + rows.joined(separator: ","), in: &session)
    let users = (0..<40).map { user in
      """
      ('u\(user)', 'o\(user % 3)', '\(["user", "manager", "admin"][user % 4 % 3])',
      '\(user % 5 == 0 ? "invited" : "active")', '\(user % 2 == 0 ? "a.example" : "b.example")', NULL)
      """
    }
    _ = try engine.execute("INSERT INTO users VALUES " + users.joined(separator: ","), in: &session)
    let sessions = (0..<200).map { number in
      let time = Self.start + Int64(random.below(75 * 86_400)) * 1_000
      return
        "('s\(number)', 'o1', 'u\(random.below(40))', '\(Self.clock(time))', \(random.below(9_000)))"
    }
    _ = try engine.execute(
      "INSERT INTO sessions VALUES " + sessions.joined(separator: ","), in: &session)
    for (table, columns) in [
      (
        "feedback", { (r: inout Generator) in "'o1', 'u\(r.below(40))', 'iris', \(1 + r.below(5))" }
      ),
      (
        "threats",
        { r in
          "'o1', 'u\(r.below(40))', 'custom', '\(["low", "high"][r.below(2)])', \(r.below(2) == 0)"
        }
      ),
    ] as [(String, (inout Generator) -> String)] {
      let rows = (0..<60).map { _ in
        let time = Self.start + Int64(random.below(75 * 86_400)) * 1_000
        return "('\(Self.clock(time))', \(columns(&random)))"
      }
      _ = try engine.execute(
        "INSERT INTO \(table) VALUES " + rows.joined(separator: ","), in: &session)
    }
    let resources = (0..<20).map { number in
      """
      ('\(number % 2 == 0 ? "project" : "dataset")', 'r\(number)', 'o1', 'u\(number)', NULL, \(number),
      \(number % 3 == 0))
      """
    }
    _ = try engine.execute(
      "INSERT INTO resources VALUES " + resources.joined(separator: ","), in: &session)
  }

  private static let types = [
    "signup", "login", "page_view", "email_sent", "project_create", "image_generate_requested",
    "image_generate_succeeded", "image_generate_succeeded", "image_generate_failed",
    "video_generate_succeeded", "video_generate_failed", "chat", "chat", "upload", "rag_query",
    "token_usage", "api_call", "api_call", "export", "xai", "training_started",
    "training_completed", "training_failed", "training_cancelled", "deployment", "storage_change",
    "course_start", "course_complete", "user_invite",
  ]

  private static func event(at time: Int64, _ random: inout Generator) -> String {
    let type = types[random.below(types.count)]
    func maybe(_ text: String, _ share: Int = 2) -> String {
      random.below(share) == 0 ? "NULL" : text
    }
    let isFailed = type.hasSuffix("failed")
    let tokens = (random.below(900), random.below(400))
    let hasTokens = ["chat", "token_usage", "rag_query"].contains(type)
    let values = [
      "'\(clock(time))'", maybe("'o\(random.below(3))'", 9), maybe("'u\(random.below(40))'", 12),
      "'s\(random.below(200))'", "'\(type)'",
      type.hasPrefix("training") ? "'training'" : maybe("'ui'"), maybe("'images'"),
      maybe("'\(["iris", "reel", "atlas"][random.below(3)])'"),
      isFailed ? "'failed'" : maybe("'succeeded'"), isFailed ? maybe("'timeout'") : "NULL",
      maybe("\(random.below(5_000))", 5), maybe("'/v1/x'"),
      maybe("\([200, 200, 404, 500][random.below(4)])"), maybe("\(random.below(300))"),
      maybe("'\(["DE", "IN"][random.below(2)])'"),
      hasTokens ? "\(tokens.0)" : "NULL", hasTokens ? "\(tokens.1)" : "NULL",
      hasTokens ? "\(tokens.0 + tokens.1)" : "NULL",
      maybe("\(Double(random.below(1_000_000)) / 1_000_000)"), maybe("\(random.below(500))"),
      maybe("\(random.below(500))"), maybe("0.\(random.below(99))"),
      type == "storage_change" ? "\(random.below(1 << 31))" : "NULL", "NULL", "NULL",
      maybe("'p\(random.below(4))'"), type.hasPrefix("course") ? "'c\(random.below(3))'" : "NULL",
      "NULL",
    ]
    return "(" + values.joined(separator: ",") + ")"
  }

  /// As SQL reads it, in UTC.
  private static func clock(_ time: Int64) -> String {
    Value.timestampWithTimeZone(time).formatted(timeZone: .utc)
  }

  struct Generator {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  // MARK: - Asking

  func range(_ arguments: [String: String] = [:]) throws -> ReportRange {
    try RangeRequest { arguments[$0] }.range(at: Self.now, in: zone, first: Self.start)
  }

  func figures(_ range: ReportRange) throws -> [String: MetricFigure] {
    try figures(MetricCatalogue.metrics, range)
  }

  func figures(
    _ metrics: [MetricDefinition], _ range: ReportRange,
    comparison: PeriodComparison = .previous, filters: MetricFilters = MetricFilters(),
    distinct: MetricQuestion.Distinct = .exact
  ) throws -> [String: MetricFigure] {
    var evaluator = MetricEvaluator(
      engine, session: Session(),
      MetricQuestion(range, comparison: comparison, filters: filters, distinct: distinct))
    let figures = try evaluator.figures(metrics, first: Self.start)
    return Dictionary(uniqueKeysWithValues: figures.map { ($0.metric.id, $0) })
  }
}
