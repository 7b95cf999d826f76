import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import ServiceSetup
import Testing

/// What was asked for in the words of those who asked, end to end over a socket.
@Suite struct AcceptanceTests {
  static let sql = "SELECT user_id, email FROM users ORDER BY user_id"

  private static func fill(_ service: TestService) async throws {
    try await service.change(
      """
      INSERT INTO users (user_id, organization_id, email) VALUES
        ('a1', 'acme', 'ann@secret.test'), ('a2', 'acme', 'abe@secret.test'),
        ('b1', 'bolt', 'ben@secret.test')
      """)
  }

  @Test
  func
    `values are hidden from everybody until an allowlisted superadmin reveals them, for a while`()
    async throws
  {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin)
      let tokens = try [Role.admin, .organizationAdmin, .platformAdmin].map {
        try service.token($0, organizations: ["acme"])
      }
      // Hidden by default.
      for token in tokens + [root] {
        let answer = try await service.ask(acme: Self.sql, token: token)
        #expect(answer.status == 200)
        #expect(answer.redacted == ["email"])
        #expect(!answer.body.contains("secret.test"))
      }
      // Nobody else may ask: by role, or by a token that claims the role.
      let body = #"{"reason":"just looking around","columns":["users.email"]}"#
      let type = ["Content-Type: application/json"]
      for token in tokens {
        let refused = try await service.ask(
          "POST", "/api/admin/reveal", token: token, headers: type, body: body)
        #expect(refused.status == 403)
      }
      let claimed = try service.token(
        claiming: .superadmin, by: "eve", organizations: ["acme"])
      let refused = try await service.ask(
        "POST", "/api/admin/reveal", token: claimed, headers: type, body: body)
      #expect(refused.status == 401)
      // Revealed, and hidden again by itself.
      let id = try await service.reveal("users.email", token: root, seconds: 120)
      let shown = try await service.ask(acme: Self.sql, token: root, reveal: id)
      #expect(shown.body.contains("ann@secret.test"))
      #expect(shown.redacted == [])
      clock.advance(by: .seconds(120))
      let late = try await service.ask(acme: Self.sql, token: root, reveal: id)
      #expect(late.status == 403)
      let hidden = try await service.ask(acme: Self.sql, token: root)
      #expect(hidden.redacted == ["email"])
      #expect(!(late.body + hidden.body).contains("secret.test"))
      let acts = try await service.recorded("action", where: "entity_type = 'reveal'")
      #expect(
        acts.map { $0[0] }
          == [
            "reveal_refuse", "reveal_refuse", "reveal_refuse", "reveal_grant", "reveal_use",
            "reveal_show", "reveal_end", "reveal_refuse",
          ].map { .text($0) })
    }
  }

  @Test
  func `an admin reads his organisation and no other, and the platform's admin reads each`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      let admin = try service.token(.organizationAdmin, organizations: ["acme"])
      let platform = try service.token(.platformAdmin, user: "pam")
      let body = #"{"sql":"SELECT user_id FROM users ORDER BY user_id"}"#
      func users(_ token: String, _ query: String) async throws -> String {
        let answer = try await service.query(body, token: token, target: "/api/query\(query)")
        return answer.status == 200
          ? (answer["rows"]?.elements ?? []).compactMap { $0.elements?.first?.text }
            .joined(separator: " ") : "\(answer.status)"
      }
      #expect(try await users(admin, "") == "a1 a2")
      #expect(try await users(admin, "?organization_id=acme") == "a1 a2")
      for query in ["organization_id=bolt", "company_id=bolt", "org_id=bolt", "organizations=all"] {
        #expect(try await users(admin, "?\(query)") == "403", "\(query)")
        for path in ["/api/admin/audit/organization", "/api/admin/emitter-keys"] {
          let answer = try await service.ask("GET", "\(path)?\(query)", token: admin)
          #expect(answer.status == 403, "\(path)?\(query)")
        }
      }
      #expect(try await users(platform, "?organization_id=bolt") == "b1")
      #expect(try await users(platform, "?organization_id=acme") == "a1 a2")
      #expect(try await users(platform, "?organizations=all") == "a1 a2 b1")
    }
  }

  @Test
  func
    `nothing over HTTP changes the allowlist, headers choose no organisation, and exports are hidden`()
    async throws
  {
    try await TestService.run { service in
      try await Self.fill(service)
      let root = try service.token(.superadmin, organizations: ["acme"])
      let admin = try service.token(.admin, organizations: ["acme"])
      // The allowlist is configuration: no endpoint names it, and SQL only reads.
      let paths = service.service.endpoints.endpoints.map(\.path)
      #expect(!paths.contains { $0.contains("superadmin") || $0.contains("config") })
      for path in ["/api/admin/superadmins", "/api/admin/config", "/api/admin/settings"] {
        for method in ["GET", "POST", "PUT", "PATCH"] {
          #expect(try await service.ask(method, path, token: root).status == 404)
        }
      }
      let set = try await service.ask(acme: "SET access.superadmins = 'eve'", token: root)
      #expect((400..<500).contains(set.status))
      #expect(service.service.configuration.superadmins.users.map(\.text) == ["root"])
      let eve = try service.token(claiming: .superadmin, by: "eve")
      #expect(try await service.ask("GET", "/api/admin/reveal", token: eve).status == 401)
      // Headers of other systems, on every endpoint about organisations.
      for endpoint in service.service.endpoints.endpoints {
        guard case .scoped = endpoint.access else { continue }
        let path = endpoint.path.replacing(/\{[a-z_]+\}/, with: "0123456789abcdef")
        for header in ["X-Organization-Id", "X-Company-Id", "X-Org-Id", "X-Tenant"] {
          let answer = try await service.ask(
            endpoint.method.rawValue, path, token: root, headers: ["\(header): bolt"])
          #expect(answer.status == 403, "\(endpoint.name) \(header)")
        }
      }
      // Every format that takes rows out.
      for token in [admin, root] {
        for format in ["json", "ndjson", "csv"] {
          let answer = try await service.ask(acme: Self.sql, token: token, format: format)
          #expect(answer.status == 200)
          #expect(answer.text.contains("(redacted)"))
          #expect(!answer.text.contains("secret.test"))
          // As a word of its own: names of queries have letters and digits too.
          #expect(answer.text.firstMatch(of: /\bb1\b/) == nil)
        }
      }
    }
  }
}
