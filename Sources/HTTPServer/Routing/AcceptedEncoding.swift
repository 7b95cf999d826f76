internal import HTTPTypes

enum AcceptedEncoding {
  /// Whether the caller takes gzip (RFC 9110 section 12.5.3): named, or all, and not with a weight of 0.
  static func takesGzip(_ headers: HTTPFields) -> Bool {
    var forAll = false
    for entry in headers[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
      let parts = entry.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      guard let name = parts.first else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap {
        Double($0.dropFirst(2))
      }
      let isWanted = (weight ?? 1) > 0
      if name == "gzip" || name == "x-gzip" { return isWanted }
      if name == "*" { forAll = isWanted }
    }
    return forAll
  }
}
