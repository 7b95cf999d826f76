internal import Synchronization

/// The reveals that are open. They live in memory: a restart ends them all.
///
/// What happens is recorded first and done then, so that nothing is revealed off the record.
public final class RevealRegister: Sendable {
  public static let largestGrantCount = 64

  private let open = Mutex<[RevealGrant.ID: RevealGrant]>([:])
  private let allowlist: SuperadminAllowlist
  private let sink: any RevealEventSink
  private let random: @Sendable () -> UInt64

  /// `random` gives 64 bits that nobody can guess.
  public init(
    allowlist: SuperadminAllowlist, sink: any RevealEventSink,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.allowlist = allowlist
    self.sink = sink
    self.random = random
  }

  /// Opens a reveal.
  public func grant(
    to principal: Principal, reason: String, organizations: RequestedOrganizations,
    columns: Set<SealedColumn>, duration: Duration, at now: UnixTime
  ) throws(RevealRefusal) -> RevealGrant {
    sweep(at: now)
    do throws(RevealRefusal) {
      try checkRole(of: principal)
      guard let reason = RevealReason(reason) else { throw .badReason }
      guard duration >= .seconds(1), duration <= RevealGrant.longest else { throw .badDuration }
      guard !columns.isEmpty else { throw .noColumns }
      guard columns.count <= RevealScope.largestColumnCount else { throw .tooManyColumns }
      let grant = RevealGrant(
        id: RevealGrant.ID(high: random(), low: random()), owner: principal.user, reason: reason,
        scope: RevealScope(
          organizations: try rows(of: principal, in: organizations), columns: columns),
        start: now, end: now.advanced(by: duration))
      guard open.withLock({ $0.count }) < Self.largestGrantCount else { throw .tooManyGrants }
      try record(.granted(grant), by: principal, at: now)
      // Looked at again: others were let in while the event was written.
      let isOpen = open.withLock { grants in
        guard grants.count < Self.largestGrantCount else { return false }
        grants[grant.id] = grant
        return true
      }
      guard isOpen else { throw .tooManyGrants }
      return grant
    } catch {
      throw refuse(error, principal, nil, at: now)
    }
  }

  /// Lends the permit to open sealed values, if the grant that the principal refers to covers all of
  /// this now. The use is on the record before `body` runs.
  public func use<Result, Failure: Error>(
    by principal: Principal, for use: RevealUse, at now: UnixTime,
    _ body: (borrowing RevealPermit) throws(Failure) -> Result
  ) throws(RevealUseError<Failure>) -> Result {
    sweep(at: now)
    let scope: RevealScope
    do throws(RevealRefusal) {
      scope = try check(principal, use, at: now)
    } catch {
      throw .refused(refuse(error, principal, principal.revealGrant, at: now))
    }
    do throws(Failure) {
      return try body(RevealPermit(scope))
    } catch {
      throw .body(error)
    }
  }

  /// Ends a reveal before its time. Any superadmin may end any: that is always the safe way.
  public func end(
    _ id: RevealGrant.ID, by principal: Principal, at now: UnixTime
  ) throws(RevealRefusal) {
    sweep(at: now)
    do throws(RevealRefusal) {
      try checkRole(of: principal)
      guard open.withLock({ $0.removeValue(forKey: id) }) != nil else { throw .noSuchGrant }
    } catch {
      throw refuse(error, principal, id, at: now)
    }
    try record(.ended(id, .deleted), by: principal, at: now)
  }

  /// The caller's open reveals, the first to end first. Those of anybody that have ended are recorded as such.
  public func grants(of principal: Principal, at now: UnixTime) -> [RevealGrant] {
    sweep(at: now)
    return open.withLock { grants in
      grants.values.filter { $0.owner == principal.user && $0.holds(at: now) }
    }.sorted { ($0.end, $0.id.description) < ($1.end, $1.id.description) }
  }

  private func checkRole(of principal: Principal) throws(RevealRefusal) {
    guard AccessTable.standard.reach(of: principal.role, for: .reveal) > .nothing,
      allowlist.contains(principal.user)
    else { throw .notAllowed(principal.role) }
  }

  private func rows(
    of principal: Principal, in organizations: RequestedOrganizations
  ) throws(RevealRefusal) -> OrganizationScope {
    do throws(AccessRefusal) {
      return try principal.scope(for: .reveal, in: organizations).organizations
    } catch {
      throw .organizations(error)
    }
  }

  private func check(
    _ principal: Principal, _ use: RevealUse, at now: UnixTime
  ) throws(RevealRefusal) -> RevealScope {
    try checkRole(of: principal)
    guard let id = principal.revealGrant, let grant = open.withLock({ $0[id] }),
      grant.owner == principal.user, grant.holds(at: now)
    else { throw .noSuchGrant }
    guard !use.columns.isEmpty else { throw .noColumns }
    if let column = use.columns.subtracting(grant.scope.columns).min() {
      throw .columnNotGranted(column)
    }
    guard grant.scope.organizations.isSuperset(of: use.organizations) else {
      throw .organizationNotGranted
    }
    try record(.used(id, use), by: principal, at: now)
    // No more than this use is of, whatever else the grant covers.
    return RevealScope(organizations: use.organizations, columns: use.columns)
  }

  /// Takes out what has ended. Its end is on the record with the grant already, so that a sink which
  /// fails here loses nothing.
  private func sweep(at now: UnixTime) {
    let ended = open.withLock { grants in
      let ended = grants.values.filter { !$0.holds(at: now) }
      for grant in ended { grants[grant.id] = nil }
      return ended
    }
    for grant in ended.sorted(by: { $0.end < $1.end }) {
      try? sink.record(
        RevealEvent(
          actor: grant.owner, role: .superadmin, time: min(grant.end, max(now, grant.start)),
          action: .ended(grant.id, .time)))
    }
  }

  private func record(
    _ action: RevealEvent.Action, by principal: Principal, at now: UnixTime
  ) throws(RevealRefusal) {
    do {
      try sink.record(
        RevealEvent(actor: principal.user, role: principal.role, time: now, action: action))
    } catch {
      throw .notRecorded
    }
  }

  private func refuse(
    _ refusal: RevealRefusal, _ principal: Principal, _ grant: RevealGrant.ID?, at now: UnixTime
  ) -> RevealRefusal {
    // Refused either way, also where that cannot be recorded.
    try? sink.record(
      RevealEvent(
        actor: principal.user, role: principal.role, time: now,
        action: .refused(refusal, grant: grant)))
    return refusal
  }
}

/// What `RevealRegister.use` fails with.
public enum RevealUseError<Failure: Error>: Error {
  case refused(RevealRefusal)
  /// What the caller's own code threw.
  case body(Failure)
}
