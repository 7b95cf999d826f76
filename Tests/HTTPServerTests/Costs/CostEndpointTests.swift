import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import QueryPlanning
import Testing

struct CostEndpointTests {
  let harness: AdministrationHarness

  /// Now is 2026-01-15 12:00 UTC.
  init() async throws {
    harness = try await AdministrationHarness()
    try insert(
      """
      ('2026-01-10 10:00', 'acme', 'ann', 'training_completed', 'training', NULL, 'p1', 15, 'resource_rate', 36000, NULL, NULL, NULL, NULL, 'succeeded'),
      ('2026-01-10 11:00', 'acme', 'ann', 'chat', 'inference', 'iris', 'p1', 0.25, 'model_price', NULL, 900, 100, 1000, NULL, NULL),
      ('2026-01-11 11:00', 'acme', 'bob', 'chat', 'inference', 'iris', 'p2', 0.5, 'sent', NULL, 100, 100, 200, NULL, NULL),
      ('2026-01-11 12:00', 'acme', 'ann', 'token_usage', 'inference', 'own', NULL, NULL, NULL, NULL, 50, 50, 100, NULL, NULL),
      ('2025-12-31 12:00', 'acme', 'ann', 'storage_change', 'storage', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1099511627776, NULL),
      ('2026-01-12 12:00', 'acme', 'ann', 'page_view', 'ui', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      ('2026-01-12 12:00', 'bolt', 'eve', 'chat', 'inference', 'iris', NULL, 7, 'sent', NULL, 5, 5, 10, NULL, NULL)
      """)
  }

  func insert(_ rows: String) throws {
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category, model, project_id, cost_usd,
      cost_source, gpu_seconds, prompt_tokens, completion_tokens, total_tokens, bytes_delta, status)
      VALUES \(rows)
      """, in: &session)
  }

  func ask(
    _ path: String, as role: Role = .admin, _ user: String = "ann",
    in organizations: [String] = ["acme"]
  ) async throws -> HarnessAnswer {
    try await harness.ask(.get, path, token: try harness.token(role, user, in: organizations))
  }

  private func number(_ json: StrictJSON?) -> Double? {
    if case .number(let text)? = json { Double(text) } else { nil }
  }

  // MARK: - One's own costs

  @Test func `one's own costs have the fields of the sample, and of nobody else`() async throws {
    let answer = try await ask("/analytics/cost-breakdown", as: .user)
    #expect(answer.status == 200)
    #expect(answer["period"]?.text == "30d")
    #expect(answer["is_estimate"] == .bool(true))
    let parts = try #require(answer["breakdown"]?.members)
    #expect(Set(parts.keys) == ["gpu", "storage", "inference"])
    let gpu = try #require(parts["gpu"]?.members)
    #expect(Set(gpu.keys) == ["cost_usd", "usage_hours", "rate_per_hour"])
    #expect(number(gpu["cost_usd"]) == 15)
    #expect(number(gpu["usage_hours"]) == 10)
    #expect(number(gpu["rate_per_hour"]) == 1.5)
    let storage = try #require(parts["storage"]?.members)
    #expect(Set(storage.keys) == ["cost_usd", "usage_gb", "rate_per_gb_month"])
    #expect(number(storage["usage_gb"]) == 1024)
    #expect(number(storage["rate_per_gb_month"]) == 0.02)
    // From noon of 31 December to noon of 15 January.
    #expect(abs((number(storage["cost_usd"]) ?? 0) - 10.24) < 0.000_02)
    let inference = try #require(parts["inference"]?.members)
    #expect(Set(inference.keys) == ["cost_usd", "requests", "rate_per_1000_requests"])
    #expect(number(inference["cost_usd"]) == 0.25)
    #expect(number(inference["requests"]) == 1)
    #expect(number(inference["rate_per_1000_requests"]) == 0.01)
    let total = try #require(number(answer["total_cost_usd"]))
    #expect(abs(total - 25.49) < 0.000_02)
    let trend = try #require(answer["trend"]?.elements)
    #expect(trend.count == 30)
    let sum = trend.compactMap { number($0.members?["cost_usd"]) }.reduce(0, +)
    #expect(abs(sum - total) < 1e-9)
    let left = try #require(answer["receipt"]?.members?["left_out"]?.elements?.first?.members)
    #expect(left["count"] == .number("100"))
  }

  @Test(arguments: ["7d", "30d", "90d", "1y", "all"])
  func `each period is answered, and another one is refused`(period: String) async throws {
    let answer = try await ask("/analytics/cost-breakdown?period=\(period)", as: .user)
    #expect(answer.status == 200)
    #expect(answer["period"]?.text == period)
    let wrong = try await ask("/analytics/cost-breakdown?period=\(period)x", as: .user)
    #expect(wrong.status == 422)
    #expect(wrong.fields == ["period"])
  }

  @Test func `who has done nothing has no cost`() async throws {
    let answer = try await ask("/analytics/cost-breakdown", as: .user, "zoe")
    #expect(answer["total_cost_usd"] == .null)
    #expect(
      answer["breakdown"]?.members?["inference"]?.members?["requests"] == .number("0"))
  }

  // MARK: - Costs of organisations

  @Test func `costs of an organisation add up, by source, part and list`() async throws {
    let answer = try await ask("/api/admin/cost")
    #expect(answer.status == 200)
    let summary = try #require(answer["summary"]?.members)
    let sources = try #require(summary["by_source"]?.members)
    #expect(number(sources["sent"]) == 0.5)
    #expect(number(sources["model_price"]) == 0.25)
    #expect(number(sources["resource_rate"]) == 15)
    let tokens = try #require(summary["tokens"]?.members)
    #expect(tokens["total"] == .number("1300"))
    #expect(tokens["unpriced"] == .number("100"))
    #expect(number(tokens["unpriced_share"]) == 100.0 / 1300)
    for list in [
      "by_model", "by_user", "by_project", "by_organization", "by_feature", "by_category",
    ] {
      let shares = try #require(answer[list]?.members)
      #expect(number(shares["total_cost_usd"]) == 15.75, "\(list)")
      let entries = try #require(shares["entries"]?.elements)
      let sum = entries.compactMap { number($0.members?["cost_usd"]) }.reduce(0, +)
      #expect(sum == 15.75, "\(list)")
    }
    let users = try #require(answer["by_user"]?.members?["entries"]?.elements)
    #expect(users.map { $0.members?["name"]?.text } == ["ann", "bob"])
    #expect(users.map { number($0.members?["cost_usd"]) } == [15.25, 0.5])
    let metrics = try #require(answer["metrics"]?.elements)
    let names = metrics.compactMap { $0.members?["id"]?.text }
    #expect(names.contains("cost_per_user"))
    #expect(answer["anomalies"]?.elements == [])
    #expect(answer["is_estimate"] == .bool(true))
    let all = try await ask("/api/admin/cost?organizations=all", as: .platformAdmin)
    #expect(number(all["summary"]?.members?["by_source"]?.members?["sent"]) == 7.5)
    #expect(try await ask("/api/admin/cost?organization_id=bolt").status == 403)
  }

  @Test func `a day that costs far more than others is named`() async throws {
    let days = (0..<62).map { day in
      "(timestamp '2025-11-14 10:00' + INTERVAL '\(day) days', 'acme', 'ann', 'chat', 'inference', 'iris', NULL, \(day == 60 ? 90 : 10), 'sent', NULL, NULL, NULL, NULL, NULL, NULL)"
    }
    try insert(days.joined(separator: ", "))
    let answer = try await ask("/api/admin/cost")
    let found = try #require(answer["anomalies"]?.elements)
    let days60 = found.compactMap { $0.members?["date"]?.text }
    #expect(days60.contains("2026-01-13"))
    let spike = try #require(found.first { $0.members?["date"]?.text == "2026-01-13" }?.members)
    #expect(number(spike["cost_usd"]) == 90)
    #expect(number(spike["median_usd"]) == 10)
    #expect(spike["direction"]?.text == "high")
    #expect(number(spike["threshold"]) == 3.5)
  }

  // MARK: - Activities and tokens

  @Test func `activities are listed newest first, without records that only count tokens`()
    async throws
  {
    let answer = try await ask("/api/admin/activity")
    #expect(answer.status == 200)
    let rows = try #require(answer["activity"]?.elements).compactMap(\.members)
    #expect(
      rows.map { $0["action_type"]?.text } == [
        "page_view", "chat", "chat", "training_completed", "storage_change",
      ])
    #expect(answer["total"] == .number("5"))
    #expect(rows[0]["timestamp"]?.text == "2026-01-12T12:00:00.000Z")
    #expect(!answer.json.serializedForTest.contains("bolt"))
    let more = try await ask("/api/admin/activity?include_token_usage=true")
    #expect(more["total"] == .number("6"))
    let named = try await ask("/api/admin/activity?action_type=token_usage")
    #expect(named["total"] == .number("1"))
    let page = try await ask("/api/admin/activity?limit=2&offset=4&user_id=ann")
    #expect(page["activity"]?.elements?.isEmpty == true)
    #expect(page["total"] == .number("4"))
    let counts = try await ask("/api/admin/activity/aggregates?grain=month&by=")
    #expect(counts["totals"]?.members?["count"] == .number("5"))
    #expect(counts["aggregates"]?.elements?.count == 2)
  }

  @Test func `sums of tokens by day, week and month are those of the requests`() async throws {
    let list = try await ask("/api/admin/tokens")
    let requests = try #require(list["requests"]?.elements).compactMap(\.members)
    #expect(requests.count == 3)
    let raw = requests.compactMap { number($0["total_tokens"]) }.reduce(0, +)
    #expect(raw == 1300)
    for grain in ["hour", "day", "week", "month"] {
      for by in ["model", "user_id", "organization_id,user_id,model", ""] {
        let answer = try await ask("/api/admin/tokens/aggregates?grain=\(grain)&by=\(by)")
        #expect(answer.status == 200)
        let rows = try #require(answer["aggregates"]?.elements).compactMap(\.members)
        for measure in ["prompt_tokens", "completion_tokens", "total_tokens", "unpriced_tokens"] {
          let sum = rows.compactMap { number($0[measure]) }.reduce(0, +)
          #expect(sum == number(answer["totals"]?.members?[measure]))
        }
        #expect(number(answer["totals"]?.members?["total_tokens"]) == raw)
      }
    }
  }

  @Test(
    arguments: [
      ("activity?limit=501", "limit"), ("activity?limit=0", "limit"),
      ("activity?offset=-1", "offset"), ("activity?page=2", "page"),
      ("activity/aggregates?grain=year", "grain"), ("activity/aggregates?by=model", "by"),
      ("tokens?range=5d", "range"), ("tokens/aggregates?by=user_id,user_id", "by"),
      ("tokens/aggregates?include_token_usage=true", "include_token_usage"),
      ("cost?grain=hour", "grain"), ("cost?limit=101", "limit"),
      ("cost?time_zone=Mars", "time_zone"),
    ])
  func `parameters that are not understood are refused by name`(
    path: String, field: String
  ) async throws {
    let answer = try await ask("/api/admin/\(path)")
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
  }
}
