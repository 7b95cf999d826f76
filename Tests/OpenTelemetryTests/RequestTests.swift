import OpenTelemetry
import Testing

@Suite struct `A request of OTLP` {
  @Test(arguments: [
    "{}", #"{"resourceSpans":[]}"#, #"{"resourceSpans":[{}]}"#, #" {"resourceSpans":[], "x":1} "#,
    #"{"resourceSpans":[{"scopeSpans":null}]}"#, #"{"resourceSpans":[{"scopeSpans":[{}]}]}"#,
    #"{"resourceSpans":[{"scopeSpans":{"spans":[1]}}]}"#,
    #"{"resourceSpans":[{"resource":7,"scopeSpans":[{"spans":[]}],"unknown":[[{}]]}]}"#,
  ])
  func `may be empty, and may have more than is known`(body: String) throws {
    #expect(try Translated(traces: body).records.isEmpty)
  }

  @Test(arguments: [
    "", "[]", "7", "{", #"{"resourceLogs":[]}"#, #"{"resourceSpans":{}}"#,
    #"{"resourceSpans":[1]}"#, #"{"resourceSpans":[{}],"resourceSpans":[{}]}"#, "{}x",
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\#(String(repeating: "x", count: 9))"}]"#,
  ])
  func `that is none is refused as a whole`(body: String) {
    #expect(throws: TelemetryRefusal.self) { _ = try Translated(traces: body) }
  }

  @Test func `says where it is no JSON`() throws {
    let body = #"{"resourceSpans":[{"scopeSpans":[{"spans":[}]}]}"#
    let refusal = try #require(throws: TelemetryRefusal.self) { _ = try Translated(traces: body) }
    #expect(refusal.code == .malformed)
    #expect(refusal.position == 43)
  }

  @Test func `is bounded in its depth and its resources`() throws {
    let deep =
      #"{"resourceSpans":[{"scopeSpans":"#
      + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}]}"
    #expect(throws: TelemetryRefusal.self) { _ = try Translated(traces: deep) }
    let many = #"{"resourceSpans":[{},{},{}]}"#
    let refusal = try #require(throws: TelemetryRefusal.self) {
      _ = try TelemetryTranslation(traces: Array(many.utf8), rootLimit: 2)
    }
    #expect(refusal.code == .tooMany)
  }

  @Test func `cut off anywhere is refused, and never half of it taken`() throws {
    let body = Array(
      Sample.traces(
        Sample.span(["gen_ai.operation.name": "chat", "gen_ai.request.model": "m"])
      ).utf8)
    for count in 0..<body.count {
      #expect(throws: TelemetryRefusal.self) {
        _ = try TelemetryTranslation(traces: Array(body[..<count]))
      }
    }
    #expect(try TelemetryTranslation(traces: body).recordCount == 1)
  }

  @Test func `survives values of any other type in any place`() throws {
    let body = Sample.traces(
      Sample.span(["gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7]),
      resource: ["service.name": "x"])
    for old in [#""7""#, #""chat""#, "3", #""1790000001234500000""#, #""\#(Sample.trace)""#] {
      for new in [
        "null", "{}", "[]", "-1", "1e999", "1.5", "true", #""""#, #""99999999999999999999""#,
      ] {
        let changed = body.replacing(old, with: new, maxReplacements: 1)
        _ = try? Translated(traces: changed)
      }
    }
  }
}
