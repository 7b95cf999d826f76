package import AccessControl
package import Authentication
package import HTTPTypes
internal import Synchronization

/// Who sent a request, as a token says.
package struct Caller: Sendable {
  package let principal: Principal
  /// When the token ends.
  package let expiry: UnixTime
  /// The token came in the cookie of the dashboard.
  package let isFromPage: Bool
}

/// The keys that tokens are checked with. They may be replaced while the service runs; a request is
/// checked with those that hold when it comes in.
package final class AccessKeys: Sendable {
  private let verifier: Mutex<TokenVerifier>
  /// Cookies that hold no longer.
  let endedSessions = EndedSessions()

  package init(_ verifier: TokenVerifier) { self.verifier = Mutex(verifier) }

  package func replace(with new: TokenVerifier) { verifier.withLock { $0 = new } }

  /// Who sent a request with these headers: by a token in `Authorization`, or in the cookie of the
  /// dashboard. The operator's reason of a refusal is given to `note`; the caller gets no more than a code.
  package func caller(
    of headers: HTTPFields, at now: UnixTime, note: (TokenProblem) -> Void
  ) throws(Problem) -> Caller {
    let cookie = try SessionCookie.token(in: headers)
    guard let header = try Self.authorization(headers) else {
      guard let cookie else {
        throw .unauthorized(
          "token_missing", "this needs a token", hint: "send it as: Authorization: Bearer TOKEN")
      }
      guard !endedSessions.contains(cookie) else {
        throw .unauthorized("token_refused", "this session has ended", hint: "sign in again")
      }
      let token = try verified(cookie, at: now, note: note)
      return Caller(principal: token.principal, expiry: token.expiry, isFromPage: true)
    }
    // Nobody would know which of the two the caller means.
    guard cookie == nil else {
      throw .unauthorized(
        "token_refused", "the cookie of the dashboard and the header Authorization are both there")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw .unauthorized(
        "token_refused", "the header Authorization must be: Bearer TOKEN",
        hint: "send it as: Authorization: Bearer TOKEN")
    }
    let token = try verified(parts[1], at: now, note: note)
    return Caller(principal: token.principal, expiry: token.expiry, isFromPage: false)
  }

  /// What a token says, if it holds.
  func verified(
    _ text: some StringProtocol, at now: UnixTime, note: (TokenProblem) -> Void
  ) throws(Problem) -> VerifiedToken {
    let verifier = verifier.withLock { $0 }
    do throws(TokenProblem) {
      return try verifier.verified(Array(text.utf8), at: now)
    } catch {
      note(error)
      throw .unauthorized(
        error.publicCode, TokenProblem.publicMessage,
        hint: error == .expired ? "ask for a new token" : nil)
    }
  }

  /// One header and no more: of two, nobody knows which one another server took.
  static func authorization(_ headers: HTTPFields) throws(Problem) -> String? {
    let values = headers[values: .authorization]
    guard values.count <= 1 else {
      throw .unauthorized("token_refused", "the header Authorization is there twice")
    }
    return values.first
  }
}
