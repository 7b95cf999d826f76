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

  static let revealHeader = HTTPField.Name("X-Daybook-Reveal")
}
