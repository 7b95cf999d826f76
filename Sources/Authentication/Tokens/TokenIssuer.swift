public import AccessControl
internal import JWTKit

/// Makes tokens for local use, which the verifier of the same rules takes.
public struct TokenIssuer: Sendable {
  public enum Failure: Error, Equatable, Sendable {
    case badLifetime(longest: Duration)
    /// The key checks signatures and makes none.
    case noPrivateKey
    case notOnAllowlist(UserID)
    case tooLong
  }

  public let key: TokenKey
  public let rules: TokenRules

  public init(key: TokenKey, rules: TokenRules) {
    self.key = key
    self.rules = rules
  }

  /// The text of a token. `id` becomes `jti`, by which it can be revoked; `entities` are the things
  /// whose audit entries its owner may see.
  public func issue(
    user: UserID, role: Role, organizations: Set<OrganizationID>,
    entities: Set<EntityReference> = [], lifetime: Duration, id: String, at now: UnixTime
  ) throws(Failure) -> Secret {
    guard lifetime >= .seconds(1), lifetime <= rules.longestLifetime else {
      throw .badLifetime(longest: rules.longestLifetime)
    }
    guard role != .superadmin || rules.allowlist.contains(user) else { throw .notOnAllowlist(user) }
    let quoted = StrictJSON.quoted
    let name = key.id.map { ",\"kid\":\(quoted($0))" } ?? ""
    let header = "{\"alg\":\"\(key.algorithm.rawValue)\"\(name),\"typ\":\"JWT\"}"
    let list = organizations.sorted().map { quoted($0.text) }.joined(separator: ",")
    let things = entities.map { quoted($0.description) }.sorted().joined(separator: ",")
    let claim = things.isEmpty ? "" : "\"entities\":[\(things)],"
    let start = now.milliseconds / 1000
    let payload =
      "{\"iss\":\(quoted(rules.issuer)),\"aud\":\(quoted(rules.audience)),"
      + "\"sub\":\(quoted(user.text)),\"role\":\(quoted(role.rawValue)),"
      + "\"organizations\":[\(list)],\(claim)\"iat\":\(start),"
      + "\"exp\":\(start + lifetime.components.seconds),\"jti\":\(quoted(id))}"
    let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload.utf8)
    guard let signature = try? key.signer.sign(Array(signed.utf8)) else { throw .noPrivateKey }
    let token = signed + "." + Base64URL.encode(signature)
    guard token.utf8.count <= TokenRules.largestByteCount else { throw .tooLong }
    return Secret(token)
  }
}

extension TokenIssuer.Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badLifetime(let longest):
      "the lifetime must be from 1 second to \(longest.components.seconds) seconds"
    case .noPrivateKey: "this key only checks tokens: a shared secret or a private key is needed"
    case .notOnAllowlist(let user):
      "'\(user)' is not among the superadmins of the configuration"
    case .tooLong: "the token would be too long: name fewer organisations"
    }
  }
}
