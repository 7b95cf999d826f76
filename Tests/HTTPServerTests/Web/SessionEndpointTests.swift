import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import HTTPTypes
import Testing

/// Signing in to the dashboard, being signed in, and signing out, over a socket.
@Suite struct SessionEndpointTests {
  @Test func `a token becomes a cookie that no script reads, until the token ends`() async throws {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      let token = try service.token(.admin, organizations: ["acme"])
      let answer = try await service.signIn(token: token)
      #expect(answer.status == 204 && answer.body.isEmpty)
      #expect(
        answer["set-cookie"]
          == "daybook_session=\(token); Path=/; Max-Age=3600; HttpOnly; SameSite=Strict")
      #expect(answer["cache-control"] == "no-store")
      clock.advance(by: .seconds(60))
      let session = try await service.page("GET", "/api/session", cookie: token)
      #expect(
        session.body == """
          {"user_id":"ann","role":"admin","organization_id":"acme","organizations":["acme"],\
          "capabilities":["read_own_records","read_analytics","read_audit_log","run_queries",\
          "handle_threats"],"expires_at":"2026-01-15T13:00:00.000Z","can_reveal":false,"reveal":null,\
          "version":"\(serviceVersion)","time_zone":"UTC"}
          """)
      // A bearer token says the same of itself.
      #expect(try await service.ask("GET", "/api/session", token: token).body == session.body)
      clock.advance(by: .seconds(3600))
      let late = try await service.page("GET", "/api/session", cookie: token)
      #expect(late.status == 401 && late["code"]?.text == "token_expired")
      #expect(try await service.ask("GET", "/api/session")["code"]?.text == "token_missing")
      #expect(
        try await service.recorded("action, user_id, user_role, organization_id, description")
          == [
            [
              .text("sign_in"), .text("ann"), .text("admin"), .text("acme"),
              .text("ann signed in to the dashboard with a token"),
            ]
          ])
      #expect(!service.log.text.contains(token))
    }
  }

  @Test func `whoever sees all organisations is told so`() async throws {
    try await TestService.run { service in
      let token = try service.token(.platformAdmin)
      let session = try await service.page("GET", "/api/session", cookie: token)
      #expect(session["organization_id"] == .null && session["organizations"] == .null)
      let two = try service.token(.admin, organizations: ["bolt", "acme"])
      let both = try await service.page("GET", "/api/session", cookie: two)
      #expect(both["organization_id"] == .null)
      #expect(both["organizations"] == .array([.string("acme"), .string("bolt")]))
    }
  }

  @Test func `the code of the link signs in once`() async throws {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      let path = service.link.path
      let code = String(path.dropFirst("/sign-in#code=".count))
      #expect(path.hasPrefix("/sign-in#code=") && code.utf8.count == 43)
      for wrong in [
        String(code.dropLast()), code + "A", String(code.reversed()), code.lowercased(), "x",
        String(repeating: "A", count: 43),
      ] {
        let refused = try await service.signIn(code: wrong)
        #expect(refused.status == 401 && refused["code"]?.text == "code_refused", "\(wrong)")
        #expect(refused["set-cookie"] == nil)
      }
      clock.advance(by: .seconds(599))
      let answer = try await service.signIn(code: code)
      #expect(answer.status == 204)
      let cookie = try #require(answer.cookie)
      #expect(answer["set-cookie"]?.contains("HttpOnly; SameSite=Strict") == true)
      let again = try await service.signIn(code: code)
      #expect(again.status == 401 && again["code"]?.text == "code_refused")
      #expect(again["hint"]?.text?.contains("daybook serve") == true)
      let session = try await service.page("GET", "/api/session", cookie: cookie)
      #expect(session["user_id"]?.text == "local")
      #expect(session["role"]?.text == "platform_admin")
      #expect(session["organization_id"] == .null && session["organizations"] == .null)
      #expect(session["can_reveal"] == .bool(false))
      #expect(
        try await service.recorded("action, user_id, organization_id, description")
          == [
            [
              .text("sign_in"), .text("local"), .null,
              .text("local signed in to the dashboard by the link of daybook serve"),
            ]
          ])
      #expect(!service.log.text.contains(code) && !service.log.text.contains(cookie))
    }
  }

  @Test func `a code that two bring at once is one's`() async throws {
    try await TestService.run { service in
      let code = String(service.link.path.dropFirst("/sign-in#code=".count))
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<6 { group.addTask { try await service.signIn(code: code).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.sorted() == [204] + Array(repeating: 401, count: 5))
    }
  }

  @Test func `a code is too old after ten minutes`() async throws {
    let clock = HarnessClock()
    try await TestService.run(environment: .standing(at: clock)) { service in
      let code = String(service.link.path.dropFirst("/sign-in#code=".count))
      clock.advance(by: .seconds(600))
      let late = try await service.signIn(code: code)
      #expect(late.status == 401)
      let recorded = try await service.recorded("action")
      #expect(recorded == [])
    }
  }

  @Test func `a session ends when one signs out of it, and the token itself goes on`() async throws
  {
    try await TestService.run { service in
      let token = try service.token(.admin, organizations: ["acme"])
      #expect(try await service.page("GET", "/api/session", cookie: token).status == 200)
      let out = try await service.page("DELETE", "/api/session", cookie: token)
      #expect(out.status == 204)
      #expect(
        out["set-cookie"]
          == "daybook_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
      for path in ["/api/session", "/api/admin/overview", "/api/admin/live"] {
        let late = try await service.page("GET", path, cookie: token)
        #expect(late.status == 401 && late["code"]?.text == "token_refused", "\(path)")
      }
      #expect(try await service.ask("GET", "/api/session", token: token).status == 200)
      // Nobody to sign out is no mistake, and nothing to write down.
      for cookie in [nil, token, "junk", ""] {
        #expect(try await service.page("DELETE", "/api/session", cookie: cookie).status == 204)
      }
      #expect(
        try await service.recorded("action, user_id, organization_id")
          == [[.text("sign_out"), .text("ann"), .text("acme")]])
    }
  }

  @Test func `nobody is signed in by what cannot be written down`() async throws {
    let harness = try await AdministrationHarness()
    let body = #"{"token":"\#(try harness.token(.admin))"}"#
    try harness.breakAuditLog()
    let answer = try await harness.ask(.post, "/api/session", body: body)
    #expect(answer.status == 503 && answer.code == "not_recorded")
    #expect(answer.headers[.setCookie] == nil)
  }

  @Test func `what is no token, or none that a cookie can hold, is refused`() async throws {
    try await TestService.run { service in
      let right = try service.token(.admin, organizations: ["acme"])
      let forged = right.dropLast(4) + "AAAA"
      let eve = try service.token(claiming: .superadmin, by: "eve")
      for token in [String(forged), eve, "x", "a.b.c", "dbk_acme_123", "Bearer \(right)"] {
        let answer = try await service.signIn(token: token)
        #expect(answer.status == 401, "\(token)")
        #expect(answer["set-cookie"] == nil)
      }
      let many = (0..<120).map { "organisation-with-a-long-name-\($0)" }
      let long = try await service.signIn(token: service.token(.admin, organizations: many))
      #expect(long.status == 400 && long["set-cookie"] == nil)
      for body in [
        "{}", "[]", "null", #"{"token":1}"#, #"{"code":null}"#, #"{"token":"a","code":"b"}"#,
        #"{"token":""}"#, #"{"password":"x"}"#,
      ] {
        let answer = try await service.page("POST", "/api/session", cookie: nil, body: body)
        #expect(answer.status == 400, "\(body)")
      }
      #expect(try await service.recorded("action") == [])
    }
  }

  @Test func `whoever fails too often waits, also with what is right`() async throws {
    try await TestService.run { service in
      var statuses: [Int] = []
      for _ in 0..<20 { statuses.append(try await service.signIn(token: "x").status) }
      #expect(statuses.prefix(10).allSatisfy { $0 == 401 })
      #expect(statuses.contains(429))
    }
    let limiter = SignInLimiter()
    let second: Int64 = 1_000_000_000
    for _ in 0..<10 {
      #expect(limiter.wait("1.2.3.4", at: second) == nil)
      limiter.noteFailure("1.2.3.4", at: second)
    }
    #expect(limiter.wait("1.2.3.4", at: second) == 1)
    #expect(limiter.wait("1.2.3.5", at: second) == nil)
    #expect(limiter.wait("1.2.3.4", at: 3 * second) == nil)
    limiter.noteFailure("1.2.3.4", at: 3 * second)
    #expect(limiter.wait("1.2.3.4", at: 3 * second) == 4)
    // One network of IPv6 is one address.
    for _ in 0..<10 { limiter.noteFailure("2001:db8::1", at: second) }
    #expect(limiter.wait("2001:db8::2", at: second) != nil)
  }

  @Test func `a cookie is kept from plain HTTP where the browser speaks TLS`() async throws {
    try await TestService.run { service in
      let token = try service.token(.admin, organizations: ["acme"])
      let answer = try await service.signIn(token: token, headers: ["Origin: https://localhost"])
      #expect(answer.status == 204)
      #expect(answer["set-cookie"]?.hasSuffix("; SameSite=Strict; Secure") == true)
      let out = try await service.page(
        "DELETE", "/api/session", cookie: token, headers: ["Origin: https://localhost"])
      #expect(out["set-cookie"]?.hasSuffix("; Secure") == true)
    }
  }
}

extension TestService {
  func signIn(token: String, headers: [String] = []) async throws -> RawAnswer {
    let body = #"{"token":\#(StrictJSON.quoted(token))}"#
    return try await page("POST", "/api/session", cookie: nil, headers: headers, body: body)
  }

  func signIn(code: String) async throws -> RawAnswer {
    let body = #"{"code":\#(StrictJSON.quoted(code))}"#
    return try await page("POST", "/api/session", cookie: nil, body: body)
  }

  /// What the dashboard's own script would send.
  func page(
    _ method: String, _ path: String, cookie: String?, headers: [String] = [], body: String? = nil
  ) async throws -> RawAnswer {
    var headers = headers
    if let cookie { headers.append("Cookie: \(SessionCookie.name)=\(cookie)") }
    if !["GET", "HEAD"].contains(method) { headers.append("X-Daybook-Page: 1") }
    if body != nil { headers.append("Content-Type: application/json") }
    return try await ask(method, path, headers: headers, body: body)
  }
}

extension RawAnswer {
  /// What the answer sets the dashboard's cookie to.
  var cookie: String? {
    headers["set-cookie"]?.split(separator: ";").first?.split(separator: "=").last.map(String.init)
  }
}
