import AccessControl
import Authentication
import HTTPServer
import Testing

/// Every endpoint of the table is sent a body that does not come to its end. A new one is in these tests by
/// being in the table.
@Suite(.serialized) struct DrippingBodyTests {
  private static var limits: ServiceLimits {
    var limits = ServiceLimits()
    limits.idleTimeout = .seconds(20)
    limits.bodyGrace = .milliseconds(300)
    limits.bodyTimeout = .seconds(20)
    limits.leastBodyRate = 1_000
    return limits
  }

  /// Sends heads, then a byte of each body every 20 ms, and reads what comes back.
  private static func drip(
    _ heads: [String], _ piece: String, _ service: TestService
  ) async throws -> [[RawAnswer]] {
    let port = service.port
    return try await onThread {
      let connections = try heads.map { _ in try RawConnection(port: port) }
      for (connection, head) in zip(connections, heads) { try connection.send(head) }
      for _ in 0..<25 {
        for connection in connections { try connection.send(piece) }
        Pause.milliseconds(20)
      }
      return try connections.map { RawAnswer.all(in: try $0.readToEnd()) }
    }
  }

  private static func head(
    _ endpoint: Endpoint, _ headers: [String], _ service: TestService, key: String
  ) throws -> String {
    let path = endpoint.path.replacing(/\{[a-z_]+\}/, with: "0123456789abcdef")
    var lines = ["\(endpoint.method.rawValue) \(path) HTTP/1.1", "Host: a"] + headers
    // A token where one is asked for, a key where nothing else is taken.
    if endpoint.access != .open {
      let token = try service.token(.superadmin, organizations: ["acme"])
      lines.append("Authorization: Bearer \(endpoint.access.capability == nil ? key : token)")
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  private static func hasRequiredParameters(_ endpoint: Endpoint) -> Bool {
    endpoint.parameters.contains { $0.place == .query && $0.isRequired }
  }

  @Test func `every endpoint that takes a body gives up on one that drips`() async throws {
    try await TestService.run(limits: Self.limits) { service in
      let key = try await service.emitterKey()
      let endpoints = service.service.endpoints.endpoints.filter {
        $0.body != nil && !Self.hasRequiredParameters($0)
      }
      #expect(endpoints.count >= 5)
      let heads = try endpoints.map { endpoint in
        let body = try #require(endpoint.body)
        return try Self.head(
          endpoint,
          [
            "Content-Type: \(body.types.first ?? "")",
            "Content-Length: 4000",
          ], service, key: key)
      }
      let answers = try await Self.drip(heads, "{", service)
      for (endpoint, answers) in zip(endpoints, answers) {
        #expect(answers.map(\.status) == [408], "\(endpoint.name)")
        #expect(answers.first?["connection"] == "close", "\(endpoint.name)")
        #expect(answers.first?["code"]?.text == "request_too_slow", "\(endpoint.name)")
      }
    }
  }

  @Test func `so does every one that takes none, when the end of nothing does not come`()
    async throws
  {
    try await TestService.run(limits: Self.limits) { service in
      let key = try await service.emitterKey()
      let endpoints = service.service.endpoints.endpoints.filter {
        $0.body == nil && !Self.hasRequiredParameters($0)
      }
      let heads = try endpoints.map {
        try Self.head($0, ["Transfer-Encoding: chunked"], service, key: key)
      }
      // The size of a chunk that never ends: no byte of a body comes.
      let answers = try await Self.drip(heads, "0", service)
      for (endpoint, answers) in zip(endpoints, answers) {
        #expect(answers.map(\.status) == [408], "\(endpoint.name)")
      }
    }
  }
}
