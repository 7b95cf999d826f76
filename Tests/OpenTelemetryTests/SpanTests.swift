import OpenTelemetry
import Testing

@Suite struct `A span as a record` {
  @Test func `of a chat has model, tokens, duration, person and conversation`() throws {
    let record = try Translated(
      traces: Sample.traces(
        Sample.span([
          "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
          "gen_ai.request.model": "gpt-4.1", "gen_ai.response.model": "gpt-4.1-2025-04-14",
          "gen_ai.usage.input_tokens": 97, "gen_ai.usage.output_tokens": 52,
          "gen_ai.usage.cache_read.input_tokens": 64, "gen_ai.usage.reasoning.output_tokens": 20,
          "gen_ai.response.finish_reasons": ["stop", "length"], "gen_ai.request.temperature": 0.5,
          "gen_ai.conversation.id": "conv_1", "user.id": "u-1", "session.id": "s-1",
          "server.address": "api.openai.com", "server.port": 443, "gen_ai.response.id": "x",
        ]), resource: ["service.name": "shop", "telemetry.sdk.language": "nodejs"])
    ).record
    #expect(record["client_event_id"] as? String == "\(Sample.trace)-\(Sample.span)")
    #expect(record["event_type"] as? String == "chat")
    #expect(record["ts"] as? Int == 1_790_000_001_234)
    #expect(record["duration_ms"] as? Double == 1234.5)
    #expect(record["status"] as? String == "succeeded")
    #expect(record["model"] as? String == "gpt-4.1-2025-04-14")
    #expect(record["framework"] as? String == "openai")
    #expect(record["prompt_tokens"] as? Int == 97)
    #expect(record["completion_tokens"] as? Int == 52)
    #expect(record["cached_tokens"] as? Int == 64)
    #expect(record["reasoning_tokens"] as? Int == 20)
    #expect(record["finish_reason"] as? String == "stop")
    #expect(record["conversation_id"] as? String == "conv_1")
    #expect(record["user_id"] as? String == "u-1")
    #expect(record["session_id"] as? String == "s-1")
    #expect(record["trace_id"] as? String == Sample.trace)
    let metadata = record["metadata"] as? [String: Any]
    #expect(metadata?["source"] as? String == "shop")
    #expect(metadata?["temperature"] as? Double == 0.5)
    #expect(metadata?.count == 2)
    #expect(record.count == 17)
  }

  @Test func `is read by the names from before 1.37 too`() throws {
    let record = try Translated(
      traces: Sample.traces(
        Sample.span([
          "gen_ai.system": "anthropic", "gen_ai.request.model": "claude",
          "gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.completion_tokens": 6,
          "enduser.id": "u-2",
        ]))
    ).record
    #expect(record["event_type"] as? String == "chat")
    #expect(record["framework"] as? String == "anthropic")
    #expect(record["prompt_tokens"] as? Int == 5)
    #expect(record["completion_tokens"] as? Int == 6)
    #expect(record["user_id"] as? String == "u-2")
  }

  @Test(arguments: [
    ("chat", "", "chat"), ("generate_content", "text", "chat"), ("text_completion", "", "chat"),
    ("generate_content", "image", "image_generate_succeeded"),
    ("generate_content", "video", "video_generate_succeeded"),
    ("embeddings", "", "inference"), ("retrieval", "", "rag_query"), ("rerank", "", "inference"),
  ])
  func `has the type of its operation`(operation: String, output: String, type: String) throws {
    let record = try Translated(
      traces: Sample.traces(
        Sample.span(["gen_ai.operation.name": operation, "gen_ai.output.type": output]))
    ).record
    #expect(record["event_type"] as? String == type)
  }

  @Test func `of an agent or a tool is ignored, since its model calls have spans of their own`()
    throws
  {
    let translated = try Translated(
      traces: Sample.traces(
        Sample.span(["gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 9]),
        Sample.span(["gen_ai.operation.name": "execute_tool"]),
        Sample.span(["db.system.name": "postgresql"]),
        Sample.span(kind: "3", ["http.request.method": "GET"])))
    #expect(translated.records.isEmpty)
    #expect(translated.translation.ignoredCount == 4)
    #expect(translated.translation.rejectedCount == 0)
  }

  @Test func `that failed says how`() throws {
    let long = "com.example.service.very.long.package.names.of.some.library.exceptions.RateLimit"
    let translated = try Translated(
      traces: Sample.traces(
        Sample.span(
          status: #"{"code":2,"message":"never stored"}"#, ["gen_ai.operation.name": "chat"]),
        Sample.span(["gen_ai.operation.name": "chat", "error.type": "timeout"]),
        Sample.span(["gen_ai.operation.name": "chat", "error.type": long]),
        Sample.span([
          "gen_ai.operation.name": "chat", "gen_ai.output.type": "image", "error.type": "500",
        ])))
    #expect(translated.records.allSatisfy { $0["status"] as? String == "failed" })
    #expect(
      translated.records.map { $0["error_code"] as? String } == [
        nil, "timeout", "RateLimit", "500",
      ])
    #expect(translated.records.last?["event_type"] as? String == "image_generate_failed")
    #expect(!String(decoding: translated.translation.body, as: UTF8.self).contains("never"))
  }

  @Test func `of a server's request is a call of its route`() throws {
    let translated = try Translated(
      traces: Sample.traces(
        Sample.span(
          kind: "2",
          [
            "http.request.method": "POST", "http.route": "/api/users/:id",
            "url.path": "/api/users/77", "http.response.status_code": 404, "user.id": "u-3",
          ]),
        Sample.span(
          kind: "2", ["http.method": "_OTHER", "http.target": "/a/1?x=2", "http.status_code": 200]
        )))
    let first = try #require(translated.records.first)
    #expect(first["event_type"] as? String == "api_call")
    #expect(first["endpoint"] as? String == "/api/users/:id")
    #expect(first["method"] as? String == "POST")
    #expect(first["status_code"] as? Int == 404)
    #expect(first["status"] as? String == "failed")
    #expect(first["response_time_ms"] as? Double == 1234.5)
    #expect(first["user_id"] as? String == "u-3")
    let second = try #require(translated.records.last)
    #expect(second["endpoint"] as? String == "(unmatched)")
    #expect(second["method"] == nil)
    #expect(second["status"] as? String == "succeeded")
    let body = String(decoding: translated.translation.body, as: UTF8.self)
    #expect(!body.contains("/api/users/77") && !body.contains("/a/1"))
  }

  @Test func `leaves content behind, and has a mark for each piece of it`() throws {
    let translated = try Translated(
      traces: Sample.traces(
        Sample.span(
          more: #","events":[{"name":"gen_ai.user.message","attributes":[]},{"name":"exception"}]"#,
          [
            "gen_ai.operation.name": "chat", "gen_ai.input.messages": "a secret question",
            "gen_ai.output.messages": "a secret answer", "gen_ai.system_instructions": "a secret",
            "gen_ai.prompt.0.content": "a secret", "http.request.header.authorization": "a secret",
            "user.email": "a.secret@example.org",
          ])))
    let text = String(decoding: translated.translation.body, as: UTF8.self)
    #expect(!text.contains("secret"))
    #expect(text.split(separator: #""content":0"#, omittingEmptySubsequences: false).count == 8)
  }

  @Test func `may set fields of the record by their names`() throws {
    let record = try Translated(
      traces: Sample.traces(
        Sample.span([
          "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "daybook.model": "ours",
          "daybook.feature": "summaries", "daybook.metadata.plan": "pro", "daybook.duration_ms": 5,
          "daybook.metadata.stream": true,
        ]),
        resource: ["daybook.organization_id": "acme", "daybook.feature": "all"])
    ).record
    #expect(record["model"] as? String == "ours")
    #expect(record["feature"] as? String == "summaries")
    #expect(record["organization_id"] as? String == "acme")
    #expect(record["duration_ms"] as? Int == 5)
    let metadata = record["metadata"] as? [String: Any]
    #expect(metadata?["plan"] as? String == "pro")
    #expect(metadata?["stream"] as? Bool == true)
  }

  @Test func `that is broken is rejected by itself, with the reason`() throws {
    let translated = try Translated(
      traces: Sample.traces(
        Sample.span(trace: "xyz", ["gen_ai.operation.name": "chat"]),
        Sample.span(
          span: "0000000000000000", ["gen_ai.operation.name": "chat"]),
        Sample.span(
          trace: Sample.trace.uppercased(), ["gen_ai.operation.name": "chat"])))
    #expect(translated.translation.rejectedCount == 2)
    #expect(translated.translation.rejection == "a traceId is not 32 hexadecimal digits")
    // Hexadecimal of OTLP knows no case.
    #expect(
      try translated.record["client_event_id"] as? String == "\(Sample.trace)-\(Sample.span)")
  }

  @Test func `survives texts with anything in them`() throws {
    let record = try Translated(
      traces: Sample.traces(
        Sample.span([
          "gen_ai.operation.name": "chat", "gen_ai.request.model": #"a\"b\\c\u0001\ud83d\ude00"#,
        ]))
    ).record
    #expect(record["model"] as? String == "a\"b\\c\u{1}😀")
  }
}
