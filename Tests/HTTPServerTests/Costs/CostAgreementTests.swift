import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import QueryPlanning
import Testing

/// What all of it cost is one number, wherever it is read.
struct CostAgreementTests {
  let harness: AdministrationHarness

  /// Now is 2026-01-15 12:00 UTC. Events with each kind of cost, storage of two organisations, and rates that
  /// change, one of them for another organisation alone.
  init() async throws {
    harness = try await AdministrationHarness()
    try run(
      """
      INSERT INTO events (ts, organization_id, user_id, event_type, category, model, cost_usd, cost_source,
        gpu_seconds, total_tokens, bytes_delta) VALUES
        ('2026-01-03 10:00', 'acme', 'ann', 'training_completed', 'training', NULL, 15.000001, 'resource_rate', 36000, NULL, NULL),
        ('2026-01-10 11:00', 'acme', 'ann', 'chat', 'inference', 'iris', 0.250003, 'model_price', NULL, 1000, NULL),
        ('2026-01-11 11:00', 'acme', 'bob', 'chat', 'inference', 'iris', 0.5, 'sent', NULL, 200, NULL),
        ('2026-01-11 12:00', 'acme', 'ann', 'chat', 'inference', 'own', NULL, NULL, NULL, 100, NULL),
        ('2025-12-31 12:00', 'acme', 'ann', 'storage_change', 'storage', NULL, NULL, NULL, NULL, NULL, 1099511627776),
        ('2026-01-14 20:30', 'acme', 'bob', 'storage_change', 'storage', NULL, NULL, NULL, NULL, NULL, -99511627776),
        ('2026-01-05 12:00', 'acme', 'bob', 'upload', 'dataset', NULL, 0.125, 'sent', NULL, NULL, 5000000000),
        ('2026-01-01 12:00', 'bolt', 'eve', 'storage_change', 'storage', NULL, NULL, NULL, NULL, NULL, 5099511627776),
        ('2026-01-12 12:00', 'bolt', 'eve', 'chat', 'inference', 'iris', 7, 'sent', NULL, 10, NULL)
      """)
    try run(
      """
      INSERT INTO prices (item, model, organization_id, valid_from, rate) VALUES
        ('storage', '', '', '2026-01-04', 31000), ('storage', '', 'bolt', '2026-01-02', 400000)
      """)
  }

  private func run(_ sql: String) throws {
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(sql, in: &session)
  }

  private func ask(_ path: String, as role: Role = .admin) async throws -> StrictJSON {
    let token = try harness.token(role, "ann", in: ["acme"])
    let answer = try await harness.ask(.get, path, token: token)
    #expect(answer.status == 200, "\(path)")
    return answer.json
  }

  private static func number(_ json: StrictJSON?) -> Double? {
    if case .number(let text)? = json { Double(text) } else { nil }
  }

  private static func near(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return (left - right).magnitude < 1e-9
  }

  private static func sum(_ rows: StrictJSON?, _ member: String) -> Double? {
    let values = rows?.elements?.compactMap { number($0.members?[member]) } ?? []
    return values.isEmpty ? nil : values.reduce(0, +)
  }

  private static let windows = [
    "range=30d", "range=7d&time_zone=Asia/Kolkata",
    "from=2026-01-03&to=2026-01-05&time_zone=America/New_York",
    "range=24h", "from=2026-01-02T07:15:00Z&to=2026-01-14T22:00:00Z", "range=30d&user_id=ann",
    "range=30d&model=iris", "from=2020-01-01&to=2020-02-01",
  ]

  @Test(arguments: windows, [Role.admin, .platformAdmin])
  func `the figure, the page, the trends and the exports have one cost`(
    window: String, role: Role
  ) async throws {
    let scope = role == .platformAdmin ? "&organizations=all" : ""
    let cost = try await ask("/api/admin/cost?\(window)\(scope)", as: role).members
    let summary = cost?["summary"]?.members
    let total = Self.number(summary?["total_cost_usd"])
    let parts = summary?["breakdown"]?.members
    func part(_ name: String) -> Double? { Self.number(parts?[name]?.members?["cost_usd"]) }
    let known = ["gpu", "inference", "storage"].compactMap(part)
    #expect(Self.near(total, known.isEmpty ? nil : known.reduce(0, +)), "\(window)")
    // The catalogue's metrics, beside the sums and on the overview.
    let page = try await ask(
      "/api/admin/overview?\(window)&metrics=total_cost,storage_cost\(scope)", as: role
    ).members
    let onPage = (page?["kpis"]?.elements ?? []) + (cost?["metrics"]?.elements ?? [])
    for (id, expected) in [
      ("total_cost", total), ("gpu_cost", part("gpu")), ("inference_cost", part("inference")),
      ("storage_cost", part("storage")),
    ] {
      let figures = onPage.compactMap(\.members).filter { $0["id"]?.text == id }
      #expect(figures.count == 2)
      for figure in figures {
        #expect(Self.near(Self.number(figure["value"]), expected), "\(window) \(id)")
      }
    }
    // Over time: by the hour, day, week and month.
    #expect(Self.near(Self.sum(cost?["over_time"], "cost_usd"), total), "\(window)")
    for grain in ["hour", "day", "week", "month"] where grain != "hour" || window.contains("24h") {
      let trends = try await ask(
        "/api/admin/overview/trends?\(window)&metrics=total_cost&grain=\(grain)\(scope)", as: role)
      let values = trends.members?["series"]?.elements?.first?.members?["values"]?.elements ?? []
      let sums = values.compactMap(Self.number)
      #expect(Self.near(sums.isEmpty ? nil : sums.reduce(0, +), total), "\(window) \(grain)")
    }
    // Files.
    let base = "/api/admin/analytics/export?\(window)&format=json\(scope)"
    let file = try await ask("\(base)&list=kpis", as: role).members?["rows"]?.elements
    let row = try #require(
      file?.compactMap(\.members).first { $0["id"]?.text == "total_cost" })
    #expect(Self.near(Self.number(row["value"]), total), "\(window)")
    for list in ["cost", "cost&grain=month"] {
      let rows = try await ask("\(base)&list=\(list)", as: role).members?["rows"]
      #expect(Self.near(Self.sum(rows, "cost_usd"), total), "\(window) \(list)")
    }
    let trend = try await ask(
      "\(base)&list=trends&metrics=total_cost&grain=day", as: role)
    #expect(Self.near(Self.sum(trend.members?["rows"], "total_cost"), total), "\(window)")
    // And the SQL that says how it comes about, run by somebody who sees the same rows.
    let explained = try await ask(
      "/api/admin/metrics/total_cost/explain?\(window)\(scope)", as: role
    ).members
    var session = Session()
    session.timeZone = try #require(explained?["range"]?.members?["time_zone"]?.text)
    let organizations: OrganizationScope =
      role == .platformAdmin ? .all : .only([try #require(OrganizationID("acme"))])
    session.access = QueryAccess(
      rows: RowScope(organizations: organizations, user: nil), mayOperate: false, mayWrite: false)
    let sql = try #require(explained?["sql"]?.text)
    // What others pay is nobody's business.
    #expect(sql.contains("bolt") == (role == .platformAdmin))
    let value = try harness.service.engine.execute(sql, in: &session).rows.first?.first
    let number: Double? = if case .double(let number) = value { number } else { nil }
    #expect(Self.near(number, total), "\(window): \(sql)")
  }

  @Test func `reports and the dashboard have the same cost`() async throws {
    let cost = try await ask("/api/admin/cost?range=30d").members?["summary"]?.members
    let total = try #require(Self.number(cost?["total_cost_usd"]))
    let organization = try await ask("/analytics/organization?period=30d").members
    #expect(Self.near(Self.number(organization?["summary"]?.members?["estimated_cost_usd"]), total))
    #expect(
      Self.near(Self.number(organization?["cost_allocation"]?.members?["total_cost_usd"]), total))
    let dashboard = try await ask("/api/dashboard/?range=1m").members
    #expect(Self.near(Self.number(dashboard?["summary"]?.members?["totalCostUsd"]), total))
    #expect(Self.near(Self.sum(dashboard?["costs"], "costUsd"), total))
    let own = try await ask("/api/admin/cost?range=30d&user_id=ann").members?["summary"]?.members
    let mine = try #require(Self.number(own?["total_cost_usd"]))
    let breakdown = try await ask("/analytics/cost-breakdown?period=30d", as: .user).members
    #expect(Self.near(Self.number(breakdown?["total_cost_usd"]), mine))
    let me = try await ask("/analytics/me?period=30d", as: .user).members
    #expect(Self.near(Self.number(me?["summary"]?.members?["estimated_cost_usd"]), mine))
    #expect(Self.near(Self.sum(me?["timeseries"], "cost_usd"), mine))
    let person = try await ask("/api/admin/users/ann?range=30d").members
    #expect(Self.near(Self.number(person?["summary"]?.members?["estimated_cost_usd"]), mine))
  }

  @Test func `views, lists and figures count the same requests to models`() async throws {
    let page = try await ask("/api/admin/models?range=30d").members?["models"]?.elements ?? []
    let list = try await ask("/api/admin/overview?range=30d&breakdowns=models&top=20").members
    let breakdown = list?["breakdowns"]?.elements?.first?.members
    #expect(breakdown?["metric"]?.text == "model_requests")
    let figures = list?["kpis"]?.elements?.compactMap(\.members)
    let figure = figures?.first { $0["id"]?.text == "model_requests" }
    #expect(figure?["value"] == breakdown?["total"])
    #expect(page.compactMap { Self.number($0.members?["requests"]) } == [2, 1])
    var session = Session()
    session.access = .unrestricted
    let rows = try harness.service.engine.execute(
      "SELECT sum(requests)::bigint FROM model_usage_stats WHERE organization_id = 'acme'",
      in: &session
    ).rows
    #expect(rows == [[.integer(3)]])
  }
}
