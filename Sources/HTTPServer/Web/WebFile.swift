internal import CXXHash
internal import HTTPTypes

/// A file for browsers, ready to be sent: as it is and compressed, each with a name for caches.
struct WebFile: Sendable {
  let contentType: String
  private let plain: Form
  /// Where that is shorter.
  private let compressed: Form?

  private struct Form: Sendable {
    let bytes: [UInt8]
    /// A strong validator (RFC 9110 section 8.8.3): two forms of a file have two.
    let tag: String

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      let hash = bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
      tag = "\"\(String(hash.high64, radix: 36))\(String(hash.low64, radix: 36))\""
    }
  }

  init(name: String, _ bytes: [UInt8]) {
    contentType = Self.contentType(of: name)
    plain = Form(bytes)
    // The best that there is: it is done once.
    let short = GzipCompressor(level: 9)?.finish(bytes)
    compressed = short.flatMap { $0.count < bytes.count ? Form($0) : nil }
  }

  var byteCount: Int { plain.bytes.count }

  /// How long a cache may use it without asking: the value of `Cache-Control` (RFC 9111 section 5.2).
  enum Keeping: String {
    case untilAsked = "no-cache"
    case anHour = "private, max-age=3600"
    /// Where the address names the version (RFC 8246).
    case forever = "private, max-age=31536000, immutable"
  }

  /// The file in the form that the caller takes, or that what he has of it still holds (304).
  ///
  /// Caches ask before they use what they have (`no-cache`), unless it is said how long it holds.
  func response(to headers: HTTPFields, kept: Keeping = .untilAsked) -> ServiceResponse {
    let form = compressed.flatMap { AcceptedEncoding.takesGzip(headers) ? $0 : nil } ?? plain
    var response = ServiceResponse()
    response.headers[.eTag] = form.tag
    response.headers[.cacheControl] = kept.rawValue
    response.headers[.vary] = "Accept-Encoding"
    response.mayBeCompressed = false
    if Self.names(headers[values: .ifNoneMatch], form.tag) {
      response.status = .notModified
      return response
    }
    response.contentType = contentType
    if form.tag != plain.tag { response.headers[.contentEncoding] = "gzip" }
    response.body = .bytes(form.bytes)
    return response
  }

  /// Whether `If-None-Match` names it. Weak names count as well: comparison is weak here (RFC 9110
  /// section 13.1.2).
  private static func names(_ fields: [String], _ tag: String) -> Bool {
    fields.flatMap { $0.split(separator: ",") }.contains { entry in
      var name = entry.drop { $0 == " " || $0 == "\t" }
      while let last = name.last, last == " " || last == "\t" { name.removeLast() }
      if name.hasPrefix("W/") { name = name.dropFirst(2) }
      return name == "*" || name == tag
    }
  }

  private static func contentType(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    case "json": "application/json"
    case "webmanifest": "application/manifest+json"
    default: "application/octet-stream"
    }
  }
}
