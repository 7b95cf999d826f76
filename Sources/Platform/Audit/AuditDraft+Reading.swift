package import AccessControl
package import Authentication
internal import ColumnStore

extension AuditDraft {
  static let largestChangeCount = 100
  static let largestContextCount = 50
  static let largestByteCount = 64 * 1024
  /// Entries may come late, and clocks may differ.
  static let longestLateness = Duration.seconds(30 * 86_400)
  static let largestSkew = Duration.seconds(300)

  /// Reads an entry as the host sends it. Without a time it is of `now`.
  package init(_ json: StrictJSON, at now: UnixTime) throws(AuditDraftProblem) {
    guard let members = json.members else {
      throw AuditDraftProblem(fields: [.init("", "an entry is a JSON object")])
    }
    var reader = AuditFieldReader(members)
    reader.refuseUnknown()
    let action = reader.word("action", of: AuditAction.self)
    let entity = reader.word("entity_type", of: AuditEntity.self)
    let entityID = reader.open("entity_id", limit: 255, isRequired: true)
    let entityName = reader.text("entity_name", limit: 500)
    let user = reader.user("user_id")
    let email = reader.email("user_email")
    let role = reader.open("user_role", limit: 50, isRequired: true)
    let changes = reader.changes("changes")
    let context = reader.context("context")
    let time = reader.time("timestamp", now: now)
    let organization = reader.organization()
    let requestID = reader.open("request_id", limit: 128)
    if let action { reader.check(action, changes, context, entity) }
    guard reader.problems.isEmpty, let action, let entity, let entityID, let user, let role,
      let time
    else { throw AuditDraftProblem(fields: Array(reader.problems.prefix(20))) }
    self.init(
      actor: AuditActor(user: user, email: email, role: role), action: action, entity: entity,
      entityID: entityID, entityName: entityName, changes: changes, context: context, time: time,
      organization: organization, requestID: requestID)
  }
}

/// Takes the fields of an entry one by one and keeps what is wrong with them.
private struct AuditFieldReader {
  private let members: [String: StrictJSON]
  private(set) var problems: [AuditDraftProblem.Field] = []

  init(_ members: [String: StrictJSON]) {
    self.members = members
    if StrictJSON.object(members).serialized.utf8.count > AuditDraft.largestByteCount {
      refuse("", "an entry has at most \(AuditDraft.largestByteCount) bytes")
    }
  }

  private mutating func refuse(_ field: String, _ rule: String) {
    problems.append(AuditDraftProblem.Field(field, rule))
  }

  private func present(_ field: String) -> StrictJSON? {
    members[field].flatMap { $0 == .null ? nil : $0 }
  }

  mutating func refuseUnknown() {
    // Only names that could be meant are repeated: others may hold anything.
    for field in members.keys.sorted() where !AuditDraft.fields.contains(field) {
      let isPlain = field.utf8.count <= 64 && field.utf8.allSatisfy { $0 > 32 && $0 < 127 }
      refuse(isPlain ? field : "", "an entry has no such field")
    }
  }

  mutating func text(_ field: String, limit: Int, isRequired: Bool = false) -> String? {
    guard let value = present(field) else {
      if isRequired { refuse(field, "is required") }
      return nil
    }
    let isPlain: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory != .control }
    guard let text = value.text, (1...limit).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy(isPlain)
    else {
      refuse(field, "must be text of 1 to \(limit) bytes, without control characters")
      return nil
    }
    return text
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ field: String, of type: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let value = present(field) else {
      refuse(field, "is required")
      return nil
    }
    guard let word = value.text.flatMap(Word.init) else {
      refuse(field, "must be one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
      return nil
    }
    return word
  }

  mutating func user(_ field: String) -> UserID? {
    guard let value = present(field) else {
      refuse(field, "is required")
      return nil
    }
    guard let user = value.text.flatMap(UserID.init) else {
      refuse(field, "must be \(Identifier.allowed)")
      return nil
    }
    return refuseMail(field, user.text) ? nil : user
  }

  /// Text that everybody reads who sees the entry.
  mutating func open(_ field: String, limit: Int, isRequired: Bool = false) -> String? {
    guard let text = text(field, limit: limit, isRequired: isRequired) else { return nil }
    return refuseMail(field, text) ? nil : text
  }

  private mutating func refuseMail(_ field: String, _ text: String) -> Bool {
    guard PersonalData.mayHoldMail(text) else { return false }
    refuse(
      field, "must not be an e-mail address: send the identifier, and the address as user_email")
    return true
  }

  mutating func email(_ field: String) -> String? {
    guard let text = text(field, limit: 254) else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
      refuse(field, "must be a mail address")
      return nil
    }
    return text
  }

  mutating func organization() -> OrganizationID? {
    var found: OrganizationID?
    for field in ["organization_id", "company_id", "org_id"] {
      guard let value = present(field) else { continue }
      guard let organization = value.text.flatMap(OrganizationID.init) else {
        refuse(field, "must be \(Identifier.allowed)")
        continue
      }
      if let found, found != organization { refuse(field, "names another organisation") }
      found = organization
    }
    return found
  }

  mutating func time(_ field: String, now: UnixTime) -> UnixTime? {
    guard let value = present(field) else { return now }
    guard let text = value.text, text.utf8.count <= 40, let milliseconds = Self.moment(text) else {
      refuse(field, "must be a time such as 2024-01-31T12:34:56Z")
      return nil
    }
    let time = UnixTime(milliseconds: milliseconds)
    guard time <= now.advanced(by: AuditDraft.largestSkew) else {
      refuse(field, "must not be in the future")
      return nil
    }
    guard time >= now.advanced(by: .zero - AuditDraft.longestLateness) else {
      refuse(field, "must not be older than 30 days")
      return nil
    }
    return time
  }

  private static func moment(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      try? DateTimeText.timestampWithTimeZone(bytes, zone: .utc)
    }
  }

  mutating func changes(_ field: String) -> [AuditEntry.Change] {
    guard let value = present(field) else { return [] }
    guard let members = value.members, members.count <= AuditDraft.largestChangeCount else {
      refuse(field, "must be an object of at most \(AuditDraft.largestChangeCount) fields")
      return []
    }
    var changes: [AuditEntry.Change] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      guard (1...128).contains(name.utf8.count), let sides = value.members,
        Set(sides.keys) == ["old", "new"], let old = sides["old"], let new = sides["new"]
      else {
        refuse(field, "each field must be an object of \"old\" and \"new\"")
        return []
      }
      changes.append(AuditEntry.Change(field: name, old: old, new: new))
    }
    return changes
  }

  mutating func context(_ field: String) -> [String: StrictJSON] {
    guard let value = present(field) else { return [:] }
    guard let members = value.members, members.count <= AuditDraft.largestContextCount else {
      refuse(field, "must be an object of at most \(AuditDraft.largestContextCount) members")
      return [:]
    }
    if let project = members["project_id"], project != .null,
      project.text.map({ (1...255).contains($0.utf8.count) }) != true
    {
      refuse("context.project_id", "must be text of 1 to 255 bytes")
    }
    return members
  }

  /// What an action cannot be told without.
  mutating func check(
    _ action: AuditAction, _ changes: [AuditEntry.Change], _ context: [String: StrictJSON],
    _ entity: AuditEntity?
  ) {
    switch action {
    case .grantRole, .revokeRole:
      guard let role = changes.first(where: { $0.field == "role" }), role.old.text != nil,
        action == .revokeRole || role.new.text != nil
      else {
        refuse("changes.role", "is required: {\"role\": {\"old\": \"user\", \"new\": \"admin\"}}")
        return
      }
    case .invite:
      if context["role"]?.text == nil { refuse("context.role", "is required: the role invited to") }
      if context["invitee_email"]?.text == nil, context["invited_user_id"]?.text == nil {
        refuse("context.invitee_email", "is required, or context.invited_user_id")
      }
    case .remove:
      if let entity, entity.container == nil {
        refuse("entity_type", "must be project_member or dataset_member where one is removed")
      }
    case .create, .update, .delete: break
    }
  }
}
