/// The fields of one kind of record: the same list makes the decoder, the built-in tables of tests,
/// and the documentation.
public struct RecordSchema: Sendable {
  public let kind: IntakeKind
  /// Where its records go.
  public let table: String
  public let fields: [RecordField]
  /// Fields that are known and never stored: passed over, and counted.
  public let neverStored: Set<String>

  init(_ kind: IntakeKind, table: String, _ fields: [RecordField]) {
    self.kind = kind
    self.table = table
    self.fields = fields
    let own = Set(fields.flatMap(\.spellings))
    neverStored = Set(
      NeverStored.names.flatMap { [$0, RecordField.camelCase($0)] }.filter { !own.contains($0) })
  }

  public static func of(_ kind: IntakeKind) -> RecordSchema {
    switch kind {
    case .event: event
    case .tokenUsage: tokenUsage
    case .request: request
    case .login: login
    case .heartbeat: heartbeat
    case .logout: logout
    case .feedback: feedback
    case .threat: threat
    case .user: user
    case .resource: resource
    }
  }

  func index(_ name: String) -> Int? { fields.firstIndex { $0.name == name } }
}

/// What C12 calls never stored: content, prompts and secrets, by the names that they come under.
public enum NeverStored {
  public static let names: [String] = [
    "content", "contents", "message", "messages", "prompt", "prompts", "system_prompt",
    "negative_prompt", "completion", "completions", "response", "response_text", "answer",
    "answers",
    "question", "questions", "query", "queries", "query_text", "search_query", "text", "input",
    "inputs", "output", "outputs", "transcript", "caption", "note", "notes", "body", "request_body",
    "response_body", "payload", "html", "markdown", "document", "documents", "chunk", "chunks",
    "context_text", "snippet", "subject", "title_text", "image", "images", "image_url", "video_url",
    "url", "file", "file_content", "attachment", "attachments", "password", "passwd", "secret",
    "client_secret", "api_key", "apikey", "authorization", "auth", "cookie", "cookies",
    "set_cookie",
    "headers", "credentials", "credential", "private_key", "access_token", "refresh_token",
    "id_token", "token", "session_token", "csrf_token", "otp", "pin", "card_number", "cvv", "iban",
    "ssn", "email", "mail", "user_email", "phone", "phone_number", "address", "first_name",
    "last_name", "full_name", "user_name", "username", "name", "birth_date", "date_of_birth",
    "latitude", "longitude", "ip", "ip_address", "remote_addr", "client_ip", "user_agent",
  ]
}
