internal import HTTPTypes

/// Which other sites' pages may send records: the CORS protocol of the Fetch standard, for endpoints that
/// take records and for no other. Without `http.allowed_origins` there is none of it.
///
/// Cookies are never allowed, and nothing here gives access: a key or a token does.
package struct CrossOrigin: Sendable {
  private let origins: Set<String>

  package init(_ origins: [String]) {
    self.origins = Set(
      origins.map { origin in
        (origin.hasSuffix("/") ? String(origin.dropLast()) : origin).lowercased()
      })
  }

  var isOff: Bool { origins.isEmpty }

  /// The answer to a browser that asks before it sends; `nil` where it is none, or may not.
  func preflight(
    _ method: HTTPRequest.Method, path: Substring, _ headers: HTTPFields, _ table: EndpointTable
  ) -> ServiceResponse? {
    guard !isOff, method == .options, let wanted = headers[.accessControlRequestMethod],
      let origin = allowed(headers), case .found(let endpoint, _) = table.match(wanted, path: path),
      endpoint.body?.isOfRecords == true
    else { return nil }
    var response = ServiceResponse.noContent
    response.headers[.accessControlAllowOrigin] = origin
    response.headers[.accessControlAllowMethods] = endpoint.method.rawValue
    response.headers[.accessControlAllowHeaders] =
      "authorization, content-encoding, content-type, idempotency-key"
    response.headers[.accessControlMaxAge] = "3600"
    response.headers[.vary] = "Origin"
    return response
  }

  /// Lets the page that sent records read what became of them, refusals included.
  func add(to response: inout HTTPFields, _ request: HTTPFields, _ endpoint: Endpoint?) {
    guard !isOff, endpoint?.body?.isOfRecords == true else { return }
    response[.vary] = [response[.vary], "Origin"].compactMap(\.self).joined(separator: ", ")
    guard let origin = allowed(request) else { return }
    response[.accessControlAllowOrigin] = origin
    response[.accessControlExposeHeaders] = "retry-after, x-request-id"
  }

  /// As it was sent: browsers compare it letter by letter.
  private func allowed(_ headers: HTTPFields) -> String? {
    let sent = headers[values: .origin]
    guard sent.count == 1, let origin = sent.first, origins.contains(origin.lowercased()) else {
      return nil
    }
    return origin
  }
}
