package import AccessControl
package import ColumnStore

/// A question to the audit log, as a statement of SQL: it is answered by the engine, with what the
/// caller may see, like any other.
package struct AuditQuery: Sendable, Equatable {
  /// What the entries are about.
  package enum Subject: Sendable, Equatable {
    /// What a person did.
    case actor(UserID)
    /// What was done to a thing.
    case entity(EntityReference)
    /// What was done to a project, or with a context that names it.
    case project(Identifier)
    /// All entries that the caller may see.
    case everything
  }

  package static let defaultLimit = 100
  package static let largestLimit = 1_000
  package static let largestOffset = 1_000_000

  package var subject: Subject
  package var action: String?
  package var entityType: String?
  package var user: UserID?
  /// Of a sealed column: only where a reveal opens it.
  package var userEmail: String?
  package var from: UnixTime?
  /// The first moment that is not asked for.
  package var to: UnixTime?
  package var limit = defaultLimit
  package var offset = 0

  package init(_ subject: Subject) { self.subject = subject }

  /// The entries, newest first, in the order of `columns`.
  package var statement: (sql: String, parameters: [Value]) {
    let conditions = conditions
    return (
      """
      SELECT \(Self.columns.joined(separator: ", ")) FROM audit_log\(conditions.sql) \
      ORDER BY ts DESC, audit_id DESC LIMIT \(limit) OFFSET \(offset)
      """, conditions.parameters
    )
  }

  /// How many there are, whatever limit and offset are.
  package var countStatement: (sql: String, parameters: [Value]) {
    let conditions = conditions
    return ("SELECT count(*) FROM audit_log\(conditions.sql)", conditions.parameters)
  }

  package static let columns = [
    "audit_id", "ts", "organization_id", "user_id", "user_email", "user_role", "action",
    "entity_type", "entity_id", "entity_name", "sealed_entity_name", "project_id", "description",
    "sealed_description", "changes", "context", "sealed_context", "request_id",
  ]

  package static let sealedColumns: Set = [
    "user_email", "sealed_entity_name", "sealed_description", "changes", "sealed_context",
  ]

  private var conditions: Conditions {
    var conditions = Conditions()
    switch subject {
    case .actor(let user): conditions.add("user_id", "=", .text(user.text))
    case .entity(let entity):
      conditions.add("entity_type", "=", .text(entity.kind.text))
      conditions.add("entity_id", "=", .text(entity.id.text))
    case .project(let id): conditions.add("project_id", "=", .text(id.text))
    case .everything: break
    }
    if let action { conditions.add("action", "=", .text(action)) }
    if let entityType { conditions.add("entity_type", "=", .text(entityType)) }
    if let user { conditions.add("user_id", "=", .text(user.text)) }
    if let userEmail { conditions.add("user_email", "=", .text(userEmail)) }
    if let from { conditions.add("ts", ">=", .timestamp(from.milliseconds)) }
    if let to { conditions.add("ts", "<", .timestamp(to.milliseconds)) }
    return conditions
  }
}

/// One row of the answer to an `AuditQuery`, with what its reader may see.
package struct AuditRow: Sendable {
  private let values: [String: Value]

  package init(_ row: [Value]) {
    values = Dictionary(zip(AuditQuery.columns, row), uniquingKeysWith: { first, _ in first })
  }

  package subscript(column: String) -> Value { values[column] ?? .null }

  package func text(_ column: String) -> String? {
    switch self[column] {
    case .text(let text), .json(let text): text
    default: nil
    }
  }

  package var time: UnixTime? {
    if case .timestamp(let milliseconds) = self["ts"] {
      UnixTime(milliseconds: milliseconds)
    } else {
      nil
    }
  }

  /// With names and values where a reveal opens them.
  package var description: String? { revealed("sealed_description") ?? text("description") }
  package var entityName: String? { revealed("sealed_entity_name") ?? text("entity_name") }

  /// `nil` where it is null or masked.
  package func revealed(_ column: String) -> String? {
    text(column).flatMap { $0 == PersonalData.mask ? nil : $0 }
  }
}
