import OpenTelemetry
import Testing

@Suite struct `A log record as a record` {
  @Test func `is one where its event's name says so`() throws {
    let translated = try Translated(
      logs: Sample.logs(
        Sample.log(
          "daybook.page_view",
          [
            "user.id": "u-1", "session.id": "s-1", "daybook.feature": "gallery",
            "daybook.metadata.tab": "new",
          ]),
        Sample.log("browser.click", ["user.id": "u-1"]),
        Sample.log("", ["user.id": "u-1"]),
        resource: ["service.name": "web"]))
    #expect(translated.translation.ignoredCount == 2)
    let record = try translated.record
    #expect(record["event_type"] as? String == "page_view")
    #expect(record["ts"] as? Int == 1_790_000_001_000)
    #expect(record["user_id"] as? String == "u-1")
    #expect(record["feature"] as? String == "gallery")
    #expect(record["status"] == nil)
    #expect((record["metadata"] as? [String: Any])?["tab"] as? String == "new")
    #expect((record["client_event_id"] as? String)?.hasPrefix("log-") == true)
    #expect(!String(decoding: translated.translation.body, as: UTF8.self).contains("never"))
  }

  @Test func `has the same id whenever it is exported, and another one where it differs`() throws {
    func id(_ name: String, _ user: String, more: String = "") throws -> String {
      try #require(
        try Translated(logs: Sample.logs(Sample.log(name, more: more, ["user.id": user]))).record[
          "client_event_id"] as? String)
    }
    #expect(try id("daybook.page_view", "a") == id("daybook.page_view", "a"))
    let ids = try [
      id("daybook.page_view", "a"), id("daybook.signup", "a"), id("daybook.page_view", "b"),
      id("daybook.page_view", "a", more: #","spanId":"eee19b7ec3c1b174""#),
    ]
    #expect(Set(ids).count == 4)
    #expect(
      try Translated(
        logs: Sample.logs(Sample.log("daybook.page_view", ["log.record.uid": "01ARZ3"]))
      ).record["client_event_id"] as? String == "01ARZ3")
  }

  @Test func `of a model call counts only where its span is not exported`() throws {
    let name = "gen_ai.client.inference.operation.details"
    let ids = #","traceId":"\#(Sample.trace)","spanId":"\#(Sample.span)""#
    let translated = try Translated(
      logs: Sample.logs(
        Sample.log(name, more: ids + #","flags":1"#, ["gen_ai.operation.name": "chat"]),
        Sample.log(
          name, more: ids + #","flags":0"#,
          ["gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 3])))
    #expect(translated.translation.ignoredCount == 1)
    let record = try translated.record
    #expect(record["event_type"] as? String == "chat")
    #expect(record["prompt_tokens"] as? Int == 3)
    #expect(record["trace_id"] as? String == Sample.trace)
  }

  @Test func `without a time is rejected`() throws {
    let log = #"{"eventName":"daybook.page_view","attributes":[]}"#
    let translated = try Translated(logs: Sample.logs(log))
    #expect(translated.translation.rejectedCount == 1)
    #expect(translated.records.isEmpty)
  }
}
