import AccessControl
import Authentication
import HTTPServer
import Testing

struct CrossOriginTests {
  private static let settings = [
    ("--http-allowed-origins", "https://app.example.org"),
    ("--http-allowed-origins", "http://localhost:3000/"),
  ].map { (name: $0.0, value: $0.1) }

  private static let asking = [
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: authorization,content-type",
  ]

  @Test(arguments: ["https://app.example.org", "http://localhost:3000"])
  func `a page of a listed origin may send records, and read what became of them`(origin: String)
    async throws
  {
    try await TestService.run(settings: Self.settings) { service in
      let preflight = try await service.ask(
        "OPTIONS", "/api/analytics/events/batch", headers: Self.asking + ["Origin: \(origin)"])
      #expect(preflight.status == 204)
      #expect(preflight["access-control-allow-origin"] == origin)
      #expect(preflight["access-control-allow-methods"] == "POST")
      #expect(preflight["access-control-allow-headers"]?.contains("authorization") == true)
      #expect(preflight["access-control-allow-credentials"] == nil)
      let key = try await service.key([.event])
      let sent = try await service.send(
        "events/batch", SampleEvents.batch(2), key, headers: ["Origin: \(origin)"])
      #expect(sent.status == 200)
      #expect(sent["access-control-allow-origin"] == origin)
      #expect(sent["vary"] == "Accept-Encoding, Origin")
      // What was wrong can be read too.
      let refused = try await service.send("events/batch", "{", key, headers: ["Origin: \(origin)"])
      #expect(refused.status == 400)
      #expect(refused["access-control-allow-origin"] == origin)
    }
  }

  @Test func `no other origin, and no other endpoint`() async throws {
    try await TestService.run(settings: Self.settings) { service in
      let key = try await service.key([.event])
      for origin in ["https://evil.example", "https://app.example.org.evil.example", "null", ""] {
        let preflight = try await service.ask(
          "OPTIONS", "/api/analytics/events/batch", headers: Self.asking + ["Origin: \(origin)"])
        #expect(preflight.status == 405)
        #expect(preflight["access-control-allow-origin"] == nil)
        let sent = try await service.send(
          "events", SampleEvents.event("x\(origin.count)"), key, headers: ["Origin: \(origin)"])
        #expect(sent["access-control-allow-origin"] == nil)
        #expect(sent["vary"] == "Accept-Encoding, Origin")
      }
      let origin = "Origin: https://app.example.org"
      for path in ["/api/query", "/api/admin/emitter-keys", "/no-such-path"] {
        let answer = try await service.ask("OPTIONS", path, headers: Self.asking + [origin])
        #expect(answer["access-control-allow-origin"] == nil, "\(path)")
        #expect(answer.status == 405 || answer.status == 404, "\(path)")
      }
      let health = try await service.ask("GET", "/api/health", headers: [origin])
      #expect(health["access-control-allow-origin"] == nil)
    }
  }

  @Test func `nothing of it without the setting`() async throws {
    try await TestService.run { service in
      let headers = Self.asking + ["Origin: https://app.example.org"]
      let answer = try await service.ask(
        "OPTIONS", "/api/analytics/events/batch", headers: headers)
      #expect(answer.status == 405)
      #expect(answer.headers.keys.allSatisfy { !$0.hasPrefix("access-control") })
    }
  }

  @Test func `the script is for pages of any site, and may be kept`() async throws {
    try await TestService.run { service in
      let script = try await service.ask("GET", "/daybook.js")
      #expect(script.status == 200)
      #expect(script["content-type"] == "text/javascript; charset=utf-8")
      #expect(script["cross-origin-resource-policy"] == "cross-origin")
      #expect(script["cache-control"] == "public, max-age=3600")
      #expect(script["x-content-type-options"] == "nosniff")
      #expect(script.body.utf8.count < 4096)
      #expect(script.body.contains("w.daybook = {"))
    }
  }
}
