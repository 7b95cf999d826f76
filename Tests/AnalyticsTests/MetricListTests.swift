import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

/// Lists, heatmap and comparisons say the same as the metrics that they are parts of.
@Suite struct MetricListTests {
  private static let zones = ["UTC", "Asia/Kolkata", "America/New_York"]

  private static let filters: [@Sendable (inout MetricFilters) -> Void] = [
    { _ in }, { $0.roles = ["user"] }, { $0.domains = ["a.example"] }, { $0.models = ["iris"] },
    { $0.eventTypes = ["chat", "token_usage", "image_generate_succeeded"] },
    { $0.organizations = ["o1"] }, { $0.isActivated = true }, { $0.users = ["nobody"] },
  ]

  @Test(arguments: zones, filters.indices)
  func `what a list has, what is below it and what says nothing are its metric`(
    zone: String, place: Int
  ) throws {
    let world = try MetricWorld(zone: zone)
    var filters = MetricFilters()
    Self.filters[place](&filters)
    for arguments in [
      ["range": "30d"], ["range": "24h"], ["from": "2026-01-05", "to": "2026-03-01"],
    ] {
      let range = try world.range(arguments)
      let figures = try world.figures(MetricCatalogue.metrics, range, filters: filters)
      var evaluator = MetricEvaluator(
        world.engine, session: Session(), MetricQuestion(range, filters: filters))
      for breakdown in Breakdown.all {
        let metric = try #require(breakdown.metric.flatMap { figures[$0] })
        for limit in [1, 2, 100] {
          let answer = try evaluator.answer(breakdown, limit: limit)
          #expect((answer.unavailable == nil) == (metric.unavailable == nil), "\(breakdown.id)")
          guard metric.unavailable == nil else { continue }
          let sum = answer.entries.reduce(answer.other + answer.none) { $0 + $1.count }
          #expect(sum == answer.total, "\(breakdown.id) \(limit)")
          #expect(Double(answer.total) == metric.value, "\(breakdown.id) \(limit) \(arguments)")
          #expect(answer.entries.count <= limit)
          #expect((answer.other > 0) == (answer.otherKinds > 0), "\(breakdown.id) \(limit)")
          #expect(answer.entries.map(\.count) == answer.entries.map(\.count).sorted(by: >))
          // Of all, what does not fit and what says nothing included.
          let shares = answer.entries.reduce(0) { $0 + $1.share }
          #expect(shares <= 1 + 1e-9)
        }
      }
      let hours = try evaluator.heatmap().counts.joined().reduce(0, +)
      #expect(Double(hours) == figures["activities"]?.value)
    }
  }

  @Test func `models that are compared have the requests of the list`() throws {
    let world = try MetricWorld()
    let range = try world.range(["range": "30d"])
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let list = try evaluator.answer(try #require(Breakdown.named("models")), limit: 100)
    let page = try evaluator.models(limit: 100, offset: 0)
    #expect(page.models.map(\.model) == list.entries.map(\.name))
    #expect(page.models.map(\.requests) == list.entries.map(\.count))
    let costs = try evaluator.costs()
    #expect(costs.requestCount == list.total)
  }

  /// A request and its result are one request, and a chat and its tokens one chat.
  @Test func `what is asked for and what becomes of it are counted once`() throws {
    let engine = Engine(threads: 1)
    var session = Session()
    for statement in [
      """
      CREATE TABLE events (ts timestamp NOT NULL, user_id text, organization_id text, event_type text NOT NULL,
        feature text, model text, status text, error_code text, status_code bigint, endpoint text,
        country text, project_id text) PARTITION BY DAY (ts)
      """,
      """
      INSERT INTO events VALUES
        ('2026-03-01 10:00', 'a', 'o', 'image_generate_requested', 'images', 'iris', NULL, NULL, 202, '/i', 'DE', 'p'),
        ('2026-03-01 10:01', 'a', 'o', 'image_generate_succeeded', 'images', 'iris', 'succeeded', NULL, 200, '/i', 'DE', 'p'),
        ('2026-03-01 11:00', 'a', 'o', 'image_generate_requested', 'images', 'iris', 'pending', NULL, 202, '/i', NULL, 'p'),
        ('2026-03-01 12:00', 'b', 'o', 'chat', 'chat', 'atlas', NULL, NULL, 200, '/c', 'IN', 'p'),
        ('2026-03-01 12:00', 'b', 'o', 'token_usage', 'chat', 'atlas', 'succeeded', NULL, NULL, NULL, NULL, 'p'),
        ('2026-03-01 13:00', 'b', 'o', 'api_call', 'api', 'atlas', 'failed', 'timeout', 504, '/v1', 'IN', NULL),
        ('2026-03-01 13:00', 'b', 'o', 'api_call', 'api', NULL, 'succeeded', NULL, 200, '/v1', 'IN', NULL),
        ('2026-03-01 14:00', 'b', 'o', 'training_started', 'training', NULL, NULL, NULL, 202, '/t', NULL, 'p'),
        ('2026-03-01 15:00', 'b', 'o', 'training_completed', 'training', NULL, 'succeeded', NULL, NULL, NULL, NULL, 'p'),
        ('2026-03-01 15:00', 'b', 'o', 'inference', 'own', NULL, 'pending', NULL, NULL, NULL, NULL, 'p'),
        ('2026-03-01 15:01', 'b', 'o', 'inference_completed', 'own', NULL, 'succeeded', NULL, NULL, NULL, NULL, 'p'),
        ('2026-03-01 15:02', 'b', 'o', 'page_view', 'images', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('2026-03-01 16:00', 'b', 'o', 'email_sent', 'email', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('2026-03-01 16:01', 'b', 'o', 'email_opened', 'email', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('2026-03-01 17:00', NULL, 'o', 'heartbeat', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
      """,
    ] { _ = try engine.execute(statement, in: &session) }
    let range = try RangeRequest { ["from": "2026-03-01", "to": "2026-03-01"][$0] }
      .range(at: MetricWorld.now, in: .utc)
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    func list(_ id: String) throws -> [String] {
      let answer = try evaluator.answer(try #require(Breakdown.named(id)), limit: 10)
      #expect(answer.unavailable == nil, "\(id)")
      return answer.entries.map { "\($0.name) \($0.count)" }
        + (answer.none > 0 ? ["none \(answer.none)"] : [])
    }
    #expect(try list("models") == ["atlas 2", "iris 1", "none 1"])
    #expect(
      try list("features")
        == ["api 2", "images 2", "chat 1", "email 1", "own 1", "training 1"])
    #expect(try list("endpoints") == ["/i 2", "/v1 2", "/c 1", "/t 1"])
    #expect(try list("countries") == ["IN 3", "DE 1", "none 2"])
    #expect(try list("status_codes") == ["504 1"])
    #expect(try list("projects") == ["p 8", "none 4"])
    #expect(try list("users") == ["b 9", "a 3"])
    #expect(try list("event_types").contains("token_usage 1") == false)
    let figures = try evaluator.figures(
      [
        "feature_images", "feature_email", "feature_uses", "model_requests", "requests",
        "activities", "events",
      ].compactMap(MetricCatalogue.metric), first: nil)
    #expect(figures.map(\.value) == [2, 1, 8, 4, 6, 12, 14])
    #expect(try evaluator.heatmap().counts[6].reduce(0, +) == 12)
  }
}
