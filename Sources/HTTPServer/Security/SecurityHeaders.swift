internal import HTTPTypes

/// What each answer tells a browser. Headers of CORS are `CrossOrigin`'s: without it other sites' pages may
/// not read answers.
enum SecurityHeaders {
  static func add(to headers: inout HTTPFields, isSecure: Bool) {
    // Nothing that an answer holds is to be run, framed or kept. A page says what it needs instead.
    set(.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'", &headers)
    set(.cacheControl, "no-store", &headers)
    set(.xContentTypeOptions, "nosniff", &headers)
    set(referrerPolicy, "no-referrer", &headers)
    set(resourcePolicy, "same-origin", &headers)
    if isSecure { set(.strictTransportSecurity, "max-age=31536000", &headers) }
  }

  private static func set(_ name: HTTPField.Name?, _ value: String, _ headers: inout HTTPFields) {
    guard let name, !headers.contains(name) else { return }
    headers[name] = value
  }

  private static let referrerPolicy = HTTPField.Name("Referrer-Policy")
  private static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")
}
