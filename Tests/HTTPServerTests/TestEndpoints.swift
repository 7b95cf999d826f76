import AccessControl
import Authentication
import HTTPServer

/// Endpoints that no service has: they wait, echo and send much.
enum TestEndpoints {
  static let all: [Endpoint] = [
    Endpoint(
      .post, "/test/echo", "Send back", tag: "test", access: .open,
      body: .bytes(types: ["text/plain"], largestByteCount: 65_536),
      answers: [EndpointAnswer(200, "The body.", types: ["text/plain"])]
    ) { request, _ in
      ServiceResponse(contentType: "text/plain", body: .bytes(request.bytes))
    },
    Endpoint(
      .post, "/test/json", "Check", tag: "test", access: .open,
      body: .json(
        .object([
          .init("name", .text(1...8)), .init("count", .integer(0...10), isRequired: false),
          .init("tags", .array(.string, 0...2), isRequired: false),
        ]), largestByteCount: 1024),
      answers: [EndpointAnswer(200, "It is right.", schema: .any)]
    ) { request, _ in .json(.text(request.json?.members?["name"]?.text ?? "")) },
    Endpoint(
      .get, "/test/parameters/{id}", "Take parameters", tag: "test", access: .open,
      parameters: [
        .path("id", .text(1...16), "A name."),
        .query("limit", .integer(1...100), fallback: "50", "How many."),
        .query("grain", .choice(["day", "hour"]), isRequired: true, "How fine."),
        .query("all", .flag, "Whether all."),
        .query("types", .list(largestCount: 3), "Which."),
      ],
      answers: [EndpointAnswer(200, "Them.", schema: .any)]
    ) { request, _ in
      let arguments = request.arguments
      return .json(
        .members([
          "id": .text(arguments.text("id") ?? ""),
          "limit": .integer(Int64(arguments.integer("limit") ?? 0)),
          "grain": .text(arguments.text("grain") ?? ""), "all": .boolean(arguments.flag("all")),
          "types": .array(arguments.list("types").map { .text($0) }),
        ]))
    },
    Endpoint(
      .get, "/test/large", "Send much", tag: "test", access: .open,
      answers: [EndpointAnswer(200, "Bytes.", types: ["application/octet-stream"])]
    ) { _, _ in
      ServiceResponse(
        contentType: "application/octet-stream",
        body: .stream { stream in
          let piece = [UInt8](repeating: 120, count: 1 << 16)
          for _ in 0..<1600 { try await stream.write(piece) }
        })
    },
    Endpoint(
      .get, "/test/slow", "Take a while", tag: "test", access: .open,
      answers: [EndpointAnswer(200, "Done.", schema: .any)]
    ) { _, _ in
      try await Task.sleep(for: .milliseconds(300))
      return .json("done")
    },
    Endpoint(
      .get, "/test/broken", "Fail", tag: "test", access: .open,
      answers: [EndpointAnswer(200, "Never.", schema: .any)]
    ) { _, _ in throw Broken() },
    Endpoint(
      .get, "/test/scoped", "Say the scope", tag: "test", access: .scoped(.readAnalytics),
      answers: [EndpointAnswer(200, "It.", schema: .any)]
    ) { request, _ in
      switch request.scope.organizations {
      case .all: .json("all")
      case .only(let names): .json(.array(names.sorted().map { .text($0.text) }))
      }
    },
  ]

  struct Broken: Error, CustomStringConvertible {
    var description: String { "the secret reason" }
  }
}
