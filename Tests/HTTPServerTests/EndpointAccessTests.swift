import AccessControl
import HTTPServer
import Testing

/// Every endpoint, asked by every role about its own, a foreign and no organisation: what is not written
/// down here fails, so that nobody can add an endpoint without saying who may ask it.
struct EndpointAccessTests {
  /// Which roles may ask, from which reach on.
  enum Expectation {
    case everybody
    /// These roles and no others; no organisation is asked about.
    case roles(Set<Role>)
    /// These roles about their own organisations; those of the platform about any, and all.
    case organizations(Set<Role>)
  }

  static let platform: Set<Role> = [.platformAdmin, .superadmin]
  static let readers: Set<Role> = platform.union([.manager, .admin, .organizationAdmin])

  static let expectations: [String: Expectation] = [
    "GET /api/health": .everybody,
    "GET /openapi.json": .everybody,
    "GET /api/dashboard/health/": .roles(readers),
    "GET /metrics": .roles(platform),
    "GET /test/scoped": .organizations(readers),
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

  private static func check(
    _ endpoint: Endpoint, _ expected: Expectation, _ service: TestService
  ) async throws {
    let path = endpoint.path
    func status(_ role: Role?, _ organizations: [String], _ query: String = "") async throws -> Int
    {
      let token = try role.map { try service.token($0, organizations: organizations) }
      return try await service.ask(endpoint.method.rawValue, path + query, token: token).status
    }
    if case .everybody = expected {
      #expect(try await status(nil, []) == 200, "\(endpoint.name)")
      return
    }
    #expect(try await status(nil, []) == 401, "\(endpoint.name) without a token")
    for role in Role.allCases {
      let name = "\(endpoint.name) as \(role.rawValue)"
      switch expected {
      case .everybody: break
      case .roles(let roles):
        #expect(try await status(role, ["acme"]) == (roles.contains(role) ? 200 : 403), "\(name)")
        #expect(try await status(role, []) == (roles.contains(role) ? 200 : 403), "\(name)")
      case .organizations(let roles):
        let mayRead = roles.contains(role)
        let isPlatform = platform.contains(role)
        for (query, may) in [
          ("", mayRead), ("?organization_id=acme", mayRead), ("?company_id=acme", mayRead),
          ("?org_id=acme", mayRead), ("?organization_id=other", mayRead && isPlatform),
          ("?org_id=other", mayRead && isPlatform), ("?organizations=all", mayRead && isPlatform),
        ] {
          #expect(
            try await status(role, ["acme"], query) == (may ? 200 : 403), "\(name)\(query)")
        }
        // Who belongs to none must name one, and may only if he sees all.
        #expect(try await status(role, []) == 403, "\(name) of no organisation")
        #expect(
          try await status(role, [], "?organization_id=acme")
            == (mayRead && isPlatform ? 200 : 403), "\(name) of no organisation")
      }
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
      #expect(
        try await body(platform, "?organizations=all&org_id=x").contains("\"rule\":\"conflict\""))
      #expect(
        try await body(platform, "?organization_id=y&org_id=x").contains("\"rule\":\"repeated\""))
    }
  }
}
