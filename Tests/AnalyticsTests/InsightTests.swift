import Analytics
import ColumnStore
import Engine
import QueryPlanning
import Testing

/// Rules over events that are written down for each test. Now is 2026-03-16, 09:30 UTC, a Monday: this week
/// is 9 to 15 March, the week before 2 to 8 March.
@Suite struct InsightTests {
  let world: MetricWorld

  init() throws { world = try MetricWorld(count: 0) }

  /// `count` events of a type on a day of March, each with some columns.
  private func add(
    _ count: Int, _ type: String, day: Int, month: Int = 3, user: String = "u1",
    organization: String = "acme", _ columns: String = "", _ values: String = ""
  ) throws {
    guard count > 0 else { return }
    var session = Session()
    let date = "2026-0\(month)-\(day < 10 ? "0" : "")\(day)"
    _ = try world.engine.execute(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type\(columns.isEmpty ? "" : ", " + columns))
      SELECT timestamp '\(date) 08:00' + g.n * INTERVAL '1 second', '\(organization)', '\(user)', '\(type)'\
      \(values.isEmpty ? "" : ", " + values) FROM generate_series(1, \(count)) AS g(n)
      """, in: &session)
  }

  private func insights(
    of organization: String? = nil, at now: Int64 = MetricWorld.now
  ) throws -> [Insight] {
    try InsightEvaluation(world.engine, session: Session(), zone: world.zone, now: now).insights()
  }

  private func found(_ id: String) throws -> Insight? {
    try insights().first { $0.rule.id == id }
  }

  // MARK: - The examples

  @Test func `GPU usage up 25 % this week is a cost alert with an action`() throws {
    try add(10, "training_completed", day: 2, "gpu_seconds", "14400")
    try add(10, "training_completed", day: 10, "gpu_seconds", "18000")
    let insight = try #require(try found("gpu_usage_up"))
    #expect(insight.title == "GPU usage up 25% this week")
    #expect(
      insight.text == "GPU usage increased 25% this week, from 40 hours to 50 hours.")
    #expect(insight.rule.kind == .costAlert)
    #expect(insight.severity == .warning)
    #expect(insight.rule.action == "Consider optimizing batch sizes.")
    #expect(insight.value == 50 && insight.previous == 40 && insight.changePercent == 25)
    #expect(insight.id == "gpu_usage_up:2026-03-15")
    #expect(insight.window == world.zone.window(try day("2026-03-09")...day("2026-03-15")))
    #expect(insight.previousWindow == world.zone.window(try day("2026-03-02")...day("2026-03-08")))
  }

  @Test func `training success 82 % to 87 % is information`() throws {
    for (day, completed) in [(2, 82), (10, 87)] {
      try add(completed, "training_completed", day: day)
      try add(100 - completed, "training_failed", day: day)
    }
    let insight = try #require(try found("training_success_up"))
    #expect(insight.title == "Training success 82% → 87%")
    #expect(insight.severity == .info)
    #expect(insight.rule.kind == .successImprovement)
    #expect(
      insight.evidence == [
        .init("numerator", 87), .init("denominator", 100), .init("previous_numerator", 82),
        .init("previous_denominator", 100),
      ])
    #expect(try found("training_success_down") == nil)
  }

  // MARK: - Bounds

  @Test(arguments: [(119, false), (120, true), (199, true), (200, true), (80, false)])
  func `a rule speaks from its bound on`(now: Int, speaks: Bool) throws {
    try add(100, "training_completed", day: 2, "gpu_seconds", "3600")
    try add(now, "training_completed", day: 10, "gpu_seconds", "3600")
    let insight = try found("gpu_usage_up")
    #expect((insight != nil) == speaks)
    #expect(insight.map { $0.severity == (now >= 200 ? .critical : .warning) } ?? true)
  }

  @Test func `few events are no trend`() throws {
    try add(1, "training_failed", day: 2)
    try add(8, "training_completed", day: 2)
    try add(9, "training_completed", day: 10)
    #expect(try insights().isEmpty)
  }

  @Test func `a week that the data cover in part is not compared with`() throws {
    // Data begin within the week before.
    try add(100, "training_completed", day: 4, "gpu_seconds", "3600")
    try add(500, "training_completed", day: 10, "gpu_seconds", "3600")
    #expect(try found("gpu_usage_up") == nil)
    try add(1, "page_view", day: 2)
    #expect(try found("gpu_usage_up") != nil)
  }

  @Test func `today changes nothing, save for days that cost too much already`() throws {
    try add(100, "training_completed", day: 2, "gpu_seconds", "3600")
    try add(100, "training_completed", day: 10, "gpu_seconds", "3600")
    try add(900, "training_completed", day: 16, "gpu_seconds", "3600")
    #expect(try insights().isEmpty)
  }

  @Test func `nothing is said without events`() throws {
    #expect(try insights().isEmpty)
  }

  // MARK: - The others

  @Test func `shares, latencies, people and prices have their rules`() throws {
    try add(1, "page_view", day: 10, month: 1)
    for (day, failed, duration) in [(3, 5, 1_000), (10, 25, 2_600)] {
      try add(
        100 - failed, "image_generate_succeeded", day: day, "status, duration_ms",
        "'succeeded', \(duration)")
      try add(failed, "image_generate_failed", day: day, "status", "'failed'")
    }
    for number in 1...30 { try add(1, "page_view", day: 2, user: "p\(number)") }
    for number in 1...12 { try add(1, "page_view", day: 10, user: "p\(number)") }
    try add(100, "chat", day: 10, "total_tokens", "90")
    let ids = try insights().map { "\($0.rule.id) \($0.severity.rawValue)" }
    #expect(
      Set(ids).isSuperset(of: [
        "content_success_down critical", "error_rate_up critical", "latency_up warning",
        "active_users_down critical", "unpriced_tokens warning",
      ]), "\(ids)")
    #expect(ids.prefix(3).allSatisfy { $0.hasSuffix("critical") })
    let latency = try #require(try found("latency_up"))
    #expect(
      latency.text
        == "95 of 100 generations took up to 2.6 s this week, after 1 s the week before.")
    let prices = try #require(try found("unpriced_tokens"))
    #expect(prices.title == "100% of tokens have no price")
    #expect(prices.previous == nil)
  }

  @Test func `activation is asked of people whose week is over`() throws {
    try add(1, "page_view", day: 1, month: 1)
    for (month, day, activated) in [(1, 20, 10), (2, 20, 20)] {
      for number in 1...40 {
        let user = "s\(month)-\(number)"
        try add(1, "signup", day: day, month: month, user: user)
        if number <= activated {
          try add(1, "image_generate_succeeded", day: day + 1, month: month, user: user)
        }
      }
    }
    let insight = try #require(try found("activation_up"))
    #expect(insight.title == "Activation 25% → 50%")
  }

  @Test func `a day that costs far more is named, also before it is over`() throws {
    var session = Session()
    _ = try world.engine.execute(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, cost_usd)
      SELECT timestamp '2026-01-05 08:00' + g.n * INTERVAL '1 day', 'acme', 'u1', 'chat',
        CASE WHEN g.n >= 69 THEN 90 ELSE 10 END FROM generate_series(0, 70) AS g(n)
      """, in: &session)
    let spikes = try insights().filter { $0.rule.id == "cost_spike" }
    #expect(spikes.map(\.day.description) == ["2026-03-15", "2026-03-16"])
    let first = try #require(spikes.first)
    #expect(first.title == "Unusually high cost on Sun 15 Mar")
    #expect(
      first.text
        == "Sun 15 Mar cost $90.00, where the same day of earlier weeks cost $10.00.")
    #expect(first.severity == .critical)
    #expect(
      spikes.last?.text
        == "Mon 16 Mar has already cost $90.00, where the same day of earlier weeks cost $10.00."
    )
  }

  @Test func `cents and minutes are no trend, and tenfold is said in words`() throws {
    var session = Session()
    for (day, dollars) in [(2, 0.06), (10, 3.68)] {
      try add(1, "chat", day: day, "cost_usd, gpu_seconds", "\(dollars), \(dollars * 100)")
    }
    #expect(try insights().isEmpty)
    try add(1, "chat", day: 11, "cost_usd", "50")
    let insight = try #require(try found("cost_up"))
    #expect(insight.title == "Cost up more than 10 times this week")
    #expect(insight.changePercent.map { $0 > 80_000 } == true)
    // Ten weeks of nothing, and a dollar today.
    _ = try world.engine.execute(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, cost_usd)
      SELECT timestamp '2026-01-05 08:00' + g.n * INTERVAL '1 day', 'acme', 'u1', 'chat',
        CASE WHEN g.n = 70 THEN 0.99 ELSE 0 END FROM generate_series(0, 70) AS g(n)
      """, in: &session)
    #expect(try !insights().contains { $0.rule.id == "cost_spike" && $0.value < 1 })
  }

  @Test func `rows of others change nothing`() throws {
    try add(100, "training_completed", day: 2, "gpu_seconds", "3600")
    try add(100, "training_completed", day: 10, "gpu_seconds", "3600")
    try add(300, "training_completed", day: 2, organization: "bolt", "gpu_seconds", "3600")
    try add(900, "training_completed", day: 10, organization: "bolt", "gpu_seconds", "3600")
    #expect(try found("gpu_usage_up")?.value == 1000)
  }

  // MARK: - The catalogue

  @Test func `each rule is about a metric, and no two have one name`() {
    #expect(Set(InsightCatalogue.rules.map(\.id)).count == InsightCatalogue.rules.count)
    for rule in InsightCatalogue.rules {
      #expect(MetricCatalogue.metric(rule.metric) != nil, "\(rule.id)")
      if case .metric(let other, _) = rule.support {
        #expect(MetricCatalogue.metric(other) != nil, "\(rule.id)")
      }
      if let critical = rule.criticalFrom { #expect(critical > rule.condition.bound) }
      #expect(!rule.text.isEmpty && !rule.action.isEmpty && rule.text.hasSuffix("."))
    }
  }

  private func day(_ text: String) throws -> Day { try #require(Day(text)) }
}
