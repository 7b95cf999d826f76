package import AccessControl
internal import Crypto

/// HMAC-SHA256 (RFC 2104) of a message, by which who knows the key can tell who sent it.
package enum MessageCode {
  /// In hexadecimal digits.
  package static func text(of message: [UInt8], key: Secret) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: message, using: SymmetricKey(data: key.expose()))
    return Hexadecimal.encode(Array(code))
  }
}
