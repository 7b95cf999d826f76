internal import HTTPTypes

/// The cookie that the dashboard's browser holds a token in: no script reads it, and no other site's page
/// sends it (RFC 6265bis).
package enum SessionCookie {
  package static let name = "daybook_session"
  /// What browsers keep of one, with its name.
  static let largestByteCount = 4096 - 16 - name.utf8.count

  /// The token; `nil` where there is no such cookie. Two of one name are refused: another server on this
  /// host, or on one below its domain, may have set the other.
  static func token(in headers: HTTPFields) throws(Problem) -> Substring? {
    var found: Substring?
    for pair in headers[values: .cookie].lazy.flatMap({ $0.split(separator: ";") }) {
      let pair = pair.drop { $0 == " " || $0 == "\t" }
      guard pair.hasPrefix(name + "=") else { continue }
      guard found == nil else {
        throw .unauthorized("token_refused", "the cookie of the dashboard is there twice")
      }
      found = pair.dropFirst(name.utf8.count + 1)
    }
    return found
  }

  /// `token` has been checked, so that it has no letter which ends a cookie.
  static func header(_ token: String, forSeconds seconds: Int64, isSecure: Bool) -> String {
    "\(name)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
      + (isSecure ? "; Secure" : "")
  }

  static func endingHeader(isSecure: Bool) -> String {
    header("", forSeconds: 0, isSecure: isSecure)
  }
}
