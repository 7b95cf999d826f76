internal import AccessControl
internal import Engine
internal import Platform
internal import QueryLanguage
internal import QueryPlanning

extension Service {
  /// A session for statements of a caller: it sees what the caller may see by a capability, and changes
  /// nothing.
  func querySession(
    for request: ServiceRequest, as capability: Capability = .runQueries
  ) async throws -> Session {
    let requested =
      request.endpoint.onlyReads
      ? try OrganizationParameters.requestedToRead(
        in: request.arguments, by: request.principal, for: capability)
      : try OrganizationParameters.requested(in: request.arguments)
    var session = session(for: request)
    do throws(AccessRefusal) {
      session.access = try QueryAccess(request.principal, in: requested, for: capability)
    } catch {
      throw Problem(error)
    }
    session.access.pseudonyms = pseudonyms
    session.access.reveal = try await opened(
      by: request, over: session.access.rows.organizations)
    return session
  }

  /// What the reveal that the request names opens of rows of these organisations; `nil`: it names none.
  func opened(
    by request: ServiceRequest, over organizations: OrganizationScope
  ) async throws -> Reveal? {
    guard let grant = try await reveal(of: request, over: organizations) else { return nil }
    return Reveal(
      columns: .named(grant.scope.columns), organizations: grant.scope.organizations,
      recorder: RecordedReveal(
        administration: administration, principal: request.principal.revealing(with: grant.id),
        grant: grant.id, organizations: organizations, now: environment.now))
  }
}

/// Puts what a statement opens on the record: the columns before it runs, the rows after it.
private struct RecordedReveal: RevealRecorder {
  let administration: Administration
  let principal: Principal
  let grant: RevealGrant.ID
  let organizations: OrganizationScope
  let now: @Sendable () -> UnixTime

  func willOpen(_ columns: [LabelledColumn]) throws(QueryError) {
    let sealed = Self.sealed(columns)
    guard sealed.count == columns.count else {
      throw QueryError(.insufficientPrivilege, "a reveal cannot name one of these columns")
    }
    let use = RevealUse(columns: sealed, organizations: organizations, rowCount: nil)
    do throws(RevealUseError<Never>) {
      try administration.reveals.use(by: principal, for: use, at: now()) { _ throws(Never) in }
    } catch {
      switch error {
      case .refused(let refusal):
        throw QueryError(.insufficientPrivilege, refusal.description)
      }
    }
  }

  func didOpen(_ columns: [LabelledColumn], rowCount: Int) {
    // That they were opened is on the record already.
    try? administration.audit.append(
      .revealShown(grant, columns: Self.sealed(columns), rows: rowCount),
      by: AuditActor(principal), of: organizations, at: now())
  }

  private static func sealed(_ columns: [LabelledColumn]) -> Set<SealedColumn> {
    Set(columns.compactMap { SealedColumn($0.description) })
  }
}
