public import AccessControl
internal import Synchronization

/// Reveals are on the record: `RevealRegister` writes here before it does anything.
extension AuditLog: RevealEventSink {
  public func record(_ event: RevealEvent) throws {
    let actor = AuditActor(user: event.actor, role: event.role.rawValue)
    switch event.action {
    case .granted(let grant):
      try append(
        .revealGranted(grant), by: actor, of: grant.scope.organizations, at: event.time)
      reveals.withLock { $0[grant.id] = grant.scope.organizations }
    case .used(let id, let use):
      try append(.revealUsed(id, use), by: actor, of: use.organizations, at: event.time)
    case .ended(let id, let end):
      let organizations = reveals.withLock { $0.removeValue(forKey: id) } ?? .all
      try append(.revealEnded(id, end), by: actor, of: organizations, at: event.time)
    case .refused(let refusal, let id):
      let organizations = id.flatMap { id in reveals.withLock { $0[id] } } ?? .all
      try append(.revealRefused(refusal, grant: id), by: actor, of: organizations, at: event.time)
    }
  }
}
