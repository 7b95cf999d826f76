public import AccessControl
internal import Crypto

/// Names that stand for sealed values: one value has one pseudonym, so that a person can be followed
/// and counted, and nobody who lacks the installation's key can tell whose it is, nor check a guess.
///
///     organisation's key = HKDF-SHA256(installation's key, info: "daybook pseudonym 1\0" organisation)
///     pseudonym = "p_" + first 16 bytes of HMAC-SHA256(organisation's key, domain "\0" value)
///
/// in hexadecimal digits (RFC 5869, RFC 2104). Each organisation has names of its own: the same
/// person is not recognised across them. Rows of no organisation have the empty text as theirs. The
/// domain says what is named (`email`, `ip`), and holds no zero byte. With 128 bits a table of 2^40
/// values has two of one name with a probability below 2^-48.
public struct Pseudonymizer: Sendable {
  public enum Failure: Error, Equatable, Sendable {
    /// In bytes; 32 are needed.
    case shortKey(Int)
  }

  private let key: SymmetricKey

  public init(key: Secret) throws(Failure) {
    let bytes = key.expose()
    guard bytes.count >= 32 else { throw .shortKey(bytes.count) }
    self.key = SymmetricKey(data: bytes)
  }

  /// The names of one organisation: derive once, use for many values.
  public func names(
    in organization: OrganizationID?, domain: Identifier
  ) -> OrganizationPseudonyms {
    let info = Array("daybook pseudonym 1\0".utf8) + Array((organization?.text ?? "").utf8)
    return OrganizationPseudonyms(
      key: HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: info, outputByteCount: 32),
      domain: Array(domain.text.utf8) + [0])
  }
}

/// See `Pseudonymizer`.
public struct OrganizationPseudonyms: Sendable {
  private let key: SymmetricKey
  private let domain: [UInt8]

  init(key: SymmetricKey, domain: [UInt8]) {
    self.key = key
    self.domain = domain
  }

  public func name(of value: String) -> String {
    var code = HMAC<SHA256>(key: key)
    code.update(data: domain)
    code.update(data: Array(value.utf8))
    return "p_" + Hexadecimal.encode(Array(code.finalize()).prefix(16))
  }
}
