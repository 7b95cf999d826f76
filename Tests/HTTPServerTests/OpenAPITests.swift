import Authentication
import HTTPServer
import Testing

struct OpenAPITests {
  @Test
  func `the description has every endpoint for programs, parameter and body, and no name twice`()
    async throws
  {
    try await TestService.run(endpoints: TestEndpoints.all) { service in
      let body = try await service.ask("GET", "/openapi.json").body
      let json = try StrictJSON(Array(body.utf8))
      #expect(json.members?["openapi"]?.text == "3.1.0")
      let paths = try #require(json.members?["paths"]?.members)
      var names: Set<String> = []
      let endpoints = service.service.endpoints.endpoints
      for endpoint in endpoints where !endpoint.isForBrowsers {
        let method = endpoint.method.rawValue.lowercased()
        let operation = try #require(paths[endpoint.path]?.members?[method]?.members)
        let name = try #require(operation["operationId"]?.text)
        #expect(names.insert(name).inserted, "\(name) is there twice")
        let parameters = operation["parameters"]?.elements ?? []
        #expect(
          parameters.compactMap { $0.members?["name"]?.text }
            == endpoint.allParameters.map(\.name), "\(endpoint.name)")
        #expect((operation["requestBody"] != nil) == (endpoint.body != nil), "\(endpoint.name)")
        let isOpen = operation["security"]?.elements?.isEmpty == true
        #expect(isOpen == (endpoint.access == .open), "\(endpoint.name)")
        #expect(operation["responses"]?.members?["default"] != nil)
      }
      func about(_ path: String, _ method: String, _ name: String) -> String {
        let parameters = paths[path]?.members?[method]?.members?["parameters"]?.elements ?? []
        return parameters.first { $0.members?["name"]?.text == name }?
          .members?["description"]?.text ?? ""
      }
      #expect(about("/api/admin/overview", "get", "range").hasSuffix("Without bounds 30d."))
      #expect(about("/api/admin/threats", "get", "range").hasSuffix("Without bounds all."))
      // Who belongs to no organisation reads all, and changes nothing without naming one.
      #expect(
        about("/api/admin/threats", "get", "organizations").contains("of whoever belongs to none"))
      #expect(
        !about("/api/admin/emitter-keys", "post", "organizations").contains("belongs to none"))
      #expect(paths.count == Set(endpoints.filter { !$0.isForBrowsers }.map(\.path)).count)
      // What it leaves out is open to everybody, and changes nothing.
      for endpoint in endpoints where endpoint.isForBrowsers {
        #expect(endpoint.access == .open && endpoint.method == .get, "\(endpoint.name)")
      }
    }
  }
}

struct NameTests {
  @Test(arguments: [
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true),
    ("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", true),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false),
    ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
    ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false),
    ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false), ("", false),
  ])
  func `a trace is taken as the standard says`(header: String, isTaken: Bool) {
    #expect((TraceContext(header) != nil) == isTaken)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true),
    ("0.0.0.0", false), ("::", false), ("127.0.0.1.evil.example", false), ("127.0.0", false),
    ("10.0.0.1", false), ("", false),
  ])
  func `only addresses of this machine count as such`(host: String, isLoopback: Bool) {
    #expect(ServiceAddress(host: host, port: 0).isLoopback == isLoopback)
  }
}
