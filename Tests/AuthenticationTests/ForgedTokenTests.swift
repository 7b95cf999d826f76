import AccessControl
import Authentication
import Crypto
import Foundation
import JWTKit
import Testing

private let secretText = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789"
private let now = UnixTime(seconds: 1_800_000_000)
private let right = """
  {"iss":"https://id.example","aud":"daybook","sub":"ann","role":"admin","org_id":"acme",\
  "exp":1800000600}
  """

private func rules() throws -> TokenRules {
  TokenRules(
    issuer: "https://id.example", audience: "daybook",
    allowlist: SuperadminAllowlist([try #require(UserID("root"))]), revoked: ["gone"])
}

private func hmac(_ text: String, _ key: [UInt8]) -> [UInt8] {
  Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
}

/// A token by hand: any header, any payload, any signature.
private func token(
  _ header: String, _ payload: String,
  sign: (String) -> [UInt8] = {
    hmac($0, Array(secretText.utf8))
  }
) -> String {
  let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload.utf8)
  return signed + "." + Base64URL.encode(sign(signed))
}

private let header = #"{"alg":"HS256","typ":"JWT"}"#

struct Forgery: Sendable, CustomTestStringConvertible {
  var name: String
  var token: String
  var problem: TokenProblem
  var testDescription: String { name }

  init(_ name: String, _ token: String, _ problem: TokenProblem) {
    self.name = name
    self.token = token
    self.problem = problem
  }
}

private func with(_ extra: String) -> String { String(right.dropLast()) + "," + extra + "}" }
private func changed(_ old: String, _ new: String) -> String {
  right.replacingOccurrences(of: old, with: new)
}

private let ann: UserID = {
  guard let user = UserID("ann") else { preconditionFailure("a constant that is no name") }
  return user
}()

private let forgeries: [Forgery] = [
  // Algorithms (RFC 8725 sections 2.1, 3.1).
  Forgery("alg none", token(#"{"alg":"none","typ":"JWT"}"#, right), .wrongAlgorithm("none")),
  Forgery("alg nOnE", token(#"{"alg":"nOnE","typ":"JWT"}"#, right), .wrongAlgorithm("nOnE")),
  Forgery("alg hs256", token(#"{"alg":"hs256","typ":"JWT"}"#, right), .wrongAlgorithm("hs256")),
  Forgery("alg HS512", token(#"{"alg":"HS512","typ":"JWT"}"#, right), .wrongAlgorithm("HS512")),
  Forgery("alg RS256", token(#"{"alg":"RS256","typ":"JWT"}"#, right), .wrongAlgorithm("RS256")),
  Forgery("no alg", token(#"{"typ":"JWT"}"#, right), .missingAlgorithm),
  Forgery("alg a number", token(#"{"alg":256,"typ":"JWT"}"#, right), .missingAlgorithm),
  // Signatures.
  Forgery("empty signature", token(header, right) { _ in [] }, .emptySignature),
  Forgery(
    "no third part", String(token(header, right).prefix { _ in true }.split(separator: ".")[0]),
    .malformed),
  Forgery(
    "stripped signature",
    token(header, right).split(separator: ".").prefix(2).joined(separator: "."),
    .malformed),
  Forgery(
    "short signature", token(header, right) { Array(hmac($0, Array(secretText.utf8)).dropLast()) },
    .wrongSignature),
  Forgery(
    "long signature", token(header, right) { hmac($0, Array(secretText.utf8)) + [0] },
    .wrongSignature),
  Forgery(
    "another key", token(header, right) { hmac($0, Array(secretText.utf8.reversed())) },
    .wrongSignature),
  Forgery("empty key", token(header, right) { hmac($0, [0]) }, .wrongSignature),
  Forgery(
    "signature with padding", token(header, right) + "=", .unreadable(.signature, .notBase64URL)),
  Forgery("encrypted form", token(header, right) + ".x.y", .malformed),
  // Keys of the token's own (section 3.10): not looked at, so the signature is wrong.
  Forgery(
    "embedded jwk",
    token(#"{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}"#, right) {
      hmac($0, [0, 0, 0])
    },
    .wrongSignature),
  Forgery(
    "unknown kid", token(#"{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}"#, right),
    .unknownKey("../../dev/null")),
  Forgery("kid a number", token(#"{"alg":"HS256","typ":"JWT","kid":1}"#, right), .unknownKey("")),
  // Types (section 3.11) and extensions (RFC 7515 section 4.1.11).
  Forgery(
    "other typ", token(#"{"alg":"HS256","typ":"logout+jwt"}"#, right), .wrongType("logout+jwt")),
  Forgery("no typ", token(#"{"alg":"HS256"}"#, right), .missingType),
  Forgery(
    "crit", token(#"{"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false}"#, right), .critical),
  Forgery("empty crit", token(#"{"alg":"HS256","typ":"JWT","crit":[]}"#, right), .critical),
  // Encodings (sections 2.4, 3.7).
  Forgery("empty", "", .malformed),
  Forgery("dots", "..", .unreadable(.header, .notBase64URL)),
  Forgery("header no base64", "!!.e30.AA", .unreadable(.header, .notBase64URL)),
  Forgery("header padded", "e30=.e30.AA", .unreadable(.header, .notBase64URL)),
  Forgery("header no JSON", token("{", right), .unreadable(.header, .notJSON)),
  Forgery("header a list", token("[]", right), .unreadable(.header, .notAnObject)),
  Forgery(
    "alg twice", token(#"{"alg":"none","alg":"HS256","typ":"JWT"}"#, right),
    .unreadable(.header, .duplicateMember)),
  Forgery(
    "alg twice, spelt with an escape",
    token(#"{"alg":"none","\u0061lg":"HS256","typ":"JWT"}"#, right),
    .unreadable(.header, .duplicateMember)),
  Forgery("payload no JSON", token(header, "exp=1"), .unreadable(.payload, .notJSON)),
  Forgery(
    "payload with more behind it", token(header, right + "{}"), .unreadable(.payload, .notJSON)),
  Forgery("payload a text", token(header, "\"x\""), .unreadable(.payload, .notAnObject)),
  Forgery(
    "sub twice", token(header, with(#""sub":"root""#)), .unreadable(.payload, .duplicateMember)),
  Forgery(
    "deep payload", token(header, with("\"x\":" + String(repeating: "[", count: 40))),
    .unreadable(.payload, .tooDeep)),
  Forgery(
    "huge", token(header, with("\"x\":\"" + String(repeating: "a", count: 9000) + "\"")),
    .tooLong(byteCount: 12_229)),
  // Claims (sections 3.8, 3.9).
  Forgery(
    "other issuer", token(header, changed("id.example", "id.example.evil")),
    .wrongIssuer("https://id.example.evil")),
  Forgery("no issuer", token(header, changed(#""iss""#, #""isz""#)), .missing(.issuer)),
  Forgery("other audience", token(header, changed(#""daybook""#, #""daybook2""#)), .wrongAudience),
  Forgery(
    "audiences of others", token(header, changed(#""daybook""#, #"["a","b"]"#)), .wrongAudience),
  Forgery("no audience", token(header, changed(#""aud""#, #""aux""#)), .missing(.audience)),
  Forgery(
    "audience of mixed types", token(header, changed(#""daybook""#, #"["daybook",1]"#)),
    .malformedClaim(.audience)),
  Forgery("no exp", token(header, changed(#""exp""#, #""exq""#)), .missing(.expiry)),
  Forgery(
    "exp a text", token(header, changed("1800000600", #""1800000600""#)), .malformedClaim(.expiry)),
  Forgery("exp infinite", token(header, changed("1800000600", "1e999")), .malformedClaim(.expiry)),
  Forgery("exp null", token(header, changed("1800000600", "null")), .malformedClaim(.expiry)),
  Forgery("exp far away", token(header, changed("1800000600", "9999999999")), .lifetimeTooLong),
  Forgery("expired", token(header, changed("1800000600", "1799999970")), .expired),
  Forgery("not yet", token(header, with(#""nbf":1800000031"#)), .notYetValid),
  Forgery("made in the future", token(header, with(#""iat":1800000031"#)), .issuedInFuture),
  Forgery("revoked", token(header, with(#""jti":"gone""#)), .revoked("gone")),
  Forgery("no sub", token(header, changed(#""sub""#, #""sup""#)), .missing(.subject)),
  Forgery(
    "sub with a line end", token(header, changed(#""ann""#, #""ann\nroot""#)),
    .malformedClaim(.subject)),
  Forgery("unknown role", token(header, changed(#""admin""#, #""Admin""#)), .unknownRole("Admin")),
  Forgery("no role", token(header, changed(#""role""#, #""roles""#)), .missing(.role)),
  Forgery(
    "organisation a list of numbers", token(header, with(#""organizations":[1]"#)),
    .malformedClaim(.organizations)),
  Forgery(
    "entity without kind", token(header, with(#""entities":["17"]"#)), .malformedClaim(.entities)),
  Forgery(
    "a superadmin of his own making", token(header, changed(#""admin""#, #""superadmin""#)),
    .notOnAllowlist(ann)),
]

struct ForgedTokenTests {
  func verifier(_ keys: [TokenKey]? = nil) async throws -> TokenVerifier {
    let list: [TokenKey]
    if let keys { list = keys } else { list = [try await .shared(Secret(secretText))] }
    return TokenVerifier(keys: try TokenKeySet(list), rules: try rules())
  }

  @Test(arguments: forgeries)
  func `a forged token is refused for its reason, and the caller is not told it`(
    forgery: Forgery
  ) async throws {
    let verifier = try await verifier()
    #expect(throws: forgery.problem) { try verifier.principal(of: forgery.token.utf8, at: now) }
    let codes = ["token_refused", "token_expired", "token_not_yet_valid"]
    #expect(codes.contains(forgery.problem.publicCode))
    #expect(forgery.problem.description.utf8.count < 400)
  }

  @Test(arguments: [
    right, with(#""nbf":1800000030,"iat":1800000030"#), changed("1800000600", "1799999970.5"),
    changed(#""daybook""#, #"["other","daybook"]"#), with(#""unknown":{"a":[1,2.5e3,true,null]}"#),
  ])
  func `a right token is taken, up to the skew of the clocks`(payload: String) async throws {
    for type in ["JWT", "at+jwt", "jwt"] {
      let text = token(
        "{\"alg\":\"HS256\",\"typ\":\"\(type)\",\"jku\":\"https://evil\",\"x5u\":\"x\"}", payload)
      let principal = try await verifier().principal(of: text.utf8, at: now)
      #expect(principal.user.text == "ann")
      #expect(principal.role == .admin)
      #expect(principal.organizations.map(\.text) == ["acme"])
    }
  }

  @Test func `a public key is no shared secret`() async throws {
    let key = ES256PrivateKey()
    let rsa = try Insecure.RSA.PrivateKey(pem: rsaPEM)
    for pem in [key.publicKey.pemRepresentation, rsa.publicKey.pemRepresentation] {
      let verifier = try await verifier([.pem(pem)])
      let forged = token(header, right) { hmac($0, Array(pem.utf8)) }
      #expect(throws: TokenProblem.wrongAlgorithm("HS256")) {
        try verifier.principal(of: forged.utf8, at: now)
      }
    }
  }

  @Test func `a key signs only under its own name`() async throws {
    let first = try await TokenKey.shared(Secret(secretText), id: "first")
    let second = try await TokenKey.shared(Secret(secretText + "!"), id: "second")
    let verifier = try await verifier([first, second])
    func named(_ id: String) -> String {
      token(#"{"alg":"HS256","typ":"JWT","kid":"\#(id)"}"#, right)
    }
    _ = try verifier.principal(of: named("first").utf8, at: now)
    #expect(throws: TokenProblem.wrongSignature) {
      try verifier.principal(of: named("second").utf8, at: now)
    }
    #expect(throws: TokenProblem.unknownKey("third")) {
      try verifier.principal(of: named("third").utf8, at: now)
    }
    #expect(throws: TokenProblem.missingKeyID) {
      try verifier.principal(of: token(header, right).utf8, at: now)
    }
  }

  @Test func `every changed byte of a token is refused`() async throws {
    let verifier = try await verifier()
    let bytes = Array(token(header, right).utf8)
    _ = try verifier.principal(of: bytes, at: now)
    for place in bytes.indices {
      for other in [UInt8(ascii: "A"), UInt8(ascii: "z"), bytes[place] ^ 1, bytes[place] ^ 0x80]
      where other != bytes[place] {
        var changed = bytes
        changed[place] = other
        #expect(throws: TokenProblem.self) { try verifier.principal(of: changed, at: now) }
      }
      #expect(throws: TokenProblem.self) { try verifier.principal(of: bytes[..<place], at: now) }
    }
  }

  @Test func `tokens of all three algorithms are issued and taken`() async throws {
    let keys: [TokenKey] = [
      try await .shared(Secret(secretText), id: "h"),
      try await .pem(ES256PrivateKey().pemRepresentation, id: "e"),
      try await .pem(rsaPEM, id: "r"),
    ]
    #expect(keys.map(\.algorithm) == [.hs256, .es256, .rs256])
    let verifier = try await verifier(keys)
    let user = try #require(UserID("root"))
    let acme = try #require(OrganizationID("acme"))
    for key in keys {
      let issuer = TokenIssuer(key: key, rules: try rules())
      let text = try issuer.issue(
        user: user, role: .superadmin, organizations: [acme], lifetime: .seconds(60), id: "1",
        at: now)
      let principal = try verifier.principal(of: text.expose(), at: now)
      #expect(principal.role == .superadmin)
      #expect(principal.organizations == [acme])
      #expect(throws: TokenProblem.expired) {
        try verifier.principal(of: text.expose(), at: now.advanced(by: .seconds(90)))
      }
      #expect(throws: TokenIssuer.Failure.self) {
        try issuer.issue(
          user: try #require(UserID("eve")), role: .superadmin, organizations: [],
          lifetime: .seconds(60), id: "2", at: now)
      }
    }
  }

  @Test func `a weak secret is refused when it is configured`() async throws {
    for text in [
      "", "secret", String(repeating: "x", count: 64), String(repeating: "ab", count: 40),
    ] {
      await #expect(throws: TokenKeyError.self) { try await TokenKey.shared(Secret(text)) }
    }
    await #expect(throws: TokenKeyError.weakSecret(.tooShort(31))) {
      try await TokenKey.shared(Secret(String(secretText.prefix(31))))
    }
    await #expect(throws: TokenKeyError.unreadablePEM) { try await TokenKey.pem("no key") }
  }

  @Test func `a set of keys is read from JWKS, and what does not belong there is refused`()
    async throws
  {
    let key = ES256PrivateKey()
    let point = try #require(key.parameters)
    func url(_ text: String) -> String {
      text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
    }
    let entry =
      #"{"kty":"EC","crv":"P-256","kid":"e","x":"\#(url(point.x))","y":"\#(url(point.y))""#
    func keys(_ text: String) async throws -> [TokenKey] {
      try await TokenKeySet.keys(ofJWKS: Array(text.utf8))
    }
    let list = try await keys(#"{"keys":[\#(entry)},{"kty":"OKP","kid":"o"}]}"#)
    #expect(list.map(\.id) == ["e"])
    let issuer = TokenIssuer(
      key: try await .pem(key.pemRepresentation, id: "e"), rules: try rules())
    let text = try issuer.issue(
      user: try #require(UserID("ann")), role: .user, organizations: [], lifetime: .seconds(60),
      id: "1", at: now)
    _ = try await verifier(list).principal(of: text.expose(), at: now)

    for bad in [
      "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1]}"#,
      #"{"keys":[\#(entry),"alg":"HS256"}]}"#, #"{"keys":[\#(entry),"d":"AAAA"}]}"#,
      #"{"keys":[{"kty":"oct","kid":"o","k":"AAAA"}]}"#, #"{"keys":[{"kty":"RSA","kid":"r"}]}"#,
      #"{"keys":[{"kty":"EC","crv":"P-256","kid":"e","x":"AAAA","y":"AAAA"}]}"#,
      #"{"keys":[{"kty":"RSA","kid":"r","n":"wJ8","e":"AQAB"}]}"#,
      #"{"keys":[\#(entry.replacingOccurrences(of: #""kid":"e","#, with: ""))}]}"#,
    ] {
      await #expect(throws: TokenKeyError.self, "\(bad)") { try await keys(bad) }
    }
    #expect(throws: TokenKeyError.duplicateKeyID("e")) { try TokenKeySet(list + list) }
  }
}
