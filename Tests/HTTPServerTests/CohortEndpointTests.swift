import AccessControl
import Authentication
import HTTPServer
import Testing

/// Retention and funnels over HTTP.
@Suite struct `Cohorts over HTTP` {
  private static func fill(_ service: TestService) async throws {
    try await service.change(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, course_id) VALUES
        ('2026-01-05 10:00', 'acme', 'ann', 'login', NULL), ('2026-01-05 10:10', 'acme', 'ann', 'chat', NULL),
        ('2026-01-13 10:00', 'acme', 'ann', 'chat', NULL), ('2026-01-06 10:00', 'acme', 'ben', 'login', NULL),
        ('2026-01-06 10:00', 'bolt', 'dan', 'login', NULL), ('2026-01-14 10:00', 'bolt', 'dan', 'chat', NULL),
        ('2026-01-07 10:00', 'acme', 'ann', 'course_start', 'c1'),
        ('2026-01-07 11:00', 'acme', 'ann', 'lesson_complete', 'c1'),
        ('2026-01-07 11:00', 'acme', 'ben', 'course_start', 'c1')
      """,
      "INSERT INTO users (user_id, organization_id, role) VALUES ('ann', 'acme', 'admin')")
  }

  private static let range = "from=2026-01-05&to=2026-01-18"

  private static func funnel(
    _ service: TestService, _ body: String, token: String, query: String = ""
  ) async throws -> RawAnswer {
    try await service.ask(
      "POST", "/api/admin/funnel?\(range)\(query)", token: token,
      headers: ["Content-Type: application/json"], body: body)
  }

  @Test func `retention is of the caller's rows, with the 30-day figure beside it`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let path = "/api/admin/retention?\(Self.range)&grain=week&periods=1"
      let answer = try await service.ask("GET", path, token: admin)
      #expect(answer.status == 200, "\(answer.body)")
      let cohorts = answer["cohorts"]?.elements?.compactMap(\.members) ?? []
      #expect(cohorts.map { $0["users"]?.integer } == [2, 0])
      #expect(cohorts.first?["retained"]?.elements?.map(\.integer) == [2, 1])
      #expect(cohorts.first?["cohort"]?.text == "2026-01-05T00:00:00.000Z")
      #expect(cohorts.last?["retained"]?.elements == [.number("0"), .null])
      #expect(answer["average"]?.elements?.count == 2)
      #expect(answer["retention_30d", "id"]?.text == "retention_30d")
      #expect(answer["receipt", "left_out"]?.elements?.count == 1)
      #expect(answer["receipt", "metric_versions", "retention_30d"]?.integer == 1)
      let platform = try service.token(.platformAdmin)
      let all = try await service.ask("GET", path + "&organizations=all", token: platform)
      #expect(
        all["cohorts"]?.elements?.first?.members?["retained"]?.elements?.map(\.integer) == [3, 2])
      let number = try #require(answer["receipt", "sequence_number"]?.integer)
      try await service.change(
        "INSERT INTO events (ts, organization_id, user_id, event_type) VALUES ('2026-01-05', 'acme', 'new', 'chat')"
      )
      let same = try await service.ask("GET", path + "&as_of=\(number)", token: admin)
      #expect(same["cohorts"] == answer["cohorts"])
      #expect(
        try await service.ask("GET", "/api/admin/retention?grain=month", token: admin).status == 200
      )
    }
  }

  @Test func `funnels are of the caller's rows, by groups`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let body = """
        {"steps":[{"event_type":"login","name":"Sign in"},{"event_type":"chat"}],"within_seconds":3600,"by":"role"}
        """
      let answer = try await Self.funnel(service, body, token: admin)
      #expect(answer.status == 200, "\(answer.body)")
      let steps = answer["steps"]?.elements?.compactMap(\.members) ?? []
      #expect(steps.map { $0["users"]?.integer } == [2, 1])
      #expect(steps.map { $0["name"]?.text } == ["Sign in", "chat"])
      #expect(steps.last?["dropped"]?.integer == 1)
      #expect(steps.last?["median_seconds"] == .number("600.0"))
      #expect(steps.first?["of_previous"] == .null)
      #expect(answer["completion_rate"] == .number("0.5"))
      let groups = answer["groups"]?.elements?.compactMap(\.members) ?? []
      #expect(groups.map { $0["name"]?.text } == ["admin", nil])
      let platform = try service.token(.platformAdmin)
      let all = try await Self.funnel(service, body, token: platform, query: "&organizations=all")
      #expect(all["steps"]?.elements?.first?.members?["users"]?.integer == 3)
      let filtered = try await Self.funnel(service, body, token: admin, query: "&role=admin")
      #expect(filtered["steps"]?.elements?.first?.members?["users"]?.integer == 1)
      let completion = try await service.ask(
        "GET", "/api/admin/completion?\(Self.range)", token: admin)
      #expect(completion.status == 200, "\(completion.body)")
      let reached = completion["steps"]?.elements?.map { $0.members?["users"]?.integer }
      #expect(reached == [2, 1, 0])
      #expect(completion["things"]?.elements?.first?.members?["name"]?.text == "c1")
      let named = try await service.ask(
        "GET",
        "/api/admin/completion?\(Self.range)&by=course_id&step=course_start&step=lesson_complete",
        token: admin)
      #expect(named["completion_rate"] == .number("0.5"))
    }
  }

  @Test(arguments: [
    ("grain=hour", "grain", "day, week, month"), ("periods=0", "periods", "1 to 90"),
    ("first=birth", "first", "signup, first_activity"), ("mode=rolling", "mode", "bounded"),
    ("return=any&return=chat", "return", "alone"), ("compare=none", "compare", "no such parameter"),
    ("grain=day&from=2020-01-01&to=2025-01-01", "grain", "cohorts"),
  ])
  func `a wrong parameter of retention is a 422 that says what is allowed`(
    query: String, field: String, allowed: String
  ) async throws {
    try await TestService.run { service in
      let admin = try service.token(.admin, organizations: ["acme"])
      let answer = try await service.ask("GET", "/api/admin/retention?\(query)", token: admin)
      #expect(answer.status == 422, "\(answer.body)")
      let error = answer["errors"]?.elements?.first?.members
      #expect(error?["field"]?.text == field)
      #expect(error?["message"]?.text?.contains(allowed) == true, "\(answer.body)")
    }
  }

  @Test(arguments: [
    (#"{"steps":[{"event_type":"a"}],"within_seconds":5}"#, "steps", "2 to 16"),
    (#"{"steps":[{"event_type":"a"},{"event_type":"b"}]}"#, "within_seconds", "required"),
    (
      #"{"steps":[{"event_type":"a"},{"event_type":"b","where":{"user_agent":"x"}}],"within_seconds":5}"#,
      "steps[1].where.user_agent", "category, feature"
    ),
    (
      #"{"steps":[{"event_type":"a"},{"event_type":"b"}],"within_seconds":5,"by":"email"}"#, "by",
      "role, status"
    ),
  ])
  func `a wrong funnel is a 422 that says what is allowed`(
    body: String, field: String, allowed: String
  ) async throws {
    try await TestService.run { service in
      let admin = try service.token(.admin, organizations: ["acme"])
      let answer = try await Self.funnel(service, body, token: admin)
      #expect(answer.status == 422, "\(answer.body)")
      let error = answer["errors"]?.elements?.first?.members
      #expect(error?["field"]?.text == field, "\(answer.body)")
      #expect(error?["message"]?.text?.contains(allowed) == true, "\(answer.body)")
    }
  }

  @Test func `values of steps are values, whatever they hold`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      for text in ["' OR true --", ":from", "x'); DROP TABLE events", "{filters}", "{ts}"] {
        let quoted = StrictJSON.quoted(text)
        func funnel(_ type: String) async throws -> RawAnswer {
          try await Self.funnel(
            service,
            """
            {"steps":[{"event_type":"chat","where":{"model":[\(quoted)]}},{"event_type":\(type)}],"within_seconds":5}
            """, token: admin)
        }
        let answer = try await funnel("\"chat\"")
        #expect(answer.status == 200, "\(answer.body)")
        #expect(answer["steps"]?.elements?.first?.members?["users"]?.integer == 0)
        // No type of events is called so.
        let refused = try await funnel(quoted)
        #expect(refused.status == 422, "\(refused.body)")
        #expect(
          refused["errors"]?.elements?.first?.members?["field"]?.text == "steps[1].event_type")
      }
    }
  }
}
