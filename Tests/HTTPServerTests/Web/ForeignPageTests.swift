import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import Testing

/// Tries to use the cookie of the dashboard from elsewhere, or for what its owner may not.
@Suite struct ForeignPageTests {
  private static let sql = #"{"sql":"SELECT 1 AS a"}"#
  private static let type = "Content-Type: application/json"

  @Test func `a cookie is a token to every endpoint that takes one`() async throws {
    try await TestService.run { service in
      let cookie = try service.token(.admin, organizations: ["acme"])
      let answer = try await service.page("POST", "/api/query", cookie: cookie, body: Self.sql)
      #expect(answer.status == 200)
      #expect(try await service.page("GET", "/api/queries", cookie: cookie).status == 200)
      #expect(try await service.page("GET", "/metrics", cookie: cookie).status == 403)
      #expect(try await service.page("HEAD", "/api/admin/live", cookie: cookie).status == 200)
      let other = try await service.page(
        "GET", "/api/admin/overview?organization_id=bolt", cookie: cookie)
      #expect(other.status == 403)
      // No emitter is known by it; a person is.
      let body = #"{"clientEventId":"e1","type":"chat"}"#
      let sent = try await service.page(
        "POST", "/api/analytics/token-usage", cookie: cookie, body: body)
      #expect(sent.status == 403 && sent["code"]?.text == "forbidden")
      let own = try await service.page("POST", "/api/analytics/events", cookie: cookie, body: body)
      #expect(own.status != 401 && own.status != 403)
    }
  }

  @Test(arguments: [
    [], ["X-Daybook-Page: 0"], ["X-Daybook-Page: true"], ["X-Daybook-Page:"],
    ["X-Daybook-Page: 1", "X-Daybook-Page: 1"],
    ["X-Daybook-Page: 1", "Origin: https://evil.example"],
    ["X-Daybook-Page: 1", "Origin: null"], ["X-Daybook-Page: 1", "Origin:"],
    ["X-Daybook-Page: 1", "Origin: http://localhost:9000"],
    ["X-Daybook-Page: 1", "Origin: http://localhost.evil.example"],
    ["X-Daybook-Page: 1", "Origin: ftp://localhost"],
    ["X-Daybook-Page: 1", "Origin: http://localhost", "Origin: http://evil.example"],
    ["X-Daybook-Page: 1", "Sec-Fetch-Site: cross-site"],
    ["X-Daybook-Page: 1", "Sec-Fetch-Site: same-site"],
    ["X-Daybook-Page: 1", "Sec-Fetch-Site: none"],
    ["X-Daybook-Page: 1", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"],
  ])
  func `a change with the cookie that another page could have sent is refused`(headers: [String])
    async throws
  {
    try await TestService.run { service in
      let token = try service.token(.superadmin, organizations: ["acme"])
      let cookie = "Cookie: daybook_session=\(token)"
      let reveal = #"{"reason":"ticket 4711 of acme","columns":["users.email"]}"#
      for (method, path, body) in [
        ("POST", "/api/query", Self.sql), ("POST", "/api/admin/reveal", reveal),
        ("DELETE", "/api/admin/reveal", nil), ("DELETE", "/api/session", nil),
        ("PATCH", "/api/admin/threats/resolve", #"{"ids":["t1"]}"#),
      ] as [(String, String, String?)] {
        let more = headers + [cookie] + (body == nil ? [] : [Self.type])
        let answer = try await service.ask(method, path, headers: more, body: body)
        #expect(answer.status == 403, "\(method) \(path)")
        #expect(answer["code"]?.text == "cross_site")
        #expect(answer["set-cookie"] == nil)
        #expect(!answer.headers.keys.contains { $0.hasPrefix("access-control-") })
      }
      // Nothing was done: the session is open, and nothing is on the record.
      #expect(try await service.page("GET", "/api/session", cookie: token).status == 200)
      #expect(try await service.recorded("action") == [])
    }
  }

  @Test(arguments: [
    (["Origin: http://localhost"], 200), (["Origin: HTTP://LOCALHOST"], 200),
    (["Origin: http://localhost:80"], 200), (["Origin: https://localhost:443"], 200),
    (["Sec-Fetch-Site: same-origin"], 200),
    (["Origin: http://localhost", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"], 200),
    (["Origin: http://localhost:443"], 403), (["Origin: http://localhost/"], 403),
  ])
  func `the page itself is known by where it comes from`(headers: [String], status: Int)
    async throws
  {
    try await TestService.run { service in
      let cookie = try service.token(.admin, organizations: ["acme"])
      let answer = try await service.page(
        "POST", "/api/query", cookie: cookie, headers: headers, body: Self.sql)
      #expect(answer.status == status)
    }
  }

  @Test func `nor is anything read for a page of another origin`() async throws {
    try await TestService.run { service in
      let cookie = try service.token(.admin, organizations: ["acme"])
      for (header, status) in [
        ("Sec-Fetch-Site: none", 200), ("Sec-Fetch-Site: same-origin", 200),
        ("Sec-Fetch-Site: same-site", 403), ("Sec-Fetch-Site: cross-site", 403),
        ("Origin: https://evil.example", 403),
      ] {
        let answer = try await service.page(
          "GET", "/api/admin/overview", cookie: cookie, headers: [header])
        #expect(answer.status == status, "\(header)")
      }
      // A token that is sent as such is nobody's by accident.
      let token = try await service.query(
        Self.sql, token: cookie, target: "/api/query",
        headers: ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example"])
      #expect(token.status == 200)
    }
  }

  @Test func `another site signs nobody in or out`() async throws {
    try await TestService.run { service in
      let body = #"{"token":"\#(try service.token(.admin, organizations: ["acme"]))"}"#
      for header in [
        "Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
      ] {
        for (method, body) in [("POST", body), ("DELETE", nil)] as [(String, String?)] {
          let answer = try await service.ask(
            method, "/api/session", headers: [header] + (body == nil ? [] : [Self.type]),
            body: body)
          #expect(answer.status == 403, "\(method) \(header)")
          #expect(answer["set-cookie"] == nil)
        }
      }
      // What forms can send.
      for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = try await service.ask(
          "POST", "/api/session", headers: ["Content-Type: \(type)"], body: body)
        #expect(answer.status == 415)
      }
      let preflight = try await service.ask(
        "OPTIONS", "/api/session",
        headers: [
          "Origin: https://evil.example", "Access-Control-Request-Method: POST",
          "Access-Control-Request-Headers: content-type, x-daybook-page",
        ])
      #expect(preflight.status == 405)
      #expect(!preflight.headers.keys.contains { $0.hasPrefix("access-control-") })
    }
  }

  @Test func `one cookie, and no token beside it`() async throws {
    try await TestService.run { service in
      let one = try service.token(.admin, organizations: ["acme"])
      let other = try service.token(.platformAdmin, user: "bob")
      let name = "daybook_session"
      for headers in [
        ["Cookie: \(name)=\(one); \(name)=\(other)"], ["Cookie: \(name)=\(one);\(name)=\(one)"],
        ["Cookie: \(name)=\(one)", "Cookie: a=b; \(name)=\(other)"],
        ["Cookie: \(name)=\(one)", "Authorization: Bearer \(other)"],
        ["Cookie: \(name)=\(one)", "Authorization: Bearer \(one)"],
        ["Cookie: \(name)=\(one)", "Authorization: Basic YTpi"],
        ["Cookie: \(name)="], ["Cookie: \(name)=\"\(one)\""], ["Cookie: \(name)=x\(one)"],
        ["Cookie: \(name)=\(one.dropLast(4))AAAA"], ["Cookie: \(name)=\(one)="],
      ] {
        let answer = try await service.ask("GET", "/api/queries", headers: headers)
        #expect(answer.status == 401, "\(headers)")
        #expect(answer["code"]?.text == "token_refused")
      }
      // Other names are other cookies.
      for header in ["x\(name)=\(one)", "\(name)x=\(one)", "a=\(name)=\(one)", name] {
        let answer = try await service.ask("GET", "/api/queries", headers: ["Cookie: \(header)"])
        #expect(answer.status == 401, "\(header)")
        #expect(answer["code"]?.text == "token_missing", "\(header)")
      }
      for header in ["a=b; \(name)=\(one); c=d", "\(name)=\(one);", "a; \(name)=\(one)"] {
        let answer = try await service.ask("GET", "/api/queries", headers: ["Cookie: \(header)"])
        #expect(answer.status == 200, "\(header)")
      }
    }
  }

  @Test func `a reveal is still for superadmins of the allowlist, and for its owner`() async throws
  {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      try await service.change(
        """
        INSERT INTO users (user_id, organization_id, email) VALUES
          ('a1', 'acme', 'ann@secret.test')
        """)
      let body =
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"duration_seconds":60}"#
      for role in Role.allCases where role != .superadmin {
        let cookie = try service.token(role, organizations: ["acme"])
        let refused = try await service.page(
          "POST", "/api/admin/reveal", cookie: cookie, body: body)
        #expect(refused.status == 403 && refused["code"]?.text == "forbidden", "\(role)")
      }
      // A token that claims it, by a key that signs for more.
      let eve = try service.token(claiming: .superadmin, by: "eve", organizations: ["acme"])
      #expect(try await service.signIn(token: eve).status == 401)
      let claimed = try await service.page("POST", "/api/admin/reveal", cookie: eve, body: body)
      #expect(claimed.status == 401)

      let root = try service.token(.superadmin, organizations: ["acme"])
      let made = try await service.page("POST", "/api/admin/reveal", cookie: root, body: body)
      #expect(made.status == 201)
      let id = try #require(made["id"]?.text)
      let session = try await service.page("GET", "/api/session", cookie: root)
      #expect(session["can_reveal"] == .bool(true))
      #expect(session["reveal", "id"]?.text == id)
      #expect(session["reveal", "expires_at"]?.text == "2026-01-15T12:01:00.000Z")
      #expect(session["reveal", "reason"]?.text == "ticket 4711 of acme")
      #expect(
        session["reveal", "scope", "columns"]?.elements == [.string("users.email")])
      func emails(_ cookie: String, _ headers: [String]) async throws -> RawAnswer {
        try await service.page(
          "POST", "/api/query", cookie: cookie, headers: headers,
          body: #"{"sql":"SELECT email FROM users"}"#)
      }
      let shown = try await emails(root, ["X-Daybook-Reveal: \(id)"])
      #expect(shown.body.contains("secret.test"))
      let sealed = try await emails(root, [])
      #expect(sealed.status == 200 && !sealed.body.contains("secret.test"))
      let admin = try service.token(.admin, organizations: ["acme"])
      let foreign = try await emails(admin, ["X-Daybook-Reveal: \(id)"])
      #expect(foreign.status == 403 && !foreign.body.contains("secret.test"))
      clock.advance(by: .seconds(60))
      let late = try await service.page("GET", "/api/session", cookie: root)
      #expect(late["reveal"] == .null)
      let after = try await emails(root, ["X-Daybook-Reveal: \(id)"])
      #expect(after.status == 403)
    }
  }
}
