import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Jobs
import QueryPlanning
import Testing

/// Now is Thursday, 2026-01-15 12:00 UTC: this week is 8 to 14 January.
@Suite struct `Insights over HTTP` {
  let harness: AdministrationHarness

  init() async throws {
    harness = try await AdministrationHarness()
    try use(hours: 40, day: "01-01", of: "acme")
    try use(hours: 50, day: "01-10", of: "acme")
    try use(hours: 10, day: "01-01", of: "bolt")
    try use(hours: 100, day: "01-10", of: "bolt")
  }

  private func use(hours: Int, day: String, of organization: String) throws {
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category, gpu_seconds)
      VALUES ('2026-\(day) 10:00', '\(organization)', 'secret-user', 'training_completed', 'training', \
      \(hours * 3600))
      """)
  }

  private func run(_ statement: String) throws {
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(statement, in: &session)
  }

  private func ask(
    _ path: String, as role: Role = .admin, in organizations: [String] = ["acme"]
  ) async throws -> HarnessAnswer {
    let user = role == .superadmin ? "root" : "ann"
    return try await harness.ask(
      .get, path, token: try harness.token(role, user, in: organizations))
  }

  @Test func `are those of the caller's organisation, with their numbers`() async throws {
    try await harness.service.jobs.run(.daily)
    let answer = try await ask("/api/admin/insights")
    #expect(answer.status == 200)
    let insights = answer.list("insights")
    #expect(insights.map { $0["id"]?.text } == ["gpu_usage_up:2026-01-14:acme"])
    let insight = try #require(insights.first)
    #expect(insight["kind"]?.text == "cost_alert")
    #expect(insight["severity"]?.text == "warning")
    #expect(insight["title"]?.text == "GPU usage up 25% this week")
    #expect(insight["action"]?.text == "Consider optimizing batch sizes.")
    #expect(insight["metric"]?.text == "gpu_hours")
    #expect(insight["value"] == .number("50.0") && insight["previous"] == .number("40.0"))
    #expect(insight["change_percent"] == .number("25.0"))
    #expect(
      insight["window"]?.members?["from"]?.text == "2026-01-08T00:00:00.000Z"
        && insight["window"]?.members?["to"]?.text == "2026-01-15T00:00:00.000Z")
    #expect(insight["created_at"]?.text == "2026-01-15T12:00:00.000Z")
    #expect(answer["total"] == .number("1"))
    #expect(!answer.json.serializedForTest.contains("secret-user"))
  }

  @Test func `of others are not to be had`() async throws {
    try await harness.service.jobs.run(.daily)
    for query in [
      "?organization_id=bolt", "?org_id=bolt", "?company_id=bolt", "?organizations=all",
    ] {
      for path in ["/api/admin/insights", "/api/admin/analytics/summary"] {
        #expect(try await ask(path + query).status == 403, "\(path)\(query)")
      }
    }
    for role in Role.allCases {
      for path in ["/api/admin/insights", "/api/admin/analytics/summary"] {
        let answer = try await ask(path, as: role)
        let text = answer.json.serializedForTest
        #expect(!text.contains("bolt"), "\(path) as \(role.rawValue)")
        // What all did together says what the others did.
        #expect(!text.contains("150"), "\(path) as \(role.rawValue)")
        #expect((answer.status == 200) == (role != .user), "\(path) as \(role.rawValue)")
      }
    }
    let filtered = try await ask("/api/admin/insights?kind=security")
    #expect(filtered.list("insights").isEmpty && filtered["total"] == .number("0"))
  }

  @Test func `of all are for those who see all`() async throws {
    try await harness.service.jobs.run(.daily)
    let all = try await ask("/api/admin/insights?organizations=all", as: .platformAdmin)
    #expect(
      all.list("insights").map { $0["organization_id"] } == [
        .null, .string("bolt"), .string("acme"),
      ])
    let summary = try await ask(
      "/api/admin/analytics/summary?organizations=all", as: .platformAdmin)
    #expect(
      summary["sentences"]?.elements?.compactMap(\.text) == [
        "One thing stood out in the days up to 2026-01-14; one needs attention, and so do 2 things in 2 organisations.",
        "GPU usage increased 200% this week, from 50 hours to 150 hours.",
      ])
    #expect(summary["attention"]?.members?["insights"]?.value == 2)
    #expect(summary["attention"]?.members?["organizations"]?.value == 2)
    let own = try await ask("/api/admin/analytics/summary")
    #expect(own["attention"] == .null)
  }

  @Test func `what needs attention in one organisation is said where nothing does in all`()
    async throws
  {
    try await harness.service.jobs.run(.daily)
    try run("DELETE FROM insights WHERE organization_id IS NULL OR organization_id = 'bolt'")
    func first() async throws -> String? {
      try await ask("/api/admin/analytics/summary?organizations=all", as: .platformAdmin)[
        "sentences"]?.elements?.first?.text
    }
    #expect(
      try await first()
        == "Nothing out of the ordinary in the days up to 2026-01-14 for all together, but one thing in one organisation needs attention."
    )
    try run(
      """
      INSERT INTO insights (ts, insight_id, insight_type, severity, message, action, anchor_day) VALUES
        ('2026-01-15 01:00', 'i1', 'growth', 'info', 'more', 'none', '2026-01-14')
      """)
    #expect(
      try await first()
        == "One thing stood out in the days up to 2026-01-14; none of it needs attention, but one thing in one organisation does."
    )
  }

  @Test func `are summed up in sentences`() async throws {
    let never = try await ask("/api/admin/analytics/summary")
    #expect(
      never["sentences"]?.elements?.compactMap(\.text) == [
        "The rules of insights have not been asked yet."
      ])
    #expect(never["evaluated_at"] == .null)
    try await harness.service.jobs.run(.daily)
    let summary = try await ask("/api/admin/analytics/summary")
    #expect(
      summary["sentences"]?.elements?.compactMap(\.text) == [
        "One thing stood out in the days up to 2026-01-14; one needs attention.",
        "GPU usage increased 25% this week, from 40 hours to 50 hours.",
      ])
    #expect(summary.list("insights").count == 1)
    #expect(summary["evaluated_at"]?.text == "2026-01-15T12:00:00.000Z")
    let quiet = try await ask("/api/admin/analytics/summary", in: ["quiet"])
    #expect(
      quiet["sentences"]?.elements?.compactMap(\.text) == [
        "Nothing out of the ordinary in the days up to 2026-01-14."
      ])
  }

  @Test(arguments: ["kind=nonsense", "severity=fatal", "limit=0", "limit=501", "page=1"])
  func `refuse what is not understood`(query: String) async throws {
    #expect(try await ask("/api/admin/insights?\(query)").status == 422)
  }

  // MARK: - Jobs

  @Test func `come from jobs that those run who operate the service, on the record`()
    async throws
  {
    let platform = try harness.token(.platformAdmin)
    let list = try await harness.ask(.get, "/api/admin/jobs", token: platform)
    #expect(list.list("jobs").map { $0["name"]?.text } == Job.names)
    #expect(list.list("jobs").first?["schedule"]?.text == "every hour at minute 0")
    #expect(list.list("jobs").first?["started_at"] == .null)
    let run = try await harness.ask(.post, "/api/admin/jobs/pending/run", token: platform)
    #expect(run.status == 200)
    #expect(run["detail"]?.text?.contains("insights changed, of 2 organisations") == true)
    #expect(run["job"]?.members?["outcome"]?.text == "done")
    #expect(
      try harness.recorded("action, entity_type, entity_id, description") == [
        [
          .text("job_run"), .text("job"), .text("pending"), .text("ann had job 'pending' run"),
        ]
      ])
    let again = try await harness.ask(.post, "/api/admin/jobs/pending/run", token: platform)
    #expect(again["detail"]?.text?.contains("0 insights changed") == true)
    let unknown = try await harness.ask(.post, "/api/admin/jobs/nonsense/run", token: platform)
    #expect(unknown.status == 404)
    for role in [Role.user, .manager, .admin, .organizationAdmin] {
      let token = try harness.token(role)
      #expect(try await harness.ask(.post, "/api/admin/jobs/daily/run", token: token).status == 403)
      #expect(try await harness.ask(.get, "/api/admin/jobs", token: token).status == 403)
    }
    #expect(try harness.recorded("action").count == 2)
  }

  @Test func `are not asked for where that cannot be recorded`() async throws {
    let platform = try harness.token(.platformAdmin)
    try harness.breakAuditLog()
    let answer = try await harness.ask(.post, "/api/admin/jobs/daily/run", token: platform)
    #expect(answer.status == 503 && answer.code == "not_recorded")
  }

  @Test func `show in health and metrics when jobs ran`() async throws {
    await harness.service.jobs.runDue()
    let health = try await ask("/api/dashboard/health/")
    let daily = try #require(health.list("jobs").first { $0["name"]?.text == "daily" })
    #expect(daily["last_run_at"]?.text == "2026-01-15T12:00:00.000Z")
    #expect(daily["outcome"]?.text == "done")
    #expect(daily["next_at"]?.text == "2026-01-16T02:00:00.000Z")
    let text = harness.service.metrics.registry.text
    #expect(text.contains(#"daybook_job_last_start_seconds{job="daily"} 1768478400"#))
    #expect(text.contains(#"daybook_job_last_failed{job="daily"} 0"#))
    #expect(text.contains(#"daybook_job_runs_total{job="daily"} 1"#))
  }
}
