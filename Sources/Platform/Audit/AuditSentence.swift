internal import AccessControl
internal import Authentication

/// The sentence that says what an entry is about: once with all names and values, once without what
/// is sealed.
struct AuditSentence {
  /// Who reads it.
  enum Reader {
    case everyone
    case reveal
  }

  let draft: AuditDraft
  let reader: Reader

  var text: String {
    let who = "User \(actor)"
    return switch draft.action {
    case .create where isAboutActor: "\(who) registered" + asRole
    case .create: "\(who) created \(thing)" + details
    case .update: "\(who) updated \(isAboutActor ? "their profile" : thing)" + fields
    case .delete: "\(who) deleted \(thing)" + details + reason
    case .invite: "\(who) invited \(invitee) to \(thing)" + asRole
    case .remove: "\(who) removed \(member) from \(container)" + reason
    case .grantRole: "\(who) changed role of \(person) from \(role("old")) to \(role("new"))"
    case .revokeRole: "\(who) revoked role \(role("old")) of \(person)"
    }
  }

  private var isRevealed: Bool { reader == .reveal }

  private var actor: String {
    isRevealed ? draft.actor.email ?? draft.actor.user.text : shown(id: draft.actor.user.text)
  }

  private var isAboutActor: Bool {
    draft.entity == .user && draft.entityID == draft.actor.user.text
  }

  /// A name for all; that of a person, only for who may read it.
  private func shown(_ name: String?) -> String? {
    guard let name else { return nil }
    if isRevealed { return name }
    return draft.entity.isPerson ? nil : PersonalData.masked(name)
  }

  /// Identifiers that are addresses are refused; this holds for those that come by another way too.
  private func shown(id: String) -> String { isRevealed ? id : PersonalData.masked(id) }

  private var entityID: String { shown(id: draft.entityID) }

  private var thing: String {
    "\(draft.entity.title) '\(shown(draft.entityName) ?? entityID)'"
  }

  private var person: String {
    draft.entity == .user ? shown(draft.entityName) ?? entityID : thing
  }

  private func context(_ member: String) -> String? {
    guard let value = draft.context[member], value != .null else { return nil }
    guard isRevealed || PersonalData.isOpen(member, value) else { return nil }
    return value.words
  }

  private var asRole: String { context("role").map { " as \($0)" } ?? "" }

  private var invitee: String {
    guard draft.context["invitee_email"]?.text != nil else {
      return context("invited_user_id") ?? "somebody"
    }
    return context("invitee_email") ?? context("invited_user_id") ?? PersonalData.mask
  }

  private var reason: String {
    guard draft.context["reason"]?.text != nil else { return "" }
    return context("reason").map { ": \($0)" } ?? ", with a reason"
  }

  /// Counts that a context gives of what a thing was made of.
  private var details: String {
    let units = [
      ("num_experiments", "experiments"), ("num_members", "members"), ("num_runs", "runs"),
      ("num_images", "images"), ("size_bytes", "bytes"),
    ]
    let parts = units.compactMap { member, unit in context(member).map { "\($0) \(unit)" } }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  /// `: name: a → b`, or the fields alone.
  private var fields: String {
    guard !draft.changes.isEmpty else { return "" }
    let parts = draft.changes.map { change in
      isRevealed
        ? "\(change.field): \(change.old.words) → \(change.new.words)"
        : PersonalData.masked(change.field)
    }
    return ": " + parts.joined(separator: ", ")
  }

  private func role(_ side: String) -> String {
    guard let change = draft.changes.first(where: { $0.field == "role" }) else { return "unknown" }
    let words = (side == "old" ? change.old : change.new).words
    return isRevealed ? words : PersonalData.masked(words)
  }

  /// The name of a member is `container - person`.
  private var nameParts: (container: Substring, person: Substring)? {
    guard let name = draft.entityName, let dash = name.ranges(of: " - ").last else { return nil }
    return (name[..<dash.lowerBound], name[dash.upperBound...])
  }

  private var member: String {
    if isRevealed, let person = nameParts?.person { return String(person) }
    return context("removed_user_id") ?? entityID
  }

  private var container: String {
    guard let container = draft.entity.container else { return thing }
    let name =
      nameParts.map {
        isRevealed ? String($0.container) : PersonalData.masked(String($0.container))
      }
      ?? context("\(container.rawValue)_id") ?? entityID
    return "\(container.title) '\(name)'"
  }
}
