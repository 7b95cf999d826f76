extension RecordSchema {
  private static let sessionID = RecordField(
    "session_id", .identifier, required: true, aliases: ["id"])

  static let login = RecordSchema(
    .login, table: "sessions",
    [
      sessionID, .organization, .user, .address, .userAgent, .country,
      RecordField(
        "session_token", .fingerprint(domain: "token"), .hashed,
        aliases: ["token", "access_token"], column: "token_hash"),
    ])

  static let heartbeat = RecordSchema(
    .heartbeat, table: "sessions", [sessionID, .organization, .user])

  static let logout = RecordSchema(
    .logout, table: "sessions", [sessionID, .organization, .user])

  /// The first rating of a person for a request stands (C33), so both are its identity.
  static let feedback = RecordSchema(
    .feedback, table: "feedback",
    [
      .time, .organization, RecordField("user_id", .identifier, required: true),
      RecordField(
        "request_id", .identifier, required: true,
        aliases: ["request_log", "request_log_id", "message_id"]),
      RecordField("stars", .integer(1...5), required: true, aliases: ["rating"]),
      RecordField(
        "comment", .prose(limit: 4_096), .freeText, aliases: ["text", "feedback_text", "feedback"]),
      .model, RecordField("survey_id", .identifier), RecordField("question_id", .identifier),
    ])

  static let threat = RecordSchema(
    .threat, table: "threats",
    [
      RecordField(
        "client_event_id", .identifier, required: true, aliases: ["event_id", "id", "threat_id"],
        column: "threat_id"),
      .time, .organization, .user,
      RecordField(
        "threat_type",
        .choice(
          Words.list([
            "rate_limit_violation", "suspicious_content", "invalid_authentication",
            "malformed_request", "prompt_injection", "custom",
          ])), required: true, aliases: ["type"]),
      RecordField(
        "severity", .choice(Words.list(["low", "medium", "high", "critical"])), required: true),
      RecordField("description", .prose(limit: 4_096), .freeText, aliases: ["message"]),
      .address, .country, RecordField("request_id", .identifier),
    ])

  /// What is known of a person. Fields that are left out stay as they are; null takes them away.
  static let user = RecordSchema(
    .user, table: "users",
    [
      .organization, RecordField("user_id", .identifier, required: true, aliases: ["id"]),
      RecordField("email", .mail, .sealed, aliases: ["user_email"]),
      RecordField("full_name", .prose(limit: 256), .sealed, aliases: ["name", "display_name"]),
      RecordField("role", .label(limit: 64)), RecordField("status", .label(limit: 64)),
      RecordField("plan", .label(limit: 64)), RecordField("domain", .label(limit: 255)), .country,
      RecordField(
        "signed_up_at", .time, aliases: ["signup_at", "registered_at", "created_at"]),
    ])

  /// Whose a course, project or data set is (2.2 of the requirements).
  static let resource = RecordSchema(
    .resource, table: "resources",
    [
      .organization,
      RecordField("resource_type", .label(limit: 64), required: true, aliases: ["type"]),
      RecordField("resource_id", .identifier, required: true, aliases: ["id"]),
      RecordField("user_id", .identifier, aliases: ["owner_id"]),
      RecordField("created_by", .identifier), RecordField("project_id", .identifier),
      RecordField("name", .prose(limit: 256)),
      RecordField("visibility", .choice(Words.list(["private", "organization", "public"]))),
      RecordField("is_shared", .boolean), RecordField("member_count", .integer(0...1_000_000_000)),
      RecordField("item_count", .integer(0...1_000_000_000_000)),
      RecordField("size_bytes", .integer(0...(1 << 60))),
      RecordField("created_at", .time), RecordField("deleted_at", .time),
    ])
}
