import AccessControl
import Authentication
import HTTPServer
import Testing

struct TelemetryEndpointTests {
  private static let trace = "5b8efff798038103d269b633813fc60c"

  private static func span(_ id: Int, _ more: String = "") -> String {
    let digits = String(id, radix: 16)
    let span = String(repeating: "0", count: 16 - digits.count) + digits
    // Not older than intake takes.
    let end = ServiceEnvironment.real.now().milliseconds / 60_000 * 60_000_000_000
    return #"{"traceId":"\#(trace)","spanId":"\#(span)","name":"chat m","kind":3,"#
      + #""startTimeUnixNano":"\#(end - 250_000_000)","endTimeUnixNano":"\#(end)","attributes":["#
      + #"{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},"#
      + #"{"key":"gen_ai.request.model","value":{"stringValue":"m-1"}},"#
      + #"{"key":"gen_ai.input.messages","value":{"stringValue":"a secret question"}},"#
      + #"{"key":"gen_ai.usage.input_tokens","value":{"intValue":"11"}}\#(more)]}"#
  }

  private static func traces(_ spans: [String]) -> String {
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#
  }

  private static let user = #",{"key":"user.id","value":{"stringValue":"u1"}}"#

  @Test func `spans are stored once, however often they are exported`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let body = Self.traces((1...3).map { Self.span($0, Self.user) } + [#"{"name":"other"}"#])
      let answer = try await service.send("/v1/traces", body, key)
      #expect(answer.status == 200, "\(answer.body)")
      #expect(
        answer.body
          == #"{"daybook":{"accepted":3,"duplicates":0,"rejected":0,"ignored":1}}"#)
      let again = try await service.send("/v1/traces", body, key)
      #expect(again.body.contains(#""accepted":0,"duplicates":3"#))
      #expect(
        try await service.count(
          """
          SELECT count(*) FROM events WHERE event_type = 'chat' AND model = 'm-1' AND prompt_tokens = 11
          AND user_id = 'u1' AND duration_ms = 250
          """) == 3)
      #expect(try await service.metrics().contains(#"rule="never_stored"} 6"#))
      #expect(!service.log.text.contains("secret"))
    }
  }

  @Test func `what is wrong with one span is said, and the others are stored`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let mail = #",{"key":"user.id","value":{"stringValue":"ann@example.org"}}"#
      let broken = Self.span(9).replacing(Self.trace, with: "xyz")
      let answer = try await service.send(
        "/v1/traces", Self.traces([Self.span(1), Self.span(2, mail), broken]), key)
      #expect(answer.status == 200)
      let partial = try #require(try answer.json.members?["partialSuccess"]?.members)
      #expect(partial["rejectedSpans"]?.text == "2")
      #expect(partial["errorMessage"]?.text?.contains("email_as_id") == true)
      #expect(partial["errorMessage"]?.text?.contains("traceId") == true)
      #expect(answer.body.contains(#""accepted":1"#))
      #expect(!answer.body.contains("ann@"))
      #expect(try await service.count("SELECT count(*) FROM dead_letters") == 1)
    }
  }

  @Test func `events of logs are taken, and rejected ones are counted as such`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let time = ServiceEnvironment.real.now().milliseconds * 1_000_000
      func log(_ name: String) -> String {
        #"{"timeUnixNano":"\#(time)","eventName":"\#(name)","attributes":[]}"#
      }
      let body =
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":["#
        + [log("daybook.page_view"), log("daybook.no_such_type"), log("x")].joined(separator: ",")
        + "]}]}]}"
      let answer = try await service.send("/v1/logs", body, key)
      #expect(answer.body.contains(#""rejectedLogRecords":"1""#), "\(answer.body)")
      #expect(answer.body.contains(#""accepted":1,"duplicates":0,"rejected":1,"ignored":1"#))
    }
  }

  @Test func `other encodings, keys and bodies are refused with a reason`() async throws {
    try await TestService.run { service in
      let key = try await service.key([.event])
      let protobuf = try await service.ask(
        "POST", "/v1/traces", token: key, headers: ["Content-Type: application/x-protobuf"],
        body: "\u{a}")
      #expect(protobuf.status == 415)
      #expect(protobuf.body.contains("http/json"))
      let other = try await service.key([.threat])
      #expect(try await service.send("/v1/traces", "{}", other).status == 403)
      #expect(try await service.send("/v1/traces", "{}", key).status == 200)
      let logs = try await service.send("/v1/traces", #"{"resourceLogs":[]}"#, key)
      #expect(logs.status == 400)
      #expect(logs.body.contains("resourceSpans"))
      let cut = try await service.send("/v1/traces", #"{"resourceSpans":["#, key)
      #expect(cut.status == 400)
      #expect(try cut.json.members?["byte"]?.integer == 18)
    }
  }
}
