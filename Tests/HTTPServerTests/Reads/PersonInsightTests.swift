import AccessControl
import Authentication
import HTTPServer
import Testing

/// What fixed rules say of one person. Now is 2026-01-15 12:00 UTC, a Thursday.
@Suite struct `The insights of a person` {
  private static func ask(
    _ world: ReadHarness, _ person: String, as role: Role = .admin,
    in organizations: [String] = ["acme"]
  ) async throws -> [[String: StrictJSON]] {
    let answer = try await world.ask(
      "/api/admin/users/\(person)?range=30d", as: role, in: organizations)
    #expect(answer.status == 200)
    return answer.list("insights")
  }

  private static func types(_ insights: [[String: StrictJSON]]) -> [String] {
    insights.compactMap { $0["type"]?.text }
  }

  @Test func `compare errors with the organisation's`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, status)
      SELECT timestamp '2026-01-10' + g.n * INTERVAL '1 minute', 'acme',
        CASE WHEN g.n % 5 = 0 THEN 'ann' ELSE 'bob' END, 'api_call',
        CASE WHEN g.n % 15 = 0 THEN 'failed' ELSE 'succeeded' END
      FROM generate_series(0, 299) AS g(n)
      """)
    let found = try await Self.ask(world, "ann")
    #expect(Self.types(found) == ["person_errors_high"])
    let insight = try #require(found.first)
    #expect(insight["message"]?.text == "33.3% of 60 outcomes failed; in the organisation 6.7%.")
    #expect(insight["severity"]?.text == "warning")
    #expect(insight["evidence"]?.members?["organization_outcomes"]?.value == 300)
    #expect(insight["evidence"]?.members?["errors"]?.value == 20)
    #expect(Self.types(try await Self.ask(world, "bob")).isEmpty)
    // Of nobody whom the caller does not see.
    let other = try await world.ask("/api/admin/users/ann", as: .admin, in: ["bolt"])
    #expect(other.status == 404)
  }

  @Test func `notice a day of many tokens, by its weekday`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    // Tuesdays have 1,000 tokens and Wednesdays 5,000; the last Tuesday, the 13th, has 6,000.
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, total_tokens)
      SELECT timestamp '2025-11-18 10:00' + g.n * INTERVAL '7 days', 'acme', 'ann', 'chat',
        CASE WHEN g.n = 8 THEN 6000 ELSE 1000 END FROM generate_series(0, 8) AS g(n)
      """)
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, total_tokens)
      SELECT timestamp '2025-11-19 10:00' + g.n * INTERVAL '7 days', 'acme', 'ann', 'chat', 5000
      FROM generate_series(0, 8) AS g(n)
      """)
    let found = try await Self.ask(world, "ann")
    #expect(Self.types(found) == ["person_tokens_high"])
    #expect(
      found.first?["message"]?.text
        == "6,000 tokens on Tue 13 Jan, 6 times the usual 1,000 of this weekday.")
    #expect(found.first?["title"]?.text == "Many tokens in one day")
    #expect(found.first?["evidence"]?.members?["weeks"]?.value == 8)
    #expect(found.first?["previous"]?.value == 1000)
  }

  @Test func `notice who does not come any more`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type)
      SELECT timestamp '2025-12-10 10:00' + g.n * INTERVAL '2 days', 'acme', 'ann', 'chat'
      FROM generate_series(0, 12) AS g(n)
      """)
    let found = try await Self.ask(world, "ann")
    #expect(Self.types(found) == ["person_absent"])
    #expect(
      found.first?["message"]?.text
        == "No activity for 11 days, after 13 active days in the four weeks up to Sat 3 Jan.")
    // Who was there on a few days only is not missed.
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type)
      SELECT timestamp '2025-12-10 10:00' + g.n * INTERVAL '2 days', 'acme', 'bob', 'chat'
      FROM generate_series(0, 5) AS g(n)
      """)
    #expect(try await Self.ask(world, "bob").isEmpty)
  }

  @Test func `count failed sign-ins and threats, the gravest first`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, status)
      SELECT timestamp '2026-01-14 10:00' + g.n * INTERVAL '1 minute', 'acme', 'ann', 'login',
        CASE WHEN g.n < 6 THEN 'failed' ELSE 'succeeded' END FROM generate_series(0, 6) AS g(n)
      """)
    try world.run(
      """
      INSERT INTO threats (threat_id, ts, organization_id, user_id, threat_type, severity, resolved) VALUES
        ('t1', '2026-01-12 01:00', 'acme', 'ann', 'custom', 'low', true),
        ('t2', '2026-01-13 01:00', 'acme', 'ann', 'prompt_injection', 'high', false),
        ('t3', '2026-01-13 01:00', 'acme', 'bob', 'custom', 'low', false)
      """)
    let found = try await Self.ask(world, "ann")
    #expect(Self.types(found) == ["person_threats", "person_sign_ins_failed"])
    #expect(found.map { $0["severity"]?.text } == ["critical", "warning"])
    #expect(found.first?["message"]?.text == "2 threats (1 high, 1 low), 1 of them open.")
    #expect(found.last?["message"]?.text == "6 of 7 sign-ins failed.")
    #expect(found.first?["action"]?.text?.contains("resolve them") == true)
  }

  @Test func `ask for nothing where all threats are resolved`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    try world.run(
      "INSERT INTO users (user_id, organization_id) VALUES ('ann', 'acme'), ('bob', 'acme'), ('cid', 'acme')"
    )
    try world.run(
      """
      INSERT INTO threats (threat_id, ts, organization_id, user_id, threat_type, severity, resolved) VALUES
        ('t1', '2026-01-12 01:00', 'acme', 'ann', 'custom', 'medium', true),
        ('t2', '2026-01-13 01:00', 'acme', 'bob', 'custom', 'low', true),
        ('t3', '2026-01-13 02:00', 'acme', 'bob', 'custom', 'low', true),
        ('t4', '2026-01-13 01:00', 'acme', 'cid', 'custom', 'low', false)
      """)
    let one = try #require(try await Self.ask(world, "ann").first)
    #expect(one["title"]?.text == "Threats")
    #expect(one["message"]?.text == "One threat (medium), resolved.")
    #expect(one["action"] == .null)
    #expect(one["severity"]?.text == "info")
    let two = try #require(try await Self.ask(world, "bob").first)
    #expect(two["message"]?.text == "2 threats (2 low), all of them resolved.")
    #expect(two["action"] == .null)
    let open = try #require(try await Self.ask(world, "cid").first)
    #expect(open["message"]?.text == "One threat (low), open.")
    #expect(open["action"]?.text?.contains("resolve them") == true)
  }

  @Test func `count trainings that have not ended among those at one moment`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, resource_id, duration_ms) VALUES
        ('2026-01-12 10:00', 'acme', 'ann', 'training_started', 'a', NULL),
        ('2026-01-12 11:00', 'acme', 'ann', 'training_started', 'b', NULL),
        ('2026-01-12 12:00', 'acme', 'ann', 'training_started', 'c', NULL),
        ('2026-01-12 13:00', 'acme', 'ann', 'training_completed', 'c', 3600000),
        ('2026-01-14 10:00', 'acme', 'ann', 'training_started', 'd', NULL),
        ('2026-01-02 10:00', 'acme', 'ann', 'training_started', 'lost', NULL)
      """)
    let answer = try await world.ask("/api/admin/users/ann?range=30d")
    let peaks = Dictionary(
      answer.list("timeseries").compactMap { point -> (String, Double)? in
        guard let day = point["date"]?.text, let value = point["peak_concurrent_jobs"]?.value else {
          return nil
        }
        return (day, value)
      }
    ) { first, _ in first }
    // The one without an end counts for a week.
    #expect(peaks["2026-01-02"] == 1 && peaks["2026-01-09"] == 1)
    #expect(peaks["2026-01-12"] == 3 && peaks["2026-01-14"] == 3)
  }
}
