internal import HTTPTypes

/// What a page tells the browser beside `SecurityHeaders`: it loads and asks its own origin alone, runs no
/// script but files, and shows itself in no frame.
enum PageHeaders {
  package static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    + "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    + "frame-ancestors 'none'"

  static func add(to headers: inout HTTPFields) {
    headers[.contentSecurityPolicy] = contentSecurityPolicy
    for (name, value) in others { headers[name] = value }
  }

  private static let others: [(HTTPField.Name, String)] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    // For browsers that do not know frame-ancestors.
    ("X-Frame-Options", "DENY"),
  ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
