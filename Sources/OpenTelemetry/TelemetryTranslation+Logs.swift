internal import CXXHash

extension TelemetryTranslation {
  /// What the GenAI conventions send of a model call where the span does not have it all.
  private static let inferenceDetails = "gen_ai.client.inference.operation.details"

  mutating func translate(log: TelemetryValue, _ base: Facts) {
    var facts = base
    facts.read(log["attributes"])
    guard let name = log["eventName"]?.text.flatMap({ $0.isEmpty ? nil : $0 }) ?? facts.eventName,
      name.count <= 128
    else { return ignore() }
    let event = String(decoding: name, as: UTF8.self)
    let trace = HexadecimalID.text(log["traceId"], digitCount: 32)
    let span = HexadecimalID.text(log["spanId"], digitCount: 16)
    let type: String
    if event == Self.inferenceDetails {
      // Its span is exported too, and says the same: a chat must not count twice.
      let isSampled = (log["flags"]?.integer ?? 0) & 1 == 1
      guard !(isSampled && span != nil),
        let known = facts.eventType(hasFailed: facts.errorType != nil)
      else { return ignore() }
      type = known
    } else if event.hasPrefix(AttributeName.ownPrefix) {
      type = String(event.dropFirst(AttributeName.ownPrefix.count))
    } else {
      return ignore()
    }
    let time = log["timeUnixNano"]?.integer.flatMap { $0 > 0 ? $0 : nil }
    guard let time = time ?? log["observedTimeUnixNano"]?.integer, time > 0 else {
      return reject("neither timeUnixNano nor observedTimeUnixNano is a time")
    }
    let id = Self.id(facts, type, time, trace, span)
    write(facts) { writer in
      writer.text("client_event_id", id)
      writer.text("event_type", type)
      writer.integer("ts", time / 1_000_000)
      if let trace { writer.text("trace_id", trace) }
      if facts.errorType != nil { writer.text("status", "failed") }
      if facts.route != nil { writer.request(facts) }
      writer.usage(facts)
      writer.subject(facts)
    }
  }

  /// The record's own, where it has one; else of all that is stored of it, so that the same record has the
  /// same whenever it is exported again.
  private static func id(
    _ facts: Facts, _ type: String, _ time: Int64, _ trace: String?, _ span: String?
  ) -> String {
    if let uid = facts.recordID, !uid.isEmpty, uid.count <= 128 {
      return String(decoding: uid, as: UTF8.self)
    }
    var writer = RecordWriter()
    writer.begin(facts)
    writer.text("event_type", type)
    writer.integer("ts", time)
    if let trace { writer.text("trace_id", trace) }
    if let span { writer.text("span_id", span) }
    if facts.route != nil { writer.request(facts) }
    writer.usage(facts)
    writer.subject(facts)
    writer.metadata(facts)
    let hash = writer.bytes.withUnsafeBufferPointer { XXH3_128bits($0.baseAddress, $0.count) }
    return "log-"
      + [hash.high64, hash.low64].map { word in
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined()
  }
}
