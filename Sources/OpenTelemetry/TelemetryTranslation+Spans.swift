extension TelemetryTranslation {
  mutating func translate(span: TelemetryValue, _ base: Facts) {
    var facts = base
    facts.read(span["attributes"])
    let isServer = span["kind"].map { $0.integer == 2 || $0.isText("SPAN_KIND_SERVER") } ?? false
    let isRequest = isServer && (facts.method != nil || facts.route != nil)
    guard
      let type = facts.eventType(hasFailed: Self.hasFailed(span, facts))
        ?? (isRequest ? "api_call" : nil)
    else { return ignore() }
    guard let trace = HexadecimalID.text(span["traceId"], digitCount: 32) else {
      return reject("a traceId is not 32 hexadecimal digits")
    }
    guard let id = HexadecimalID.text(span["spanId"], digitCount: 16) else {
      return reject("a spanId is not 16 hexadecimal digits")
    }
    guard let end = span["endTimeUnixNano"]?.integer, end > 0 else {
      return reject("an endTimeUnixNano is no time")
    }
    let start = span["startTimeUnixNano"]?.integer ?? 0
    let duration = start > 0 && start <= end ? Double(end - start) / 1e6 : nil
    facts.contentCount += Self.contentEvents(of: span)
    let hasFailed =
      Self.hasFailed(span, facts) || (type == "api_call" && (facts.statusCode ?? 0) >= 400)
    write(facts) { writer in
      writer.text("client_event_id", "\(trace)-\(id)")
      writer.text("event_type", type)
      writer.integer("ts", end / 1_000_000)
      writer.text("trace_id", trace)
      writer.text("status", hasFailed ? "failed" : "succeeded")
      if type == "api_call" {
        writer.number("response_time_ms", duration)
        writer.request(facts)
      } else {
        writer.number("duration_ms", duration)
      }
      writer.usage(facts)
      writer.subject(facts)
    }
  }

  private static func hasFailed(_ span: TelemetryValue, _ facts: Facts) -> Bool {
    if facts.errorType != nil { return true }
    guard let code = span["status"]?["code"] else { return false }
    return code.integer == 2 || code.isText("STATUS_CODE_ERROR")
  }

  /// Before 1.37 messages were events of the span.
  private static func contentEvents(of span: TelemetryValue) -> Int {
    guard let events = span["events"] else { return 0 }
    return events.elements.count { event in
      guard let name = event["name"]?.text else { return false }
      return name.starts(with: "gen_ai.".utf8)
    }
  }
}

extension TelemetryValue {
  func isText(_ word: StaticString) -> Bool {
    text?.elementsEqual(
      UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)) ?? false
  }
}

extension Facts {
  /// What a span or an event of the GenAI conventions is in Daybook; `nil` where it is none, or is one
  /// that only holds others.
  func eventType(hasFailed: Bool) -> String? {
    guard let operation else {
      // Libraries from before the operation had a name.
      return requestModel != nil ? generation(hasFailed) : nil
    }
    switch String(decoding: operation, as: UTF8.self) {
    // Their model calls are spans of their own: tokens would count twice.
    case "invoke_agent", "invoke_workflow", "create_agent", "execute_tool": return nil
    case "chat", "generate_content", "text_completion": return generation(hasFailed)
    case "retrieval": return "rag_query"
    default: return "inference"
    }
  }

  private func generation(_ hasFailed: Bool) -> String {
    let outcome = hasFailed ? "failed" : "succeeded"
    switch outputType.map({ String(decoding: $0, as: UTF8.self) }) {
    case "image": return "image_generate_\(outcome)"
    case "video": return "video_generate_\(outcome)"
    default: return "chat"
    }
  }
}

extension RecordWriter {
  mutating func usage(_ facts: Facts) {
    text("model", facts.model)
    text("framework", facts.provider)
    integer("prompt_tokens", facts.inputTokens)
    integer("completion_tokens", facts.outputTokens)
    integer("cached_tokens", facts.cachedTokens)
    integer("reasoning_tokens", facts.reasoningTokens)
    number("cost_usd", facts.cost)
    text("finish_reason", facts.finishReason)
    text("conversation_id", facts.conversation)
  }

  mutating func request(_ facts: Facts) {
    // The path itself has identifiers in it.
    if let route = facts.route { text("endpoint", route) } else { text("endpoint", "(unmatched)") }
    // The conventions have `_OTHER` for methods that are no standard.
    if facts.method?.elementsEqual("_OTHER".utf8) != true { text("method", facts.method) }
    integer("status_code", facts.statusCode)
  }

  mutating func subject(_ facts: Facts) {
    text("user_id", facts.user)
    text("session_id", facts.session)
    if let type = facts.errorType { text("error_code", Self.errorCode(type)) }
  }

  /// Names of classes can be long; their last part says most.
  private static func errorCode(_ type: TelemetryText) -> String {
    let name = String(decoding: type, as: UTF8.self)
    if name.utf8.count <= 64 { return name }
    let last = name.split { ".:/$".contains($0) }.last.map(String.init) ?? ""
    return (1...64).contains(last.utf8.count) ? last : "_OTHER"
  }
}
