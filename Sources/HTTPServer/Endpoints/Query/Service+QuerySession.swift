internal import AccessControl
internal import Engine
internal import HTTPTypes
internal import Platform
internal import QueryLanguage
internal import QueryPlanning

extension Service {
  /// A session for one statement of a caller: it sees what the caller may see, and changes nothing.
  func querySession(for request: ServiceRequest) throws(Problem) -> Session {
    let requested = try OrganizationParameters.requested(in: request.arguments)
    var session = session(for: request)
    do throws(AccessRefusal) {
      session.access = try QueryAccess(request.principal, in: requested)
    } catch {
      throw Problem(error)
    }
    session.access.pseudonyms = pseudonyms
    session.access.reveal = try reveal(for: request, over: session.access.rows.organizations)
    return session
  }

  /// What the reveal opens that the request names in its header.
  private func reveal(
    for request: ServiceRequest, over organizations: OrganizationScope
  ) throws(Problem) -> Reveal? {
    guard let text = QueryHeader.reveal.flatMap({ request.headers[$0] }) else { return nil }
    let open = administration.reveals.grants(of: request.principal, at: request.time)
    guard let id = RevealGrant.ID(text), let grant = open.first(where: { $0.id == id }) else {
      throw .forbidden(
        "the header X-Daybook-Reveal names no open reveal of yours",
        hint: "POST /api/admin/reveal asks for one")
    }
    return Reveal(
      columns: .named(grant.scope.columns), organizations: grant.scope.organizations,
      recorder: RegisteredReveal(
        register: administration.reveals, principal: request.principal.revealing(with: id),
        organizations: organizations, now: environment.now))
  }
}

/// Asks the register before columns are opened, which puts each use on the record, and once more with
/// the rows when they were.
private struct RegisteredReveal: RevealRecorder {
  let register: RevealRegister
  let principal: Principal
  let organizations: OrganizationScope
  let now: @Sendable () -> UnixTime

  func willOpen(_ columns: [LabelledColumn]) throws(QueryError) { try use(columns, rowCount: 0) }

  func didOpen(_ columns: [LabelledColumn], rowCount: Int) {
    // That they were opened is on the record already.
    try? use(columns, rowCount: rowCount)
  }

  private func use(_ columns: [LabelledColumn], rowCount: Int) throws(QueryError) {
    let names = columns.map(\.description)
    let sealed = names.compactMap(SealedColumn.init)
    guard sealed.count == names.count else {
      throw QueryError(.insufficientPrivilege, "a reveal cannot name one of these columns")
    }
    do throws(RevealUseError<Never>) {
      try register.use(
        by: principal,
        for: RevealUse(columns: Set(sealed), organizations: organizations, rowCount: rowCount),
        at: now()
      ) { (_: borrowing RevealPermit) throws(Never) in }
    } catch {
      switch error {
      case .refused(let refusal):
        throw QueryError(.insufficientPrivilege, refusal.description)
      }
    }
  }
}
