import DaybookClient
import DaybookHummingbird
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

struct HostContext: DaybookRequestContext {
  var coreContext: CoreRequestContextStorage
  let daybook = RequestNotes()

  init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}

@Suite(.timeLimit(.minutes(20))) struct `The middleware` {
  private struct Unlucky: Error {}

  private func application(_ client: DaybookClient) -> some ApplicationProtocol {
    let router = Router(context: HostContext.self, options: .autoGenerateHeadEndpoints)
    router.add(
      middleware: DaybookMiddleware(client: client, skips: { $0.uri.path == "/health" }) {
        request, _ in
        RequestCaller(
          userID: request.headers[.userAgent].map { "u-\($0)" }, sessionID: "s-1")
      })
    router.get("/health") { _, _ in "fine" }
    router.get("/api/projects/:id") { _, context in
      "project \(context.parameters.get("id") ?? "")"
    }
    router.post("/api/chat") { _, context -> Response in
      context.daybook.update {
        $0.model = "gpt-4.1"
        $0.promptTokens = 12
        $0.completionTokens = 30
        $0.userID = "known"
      }
      return Response(
        status: .created,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "one "))
          // Of a stream it is known at the end what it took.
          context.daybook.update { $0.finishReason = "stop" }
          try await writer.write(ByteBuffer(string: "two"))
          try await writer.finish(nil)
        })
    }
    router.get("/api/secret") { _, _ -> String in throw HTTPError(.forbidden, message: "no") }
    router.get("/api/broken") { _, _ -> String in throw Unlucky() }
    return Application(router: router)
  }

  private func events(
    _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws -> [[String: Any]] {
    let recorded = RecordedEvents()
    try await application(recorded.client).test(.router) { try await body($0) }
    return try await recorded.all()
  }

  @Test func `logs the template of the route, and nothing of the path or the query`() async throws {
    let events = try await events { client in
      try await client.execute(
        uri: "/api/projects/p-77?token=never-logged", method: .get,
        headers: [
          .userAgent: "7",
          HTTPField.Name("X-Request-Id") ?? .date: "r-1",
          HTTPField.Name("traceparent") ?? .date:
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ]
      ) { #expect(String(buffer: $0.body) == "project p-77") }
    }
    let event = try #require(events.first)
    #expect(events.count == 1)
    #expect(event["event_type"] as? String == "api_call")
    #expect(event["endpoint"] as? String == "/api/projects/{id}")
    #expect(event["method"] as? String == "GET")
    #expect(event["status_code"] as? Int == 200)
    #expect(event["status"] as? String == "succeeded")
    #expect(event["user_id"] as? String == "u-7")
    #expect(event["session_id"] as? String == "s-1")
    #expect(event["request_id"] as? String == "r-1")
    #expect(event["trace_id"] as? String == "0af7651916cd43dd8448eb211c80319c")
    #expect((event["response_time_ms"] as? Double ?? -1) >= 0)
    #expect(!"\(event)".contains("p-77") && !"\(event)".contains("never-logged"))
  }

  @Test func `takes what a handler notes, also while its answer is being written`() async throws {
    let events = try await events { client in
      try await client.execute(uri: "/api/chat", method: .post) {
        #expect($0.status == .created)
        #expect(String(buffer: $0.body) == "one two")
      }
    }
    let event = try #require(events.first)
    #expect(event["model"] as? String == "gpt-4.1")
    #expect(event["prompt_tokens"] as? Int == 12)
    #expect(event["completion_tokens"] as? Int == 30)
    #expect(event["finish_reason"] as? String == "stop")
    #expect(event["user_id"] as? String == "known")
    #expect(event["endpoint"] as? String == "/api/chat")
  }

  @Test(arguments: [
    ("/api/secret", HTTPRequest.Method.get, 403, "/api/secret"),
    ("/api/broken", .get, 500, "/api/broken"),
    ("/no/such/p-1", .get, 404, "(unmatched)"),
    ("/api/projects/p-1", .head, 200, "/api/projects/{id}"),
    ("/api/projects/p-1", HTTPRequest.Method("PROPFIND") ?? .get, 404, "(unmatched)"),
  ])
  func `logs each request once, whatever became of it`(
    path: String, method: HTTPRequest.Method, status: Int, endpoint: String
  ) async throws {
    let events = try await events { client in
      try await client.execute(uri: path, method: method) {
        #expect($0.status.code == status)
      }
    }
    #expect(events.count == 1)
    #expect(events.first?["status_code"] as? Int == status)
    #expect(events.first?["endpoint"] as? String == endpoint)
    #expect(events.first?["status"] as? String == (status < 400 ? "succeeded" : "failed"))
    #expect(
      events.first?["method"] as? String
        == (method == .get || method == .head ? method.rawValue : nil))
  }

  @Test func `leaves out what it is told to`() async throws {
    let events = try await events { client in
      try await client.execute(uri: "/health", method: .get) { #expect($0.status == .ok) }
    }
    #expect(events.isEmpty)
  }
}
