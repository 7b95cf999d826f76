extension BuiltInTable {
  /// All that people and services do. A kind of event leaves the columns of others null, which costs
  /// next to nothing.
  static let events: BuiltInTable = {
    var table = BuiltInTable(
      "events", .facts(day: "ts"),
      """
      What happened: page views, generations, chats, requests, jobs, calls, changes of storage. The one \
      store of events, whatever name they were sent by.
      """,
      what + outcome + request + usage + things)
    table.retentionDays = 90
    return table
  }()

  private static let what: [BuiltInColumn] = [
    .time("ts", "when it happened (UTC)"),
    BuiltInColumn("received_at", .timestamp, "when Daybook took it"),
    BuiltInColumn(
      "event_id", .uuid, "the sender's name for it (`clientEventId`), or one made here"),
    .organization,
    .user("who did it; null: nobody who is known"),
    BuiltInColumn("session_id", .text, "the session it belongs to"),
    BuiltInColumn(
      "event_type", .text,
      "`page_view`, `image_generate_succeeded`, `chat`, `rag_query`, `token_usage`, `api_call`, ..."
    ).required,
    BuiltInColumn(
      "category", .text,
      "`training`, `inference`, `dataset`, `api`, `ui`, `export`, `deployment`, `session`, ..."),
    BuiltInColumn(
      "feature", .text, "what it is counted under: images, videos, projects, email, ..."),
    BuiltInColumn("model", .text, "the model that worked"),
    BuiltInColumn("framework", .text, "the framework of a training or a model"),
    BuiltInColumn("trace_id", .identifier, "the trace it is part of"),
    BuiltInColumn("metadata", .json, "what else was sent, of the fields that are allowed"),
    BuiltInColumn("emitter_key_id", .text, "the key that it came with"),
    BuiltInColumn(
      "content_hash", .integer, "hash of what was sent: tells a repetition from another record"),
  ]

  private static let outcome: [BuiltInColumn] = [
    BuiltInColumn("status", .text, "`succeeded`, `failed`, `cancelled`, `pending`"),
    BuiltInColumn("error_code", .text, "the code of what went wrong"),
    BuiltInColumn("duration_ms", .integer, "how long it took"),
    BuiltInColumn("finish_reason", .text, "why a model stopped"),
  ]

  private static let request: [BuiltInColumn] = [
    BuiltInColumn("request_id", .identifier, "the request it came from; feedback names it"),
    BuiltInColumn("endpoint", .text, "path of the call, without parameters"),
    BuiltInColumn("method", .text, "`GET`, `POST`, ..."),
    BuiltInColumn("status_code", .integer, "HTTP status"),
    BuiltInColumn("response_time_ms", .integer, "how long the answer took"),
    BuiltInColumn("authenticated", .boolean, "whether the caller had signed in"),
    .address, .userAgent, .country,
  ]

  private static let usage: [BuiltInColumn] = [
    BuiltInColumn("prompt_tokens", .integer, "tokens sent to the model, cached ones included"),
    BuiltInColumn("completion_tokens", .integer, "tokens of the answer, reasoning included"),
    BuiltInColumn("total_tokens", .integer, "as sent, or the sum of both"),
    BuiltInColumn("cached_tokens", .integer, "of the prompt's, those taken from a cache"),
    BuiltInColumn("reasoning_tokens", .integer, "of the completion's, those of reasoning"),
    BuiltInColumn(
      "tokens_conflict", .boolean, "whether the total that was sent is not the sum of both"),
    BuiltInColumn("cost_usd", .double, "estimated cost, in whole micro-dollars: sums are exact"),
    BuiltInColumn("cost_source", .text, "`sent`, `model_price` or `resource_rate`"),
    BuiltInColumn("gpu_seconds", .double, "GPU time used"),
    BuiltInColumn("cpu_seconds", .double, "CPU time used"),
    BuiltInColumn("gpu_utilization", .double, "mean use of the GPU while it ran, 0 to 1"),
    BuiltInColumn("storage_type", .text, "`dataset`, `checkpoint` or `export`"),
    BuiltInColumn("bytes_delta", .integer, "bytes that a change of storage adds, or takes away"),
  ]

  private static let things: [BuiltInColumn] = [
    BuiltInColumn("resource_type", .text, "`training_job`, `dataset`, `project`, `video`, ..."),
    BuiltInColumn("resource_id", .identifier, "what it was done to"),
    BuiltInColumn("project_id", .text, "the project it was done in"),
    BuiltInColumn("course_id", .text, "the course it was done in"),
    BuiltInColumn("conversation_id", .identifier, "the conversation of a chat"),
    BuiltInColumn("message_id", .identifier, "the message of a chat"),
    BuiltInColumn("file_hash", .identifier, "hash of a file's name; names are not kept"),
    BuiltInColumn("mime_type", .text, "type of a file"),
    BuiltInColumn("size_bytes", .integer, "size of a file"),
  ]
}
