internal import AccessControl

/// The claims of a payload, each with its type.
struct TokenClaims {
  static let largestListCount = 256

  private let members: [String: StrictJSON]

  init(_ members: [String: StrictJSON]) { self.members = members }

  func text(_ claim: TokenClaim) throws(TokenProblem) -> String? {
    guard let value = members[claim.rawValue] else { return nil }
    guard let text = value.text, !text.isEmpty else { throw .malformedClaim(claim) }
    return text
  }

  func requiredText(_ claim: TokenClaim) throws(TokenProblem) -> String {
    guard let text = try text(claim) else { throw .missing(claim) }
    return text
  }

  /// A text or a list of texts.
  func texts(_ claim: TokenClaim) throws(TokenProblem) -> [String]? {
    guard let value = members[claim.rawValue] else { return nil }
    guard let elements = value.elements else { return try text(claim).map { [$0] } }
    guard elements.count <= Self.largestListCount else { throw .malformedClaim(claim) }
    let texts = elements.compactMap(\.text)
    guard texts.count == elements.count else { throw .malformedClaim(claim) }
    return texts
  }

  /// Seconds since 1970, which may have a fraction (RFC 7519 section 2).
  func time(_ claim: TokenClaim) throws(TokenProblem) -> UnixTime? {
    guard let value = members[claim.rawValue] else { return nil }
    guard case .number(let text) = value, let seconds = Double(text),
      let milliseconds = Int64(exactly: (seconds * 1000).rounded(.down)),
      abs(seconds) <= 253_402_300_799  // the year 9999
    else { throw .malformedClaim(claim) }
    return UnixTime(milliseconds: milliseconds)
  }

  func organizations() throws(TokenProblem) -> Set<OrganizationID> {
    var names = try texts(.organizations) ?? []
    for alias in ["organization_id", "company_id", "org_id"] {
      guard let value = members[alias] else { continue }
      guard let text = value.text else { throw .malformedClaim(.organizations) }
      names.append(text)
    }
    let organizations = names.compactMap(OrganizationID.init)
    guard organizations.count == names.count else { throw .malformedClaim(.organizations) }
    return Set(organizations)
  }

  func entities() throws(TokenProblem) -> Set<EntityReference> {
    let names = try texts(.entities) ?? []
    let entities = names.compactMap(EntityReference.init)
    guard entities.count == names.count else { throw .malformedClaim(.entities) }
    return Set(entities)
  }
}
