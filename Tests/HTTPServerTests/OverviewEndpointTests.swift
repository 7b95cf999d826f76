import AccessControl
import Authentication
import HTTPServer
import Testing

/// The overview over HTTP.
@Suite struct `The overview over HTTP` {
  private static let columns =
    "ts, organization_id, user_id, event_type, status, duration_ms, cost_usd"

  private static func fill(_ service: TestService) async throws {
    try await service.change(
      """
      INSERT INTO events (\(columns)) VALUES
        ('2026-01-05 10:00', 'acme', 'ann', 'signup', NULL, NULL, NULL),
        ('2026-03-01 10:00', 'acme', 'ann', 'image_generate_succeeded', 'succeeded', 100, 0.25),
        ('2026-03-01 11:00', 'acme', 'ben', 'image_generate_failed', 'failed', 50, NULL),
        ('2026-03-01 19:00', 'acme', 'cid', 'chat', NULL, NULL, 0.5),
        ('2026-03-02 09:00', 'acme', 'ann', 'video_generate_succeeded', 'succeeded', 300, 1),
        ('2026-03-02 09:00', 'bolt', 'dan', 'chat', NULL, NULL, 2),
        ('2026-03-02 09:00', NULL, 'eve', 'chat', NULL, NULL, 4)
      """,
      """
      INSERT INTO users (user_id, organization_id, role, status, domain) VALUES
        ('ann', 'acme', 'admin', 'active', 'acme.example'), ('ben', 'acme', 'user', 'active', 'x.example'),
        ('cid', 'acme', 'user', 'invited', 'x.example'), ('dan', 'bolt', 'user', 'active', 'x.example')
      """)
  }

  private static let range = "from=2026-03-01&to=2026-03-02"

  private static func figure(_ answer: RawAnswer, _ id: String) -> [String: StrictJSON]? {
    answer["kpis"]?.elements?.compactMap(\.members).first { $0["id"]?.text == id }
  }

  private static func value(_ answer: RawAnswer, _ id: String) -> String? {
    guard let value = figure(answer, id)?["value"] else { return nil }
    return if case .number(let text) = value { text } else { "null" }
  }

  @Test func `buckets before the first event are null, and the receipt counts the days`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      // An older session than any event.
      try await service.change(
        """
        INSERT INTO sessions (session_id, organization_id, user_id, login_at) VALUES
          ('s1', 'acme', 'ann', '2026-01-03 08:00')
        """)
      let admin = try service.token(.admin, organizations: ["acme"])
      func ask(_ query: String) async throws -> RawAnswer {
        let answer = try await service.ask("GET", "/api/admin/\(query)", token: admin)
        #expect(answer.status == 200, "\(answer.body)")
        return answer
      }
      let days = "from=2026-01-02&to=2026-01-06"
      let trends = try await ask(
        "overview/trends?\(days)&grain=day&metrics=active_users,sessions,error_rate")
      let series = trends["series"]?.elements?.compactMap { $0.members?["values"]?.elements } ?? []
      #expect(
        series.map { $0.map(\.value) } == [
          [nil, nil, nil, 1, 0], [nil, 1, nil, 0, 0], [nil, nil, nil, nil, nil],
        ])
      let weeks = try await ask(
        "overview/trends?from=2025-12-22&to=2026-01-06&grain=week&metrics=active_users")
      #expect(
        weeks["series"]?.elements?.first?.members?["values"]?.elements?.map(\.value) == [
          nil, nil, 1,
        ])
      for path in ["overview/kpis?\(days)", "cost?\(days)"] {
        let left = try await ask(path)["receipt", "left_out"]?.elements?.compactMap(\.members) ?? []
        let entry = try #require(left.first { $0["what"]?.text == "days" })
        #expect(entry["count"]?.integer == 3)
        #expect(entry["first_day"]?.text == "2026-01-05")
        #expect(
          entry["why"]?.text == "the data begin on 2026-01-05, and the days before it count as 0")
      }
      // It begins with the day of the first event: nothing is left out.
      let whole = try await ask("overview/kpis?from=2026-01-05&to=2026-01-06")
      #expect(
        whole["receipt", "left_out"]?.elements?.contains { $0.members?["what"]?.text == "days" }
          == false)
      let export = try await service.ask(
        "GET",
        "/api/admin/analytics/export?list=trends&format=ndjson&grain=day&metrics=active_users&\(days)",
        token: admin)
      let exported = try export.text.split(separator: "\n").map { try StrictJSON(Array($0.utf8)) }
      #expect(exported.map { $0.members?["active_users"]?.value } == [nil, nil, nil, 1, 0])
    }
  }

  @Test func `figures are of the caller's organisation, and of what the filters let through`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let platform = try service.token(.platformAdmin)
      func ask(_ query: String, _ token: String) async throws -> RawAnswer {
        let answer = try await service.ask(
          "GET", "/api/admin/overview/kpis?\(Self.range)\(query)", token: token)
        #expect(answer.status == 200, "\(answer.body)")
        return answer
      }
      let own = try await ask("", admin)
      #expect(Self.value(own, "dau") == "1")
      #expect(Self.value(own, "wau") == "3")
      #expect(Self.value(own, "content_success_rate") == "\(2.0 / 3)")
      #expect(Self.value(own, "generation_latency_p50") == "200.0")
      #expect(Self.value(own, "total_cost") == "1.75")
      #expect(Self.value(own, "training_success_rate") == "null")
      #expect(own["top_errors", "entries"]?.elements?.count == 1)
      #expect(own["range", "time_zone"]?.text == "UTC")
      #expect(own["range", "to"]?.text == "2026-03-03T00:00:00.000Z")
      #expect(own["newest_event_at"]?.text == "2026-03-02T09:00:00.000Z")
      #expect(own["receipt", "metric_versions", "dau"]?.integer == 1)
      #expect(own["receipt", "distinct"]?.text == "exact")
      #expect(own["receipt", "sequence_number"]?.integer != nil)
      #expect(Self.value(try await ask("&organizations=all", platform), "total_cost") == "7.75")
      #expect(Self.value(try await ask("&organization_id=bolt", platform), "total_cost") == "2.0")
      #expect(Self.value(try await ask("&role=user", admin), "total_cost") == "0.5")
      #expect(Self.value(try await ask("&role=user&role=admin", admin), "wau") == "3")
      #expect(Self.value(try await ask("&status=invited", admin), "chats") == "1")
      #expect(Self.value(try await ask("&domain=acme.example", admin), "wau") == "1")
      #expect(Self.value(try await ask("&event_type=chat", admin), "active_users") == "1")
      let model = try await ask("&model=iris", admin)
      #expect(Self.figure(model, "sessions")?["unavailable"]?.text != nil)
      // Nobody was activated: the one signup is older than the generations.
      #expect(Self.value(try await ask("&activated=true", admin), "wau") == "0")
      #expect(Self.value(try await ask("&activated=false", admin), "wau") == "1")
    }
  }

  @Test func `days are those of the zone that the request or the organisation has`() async throws {
    try await TestService.run(
      settings: [
        ("--reporting-time-zone", "Asia/Kolkata"),
        ("--reporting-organization-time-zones", "bolt=America/New_York"),
      ]
    ) { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let path = "/api/admin/overview/kpis?from=2026-03-02&to=2026-03-02"
      // 19:00 UTC is half past midnight in India.
      let answer = try await service.ask("GET", path, token: admin)
      #expect(Self.value(answer, "dau") == "2")
      #expect(answer["range", "from"]?.text == "2026-03-01T18:30:00.000Z")
      let asked = try await service.ask("GET", path + "&time_zone=Asia/Kathmandu", token: admin)
      #expect(asked["range", "from"]?.text == "2026-03-01T18:15:00.000Z")
      let bolt = try await service.ask(
        "GET", path, token: try service.token(.admin, organizations: ["bolt"]))
      #expect(bolt["range", "time_zone"]?.text == "America/New_York")
    }
  }

  @Test func `trends, lists and the page agree with the figures`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let trends = try await service.ask(
        "GET",
        "/api/admin/overview/trends?\(Self.range)&grain=day&metrics=active_users,total_cost&breakdowns=event_types&top=1",
        token: admin)
      #expect(trends.status == 200, "\(trends.body)")
      #expect(trends["buckets"]?.elements?.count == 2)
      let values = trends["series"]?.elements?.map { $0.members?["values"]?.elements ?? [] } ?? []
      #expect(values.first?.compactMap(\.integer) == [3, 1])
      let list = trends["breakdowns"]?.elements?.first?.members
      #expect(list?["entries"]?.elements?.count == 1)
      #expect(list?["other"]?.members?["count"]?.integer == 3)
      #expect(list?["total"]?.integer == 4)
      let fine = try await service.ask(
        "GET", "/api/admin/overview/trends?range=1y&grain=hour&heatmap=true", token: admin)
      #expect(fine.status == 422)
      // Those that are coarser, and not what was refused.
      #expect(fine.body.contains("ask for day or week or month, or for fewer days"))
      let page = try await service.ask(
        "GET", "/api/admin/overview?\(Self.range)&heatmap=true", token: admin)
      #expect(page["heatmap"]?.elements?.count == 7)
      #expect(page.status == 200)
      #expect(Self.value(page, "wau") == "3")
      #expect(page["grain"]?.text == "hour")
      #expect(page["breakdowns"]?.elements?.count == 4)
    }
  }

  @Test func `requests with one sequence number are about the same rows`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let path = "/api/admin/overview/kpis?\(Self.range)&groups=activity"
      let before = try await service.ask("GET", path, token: admin)
      let number = try #require(before["receipt", "sequence_number"]?.integer)
      try await service.change(
        """
        INSERT INTO events (\(Self.columns)) VALUES
          ('2026-03-01 12:00', 'acme', 'ann', 'chat', NULL, NULL, NULL)
        """)
      let same = try await service.ask("GET", path + "&as_of=\(number)", token: admin)
      #expect(Self.value(same, "chats") == "1")
      #expect(Self.value(try await service.ask("GET", path, token: admin), "chats") == "2")
      let gone = try await service.ask("GET", path + "&as_of=1", token: admin)
      #expect(gone.status == 410)
    }
  }

  @Test(arguments: [
    ("range=2w", "range", "24h, 7d, 1m"), ("period=month", "period", "24h, 7d, 1m"),
    ("from=yesterday", "from", "2024-01-31"), ("from=2026-03-02&to=2026-03-01", "to", "before"),
    ("to=2026-03-01", "from", "required"), ("range=7d&from=2026-03-01", "from", "custom"),
    ("time_zone=Mars/Base", "time_zone", "IANA"), ("compare=year", "compare", "previous, weekday"),
    ("groups=money", "groups", "overview, engagement"),
    ("activated=yes", "activated", "true, false"),
    ("distinct=maybe", "distinct", "exact, approximate"), ("as_of=x", "as_of", "sequence_number"),
    ("colour=red", "colour", "there is no such parameter"),
  ])
  func `a wrong parameter is a 422 that says what is allowed`(
    query: String, field: String, allowed: String
  ) async throws {
    try await TestService.run { service in
      let admin = try service.token(.admin, organizations: ["acme"])
      for path in ["/api/admin/overview/kpis", "/api/admin/metrics/dau/explain"]
      where path.hasSuffix("kpis") || !query.hasPrefix("groups") {
        let answer = try await service.ask("GET", "\(path)?\(query)", token: admin)
        #expect(answer.status == 422, "\(answer.body)")
        let error = answer["errors"]?.elements?.first?.members
        #expect(error?["field"]?.text == field)
        #expect(error?["message"]?.text?.contains(allowed) == true, "\(answer.body)")
      }
    }
  }

  @Test func `a metric is listed and explained by SQL that gives the same`() async throws {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.admin, organizations: ["acme"])
      let list = try await service.ask("GET", "/api/admin/metrics", token: admin)
      #expect((list["metrics"]?.elements?.count ?? 0) > 50)
      let explained = try await service.ask(
        "GET", "/api/admin/metrics/content_success_rate/explain?\(Self.range)", token: admin)
      #expect(explained.status == 200, "\(explained.body)")
      #expect(explained["metric", "numerator"]?.number == "2.0")
      #expect(explained["metric", "denominator"]?.number == "3.0")
      let sql = try #require(explained["sql"]?.text)
      let answer = try await service.query(
        #"{"sql":\#(StrictJSON.quoted(sql))}"#, token: admin, target: "/api/query")
      #expect(answer["rows"]?.elements?.first?.elements?.first?.number == "\(2.0 / 3)")
      let unknown = try await service.ask("GET", "/api/admin/metrics/x/explain", token: admin)
      #expect(unknown.status == 404)
      #expect(unknown.body.contains("dau"))
    }
  }
}

extension StrictJSON {
  /// As it was written.
  fileprivate var number: String? {
    if case .number(let text) = self { text } else { nil }
  }
}
