package import AccessControl
package import Authentication

/// A row of the audit log before it is written. Made by `AuditDraft` of what the host sent, and by
/// `AdministrativeAct` of what Daybook does itself.
package struct AuditEntry: Sendable, Equatable {
  package struct Change: Sendable, Equatable {
    package var field: String
    package var old: StrictJSON
    package var new: StrictJSON
  }

  package var time: UnixTime
  package var organization: OrganizationID?
  package var actor: AuditActor
  package var action: String
  package var entityType: String
  package var entityID: String
  /// A name that may be read by all who see the entry.
  package var entityName: String?
  package var sealedEntityName: String?
  package var projectID: String?
  package var changes: [Change] = []
  /// What may be read by all who see the entry.
  package var context: [String: StrictJSON] = [:]
  package var sealedContext: [String: StrictJSON] = [:]
  package var description: String
  /// The sentence with names and values; `nil` where the open one says it all.
  package var sealedDescription: String?
  package var requestID: String?

  /// `{"field": {"old": ..., "new": ...}}`, in the order of the fields' names.
  package var changesText: String? {
    guard !changes.isEmpty else { return nil }
    let members = changes.map { ($0.field, StrictJSON.object(["old": $0.old, "new": $0.new])) }
    return StrictJSON.object(Dictionary(members, uniquingKeysWith: { $1 })).serialized
  }
}

extension StrictJSON {
  /// Its JSON, with the members of objects in the order of their names.
  package var serialized: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let elements):
      "[" + elements.map { $0.serialized }.joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { Self.quoted($0.key) + ":" + $0.value.serialized }.joined(separator: ",")
        + "}"
    }
  }

  /// As in a sentence: without quotes.
  var words: String {
    if case .string(let text) = self { text } else { serialized }
  }
}
