public import AccessControl

/// Why a token is refused: for the operator's log. The caller sees `publicCode` alone, so that
/// nobody who forges tokens learns from the answers. It holds nothing of the token but the names
/// that it asks for, cut short where they are shown.
public enum TokenProblem: Error, Equatable, Sendable {
  case tooLong(byteCount: Int)
  /// Not three parts with dots between them.
  case malformed
  /// The part, and what is wrong.
  case unreadable(TokenPart, StrictJSONProblem)
  case wrongType(String)
  case missingType
  /// The token asks for what must be understood, which nothing is.
  case critical
  case missingAlgorithm
  /// The key's algorithm is another one, or there is no such algorithm: `none` is none.
  case wrongAlgorithm(String)
  case missingKeyID
  case unknownKey(String)
  case emptySignature
  case wrongSignature
  case missing(TokenClaim)
  case malformedClaim(TokenClaim)
  case wrongIssuer(String)
  case wrongAudience
  case expired
  case notYetValid
  /// It says that it was made in the future.
  case issuedInFuture
  /// Longer than the configuration allows.
  case lifetimeTooLong
  case revoked(String)
  case unknownRole(String)
  case notOnAllowlist(UserID)

  /// All that a caller is told, besides "invalid token". Only who holds a token with a right
  /// signature learns about its times.
  public var publicCode: String {
    switch self {
    case .expired: "token_expired"
    case .notYetValid: "token_not_yet_valid"
    default: "token_refused"
    }
  }

  public static let publicMessage = "invalid token"
}

public enum TokenPart: String, Sendable, Equatable {
  case header, payload, signature
}

public enum StrictJSONProblem: Sendable, Equatable {
  case notBase64URL
  case notJSON
  case notUTF8
  case duplicateMember
  case tooDeep
  case notAnObject
}

/// The claims that Daybook reads.
public enum TokenClaim: String, Sendable, Equatable, CaseIterable {
  case issuer = "iss"
  case subject = "sub"
  case audience = "aud"
  case expiry = "exp"
  case notBefore = "nbf"
  case issuedAt = "iat"
  case id = "jti"
  case role
  /// A list; `organization_id`, `company_id` and `org_id` give one.
  case organizations
  /// A list of `kind:id`: whose audit entries may be seen.
  case entities
}

extension TokenProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count): "the token has \(count) bytes"
    case .malformed: "the token does not have three parts"
    case .unreadable(let part, let problem): "the \(part.rawValue) is unreadable: \(problem)"
    case .wrongType(let type): "typ is \(Self.shown(type))"
    case .missingType: "typ is missing"
    case .critical: "the header asks for an extension (crit)"
    case .missingAlgorithm: "alg is missing"
    case .wrongAlgorithm(let name): "alg is \(Self.shown(name)), which is not the key's"
    case .missingKeyID: "kid is missing, and there are several keys"
    case .unknownKey(let id): "there is no key \(Self.shown(id))"
    case .emptySignature: "the signature is empty"
    case .wrongSignature: "the signature is wrong"
    case .missing(let claim): "the claim \(claim.rawValue) is missing"
    case .malformedClaim(let claim): "the claim \(claim.rawValue) is malformed"
    case .wrongIssuer(let issuer): "the issuer is \(Self.shown(issuer))"
    case .wrongAudience: "it is for another audience"
    case .expired: "it has expired"
    case .notYetValid: "it is not valid yet"
    case .issuedInFuture: "it was issued in the future"
    case .lifetimeTooLong: "it is valid for longer than is allowed"
    case .revoked(let id): "it was revoked: \(Self.shown(id))"
    case .unknownRole(let role): "there is no role \(Self.shown(role))"
    case .notOnAllowlist(let user):
      "\(Self.shown(user.text)) is not among the superadmins of the configuration"
    }
  }

  private static func shown(_ text: String) -> String {
    StrictJSON.quoted(String(text.unicodeScalars.filter(\.isASCII).prefix(64).map(Character.init)))
  }
}
