internal import AccessControl
internal import HTTPTypes
internal import Platform

extension Service {
  /// The reveal that the request's header names; `nil`: it names none.
  ///
  /// One that does not hold for these organisations refuses the request: who asks for values must not
  /// take masks for them.
  func reveal(
    of request: ServiceRequest, over organizations: OrganizationScope
  ) async throws -> RevealGrant? {
    guard let name = Self.revealHeader, let text = request.headers[name] else { return nil }
    guard let id = RevealGrant.ID(text) else {
      throw Problem.invalid(name.rawName, "type", "must be 32 hexadecimal digits in lower case")
    }
    let principal = request.principal
    // Nobody else has one.
    guard principal.role == .superadmin else {
      try await noteRefusedReveal(.noSuchGrant, of: id, to: principal, at: request.time)
      throw Self.noSuchReveal
    }
    // A refusal is written down, which waits for the disk.
    return try await run { [administration] in
      do throws(RevealRefusal) {
        return try administration.openReveal(
          id, of: principal, over: organizations, at: request.time)
      } catch {
        throw error == .noSuchGrant ? Self.noSuchReveal : Problem(error)
      }
    }
  }

  /// A name that is unknown is no path that is missing.
  private static let noSuchReveal = Problem(
    .forbidden, "reveal_refused", "Reveal refused", RevealRefusal.noSuchGrant.description)

  /// Records that a reveal was refused to somebody whose role may have none, unless that stands on the record often
  /// enough: then no thread is asked for either.
  func noteRefusedReveal(
    _ refusal: RevealRefusal, of id: RevealGrant.ID? = nil, to principal: Principal,
    at now: UnixTime
  ) async throws {
    guard administration.recordsRefusedReveal(to: principal, at: now) else { return }
    try await run { [administration] in
      administration.noteRefusedReveal(refusal, of: id, to: principal, at: now)
    }
  }

  /// Refuses a request that names a reveal which does not hold, where the answer has nothing that one could
  /// open: a name that is wrong must not seem to work. Endpoints that open columns look themselves, and more
  /// closely.
  func checkReveal(of request: ServiceRequest) async throws {
    guard request.caller != nil else { return }
    _ = try await reveal(of: request, over: .only([]))
  }

  /// Of an export, which writes masks whatever is open.
  func refuseReveal(of request: ServiceRequest) throws(Problem) {
    guard let name = Self.revealHeader, request.headers[name] != nil else { return }
    throw Problem(
      .forbidden, "reveal_refused", "Reveal refused",
      "an export opens no sealed column: leave out the header \(name.rawName)",
      hint: "POST /api/query opens them, on the record")
  }

  static let revealHeader = HTTPField.Name("X-Daybook-Reveal")
}
