package import AccessControl
package import Authentication
package import Engine

/// What the service does for administrators and must be on the record: reveals, emitter keys, entries of
/// the host.
package final class Administration: Sendable {
  package let audit: AuditLog
  package let reveals: RevealRegister
  /// `nil`: there is no folder for them, and none can be made.
  private let keys: EmitterKeyStore?
  private let refusals = RefusalPace()

  package init(
    _ engine: Engine, allowlist: SuperadminAllowlist, emitterKeys: EmitterKeyStore?,
    now: @escaping @Sendable () -> UnixTime, random: @escaping @Sendable () -> UInt64
  ) {
    audit = AuditLog(engine, now: now, random: random)
    reveals = RevealRegister(allowlist: allowlist, sink: audit, random: random)
    keys = emitterKeys
  }

  // MARK: - Reveals

  /// The caller's reveal of this name, if it holds for rows of these organisations. A refusal is on the
  /// record.
  package func openReveal(
    _ id: RevealGrant.ID, of principal: Principal, over organizations: OrganizationScope,
    at now: UnixTime
  ) throws(RevealRefusal) -> RevealGrant {
    let grant = reveals.grants(of: principal, at: now).first { $0.id == id }
    guard let grant, principal.role == .superadmin else {
      throw noteRefusal(.noSuchGrant, of: id, to: principal, at: now)
    }
    guard grant.scope.organizations.isSuperset(of: organizations) else {
      throw noteRefusal(.organizationNotGranted, of: id, to: principal, at: now)
    }
    return grant
  }

  /// Reads what a reveal opens, with the use on the record before, and the rows after it.
  package func reading<Value>(
    _ columns: Set<SealedColumn>, by principal: Principal, over organizations: OrganizationScope,
    at now: UnixTime, _ body: () throws -> (Value, rows: Int)
  ) throws -> Value {
    guard let grant = principal.revealGrant, !columns.isEmpty else { return try body().0 }
    let use = RevealUse(columns: columns, organizations: organizations, rowCount: nil)
    let (value, rows): (Value, Int)
    do throws(RevealUseError<any Error>) {
      (value, rows) = try reveals.use(by: principal, for: use, at: now) { _ in try body() }
    } catch {
      switch error {
      case .refused(let refusal): throw refusal
      case .body(let error): throw error
      }
    }
    try audit.append(
      .revealShown(grant, columns: columns, rows: rows), by: AuditActor(principal),
      of: organizations, at: now)
    return value
  }

  /// Whether the refusal of a reveal to somebody whose role may not have one is to be recorded, which it is the first
  /// few times in an hour. Does not block.
  package func recordsRefusedReveal(to principal: Principal, at now: UnixTime) -> Bool {
    refusals.take(principal.user, at: now)
  }

  /// Somebody asked for a reveal, or named one, whose role may not: he is refused in any case, and the attempt is
  /// on the record.
  package func noteRefusedReveal(
    _ refusal: RevealRefusal, of grant: RevealGrant.ID? = nil, to principal: Principal,
    at now: UnixTime
  ) {
    _ = noteRefusal(refusal, of: grant, to: principal, at: now)
  }

  private func noteRefusal(
    _ refusal: RevealRefusal, of grant: RevealGrant.ID?, to principal: Principal, at now: UnixTime
  ) -> RevealRefusal {
    try? audit.record(
      RevealEvent(
        actor: principal.user, role: principal.role, time: now,
        action: .refused(refusal, grant: grant)))
    return refusal
  }

  // MARK: - Emitter keys

  package func listKeys(of organizations: OrganizationScope) -> [EmitterKey] {
    keys?.list(organizations) ?? []
  }

  package func authenticate(
    _ text: some Collection<UInt8>, for kind: RecordKind
  ) throws(EmitterRefusal) -> EmitterKey {
    guard let keys else { throw .invalidKey(.unknown) }
    return try keys.authenticate(text, for: kind)
  }

  /// Makes a key. Nobody knows its secret before this returns, so that a key whose making cannot be
  /// recorded is revoked again and never worked.
  package func createKey(
    for organization: OrganizationID, kinds: Set<RecordKind>, label: Identifier,
    by actor: AuditActor, at now: UnixTime, requestID: String? = nil
  ) throws -> (key: EmitterKey, text: Secret) {
    let keys = try store()
    let made = try keys.create(
      for: organization, kinds: kinds, label: label, by: actor.user, at: now)
    do throws(AuditLogError) {
      try audit.append(
        .emitterKeyCreated(made.key), by: actor, of: .only([organization]), at: now,
        requestID: requestID)
    } catch {
      try? keys.revoke(made.key.id, at: now)
      throw error
    }
    return made
  }

  /// Revokes a key of these organisations; one of others is unknown. Recorded first.
  package func revokeKey(
    _ id: String, within organizations: OrganizationScope, by actor: AuditActor, at now: UnixTime,
    requestID: String? = nil
  ) throws {
    let keys = try store()
    guard let key = keys.list(organizations).first(where: { $0.id == id }) else {
      throw EmitterKeyStoreError.unknownKey
    }
    guard key.revoked == nil else { throw EmitterKeyStoreError.alreadyRevoked }
    try audit.append(
      .emitterKeyRevoked(id: id), by: actor, of: .only([key.organization]), at: now,
      requestID: requestID)
    try keys.revoke(id, at: now)
  }

  private func store() throws -> EmitterKeyStore {
    guard let keys else { throw EmitterKeyStoreError.disk("there is no folder for emitter keys") }
    return keys
  }
}
