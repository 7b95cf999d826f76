import AccessControl
import HTTPServer
import Testing

/// Every endpoint, asked by every role about its own, a foreign and no organisation: what is not written
/// down here fails, so that nobody can add an endpoint without saying who may ask it.
struct EndpointAccessTests {
  /// Which roles may ask. What comes after that, such as a body that is missing, does not count here.
  enum Expectation {
    case everybody
    /// These roles and no others; no organisation is asked about.
    case roles(Set<Role>)
    /// These roles about their own organisations; those of the platform about any, and all.
    case organizations(Set<Role>)
    /// Everybody about himself: no role reaches further.
    case oneself
    /// Every role; the handler decides by what is asked about, and has tests of its own.
    case visible
    /// An emitter's key, or everybody about himself in an organisation of his own.
    case senders
    /// Nobody with a token: an emitter's key.
    case emitters
  }

  static let platform: Set<Role> = [.platformAdmin, .superadmin]
  static let readers: Set<Role> = platform.union([.manager, .admin, .organizationAdmin])
  static let keyHolders: Set<Role> = platform.union([.organizationAdmin])

  static let runners: Set<Role> = platform.union([.admin, .organizationAdmin])

  static let expectations: [String: Expectation] = [
    "GET /api/health": .everybody,
    "GET /ready": .everybody,
    "GET /openapi.json": .everybody,
    "GET /api/dashboard/health/": .roles(readers),
    "GET /metrics": .roles(platform),
    "GET /test/scoped": .organizations(readers),
    "POST /api/admin/reveal": .roles([.superadmin]),
    "GET /api/admin/reveal": .roles([.superadmin]),
    "DELETE /api/admin/reveal": .roles([.superadmin]),
    "GET /api/admin/audit/me": .oneself,
    "GET /audit/me": .oneself,
    "GET /api/admin/audit/organization": .organizations(readers),
    "GET /audit/organization": .organizations(readers),
    "GET /api/admin/audit/entity/{type}/{id}": .visible,
    "GET /audit/entity/{type}/{id}": .visible,
    "GET /api/admin/audit/project/{id}": .visible,
    "GET /audit/project/{id}": .visible,
    "POST /api/admin/audit": .emitters,
    "POST /audit": .emitters,
    "GET /api/admin/emitter-keys": .organizations(keyHolders),
    "POST /api/admin/emitter-keys": .organizations(keyHolders),
    "DELETE /api/admin/emitter-keys/{id}": .organizations(keyHolders),
    "GET /api/admin/erasures": .roles(platform),
    "POST /api/admin/erasures": .roles(platform),
    "POST /api/admin/snapshots": .roles(platform),
    "GET /api/admin/cost": .organizations(readers),
    "GET /analytics/cost-breakdown": .oneself,
    "GET /api/admin/activity": .organizations(readers),
    "GET /api/admin/activity/aggregates": .organizations(readers),
    "GET /api/admin/tokens": .organizations(readers),
    "GET /api/admin/tokens/aggregates": .organizations(readers),
    "GET /api/admin/overview": .organizations(readers),
    "GET /api/admin/overview/kpis": .organizations(readers),
    "GET /api/admin/overview/trends": .organizations(readers),
    "GET /api/admin/analytics/export": .organizations(readers),
    "GET /api/admin/retention": .organizations(readers),
    "POST /api/admin/funnel": .organizations(readers),
    "GET /api/admin/completion": .organizations(readers),
    "GET /api/admin/metrics": .roles(readers),
    "GET /api/admin/metrics/{id}/explain": .organizations(readers),
    "GET /api/admin/users": .organizations(readers),
    "GET /api/admin/users/{user_id}": .organizations(readers),
    "GET /api/admin/users/{user_id}/sessions": .organizations(readers),
    "GET /api/admin/users/{user_id}/timeline": .organizations(readers),
    "GET /api/admin/sessions": .organizations(readers),
    "GET /api/admin/requests": .organizations(readers),
    "GET /api/admin/models": .organizations(readers),
    "GET /api/admin/segments": .organizations(readers),
    "GET /api/admin/heatmap": .organizations(readers),
    "GET /api/admin/partitions": .roles(platform),
    "GET /api/admin/feedback": .organizations(readers),
    "GET /api/admin/feedback/summary": .organizations(readers),
    "GET /api/admin/analytics": .organizations(readers),
    "GET /api/dashboard/": .organizations(readers),
    "GET /analytics/me": .oneself,
    "GET /analytics/sessions": .oneself,
    "GET /analytics/activity-timeline": .oneself,
    "GET /analytics/organization": .organizations(readers),
    "GET /api/admin/insights": .organizations(readers),
    "GET /api/admin/analytics/summary": .organizations(readers),
    "GET /api/admin/alerts": .organizations(readers),
    "GET /api/admin/jobs": .roles(platform),
    "POST /api/admin/jobs/{name}/run": .roles(platform),
    "GET /api/admin/prices": .roles(platform),
    "PUT /api/admin/prices": .roles(platform),
    "POST /api/query": .organizations(runners),
    "DELETE /api/query/{id}": .roles(runners),
    "GET /api/queries": .roles(runners),
    "GET /api/admin/live": .organizations(readers),
    "GET /api/admin/live/snapshot": .organizations(readers),
    "GET /api/admin/dead-letters": .organizations(keyHolders),
    "GET /api/admin/dead-letters/{id}": .organizations(keyHolders),
    "POST /api/admin/dead-letters/replay": .organizations(keyHolders),
    "GET /api/admin/ingest/ledger": .organizations(keyHolders),
    "GET /api/admin/threats": .organizations(runners),
    "PATCH /api/admin/threats/resolve": .organizations(runners),
    "PATCH /api/admin/threats/unresolve": .organizations(runners),
    "POST /api/analytics/events": .senders,
    "POST /api/analytics/events/batch": .senders,
    "POST /api/analytics/token-usage": .emitters,
    "POST /api/analytics/requests": .emitters,
    "POST /api/analytics/sessions/login": .senders,
    "POST /api/analytics/sessions/heartbeat": .senders,
    "POST /api/analytics/sessions/logout": .senders,
    "POST /api/analytics/feedback": .senders,
    "POST /api/analytics/threats": .emitters,
    "POST /api/analytics/users": .emitters,
    "POST /api/analytics/resources": .emitters,
    "POST /v1/traces": .emitters,
    "POST /v1/logs": .emitters,
    "GET /daybook.js": .everybody,
    "POST /api/session": .everybody, "DELETE /api/session": .everybody,
    "GET /api/session": .roles(Set(Role.allCases)),
    "GET /": .everybody, "GET /overview": .everybody, "GET /activity": .everybody,
    "GET /requests": .everybody, "GET /users": .everybody, "GET /users/{id}": .everybody,
    "GET /cost": .everybody, "GET /feedback": .everybody, "GET /audit": .everybody,
    "GET /live": .everybody, "GET /query": .everybody, "GET /system": .everybody,
    "GET /me": .everybody,
    "GET /sign-in": .everybody, "GET /favicon.ico": .everybody,
    "GET /assets/{version}/{name}": .everybody, "GET /assets/{name}": .everybody,
    "GET /assets/vendor/{name}": .everybody,
  ]

  @Test func `each role gets what it may and nothing else`() async throws {
    let scoped = TestEndpoints.all.filter { $0.path == "/test/scoped" }
    try await TestService.run(endpoints: scoped) { service in
      for endpoint in service.service.endpoints.endpoints {
        let expected = try #require(
          Self.expectations[endpoint.name],
          "\(endpoint.name) is not in the table of this test: who may ask it?")
        try await Self.check(endpoint, expected, service)
      }
      #expect(
        Set(service.service.endpoints.endpoints.map(\.name)) == Set(Self.expectations.keys),
        "the table of this test has endpoints that are not served")
    }
  }

  /// Whether he is let through, and 401 or 403 where he is not.
  private enum Passage: Equatable {
    case passed
    case refused(Int)
  }

  private static func passage(
    _ endpoint: Endpoint, _ service: TestService, _ role: Role?, _ organizations: [String],
    _ query: String = ""
  ) async throws -> Passage {
    let token = try role.map { try service.token($0, organizations: organizations) }
    let path = endpoint.path.replacing(/\{[a-z_]+\}/, with: "0123456789abcdef")
    // A stream does not end by itself: its head says who may follow it.
    let method = path == "/api/admin/live" ? "HEAD" : endpoint.method.rawValue
    let required = endpoint.parameters.filter { $0.place == .query && $0.isRequired }
    let query = required.reduce(query) { query, parameter in
      query + (query.isEmpty ? "?" : "&") + "\(parameter.name)=2026-01-01"
    }
    let answer = try await service.ask(method, path + query, token: token)
    #expect(answer.status < 500, "\(endpoint.name)")
    return [401, 403].contains(answer.status) ? .refused(answer.status) : .passed
  }

  private static func check(
    _ endpoint: Endpoint, _ expected: Expectation, _ service: TestService
  ) async throws {
    func ask(
      _ role: Role?, _ organizations: [String], _ query: String = ""
    ) async throws -> Passage {
      try await passage(endpoint, service, role, organizations, query)
    }
    if case .everybody = expected {
      #expect(try await ask(nil, []) == .passed, "\(endpoint.name)")
      return
    }
    #expect(try await ask(nil, []) == .refused(401), "\(endpoint.name) without a token")
    for role in Role.allCases {
      let name = "\(endpoint.name) as \(role.rawValue)"
      let roles: Set<Role>
      let others: Set<Role>
      switch expected {
      case .everybody, .visible: continue
      case .emitters:
        #expect(try await ask(role, ["acme"]) != .passed, "\(name)")
        continue
      case .senders:
        for query in ["", "?organization_id=acme", "?company_id=acme", "?org_id=acme"] {
          #expect(try await ask(role, ["acme"], query) == .passed, "\(name)\(query)")
        }
        for query in ["?organization_id=other", "?org_id=other"] {
          #expect(try await ask(role, ["acme"], query) == .refused(403), "\(name)\(query)")
        }
        #expect(try await ask(role, []) == .refused(403), "\(name) of no organisation")
        #expect(
          try await ask(role, [], "?organization_id=acme") == .refused(403),
          "\(name) of no organisation")
        continue
      case .roles(let roles):
        let passage = roles.contains(role) ? Passage.passed : .refused(403)
        #expect(try await ask(role, ["acme"]) == passage, "\(name)")
        #expect(try await ask(role, []) == passage, "\(name) of no organisation")
        continue
      case .organizations(let all): (roles, others) = (all, all.intersection(platform))
      case .oneself: (roles, others) = (Set(Role.allCases), [])
      }
      for (query, allowed) in [
        ("", roles), ("?organization_id=acme", roles), ("?company_id=acme", roles),
        ("?org_id=acme", roles), ("?organization_id=other", others), ("?org_id=other", others),
        ("?organizations=all", others),
      ] {
        let passage = allowed.contains(role) ? Passage.passed : .refused(403)
        #expect(try await ask(role, ["acme"], query) == passage, "\(name)\(query)")
      }
      // Who belongs to none must name one, and may only if he sees all; reading is about all then.
      let passage = others.contains(role) ? Passage.passed : .refused(403)
      let reads = endpoint.method == .get || endpoint.isQuestion
      #expect(
        try await ask(role, []) == (reads ? passage : .refused(403)), "\(name) of no organisation")
      #expect(
        try await ask(role, [], "?organization_id=acme") == passage,
        "\(name) of no organisation")
    }
  }

  @Test func `a header does not choose an organisation`() async throws {
    let scoped = TestEndpoints.all.filter { $0.path == "/test/scoped" }
    try await TestService.run(endpoints: scoped) { service in
      let token = try service.token(.admin, organizations: ["acme"])
      for name in [
        "X-Organization", "X-Organization-Id", "x-org-id", "X-Company-Id", "X-Tenant-Id",
      ] {
        let foreign = try await service.ask(
          "GET", "/test/scoped", token: token, headers: ["\(name): other"])
        #expect(foreign.status == 403, "\(name)")
        #expect(!foreign.body.contains("\"other\""))
        let own = try await service.ask(
          "GET", "/test/scoped", token: token, headers: ["\(name): acme"])
        #expect(own.status == 200)
        #expect(own.body == "[\"acme\"]")
      }
      // Names of other systems' headers mean nothing.
      let user = try await service.ask(
        "GET", "/test/scoped", token: token,
        headers: ["X-User-Id: root", "X-Role: superadmin", "X-Forwarded-User: root"])
      #expect(user.body == "[\"acme\"]")
    }
  }

  @Test func `the scope is what was asked for and allowed`() async throws {
    let scoped = TestEndpoints.all.filter { $0.path == "/test/scoped" }
    try await TestService.run(endpoints: scoped) { service in
      let own = try service.token(.admin, organizations: ["acme", "bolt"])
      let platform = try service.token(.platformAdmin, organizations: ["acme"])
      func body(_ token: String, _ query: String) async throws -> String {
        try await service.ask("GET", "/test/scoped" + query, token: token).body
      }
      #expect(try await body(own, "") == "[\"acme\",\"bolt\"]")
      #expect(try await body(own, "?organization_id=bolt") == "[\"bolt\"]")
      #expect(try await body(platform, "") == "[\"acme\"]")
      #expect(try await body(platform, "?organization_id=x") == "[\"x\"]")
      #expect(try await body(platform, "?organizations=all") == "\"all\"")
      let stranger = try service.token(.platformAdmin, organizations: [])
      let answer = try await service.ask("GET", "/test/scoped", token: stranger)
      #expect(answer.body == "\"all\"")
      #expect(answer["daybook-organizations"] == "all")
      #expect(try await body(stranger, "?organization_id=x") == "[\"x\"]")
      #expect(
        try await service.ask("GET", "/test/scoped?organizations=own", token: stranger).status
          == 403)
      #expect(
        try await body(platform, "?organizations=all&org_id=x").contains("\"rule\":\"conflict\""))
      #expect(
        try await body(platform, "?organization_id=y&org_id=x").contains("\"rule\":\"repeated\""))
    }
  }
}
