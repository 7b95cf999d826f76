import AccessControl
import Authentication
import HTTPServer
import Testing

struct RequestEndpointTests {
  private func names(_ answer: HarnessAnswer) -> [String?] {
    answer.list("requests").map { $0["request_id"]?.text }
  }

  @Test func `requests are listed with how they ended and were rated`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/requests")
    #expect(names(answer) == ["r5", "r4", "r3", "r2", "r1"])
    #expect(answer["total"]?.value == 5)
    let rows = answer.list("requests")
    #expect(rows[1]["http_status"]?.value == 500)
    #expect(rows[2]["total_tokens"]?.value == 30)
    #expect(rows[2]["occurred_at"]?.text == "2026-01-11T09:00:00.000Z")
    #expect(rows[3]["error_code"]?.text == "timeout")
    // The first of two ratings.
    #expect(rows.map { $0["stars"]?.value } == [nil, nil, 2, nil, 5])
    let all = try await world.ask("/api/admin/requests?organizations=all", as: .platformAdmin)
    #expect(all["total"]?.value == 6)
  }

  @Test func `a rating is of a request of its own organisation`() async throws {
    let world = try await ReadHarness()
    // Another organisation has a request of the same name, which was rated before this one.
    try world.run(
      """
      INSERT INTO feedback (ts, feedback_id, organization_id, user_id, request_id, kind, stars, answer_key)
      VALUES ('2026-01-09 11:00', '00000000-0000-7000-8000-000000000009', 'bolt', 'eve', 'r1', 'rating', 2, 0)
      """)
    let answer = try await world.ask("/api/admin/requests?organizations=all", as: .platformAdmin)
    let rated = answer.list("requests").filter { $0["request_id"]?.text == "r1" }
    #expect(rated.map { $0["organization_id"]?.text } == ["acme"])
    #expect(rated.map { $0["stars"]?.value } == [5])
  }

  @Test(arguments: [
    ("model=iris", ["r2", "r1"]), ("status=failed", ["r2"]),
    ("status=failed&status=succeeded", ["r3", "r2", "r1"]), ("user_id=dan", ["r5", "r4"]),
    ("min_duration_ms=50", ["r3", "r2", "r1"]), ("min_duration_ms=301", []),
    ("sort=duration", ["r3", "r1", "r2", "r5", "r4"]), ("sort=cost&limit=2", ["r3", "r1"]),
    ("error_code=timeout", ["r2"]), ("role=user", ["r3"]),
    ("user_status=active", ["r3", "r2", "r1"]),
    ("user_status=invited", []), ("event_type=api_call", ["r5", "r4"]), ("limit=2", ["r5", "r4"]),
    ("limit=2&offset=4", ["r1"]), ("range=7d", ["r5", "r4", "r3", "r2", "r1"]),
    ("from=2026-01-12&to=2026-01-12", ["r5", "r4"]),
    ("from=2026-01-12T08:00:30Z&to=2026-01-13", ["r5"]),
  ])
  func `requests are filtered and sorted`(query: String, expected: [String]) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/requests?\(query)")
    #expect(answer.status == 200)
    #expect(names(answer) == expected.map { $0 }, "\(query)")
  }

  @Test(arguments: [
    ("", ["r5", "r4", "r3", "r2", "r1"]), ("status=pending", ["r7", "r6"]),
    ("status=pending&status=failed", ["r7", "r2", "r6"]), ("status=failed", ["r2"]),
    ("event_type=image_generate_requested", [nil, "r7", "r1", "r6"]),
    ("event_type=image_generate_requested&event_type=chat", [nil, "r7", "r3", "r1", "r6"]),
    ("event_type=image_generate_requested&status=pending", ["r7", "r6"]),
    ("event_type=chat&status=pending", []), ("model=iris", ["r2", "r1"]),
    ("status=pending&to=2026-01-10&from=2026-01-10", ["r6"]),
  ])
  func `a generation is listed where it ends, or while it has no end`(
    query: String, expected: [String?]
  ) async throws {
    let world = try await ReadHarness()
    try world.accept("r1")
    try world.accept("r6", at: "2026-01-10 09:58")
    try world.accept("r7", at: "2026-01-11 10:00")
    // Without a name nobody can say whether it has ended.
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, model, status_code) VALUES
        ('2026-01-12 00:00', 'acme', 'ann', 'image_generate_requested', 'iris', 202)
      """)
    let answer = try await world.ask("/api/admin/requests?\(query)")
    #expect(answer.status == 200)
    #expect(names(answer) == expected, "\(query)")
    #expect(answer["total"]?.value == Double(expected.count))
    let page = try await world.ask("/api/admin/requests?limit=1&\(query)")
    #expect(page["total"]?.value == Double(expected.count))
  }

  @Test func `models are compared by figures that the catalogue has for each`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/models")
    let models = answer.list("models")
    #expect(models.map { $0["model"]?.text } == ["iris", "atlas"])
    #expect(answer["total"]?.value == 2)
    let iris = models[0]
    #expect(iris["requests"]?.value == 2)
    #expect(iris["success_rate"]?.value == 0.5)
    #expect(iris["latency_p50_ms"]?.value == 100)
    #expect(iris["latency_p95_ms"]?.value == 100)
    #expect(iris["rating_mean"]?.value == 3)
    #expect(iris["ratings"]?.value == 2)
    #expect(iris["tokens"] == .null)
    #expect(models[1]["tokens"]?.value == 35)
    #expect(models[1]["success_rate"]?.value == 1)
    for model in models {
      let name = try #require(model["model"]?.text)
      let figures = try await world.figures("model=\(name)")
      for (member, metric) in [
        ("tokens", "total_tokens"), ("cost_usd", "usage_cost"), ("users", "active_users"),
        ("rating_mean", "rating_mean"), ("ratings", "ratings"),
      ] {
        #expect(model[member]?.value == figures[metric]?.value, "\(name) \(member)")
      }
    }
    let list = try await world.ask("/api/admin/overview/trends?breakdowns=models")
    let entries = list.list("breakdowns").first?["entries"]?.elements?.compactMap(\.members) ?? []
    #expect(entries.map { $0["name"]?.text } == models.map { $0["model"]?.text })
    #expect(entries.map { $0["count"]?.value } == models.map { $0["requests"]?.value })
    let errors = answer["receipt"]?["approximate"]?.elements ?? []
    #expect(errors.count == 2)
    for error in errors {
      let stated = try #require(error.members?["errors"]?.elements?.first?.members)
      #expect(stated["method"]?.text == "t-digest")
      #expect(stated["rank_error"]?.value == 0.02)
      #expect(stated["compression"]?.value == 200)
    }
    let users = try await world.ask("/api/admin/models?user_id=bob")
    #expect(users.list("models").map { $0["model"]?.text } == ["atlas"])
    let past = try await world.ask("/api/admin/models?offset=5")
    #expect(past["total"]?.value == 2)
  }

  @Test func `errors of a model are counted among its requests that ended`() async throws {
    let world = try await ReadHarness()
    // Three were accepted, which is an outcome of an event. Two ended before, one of them failed.
    for name in ["r1", "r2", "r6"] { try world.accept(name) }
    let answer = try await world.ask("/api/admin/models?model=iris")
    let iris = try #require(answer.list("models").first)
    #expect(iris["requests"]?.value == 2)
    #expect(iris["success_rate"]?.value == 0.5)
    #expect(iris["error_rate"]?.value == 0.5)
    #expect(try await world.figures("model=iris")["error_rate"]?.value == 0.2)
  }

  @Test func `sessions are listed with what they were used for`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/sessions")
    let sessions = answer.list("sessions")
    #expect(sessions.map { $0["id"]?.text } == ["s1"])
    #expect(sessions[0]["duration_hours"]?.value == 2100.0 / 3600)
    #expect(sessions[0]["active_hours"]?.value == 0.5)
    #expect(sessions[0]["user_id"]?.text == "ann")
    #expect(sessions[0]["is_active"] == .bool(false))
    let all = try await world.ask(
      "/api/admin/sessions?range=all&organizations=all", as: .platformAdmin)
    #expect(all.list("sessions").map { $0["id"]?.text } == ["s3", "s1", "s2"])
    let open = try await world.ask(
      "/api/admin/sessions?is_active=true&organizations=all", as: .platformAdmin)
    #expect(open.list("sessions").map { $0["id"]?.text } == ["s3"])
    let none = try await world.ask("/api/admin/sessions?role=user")
    #expect(none["total"]?.value == 0)
  }

  @Test func `what was done in a session is counted from its events, late ones too`() async throws {
    let world = try await ReadHarness()
    func listed() async throws -> [[Double?]] {
      let answer = try await world.ask(
        "/api/admin/sessions?range=all&organizations=all", as: .platformAdmin)
      return answer.list("sessions").map { session in
        ["api_calls", "page_views", "requests", "tokens", "cost_usd"].map { session[$0]?.value }
      }
    }
    func event(_ time: String, _ organization: String, _ session: String) throws {
      try world.run(
        """
        INSERT INTO events (ts, event_id, organization_id, user_id, session_id, event_type, model,
          status, total_tokens, cost_usd)
        VALUES ('\(time)', '\(time)\(organization)', '\(organization)', 'ann', '\(session)', 'api_call',
          'iris', 'succeeded', 5, 0.5),
          ('\(time)', 'page\(time)\(organization)', '\(organization)', 'ann', '\(session)', 'page_view',
          NULL, NULL, NULL, NULL)
        """)
    }
    let nothing: [Double?] = [0, 0, 0, 0]
    #expect(try await listed()[1] == [3] + nothing)
    try event("2026-01-10 10:00", "acme", "s1")
    // What was stored of calls stays; an event of another organisation is of no session of this one.
    try event("2026-01-10 10:00", "bolt", "s1")
    let once =
      [3, 1, 1, 5, 0.5] as [Double?]
    #expect(try await listed()[1] == once)
    try event("2026-01-10 10:01", "acme", "s1")
    let twice =
      [3, 2, 2, 10, 1] as [Double?]
    #expect(try await listed()[1] == twice)
    try world.run("UPDATE sessions SET api_calls = NULL WHERE session_id = 's1'")
    #expect(try await listed()[1] == [2] + twice.dropFirst())
  }

  @Test(arguments: [
    ("requests?status=active", "status", "succeeded, failed"),
    ("requests?sort=x", "sort", "time, duration, cost"),
    ("requests?limit=501", "limit", "500"), ("requests?min_duration_ms=-1", "min_duration_ms", "0"),
    ("models?limit=201", "limit", "200"), ("models?event_type=chat", "event_type", "no such"),
    ("sessions?is_active=yes", "is_active", "true, false"),
    ("sessions?model=iris", "model", "no such"), ("heatmap?by=sessions", "by", "events, users"),
    ("segments?range=7d", "range", "no such"), ("partitions?limit=1", "limit", "takes none"),
    ("overview/kpis?event_type=signpu", "event_type", "page_view, project_create"),
    ("overview/kpis?category=foo", "category", "learning, other, session"),
    ("requests?event_type=chat&event_type=foo", "event_type", "chat, course_complete"),
    ("activity?action_type=foo", "action_type", "heartbeat"),
    ("analytics/export?list=events&event_type=foo", "event_type", "heartbeat"),
    ("completion?step=chat&step=foo", "step", "heartbeat"),
    ("users/ann/timeline?event_types=user_login", "event_types", "login"),
    ("audit/organization?entity_type=foo", "entity_type", "training_job"),
  ])
  func `what is not understood is refused by name`(
    path: String, field: String, allowed: String
  ) async throws {
    let world = try await ReadHarness()
    let role = path.hasPrefix("partitions") ? Role.platformAdmin : .admin
    let answer = try await world.ask("/api/admin/\(path)", as: role)
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
    #expect(answer.json.serializedForTest.contains(allowed))
  }
}

struct EventWordTests {
  @Test func `a word that rows have may be asked for, also where no emitter may send it`()
    async throws
  {
    let world = try await ReadHarness()
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category) VALUES
        ('2026-01-14 08:00', 'acme', 'ann', 'made_tea', 'kitchen')
      """)
    #expect(try await world.figures("event_type=made_tea")["activities"]?.value == 1)
    #expect(try await world.figures("category=kitchen&category=ui")["activities"]?.value == 1)
    let foreign = try await world.ask(
      "/api/admin/overview/kpis?event_type=made_tea", as: .admin, "eve", in: ["bolt"])
    #expect(foreign.status == 422)
    let mixed = try await world.ask(
      "/api/admin/overview/kpis?event_type=made_tea&event_type=made_te&category=foo")
    #expect(mixed.fields == ["event_type", "category"])
  }
}

struct SegmentEndpointTests {
  @Test func `filters may be what rows in reach have`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/segments", in: ["acme", "cube"])
    func texts(_ name: String) -> [String?] { answer[name]?.elements?.map(\.text) ?? [] }
    #expect(texts("roles") == ["user", "admin"])
    #expect(texts("statuses") == ["active", "invited"])
    #expect(answer.list("domains").map { $0["domain"]?.text } == ["b.example", "a.example"])
    #expect(answer.list("domains").map { $0["users"]?.value } == [2, 1])
    #expect(
      answer.list("organizations").map { $0["organization_id"]?.text } == ["acme", "cube"])
    #expect(answer.list("organizations").map { $0["users"]?.value } == [3, 0])
    #expect(texts("models") == ["atlas", "iris"])
    #expect(texts("event_types").contains("training_completed"))
    #expect(!answer.json.serializedForTest.contains("bolt"))
    let all = try await world.ask("/api/admin/segments?organizations=all", as: .platformAdmin)
    #expect(
      all.list("organizations").map { $0["organization_id"]?.text } == ["acme", "bolt"])
    #expect(all.list("organizations").map { $0["is_own"] } == [.bool(true), .bool(false)])
  }

  @Test func `the heatmap is on the clocks of the zone`() async throws {
    let world = try await ReadHarness()
    func busy(_ query: String) async throws -> [[Double?]] {
      let answer = try await world.ask("/api/admin/heatmap?\(query)")
      #expect(answer.list("cells").count == 168)
      return answer.list("cells").filter { $0["events"]?.value != 0 }.map {
        [$0["weekday"]?.value, $0["hour"]?.value, $0["events"]?.value, $0["users"]?.value]
      }
    }
    // 12 January 2026 is a Monday.
    #expect(
      try await busy("from=2026-01-12&to=2026-01-14&by=users")
        == [[1, 8, 2, 1], [2, 5, 1, 1], [2, 7, 1, 1], [3, 9, 1, 1]])
    #expect(
      try await busy("from=2026-01-12&to=2026-01-12&time_zone=Asia/Kolkata")
        == [[1, 13, 2, nil]])
  }

  @Test func `partitions are for those who run the platform`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/partitions", as: .platformAdmin, in: [])
    #expect(answer.status == 200)
    let events = try #require(answer.list("tables").first { $0["table"]?.text == "events" })
    #expect(events["rows"]?.value == 12)
    let days = events["partitions"]?.elements?.compactMap(\.members) ?? []
    #expect(
      days.map { $0["day"]?.text } == [
        "2026-01-14", "2026-01-13", "2026-01-12", "2026-01-11", "2026-01-10", "2025-11-01",
      ])
    #expect(days.compactMap { $0["rows"]?.value }.reduce(0, +) == 12)
    #expect(try await world.ask("/api/admin/partitions", as: .organizationAdmin).status == 403)
  }
}
