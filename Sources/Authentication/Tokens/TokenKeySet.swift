internal import AccessControl

/// The keys that tokens may be signed with, by their names.
public struct TokenKeySet: Sendable {
  public static let largestCount = 64
  public static let largestByteCount = 256 * 1024

  private let keys: [Identifier: TokenKey]
  private let only: TokenKey?

  public init(_ list: [TokenKey]) throws(TokenKeyError) {
    guard !list.isEmpty else { throw .noKeys }
    guard list.count <= Self.largestCount else { throw .tooManyKeys }
    var keys: [Identifier: TokenKey] = [:]
    for key in list {
      guard let text = key.id else {
        guard list.count == 1 else { throw .unnamedKey }
        continue
      }
      guard let id = Identifier(text) else { throw .badKeyID }
      guard keys.updateValue(key, forKey: id) == nil else { throw .duplicateKeyID(text) }
    }
    self.keys = keys
    only = list.count == 1 ? list[0] : nil
  }

  /// The key that a header asks for. One that names no key gets the only one there is; one that names
  /// a key gets this or none.
  func key(named id: String?) throws(TokenProblem) -> TokenKey {
    guard let id else {
      guard let only else { throw .missingKeyID }
      return only
    }
    guard let name = Identifier(id), let key = keys[name] else { throw .unknownKey(id) }
    return key
  }

  /// The public keys of a JWKS file (RFC 7517): those for signatures, RSA as RS256 and P-256 as
  /// ES256. Keys for encryption and of other kinds are passed over; a private or shared key is
  /// refused, since it does not belong into such a file.
  public static func keys(ofJWKS bytes: [UInt8]) async throws(TokenKeyError) -> [TokenKey] {
    guard bytes.count <= largestByteCount else {
      throw .unreadableKeySet("it has more than \(largestByteCount / 1024) KiB")
    }
    let document: StrictJSON
    do throws(StrictJSON.Failure) {
      document = try StrictJSON(bytes)
    } catch {
      throw .unreadableKeySet(error.description)
    }
    guard let entries = document.members?["keys"]?.elements else {
      throw .unreadableKeySet("it has no list called 'keys'")
    }
    guard entries.count <= largestCount else { throw .tooManyKeys }
    var keys: [TokenKey] = []
    for entry in entries {
      guard let members = entry.members else {
        throw .unreadableKeySet("a member of 'keys' is no object")
      }
      if let key = try await key(of: members) { keys.append(key) }
    }
    guard !keys.isEmpty else { throw .noKeys }
    return keys
  }

  private static func key(
    of members: [String: StrictJSON]
  ) async throws(TokenKeyError) -> TokenKey? {
    guard let id = members["kid"]?.text else { throw .unnamedKey }
    guard Identifier(id) != nil else { throw .badKeyID }
    guard members["kty"]?.text != "oct" else { throw .badKey(id, "a shared secret is not public") }
    guard members["d"] == nil else { throw .badKey(id, "this is a private key") }
    if let use = members["use"], use.text != "sig" { return nil }
    let algorithm = members["alg"]
    switch members["kty"]?.text {
    case "EC":
      guard members["crv"]?.text == "P-256" else { return nil }
      guard algorithm == nil || algorithm?.text == "ES256" else {
        throw .badKey(id, "a key of P-256 is for ES256")
      }
      guard let x = coordinate(members["x"]), let y = coordinate(members["y"]) else {
        throw .badKey(id, "x and y must be 32 bytes in base64url")
      }
      return try await .elliptic(x: x, y: y, id: id)
    case "RSA":
      guard algorithm == nil || algorithm?.text == "RS256" else { return nil }
      guard let modulus = members["n"]?.text, let exponent = members["e"]?.text,
        let size = Base64URL.decode(modulus.utf8)?.count, size <= 1024,
        Base64URL.decode(exponent.utf8)?.count ?? 9 <= 8
      else { throw .badKey(id, "n and e must be base64url, of at most 1024 and 8 bytes") }
      return try await .rsa(modulus: modulus, exponent: exponent, id: id)
    default: return nil
    }
  }

  private static func coordinate(_ value: StrictJSON?) -> String? {
    guard let text = value?.text, Base64URL.decode(text.utf8)?.count == 32 else { return nil }
    return text
  }
}
