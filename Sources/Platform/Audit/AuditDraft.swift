package import AccessControl
package import Authentication

/// What the host says that somebody did, checked field by field.
package struct AuditDraft: Sendable {
  package let actor: AuditActor
  package let action: AuditAction
  package let entity: AuditEntity
  package let entityID: String
  package let entityName: String?
  package let changes: [AuditEntry.Change]
  package let context: [String: StrictJSON]
  package let time: UnixTime
  package let organization: OrganizationID?
  package let requestID: String?

  /// The fields that an entry may have.
  package static let fields = [
    "action", "entity_type", "entity_id", "entity_name", "user_id", "user_email", "user_role",
    "changes", "context", "timestamp", "organization_id", "company_id", "org_id", "request_id",
  ]

  /// `organization` is that of the key it came with: an entry may name it, and no other.
  package func entry(for organization: OrganizationID) -> AuditEntry {
    let open = context.filter { PersonalData.isOpen($0.key, $0.value) }
    let sealed = context.filter { !PersonalData.isOpen($0.key, $0.value) }
    let openName = entity.isPerson ? nil : entityName.map(PersonalData.masked)
    let sentence = AuditSentence(draft: self, reader: .everyone).text
    let full = AuditSentence(draft: self, reader: .reveal).text
    return AuditEntry(
      time: time, organization: organization, actor: actor, action: action.rawValue,
      entityType: entity.rawValue, entityID: entityID, entityName: openName,
      sealedEntityName: entityName == openName ? nil : entityName,
      projectID: open["project_id"]?.text ?? (entity == .project ? entityID : nil),
      changes: changes, context: open, sealedContext: sealed, description: sentence,
      sealedDescription: full == sentence ? nil : full, requestID: requestID)
  }
}

/// What is wrong with an entry: all of it, at most 20.
package struct AuditDraftProblem: Error, Equatable, Sendable, CustomStringConvertible {
  package struct Field: Equatable, Sendable {
    package var name: String
    package var rule: String

    package init(_ name: String, _ rule: String) {
      self.name = name
      self.rule = rule
    }
  }

  package var fields: [Field]

  package var description: String {
    fields.map { "\($0.name): \($0.rule)" }.joined(separator: "; ")
  }
}
