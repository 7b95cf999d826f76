package import AccessControl
internal import Authentication
internal import Synchronization

/// A code that signs in whoever brings it, once and soon: what `daybook serve` shows on this machine. It is
/// kept in memory alone.
package final class SignInLink: Sendable {
  package static let lifetime = Duration.seconds(600)

  private let open: Mutex<(code: [UInt8], end: UnixTime)?>
  private let makeToken: @Sendable (UnixTime) throws -> Secret

  /// The code, of 256 bits of chance; for the one who is to have it.
  package let code: Secret

  /// `random` gives 64 bits that nobody can guess; `makeToken` the token of whoever brings the code.
  package init(
    at now: UnixTime, random: () -> UInt64,
    makeToken: @escaping @Sendable (UnixTime) throws -> Secret
  ) {
    let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: random()) { Array($0) } }
    let code = Array(Base64URL.encode(bytes).utf8)
    self.code = Secret(code)
    self.makeToken = makeToken
    open = Mutex((code, now.advanced(by: Self.lifetime)))
  }

  /// The page of the code's link; after `#`, so that no browser sends it in a request's line.
  package var path: String { "/sign-in#code=" + String(decoding: code.expose(), as: UTF8.self) }

  /// A token for the right code, which is then used up; `nil`: it is another one, was used, or is too old.
  func token(for code: String, at now: UnixTime) throws -> Secret? {
    let isRight = open.withLock { open in
      guard let (right, end) = open, now < end else { return false }
      guard Self.isEqual(Array(code.utf8), right) else { return false }
      open = nil
      return true
    }
    return isRight ? try makeToken(now) : nil
  }

  /// Takes as long wherever the two differ; that codes have 43 letters is no secret.
  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }
}
