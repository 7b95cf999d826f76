public import AccessControl
internal import JWTKit

/// What a token that holds says.
public struct VerifiedToken: Sendable, Equatable {
  public let principal: Principal
  /// When it ends, without the skew of clocks.
  public let expiry: UnixTime
}

/// From a token (RFC 7519, signed as of RFC 7515) to a principal, as careful as RFC 8725 asks for.
///
/// The signature comes before any claim: nothing of a forged payload is even parsed.
public struct TokenVerifier: Sendable {
  public let keys: TokenKeySet
  public let rules: TokenRules

  public init(keys: TokenKeySet, rules: TokenRules) {
    self.keys = keys
    self.rules = rules
  }

  public func principal(
    of token: some Collection<UInt8>, at now: UnixTime
  ) throws(TokenProblem) -> Principal { try verified(token, at: now).principal }

  public func verified(
    _ token: some Collection<UInt8>, at now: UnixTime
  ) throws(TokenProblem) -> VerifiedToken {
    guard token.count <= TokenRules.largestByteCount else {
      throw .tooLong(byteCount: token.count)
    }
    let parts = Array(token).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .malformed }
    let header = try Self.object(parts[0], .header)
    let key = try key(for: header)
    guard !parts[2].isEmpty else { throw .emptySignature }
    guard let signature = Base64URL.decode(parts[2]) else {
      throw .unreadable(.signature, .notBase64URL)
    }
    let signed = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    guard (try? key.signer.verify(signature, signs: signed)) == true else { throw .wrongSignature }
    return try verified(TokenClaims(try Self.object(parts[1], .payload)), at: now)
  }

  /// Decided by our keys: the header only says which one it means. What else a header may carry,
  /// such as a key of its own (`jwk`, `jku`, `x5u`, `x5c`), is not looked at.
  private func key(for header: [String: StrictJSON]) throws(TokenProblem) -> TokenKey {
    guard header["crit"] == nil else { throw .critical }
    guard let type = header["typ"] else { throw .missingType }
    guard let type = type.text else { throw .wrongType("") }
    guard ["jwt", "at+jwt", "application/at+jwt"].contains(type.lowercased()) else {
      throw .wrongType(type)
    }
    guard let algorithm = header["alg"]?.text else { throw .missingAlgorithm }
    if let id = header["kid"], id.text == nil { throw .unknownKey("") }
    let key = try keys.key(named: header["kid"]?.text)
    guard algorithm == key.algorithm.rawValue else { throw .wrongAlgorithm(algorithm) }
    return key
  }

  private func verified(
    _ claims: TokenClaims, at now: UnixTime
  ) throws(TokenProblem) -> VerifiedToken {
    let issuer = try claims.requiredText(.issuer)
    guard issuer.utf8.elementsEqual(rules.issuer.utf8) else { throw .wrongIssuer(issuer) }
    guard let audiences = try claims.texts(.audience) else { throw .missing(.audience) }
    guard audiences.contains(where: { $0.utf8.elementsEqual(rules.audience.utf8) }) else {
      throw .wrongAudience
    }
    let expiry = try checkTimes(of: claims, at: now)
    if let id = try claims.text(.id), rules.revoked.contains(id) { throw .revoked(id) }

    guard let user = UserID(try claims.requiredText(.subject)) else {
      throw .malformedClaim(.subject)
    }
    let roleName = try claims.requiredText(.role)
    guard let role = Role(rawValue: roleName) else { throw .unknownRole(roleName) }
    let organizations = try claims.organizations()
    let entities = try claims.entities()
    do throws(AccessRefusal) {
      let principal = try Principal(
        user: user, organizations: organizations, role: role, visibleEntities: entities,
        allowlist: rules.allowlist)
      return VerifiedToken(principal: principal, expiry: expiry)
    } catch {
      throw .notOnAllowlist(user)
    }
  }

  /// When the token ends.
  private func checkTimes(
    of claims: TokenClaims, at now: UnixTime
  ) throws(TokenProblem) -> UnixTime {
    let past = now.advanced(by: .zero - rules.clockSkew)
    let future = now.advanced(by: rules.clockSkew)
    guard let expiry = try claims.time(.expiry) else { throw .missing(.expiry) }
    guard past < expiry else { throw .expired }
    guard expiry <= future.advanced(by: rules.longestLifetime) else { throw .lifetimeTooLong }
    if let start = try claims.time(.notBefore), start > future { throw .notYetValid }
    if let issued = try claims.time(.issuedAt), issued > future { throw .issuedInFuture }
    return expiry
  }

  private static func object(
    _ part: ArraySlice<UInt8>, _ name: TokenPart
  ) throws(TokenProblem) -> [String: StrictJSON] {
    guard !part.isEmpty, let bytes = Base64URL.decode(part) else {
      throw .unreadable(name, .notBase64URL)
    }
    let document: StrictJSON
    do throws(StrictJSON.Failure) {
      document = try StrictJSON(bytes)
    } catch {
      throw .unreadable(name, StrictJSONProblem(error.reason))
    }
    guard let members = document.members else { throw .unreadable(name, .notAnObject) }
    return members
  }
}

extension StrictJSONProblem {
  init(_ reason: StrictJSON.Failure.Reason) {
    self =
      switch reason {
      case .malformed: .notJSON
      case .notUTF8: .notUTF8
      case .duplicateMember: .duplicateMember
      case .tooDeep: .tooDeep
      }
  }
}
