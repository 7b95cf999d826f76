extension DaybookEvent {
  /// As the service takes it.
  func json(id: String, time: Int64) -> [UInt8] {
    var object = JSONObjectWriter()
    object.write("client_event_id", id)
    object.write("event_type", type)
    object.write("ts", time)
    object.write("category", category)
    object.write("organization_id", organizationID)
    object.write("user_id", userID)
    object.write("session_id", sessionID)
    object.write("feature", feature)
    object.write("model", model)
    object.write("framework", framework)
    object.write("status", status?.rawValue)
    object.write("error_code", errorCode)
    object.write("duration_ms", durationMilliseconds)
    object.write("prompt_tokens", promptTokens)
    object.write("completion_tokens", completionTokens)
    object.write("total_tokens", totalTokens)
    object.write("cached_tokens", cachedTokens)
    object.write("reasoning_tokens", reasoningTokens)
    object.write("cost_usd", costUSD)
    object.write("finish_reason", finishReason)
    object.write("endpoint", endpoint)
    object.write("method", method)
    object.write("status_code", statusCode)
    object.write("response_time_ms", responseTimeMilliseconds)
    object.write("gpu_seconds", gpuSeconds)
    object.write("cpu_seconds", cpuSeconds)
    object.write("gpu_utilization", gpuUtilization)
    object.write("storage_type", storageType)
    object.write("bytes_delta", bytesDelta)
    object.write("size_bytes", sizeBytes)
    object.write("mime_type", mimeType)
    object.write("file_name", fileName)
    object.write("resource_type", resourceType)
    object.write("resource_id", resourceID)
    object.write("project_id", projectID)
    object.write("course_id", courseID)
    object.write("conversation_id", conversationID)
    object.write("message_id", messageID)
    object.write("request_id", requestID)
    object.write("trace_id", traceID)
    object.write("country", country)
    if !metadata.isEmpty {
      var members = JSONObjectWriter()
      for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
        switch value {
        case .text(let text): members.write(name, text)
        case .integer(let number): members.write(name, number)
        case .number(let number): members.write(name, number)
        case .boolean(let flag): members.write(name, flag)
        }
      }
      object.write("metadata", members)
    }
    return object.finish()
  }
}

/// Writes one object of JSON (RFC 8259), member after member.
struct JSONObjectWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  init() { bytes.reserveCapacity(384) }

  mutating func write(_ name: String, _ value: String?) {
    guard let value else { return }
    begin(name)
    quote(value)
  }

  mutating func write(_ name: String, _ value: (some FixedWidthInteger)?) {
    guard let value else { return }
    begin(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  /// What is no number in JSON is left out.
  mutating func write(_ name: String, _ value: Double?) {
    guard let value, value.isFinite else { return }
    begin(name)
    bytes.append(contentsOf: "\(value)".utf8)
  }

  mutating func write(_ name: String, _ value: Bool) {
    begin(name)
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  mutating func write(_ name: String, _ object: JSONObjectWriter) {
    begin(name)
    bytes.append(contentsOf: object.finish())
  }

  func finish() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ name: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    quote(name)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func quote(_ text: String) {
    let digits: StaticString = "0123456789abcdef"
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        digits.withUTF8Buffer { digits in
          bytes.append(digits[Int(byte >> 4)])
          bytes.append(digits[Int(byte & 15)])
        }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
