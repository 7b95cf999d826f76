package import AccessControl
package import Authentication
internal import Synchronization

/// The keys that tokens are checked with. They may be replaced while the service runs; a request is
/// checked with those that hold when it comes in.
package final class AccessKeys: Sendable {
  private let verifier: Mutex<TokenVerifier>

  package init(_ verifier: TokenVerifier) { self.verifier = Mutex(verifier) }

  package func replace(with new: TokenVerifier) { verifier.withLock { $0 = new } }

  /// Who sent `header`, the value of `Authorization`. The operator's reason of a refusal is given to
  /// `note`; the caller gets no more than a code.
  package func principal(
    authorization header: String?, at now: UnixTime, note: (TokenProblem) -> Void
  ) throws(Problem) -> Principal {
    guard let header else {
      throw .unauthorized(
        "token_missing", "this needs a token", hint: "send it as: Authorization: Bearer TOKEN")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw .unauthorized(
        "token_refused", "the header Authorization must be: Bearer TOKEN",
        hint: "send it as: Authorization: Bearer TOKEN")
    }
    let verifier = verifier.withLock { $0 }
    do throws(TokenProblem) {
      return try verifier.principal(of: parts[1].utf8, at: now)
    } catch {
      note(error)
      throw .unauthorized(
        error.publicCode, TokenProblem.publicMessage,
        hint: error == .expired ? "ask for a new token" : nil)
    }
  }
}
