import AccessControl
import ColumnStore
import Engine
import Foundation
import HTTPServer
import Testing

/// Rows leave the engine through `Service.session(for:)`, which starts with nothing, or by what is listed
/// here with its reason.
@Suite struct AccessArchitectureTests {
  /// What sees more than the caller may, and where it is needed.
  static let allowed: [(text: String, files: [String: String])] = [
    (".unrestricted", [:]),
    ("QueryAccess.local", [:]),
    ("= .local", [:]),
    (
      "Session()",
      [
        "Operations/Service.swift": "makes the session that has no rows",
        "Live/LiveRestoring.swift": "counters of all organisations, kept apart by them",
      ]
    ),
    (
      "store.catalog()",
      [
        "Operations/HealthReport.swift": "counts of tables and rows, for operators",
        "Operations/Service+Gauges.swift": "the same, as metrics",
        "Endpoints/Administration/ErasureEndpoints.swift": "names of columns",
        "Endpoints/Administration/RevealEndpoints.swift": "names of columns",
        "Endpoints/Costs/PriceEndpoints.swift": "prices, for those who run the platform",
        "Live/LiveHub.swift": "counters of all organisations, kept apart by them",
      ]
    ),
  ]

  @Test func `no handler goes past the access of its caller`() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/HTTPServer")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      count += 1
      let text = try String(contentsOf: file, encoding: .utf8)
      let name = file.path().replacing(sources.path() + "/", with: "")
      for (pattern, exceptions) in Self.allowed where text.contains(pattern) {
        #expect(
          exceptions[name] != nil,
          "\(name) has '\(pattern)': start with service.session(for: request), or say here why not")
      }
    }
    #expect(count > 50)
  }

  @Test func `a handler's session has the rows of its request, or none, and changes nothing`()
    async throws
  {
    let endpoint = Endpoint(
      .get, "/test/rows", "Read", tag: "test", access: .scoped(.readAnalytics),
      answers: [EndpointAnswer(200, "Rows.", schema: .any)]
    ) { request, service in
      try await Self.rows(request, service)
    }
    var unscoped = endpoint
    unscoped.path = "/test/unscoped"
    unscoped.access = .capable(.readAnalytics)
    try await TestService.run(endpoints: [endpoint, unscoped]) { service in
      try await service.change(
        "INSERT INTO users (user_id, organization_id) VALUES ('a', 'acme'), ('b', 'bolt')")
      let token = try service.token(.platformAdmin, organizations: ["acme"])
      func body(_ target: String) async throws -> String {
        try await service.ask("GET", target, token: token).body
      }
      #expect(try await body("/test/rows") == #"["a","25006"]"#)
      #expect(try await body("/test/rows?organization_id=bolt") == #"["b","25006"]"#)
      #expect(try await body("/test/rows?organizations=all") == #"["ab","25006"]"#)
      #expect(try await body("/test/unscoped") == #"["","25006"]"#)
    }
  }
}
