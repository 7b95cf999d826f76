extension RecordField {
  static let clientID = RecordField(
    "client_event_id", .identifier, required: true, aliases: ["event_id", "id"],
    column: "event_id")
  static let organization = RecordField(
    "organization_id", .organization, aliases: ["org_id", "company_id"])
  static let user = RecordField("user_id", .identifier)
  static let session = RecordField("session_id", .identifier)
  static let time = RecordField(
    "ts", .time, aliases: ["timestamp", "created_at", "event_time", "occurred_at", "time"])
  static let model = RecordField("model", .label(limit: 128), aliases: ["model_name"])
  static let traceID = RecordField("trace_id", .identifier)
  static let country = RecordField("country", .country, aliases: ["country_code"])
  static let address = RecordField(
    "ip_address", .address, .sealed, aliases: ["ip", "client_ip", "remote_addr"])
  static let userAgent = RecordField("user_agent", .userAgent, .sealed)
  static let metadata = RecordField(
    "metadata", .metadata, aliases: ["event_data", "properties", "data"])
  static let conversation = RecordField(
    "conversation_id", .identifier, aliases: ["chat_id", "thread_id"])
  static let messageID = RecordField("message_id", .identifier)
  static let finishReason = RecordField("finish_reason", .label(limit: 64))
  static let endpoint = RecordField("endpoint", .path(limit: 512), aliases: ["path", "route"])
  static let method = RecordField("method", .choice(Words.methods), aliases: ["http_method"])
  static let statusCode = RecordField(
    "status_code", .integer(100...599), aliases: ["http_status", "http_status_code"])
  static let errorCode = RecordField("error_code", .label(limit: 64))
  static let status = RecordField("status", .choice(Words.statuses), aliases: ["outcome"])
  static let cost = RecordField(
    "cost_usd", .money, aliases: ["cost"])

  static func milliseconds(_ name: String, aliases: [String] = []) -> RecordField {
    // A year: what takes longer is a mistake of units.
    RecordField(name, .rounded(0...31_622_400_000), aliases: aliases)
  }

  /// Cached tokens are part of the prompt's, reasoning tokens of the completion's (C21).
  static let tokens: [RecordField] = [
    RecordField("prompt_tokens", .integer(0...tokenLimit), aliases: ["input_tokens"]),
    RecordField("completion_tokens", .integer(0...tokenLimit), aliases: ["output_tokens"]),
    RecordField("total_tokens", .integer(0...tokenLimit)),
    RecordField("cached_tokens", .integer(0...tokenLimit), aliases: ["cached_prompt_tokens"]),
    RecordField("reasoning_tokens", .integer(0...tokenLimit)),
  ]
  private static let tokenLimit: Int64 = 1_000_000_000
}

/// Spellings and what is stored for them.
enum Words {
  static let methods = Dictionary(
    uniqueKeysWithValues: [
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
      "CONNECT",
    ].map { ($0.lowercased(), $0) })

  static let statuses = [
    "succeeded": "succeeded", "success": "succeeded", "completed": "succeeded", "ok": "succeeded",
    "failed": "failed", "failure": "failed", "error": "failed",
    "requested": "pending", "started": "pending", "pending": "pending", "running": "pending",
    "cancelled": "cancelled", "canceled": "cancelled",
  ]

  static let categories = list([
    "training", "inference", "dataset", "api", "ui", "export", "deployment", "session",
    "storage", "email", "learning", "other",
  ])

  static func list(_ words: [String]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: words.map { ($0, $0) })
  }
}

extension RecordSchema {
  private static let subject: [RecordField] = [
    .organization, .user, .session, RecordField("feature", .label(limit: 128)), .model,
    RecordField("framework", .label(limit: 64)), .status, .errorCode,
  ]

  private static let things: [RecordField] = [
    RecordField("request_id", .identifier),
    RecordField("project_id", .identifier), RecordField("course_id", .identifier),
    .conversation, .messageID, .traceID,
  ]

  static let event = RecordSchema(
    .event, table: "events",
    [
      .clientID, .time,
      RecordField(
        "event_type", .eventType, required: true,
        aliases: ["type", "event", "event_name", "action_type", "action"]),
      RecordField("category", .choice(Words.categories), aliases: ["event_category"]),
      .milliseconds("duration_ms", aliases: ["latency_ms"]),
    ] + subject + RecordField.tokens + [
      .cost, .finishReason, .endpoint, .method, .statusCode, .milliseconds("response_time_ms"),
      RecordField("gpu_seconds", .number(0...31_622_400)),
      RecordField("cpu_seconds", .number(0...31_622_400)),
      RecordField("gpu_utilization", .number(0...1)),
      RecordField("storage_type", .choice(Words.list(["dataset", "checkpoint", "export"]))),
      RecordField("bytes_delta", .integer(-byteLimit...byteLimit)),
      RecordField("resource_type", .label(limit: 64)),
      RecordField("resource_id", .identifier),
      RecordField(
        "file_name", .fingerprint(domain: "file_name"), .hashed, aliases: ["filename"],
        column: "file_hash"),
      RecordField("mime_type", .label(limit: 128), aliases: ["content_type"]),
      RecordField("size_bytes", .integer(0...byteLimit), aliases: ["file_size"]),
      .address, .userAgent, .country, .metadata,
    ] + things)

  private static let byteLimit: Int64 = 1 << 60

  /// What one request to a model used (C26: not an activity of its own).
  static let tokenUsage = RecordSchema(
    .tokenUsage, table: "events",
    [.clientID, .time] + subject + RecordField.tokens + [.cost, .finishReason] + things)

  /// One request to the host's API.
  static let request = RecordSchema(
    .request, table: "events",
    [
      .clientID, .time,
      RecordField(
        "endpoint", .path(limit: 512), required: true, aliases: ["path", "route"]), .method,
      .statusCode, .milliseconds("response_time_ms", aliases: ["latency_ms", "duration_ms"]),
    ] + subject + RecordField.tokens + [
      .cost, .finishReason, .address, .userAgent, .country,
      RecordField("authenticated", .boolean, aliases: ["is_authenticated"]),
    ] + things)
}
