import AccessControl
import Authentication
import Engine
import HTTPServer
import Testing

/// What every answer says beside its body, and what requests get for being odd, over a socket.
@Suite struct AnswerHeaderTests {
  private static let expected = [
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "cache-control": "no-store",
    "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin",
  ]

  @Test func `every answer, good or bad, tells browsers to keep it to themselves`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      let token = try service.token(.platformAdmin)
      let answers = [
        try await service.ask("GET", "/api/health"), try await service.ask("HEAD", "/api/health"),
        try await service.ask("GET", "/metrics", token: token),
        try await service.ask("GET", "/metrics"), try await service.ask("GET", "/nothing"),
        try await service.ask("PUT", "/api/health"), try await service.ask("GET", "/test/broken"),
        try await service.sql("SELECT 1 AS a"),
        try await service.sql("SELECT g FROM generate_series(1, 5000) AS s(g)"),
        try #require(try await service.exchange(Array("junk\r\n\r\n".utf8)).first),
        try #require(
          try await service.exchange(Array("GET / HTTP/1.1\r\n\r\n".utf8)).first),
      ]
      #expect(
        answers.map(\.status) == [200, 200, 200, 401, 404, 405, 500, 200, 200, 400, 400])
      for answer in answers {
        for (name, value) in Self.expected {
          #expect(answer[name] == value, "\(name) of \(answer.status)")
        }
        #expect(answer["x-request-id"] != nil)
        // It would keep browsers from plain HTTP, where this service speaks nothing else.
        #expect(answer["strict-transport-security"] == nil)
        #expect(answer["server"] == nil)
      }
    }
  }

  @Test func `no page of another site may read an answer`() async throws {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      let origin = ["Origin: https://evil.example"]
      let preflight =
        origin + [
          "Access-Control-Request-Method: POST",
          "Access-Control-Request-Headers: authorization, content-type",
        ]
      let answers = [
        try await service.ask("OPTIONS", "/api/query", headers: preflight),
        try await service.ask("OPTIONS", "/api/health", headers: preflight),
        try await service.ask("GET", "/api/health", headers: origin),
        try await service.query(#"{"sql":"SELECT 1 AS a"}"#, headers: origin),
        try await service.ask("GET", "/api/health", headers: ["Origin: null"]),
      ]
      #expect(answers.map(\.status) == [405, 405, 200, 200, 200])
      for answer in answers {
        #expect(!answer.headers.keys.contains { $0.hasPrefix("access-control-") })
      }
    }
  }

  @Test func `a path is what it is, however it is written`() async throws {
    try await TestService.run { service in
      let token = try service.token(.platformAdmin)
      for path in [
        "//metrics", "/metrics//", "/./metrics", "/api/../metrics", "/%6detrics", "/metrics%00",
        "/metrics%2f", "/METRICS", "/metrics;a=b", "/api%2fhealth", "/api//health",
        "/api/health/../../metrics", "/%2e%2e/metrics", "/metrics%20",
        "/audit//me", "/api/admin/audit/entity//p1",
      ] {
        #expect(try await service.ask("GET", path, token: token).status == 404, "\(path)")
      }
      // A part that varies is taken as it is, and is no way into another path.
      for id in ["..%2f..%2fmetrics", "..", "%2e%2e", "a%2fb"] {
        let answer = try await service.ask("DELETE", "/api/query/\(id)", token: token)
        #expect(answer.status == 404, "\(id)")
        #expect(answer["code"]?.text == "not_found")
      }
      for id in ["%00", "a%0d%0ab", "%ff"] {
        let answer = try await service.ask("DELETE", "/api/query/\(id)", token: token)
        #expect(answer.status == (id == "%ff" ? 400 : 422), "\(id)")
        #expect(answer["x-request-id"]?.utf8.count == 32)
      }
    }
  }

  @Test func `a target that names another host than the header is refused`() async throws {
    var limits = ServiceLimits()
    limits.allowedHosts = ["daybook.example"]
    try await TestService.run(limits: limits) { service in
      for (target, host, status) in [
        ("http://daybook.example/api/health", "daybook.example", 200),
        ("http://evil.example/api/health", "daybook.example", 400),
        ("http://daybook.example/api/health", "evil.example", 421),
        ("http://daybook.example:1/api/health", "daybook.example", 400),
        ("http://a@daybook.example/api/health", "daybook.example", 400),
        ("HTTP://DAYBOOK.EXAMPLE/api/health", "daybook.example", 200),
      ] {
        let text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let answers = try await service.exchange(Array(text.utf8))
        #expect(answers.map(\.status) == [status], "\(target) \(host)")
      }
    }
  }

  @Test func `one token, one organisation, one value of each parameter`() async throws {
    try await TestService.run { service in
      let admin = try service.token(.admin, organizations: ["acme"])
      let platform = try service.token(.platformAdmin)
      let path = "/api/admin/audit/organization"
      let two = try await service.ask(
        "GET", path, token: admin, headers: ["Authorization: Bearer \(platform)"])
      #expect(two.status == 401)
      for query in [
        "organization_id=acme&organization_id=bolt", "organization_id=bolt&organization_id=acme",
        "organization_id=acme&org_id=bolt", "org_id=acme&organization%5Fid=bolt",
        "organization_id=acme&organization_id=acme", "organization_id[]=acme", "organization_id=",
        "organization_id=acme%00", "Organization_Id=bolt", "organization_id=acme&organizations=all",
      ] {
        let answer = try await service.ask("GET", "\(path)?\(query)", token: admin)
        #expect(answer.status == 422, "\(query)")
      }
      // Two spellings of a header's name are one header.
      let spoofed = try await service.ask(
        "GET", path, token: admin, headers: ["X-Org-Id: acme", "x-org-id: bolt"])
      #expect(spoofed.status == 403)
    }
  }

  @Test func `organisations and people that look alike are others`() async throws {
    try await TestService.run { service in
      // One letter, and a letter with its accent apart: Swift's texts are equal, these are not.
      let (one, other) = ("caf\u{e9}", "cafe\u{301}")
      try await service.change(
        "INSERT INTO users (user_id, organization_id) VALUES ('a', '\(one)'), ('b', '\(other)')")
      let body = #"{"sql":"SELECT user_id FROM users"}"#
      let sent = ["caf%C3%A9", "cafe%CC%81"]
      for (organization, user, foreign) in [(one, "a", sent[1]), (other, "b", sent[0])] {
        let token = try service.token(
          .admin, organizations: [organization], user: "u-" + organization)
        let own = try await service.query(body, token: token, target: "/api/query")
        #expect(own["rows"] == .array([.array([.string(user)])]))
        let answer = try await service.query(
          body, token: token, target: "/api/query?organization_id=\(foreign)")
        #expect(answer.status == 403)
      }
      let both = try service.token(.admin, organizations: [one, other])
      let all = try await service.query(body, token: both, target: "/api/query")
      #expect(all["rows"]?.elements?.count == 2)
      for organization in ["acm\u{435}", "acme\u{200b}", "ACME", "acme ", "\u{202e}emca"] {
        let token = try service.token(.admin, organizations: ["acme"])
        let name = organization.utf8.map { "%" + String($0, radix: 16) }.joined()
        let answer = try await service.query(
          body, token: token, target: "/api/query?organization_id=\(name)")
        #expect([403, 422].contains(answer.status), "\(name)")
      }
      // Nor does one see or cancel the queries of the other.
      let first = try service.token(.admin, organizations: ["acme"], user: one)
      let second = try service.token(.admin, organizations: ["acme"], user: other)
      async let asked = service.query(
        #"{"sql":"\#(TestService.endless)","query_id":"slow"}"#, token: first,
        target: "/api/query")
      try await service.waitForQueries(1)
      let number = try #require(service.service.engine.runningQueries.first).id
      #expect(try await service.ask("GET", "/api/queries", token: second)["queries"] == .array([]))
      for id in ["slow", "\(number)"] {
        #expect(try await service.ask("DELETE", "/api/query/\(id)", token: second).status == 404)
      }
      #expect(try await service.ask("DELETE", "/api/query/slow", token: first).status == 204)
      _ = try await asked
    }
  }

  @Test func `a head is asked for by the same right as the answer`() async throws {
    try await TestService.run { service in
      let user = try service.token(.user, organizations: ["acme"])
      let admin = try service.token(.admin, organizations: ["acme"])
      #expect(try await service.ask("HEAD", "/metrics").status == 401)
      #expect(try await service.ask("HEAD", "/metrics", token: admin).status == 403)
      let path = "/api/admin/audit/organization"
      #expect(try await service.ask("HEAD", path, token: user).status == 403)
      #expect(
        try await service.ask("HEAD", "\(path)?organization_id=bolt", token: admin).status == 403)
      let head = try await service.ask("HEAD", path, token: admin)
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
      for method in ["get", "TRACE", "CONNECT", "PROPFIND", "HEAD"] {
        let answer = try await service.ask(method, "/api/query", token: admin)
        #expect([400, 405].contains(answer.status), "\(method)")
      }
    }
  }
}
