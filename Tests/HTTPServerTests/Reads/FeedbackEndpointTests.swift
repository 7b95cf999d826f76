import AccessControl
import Authentication
import HTTPServer
import Testing

struct FeedbackEndpointTests {
  private func ids(_ answer: HarnessAnswer) -> [String?] {
    answer.list("feedback").map { $0["feedback_id"]?.text.map { String($0.suffix(1)) } }
  }

  @Test func `words are for the organisation's administrator`() async throws {
    let world = try await ReadHarness()
    for role in [Role.manager, .admin, .platformAdmin, .superadmin] {
      let answer = try await world.ask("/api/admin/feedback", as: role, "root")
      #expect(ids(answer) == ["4", "3", "2", "1"])
      #expect(answer["total"]?.value == 4)
      #expect(answer["redacted"]?.elements == [.string("comment")])
      #expect(answer.list("feedback").last?["comment"]?.text == "(redacted)")
      #expect(!answer.json.serializedForTest.contains("planted"), "\(role)")
    }
    let open = try await world.ask("/api/admin/feedback", as: .organizationAdmin)
    #expect(open.list("feedback").last?["comment"]?.text == "planted words")
    #expect(open["redacted"]?.elements == [])
    #expect(!open.json.serializedForTest.contains("foreign"))
    // Words of another organisation, or of several, stay hidden.
    let all = try await world.ask(
      "/api/admin/feedback?organizations=all", as: .platformAdmin)
    #expect(all["total"]?.value == 5)
    #expect(!all.json.serializedForTest.contains("planted"))
    #expect(try await world.ask("/api/admin/feedback", as: .user).status == 403)
    #expect(
      try await world.ask("/api/admin/feedback?organization_id=bolt", as: .organizationAdmin)
        .status == 403)
    let (_, headers) = try await world.harness.reveal("feedback.comment")
    let shown = try await world.ask(
      "/api/admin/feedback", as: .superadmin, "root", headers: headers)
    #expect(shown.list("feedback").last?["comment"]?.text == "planted words")
  }

  @Test(arguments: [
    ("stars=5", ["1"]), ("kind=survey", ["4"]), ("survey_id=spring", ["4"]),
    ("question_id=q2", []), ("with_comment=true", ["4", "1"]), ("model=iris", ["2", "1"]),
    ("user_id=bob", ["4", "3"]), ("status=invited", ["2"]), ("limit=1&offset=1", ["3"]),
    ("from=2026-01-11", ["4", "3"]),
  ])
  func `feedback is filtered`(query: String, expected: [String]) async throws {
    let world = try await ReadHarness()
    #expect(ids(try await world.ask("/api/admin/feedback?\(query)")) == expected.map { $0 })
  }

  @Test func `the summary is what the list adds up to, and the catalogue says`() async throws {
    let world = try await ReadHarness()
    for query in ["range=30d", "model=iris", "user_id=bob", "range=1y"] {
      let list = try await world.ask("/api/admin/feedback?\(query)").list("feedback")
      let summary = try await world.ask("/api/admin/feedback/summary?\(query)")
      let stars = list.compactMap { $0["stars"]?.value }
      #expect(summary["count"]?.value == Double(stars.count))
      #expect(summary["mean"]?.value == stars.reduce(0, +) / Double(stars.count))
      for star in 1...5 {
        let count = stars.count { $0 == Double(star) }
        #expect(summary["distribution"]?["\(star)"]?.value == Double(count))
      }
      let days = summary.list("by_day")
      #expect(days.count == (query == "range=1y" ? 365 : 30))
      #expect(days.compactMap { $0["count"]?.value }.reduce(0, +) == Double(stars.count))
      #expect(days[0]["mean"] == .null)
      let figures = try await world.figures(query)
      #expect(summary["count"] == figures["ratings"])
      #expect(summary["mean"] == figures["rating_mean"])
      #expect(!summary.json.serializedForTest.contains("planted"))
    }
    let survey = try await world.ask("/api/admin/feedback/summary?kind=survey").list("surveys")
    #expect(survey.count == 1)
    #expect(survey.first?["survey_id"]?.text == "spring")
    #expect(survey.first?["mean"]?.value == 4)
    #expect(survey.first?["comments"]?.value == 1)
    let none = try await world.ask("/api/admin/feedback/summary?survey_id=none")
    #expect(none["mean"] == .null)
    #expect(none["count"]?.value == 0)
  }

  @Test(arguments: [
    ("feedback?stars=6", "stars"), ("feedback?kind=x", "kind"), ("feedback?limit=501", "limit"),
    ("feedback?event_type=chat", "event_type"), ("feedback/summary?range=2d", "range"),
    ("feedback/summary?stars=1", "stars"), ("analytics?limit=0", "limit"),
    ("analytics?grain=day", "grain"),
  ])
  func `what is not understood is refused by name`(path: String, field: String) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/admin/\(path)")
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
  }
}

struct DashboardEndpointTests {
  static let members = [
    "range", "generatedAt", "requests", "errorsBreakdown", "topModels", "costs", "topCountries",
    "latency", "summary", "users", "feedback", "threats",
  ]

  @Test func `the dashboard has the fields of the sample, counted by hand`() async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/dashboard/")
    #expect(answer.status == 200)
    for member in Self.members { #expect(answer[member] != nil, "\(member)") }
    #expect(answer["range"]?.text == "7d")
    #expect(answer["generatedAt"]?.text == "2026-01-15T12:00:00.000Z")
    let requests = answer.list("requests")
    #expect(requests.count == 7)
    #expect(requests.map { $0["count"]?.value } == [0, 0, 1, 2, 0, 0, 0])
    #expect(requests.map { $0["errors"]?.value } == [0, 1, 0, 1, 0, 0, 0])
    let codes = answer.list("errorsBreakdown")
    #expect(codes.map { $0["statusCode"]?.value } == [500])
    // The other error has a code of its own, and no status of HTTP.
    #expect(codes.map { $0["share"]?.value } == [0.5])
    #expect(answer.list("topModels").map { $0["model"]?.text } == ["iris", "atlas"])
    // A GB since 9 o'clock of the day before; today has had 12 hours.
    #expect(
      answer.list("costs").map { $0["costUsd"]?.value } == [
        nil, 0.25, 0.5, nil, 3, 0.000417, 0.000333,
      ])
    #expect(answer.list("topCountries").map { $0["country"]?.text } == ["DE", "FR"])
    let latency = answer.list("latency")
    #expect(latency[2]["p50Ms"]?.value == 300)
    #expect(latency[3]["meanMs"]?.value == 30)
    #expect(latency[0]["p95Ms"] == .null)
    let summary = try #require(answer["summary"]?.members)
    #expect(summary["totalRequests"]?.value == 3)
    #expect(summary["meanMs"]?.value == 120)
    #expect(summary["totalTokens"]?.value == 35)
    #expect(answer["users"]?["active"]?.value == 3)
    #expect(answer["feedback"]?["averageRating"]?.value == 3)
    #expect(answer["feedback"]?["distribution"]?["5"]?.value == 1)
    #expect(answer["threats"]?["bySeverity"]?["high"]?.value == 1)
    #expect(answer["threats"]?["bySeverity"]?["medium"]?.value == 0)
    #expect(answer["threats"]?["open"]?.value == 1)
    #expect(answer["threats"]?["total"]?.value == 2)
    #expect(!answer.json.serializedForTest.contains("planted"))
    let figures = try await world.figures("range=7d")
    for (member, metric) in [
      ("totalRequests", "requests"), ("totalErrors", "errors"), ("errorRate", "error_rate"),
      ("totalTokens", "total_tokens"), ("totalCostUsd", "total_cost"),
    ] {
      #expect(summary[member] == figures[metric], "\(member)")
    }
  }

  @Test func `records that only count tokens are no requests that took long`() async throws {
    let world = try await ReadHarness()
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, endpoint, duration_ms, total_tokens)
      VALUES ('2026-01-12 08:02', 'acme', 'dan', 'token_usage', '/v1/x', 9000, 5)
      """)
    let answer = try await world.ask("/api/dashboard/")
    #expect(answer.list("latency")[3]["meanMs"]?.value == 30)
    #expect(answer["summary"]?["meanMs"]?.value == 120)
  }

  @Test(arguments: [
    ("range=24h", 24), ("range=1m", 30), ("range=3m", 90),
    ("range=custom&start=2026-01-10&end=2026-01-12", 3), ("start=2026-01-11&end=2026-01-11", 24),
  ])
  func `each range is answered`(query: String, count: Int) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/dashboard/?\(query)")
    #expect(answer.status == 200)
    #expect(answer.list("requests").count == count, "\(query)")
    #expect(answer.list("latency").count == count)
  }

  @Test(arguments: [
    ("range=30d", "range", "24h, 7d, 1m, 3m, custom"), ("range=custom", "start", "required"),
    ("range=7d&start=2026-01-01", "start", "custom"), ("start=x", "start", "2024-01-31"),
    ("user_id=ann", "user_id", "no such"),
  ])
  func `a bad range is a 422 that says what is allowed`(
    query: String, field: String, allowed: String
  ) async throws {
    let world = try await ReadHarness()
    let answer = try await world.ask("/api/dashboard/?\(query)")
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
    #expect(answer.json.serializedForTest.contains(allowed))
  }

  @Test func `where there is nothing, nothing is 0 per cent`() async throws {
    let world = try await ReadHarness(isEmpty: true)
    let answer = try await world.ask("/api/dashboard/")
    let summary = try #require(answer["summary"]?.members)
    for member in ["errorRate", "totalTokens", "totalCostUsd", "meanMs", "p50Ms"] {
      #expect(summary[member] == .null, "\(member)")
    }
    #expect(answer["feedback"]?["averageRating"] == .null)
    #expect(answer.list("topModels").isEmpty)
  }

  @Test func `learning is told with how fresh it is`() async throws {
    let world = try await ReadHarness()
    try world.run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, course_id, resource_type, resource_id)
      VALUES ('2026-01-12 09:00', 'acme', 'ann', 'lesson_complete', 'c1', 'lesson', 'l1'),
        ('2026-01-12 09:00', 'acme', 'dan', 'lesson_start', 'c1', 'lesson', 'l1'),
        ('2026-01-12 09:00', 'acme', 'ann', 'course_complete', 'c1', NULL, NULL),
        ('2026-01-12 09:00', 'bolt', 'eve', 'course_complete', 'c1', NULL, NULL)
      """)
    let answer = try await world.ask("/api/admin/analytics?range=7d&course_id=c1")
    #expect(answer.status == 200)
    #expect(answer["organization_id"]?.text == "acme")
    #expect(answer["overview"]?["newest_event_at"]?.text == "2026-01-14T09:00:00.000Z")
    #expect(answer["overview"]?.members?["data_fresh_as_of"] != nil)
    let courses = answer.list("courses")
    #expect(courses.map { $0["learners"]?.value } == [3])
    #expect(courses.map { $0["completed"]?.value } == [1])
    #expect(
      courses.first?["completion_rate"] == answer["overview"]?["course_completion_rate"])
    let lessons = answer.list("lessons")
    #expect(lessons.map { $0["lesson_id"]?.text } == ["l1"])
    #expect(lessons.map { $0["drop_off_rate"]?.value } == [0.5])
    // Sessions know no course.
    #expect(answer["overview"]?["sessions"] == .null)
    let left = answer["receipt"]?["left_out"]?.elements?.compactMap { $0["what"]?.text } ?? []
    #expect(left.contains("sessions"))
  }
}
