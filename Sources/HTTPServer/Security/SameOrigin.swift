internal import HTTPTypes
internal import Hummingbird

/// Keeps other sites' pages from using the cookie of the dashboard. Browsers hold it back from requests of
/// other sites already; but another port of a host is the same site, and so is a neighbour below its domain.
enum SameOrigin {
  /// A header that no page of another origin can send: it would have to ask first, which is refused.
  static let header = HTTPField.Name("X-Daybook-Page")
  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

  /// Refuses a request that says it comes from another origin; and one that changes something and brings the
  /// cookie without the header.
  static func check(_ request: Request) throws(Problem) {
    let headers = request.headers
    let isReading = request.head.method == .get || request.head.method == .head
    // `none`: typed, or from a bookmark.
    let sites = fetchSite.map { headers[values: $0] } ?? []
    guard sites.allSatisfy({ $0 == "same-origin" || ($0 == "none" && isReading) }),
      headers[values: .origin].allSatisfy({ isOrigin($0, of: request.head.authority) })
    else { throw problem("this was sent by a page of another origin") }
    guard !isReading, try SessionCookie.token(in: headers) != nil else { return }
    guard let header, headers[values: header] == ["1"] else {
      var problem = problem("a change with the cookie of the dashboard needs its header")
      problem.hint = "send X-Daybook-Page: 1, or a token as Authorization: Bearer TOKEN"
      throw problem
    }
  }

  /// Whether the page is one of `authority`, the request's own host and port. A proxy may speak TLS where
  /// this service does not, so the scheme only says which port is meant.
  static func isOrigin(_ origin: String, of authority: String?) -> Bool {
    guard let authority = authority?.lowercased() else { return false }
    let origin = origin.lowercased()
    for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme)
    {
      func short(_ host: some StringProtocol) -> String {
        String(host.hasSuffix(port) ? host.dropLast(port.count) : host[...])
      }
      return short(origin.dropFirst(scheme.count)) == short(authority)
    }
    return false
  }

  private static func problem(_ detail: String) -> Problem {
    Problem(.forbidden, "cross_site", "Another site's request", detail)
  }
}
