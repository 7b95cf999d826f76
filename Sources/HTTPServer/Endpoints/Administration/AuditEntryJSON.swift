internal import Authentication
internal import Platform

/// How an entry of the audit log is shown; the paths of other systems differ in the fields.
enum AuditEntryJSON {
  case own
  case entity
  case full

  private var fields: [String] {
    switch self {
    case .own:
      ["id", "action", "entity_type", "entity_name", "description", "changes", "timestamp"]
    case .entity:
      [
        "id", "user_id", "user_email", "user_role", "action", "description", "changes", "timestamp",
      ]
    case .full:
      [
        "id", "organization_id", "user_id", "user_email", "user_role", "action", "entity_type",
        "entity_id", "entity_name", "project_id", "description", "changes", "context", "request_id",
        "timestamp",
      ]
    }
  }

  func json(_ row: AuditRow) -> JSONValue {
    .object(fields.map { JSONValue.Member($0, value($0, row)) })
  }

  private func value(_ field: String, _ row: AuditRow) -> JSONValue {
    switch field {
    case "id": text(row.text("audit_id"))
    case "timestamp": text(row.time.map { ISOTime.text($0) })
    case "description": text(row.description)
    case "entity_name": text(row.entityName)
    case "changes": document(row, "changes")
    case "context": context(row)
    default: text(row.text(field))
    }
  }

  private func text(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }

  /// A sealed document that is there reads as the mask does.
  private func document(_ row: AuditRow, _ column: String) -> JSONValue {
    guard let text = row.text(column) else { return .null }
    return Self.parsed(text) ?? .text(text)
  }

  private func context(_ row: AuditRow) -> JSONValue {
    let parts = ["context", "sealed_context"].compactMap { row.revealed($0) }
      .compactMap { Self.parsed($0) }
    let members = parts.flatMap { part -> [JSONValue.Member] in
      if case .object(let members) = part { members } else { [] }
    }
    return members.isEmpty ? .null : .object(members.sorted { $0.name < $1.name })
  }

  /// What is stored as JSON.
  private static func parsed(_ text: String) -> JSONValue? {
    (try? StrictJSON(Array(text.utf8))).map { JSONValue($0) }
  }

  /// The fields that were hidden, of those that are shown.
  func redacted(_ columns: [String]) -> JSONValue {
    let hides = [
      "user_email": "user_email", "changes": "changes", "description": "sealed_description",
      "entity_name": "sealed_entity_name", "context": "sealed_context",
    ]
    return .array(
      fields.filter { hides[$0].map(columns.contains) ?? false }.map { .text($0) })
  }

  // MARK: - Schemas

  private var schema: Schema {
    .object(
      fields.map { field in
        let schema: Schema = ["changes", "context"].contains(field) ? .any : .nullable(.string)
        return Schema.Property(field, schema)
      })
  }

  func list(isPaged: Bool, with head: [Schema.Property] = []) -> Schema {
    let name =
      switch self {
      case .own: "OwnAuditEntry"
      case .entity: "EntityAuditEntry"
      case .full: "AuditEntry"
      }
    var properties = head
    properties += [
      .init("logs", .array(.named(name, schema), nil)),
      .init("redacted", .array(.string, nil), "fields whose values are hidden"),
    ]
    if isPaged {
      properties += [
        .init("total", .count), .init("limit", .count), .init("offset", .count),
      ]
    }
    return .object(properties)
  }

  /// What a service sends. `AuditDraft` checks more: what one field asks of another.
  static let draftSchema: Schema = .object(
    [
      .init("action", .choice(AuditAction.allCases.map(\.rawValue))),
      .init("entity_type", .choice(AuditEntity.allCases.map(\.rawValue))),
      .init("entity_id", .text(1...255)),
      .init("entity_name", .nullable(.text(1...500)), isRequired: false),
      .init("user_id", .text(1...128), "who did it"),
      .init("user_email", .nullable(.text(3...254)), isRequired: false),
      .init("user_role", .text(1...50), "as it was then"),
      .init(
        "changes",
        .nullable(.map(.object([.init("old", .any), .init("new", .any)]))), isRequired: false),
      .init("context", .nullable(.map(.any)), isRequired: false),
      .init("timestamp", .nullable(.text(1...40)), isRequired: false, "now, if it is not sent"),
      .init("request_id", .nullable(.text(1...128)), isRequired: false),
    ]
      + ["organization_id", "company_id", "org_id"].map {
        .init($0, .nullable(.text(1...128)), isRequired: false)
      })
}
