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
    // A refusal is written down, which waits for the disk.
    return try await run { [administration] in
      do throws(RevealRefusal) {
        return try administration.openReveal(
          id, of: request.principal, over: organizations, at: request.time)
      } catch {
        // A name that is unknown is no path that is missing.
        throw error == .noSuchGrant
          ? Problem(.forbidden, "reveal_refused", "Reveal refused", error.description)
          : Problem(error)
      }
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
