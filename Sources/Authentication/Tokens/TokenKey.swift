public import AccessControl
internal import FoundationEssentials
internal import JWTKit

/// A key that tokens are checked with, and signed with if it holds the private part.
public struct TokenKey: Sendable {
  /// What `kid` in a header looks up; `nil` for a key that is the only one.
  public let id: String?
  public let algorithm: TokenAlgorithm
  let signer: any JWTAlgorithm

  /// A secret that signer and verifier share, of at least 256 bits of chance.
  public static func shared(_ secret: Secret, id: String? = nil) async throws(TokenKeyError)
    -> TokenKey
  {
    let bytes = secret.expose()
    guard bytes.count >= 32 else { throw .weakSecret(.tooShort(bytes.count)) }
    // A phrase of few letters may be long and yet be guessed. A random secret of 32 bytes, or of 64
    // hexadecimal digits, has fewer than 10 different bytes with a probability below 1e-11.
    guard Set(bytes).count >= 10 else { throw .weakSecret(.fewDistinctBytes(Set(bytes).count)) }
    let keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: bytes), digestAlgorithm: .sha256)
    return try await make(id, .hs256, keys)
  }

  /// A public or private key as PEM text. Its kind says the algorithm: P-256 is ES256, RSA of at
  /// least 2,048 bits is RS256.
  public static func pem(_ text: String, id: String? = nil) async throws(TokenKeyError) -> TokenKey
  {
    let keys = JWTKeyCollection()
    if let key = try? ES256PrivateKey(pem: text) {
      await keys.add(ecdsa: key)
      return try await make(id, .es256, keys)
    }
    if let key = try? ES256PublicKey(pem: text) {
      await keys.add(ecdsa: key)
      return try await make(id, .es256, keys)
    }
    if let key = try? Insecure.RSA.PrivateKey(pem: text) {
      try check(key.publicKey)
      await keys.add(rsa: key, digestAlgorithm: .sha256)
      return try await make(id, .rs256, keys)
    }
    guard let key = try? Insecure.RSA.PublicKey(pem: text) else { throw .unreadablePEM }
    try check(key)
    await keys.add(rsa: key, digestAlgorithm: .sha256)
    return try await make(id, .rs256, keys)
  }

  static func elliptic(x: String, y: String, id: String) async throws(TokenKeyError) -> TokenKey {
    guard let key = try? ES256PublicKey(parameters: (x: x, y: y)) else {
      throw .badKey(id, "x and y are no point of P-256")
    }
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: key)
    return try await make(id, .es256, keys)
  }

  static func rsa(modulus: String, exponent: String, id: String) async throws(TokenKeyError)
    -> TokenKey
  {
    guard let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent) else {
      throw .badKey(id, "n and e are no RSA key")
    }
    try check(key)
    let keys = JWTKeyCollection()
    await keys.add(rsa: key, digestAlgorithm: .sha256)
    return try await make(id, .rs256, keys)
  }

  private static func check(_ key: Insecure.RSA.PublicKey) throws(TokenKeyError) {
    guard let parts = try? key.getKeyPrimitives() else { throw .unreadablePEM }
    let modulus = parts.modulus.drop { $0 == 0 }
    let bitCount = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard bitCount >= 2048 else { throw .shortRSA(bitCount) }
    let exponent = parts.publicExponent.drop { $0 == 0 }
    guard exponent.count > 1 || (exponent.first ?? 0) >= 3,
      exponent.last?.isMultiple(of: 2) == false
    else { throw .weakExponent }
  }

  /// Each collection holds one key: one that holds several answers with its default where it does
  /// not know the key's name, so looking up is done here.
  private static func make(
    _ id: String?, _ algorithm: TokenAlgorithm, _ keys: JWTKeyCollection
  ) async throws(TokenKeyError) -> TokenKey {
    if let id { guard Identifier(id) != nil else { throw .badKeyID } }
    guard let signer = try? await keys.getKey(), signer.name == algorithm.rawValue else {
      throw .unreadablePEM
    }
    return TokenKey(id: id, algorithm: algorithm, signer: signer)
  }
}

/// What is wrong with a key of the configuration. It never shows the key.
public enum TokenKeyError: Error, Equatable, Sendable {
  public enum Weakness: Equatable, Sendable {
    /// In bytes.
    case tooShort(Int)
    case fewDistinctBytes(Int)
  }

  case weakSecret(Weakness)
  case unreadablePEM
  /// In bits.
  case shortRSA(Int)
  case weakExponent
  case badKeyID
  case duplicateKeyID(String)
  case noKeys
  case tooManyKeys
  /// Several keys, one of them without a name.
  case unnamedKey
  case unreadableKeySet(String)
  /// Of a key set: its name, and what is wrong.
  case badKey(String, String)
}

extension TokenKeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .weakSecret(.tooShort(let count)):
      "the secret has \(count) bytes; HS256 needs 32 or more: openssl rand -hex 32"
    case .weakSecret(.fewDistinctBytes(let count)):
      "the secret has only \(count) different bytes; take a random one: openssl rand -hex 32"
    case .unreadablePEM: "no PEM text of a P-256 or RSA key"
    case .shortRSA(let count): "the RSA key has \(count) bits; 2048 or more are needed"
    case .weakExponent: "the RSA key's exponent must be odd and 3 or more"
    case .badKeyID: "a key's name must be \(Identifier.allowed)"
    case .duplicateKeyID(let id): "two keys are called '\(id)'"
    case .noKeys: "no key to check tokens with"
    case .tooManyKeys: "more than \(TokenKeySet.largestCount) keys"
    case .unnamedKey: "one of several keys has no name, so that no token could ask for it"
    case .unreadableKeySet(let reason): "the key set cannot be read: \(reason)"
    case .badKey(let id, let reason): "key '\(id)' of the key set: \(reason)"
    }
  }
}
