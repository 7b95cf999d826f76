/// The first line's middle part, as it was sent: path and query. A proxy's form, with scheme and host, is
/// taken too (RFC 9112 section 3.2).
struct RequestTarget {
  let path: Substring
  let query: Substring?

  init(_ target: String) {
    var rest = target[...]
    if rest.utf8.first != UInt8(ascii: "/") {
      for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
        let authority = rest.dropFirst(scheme.count)
        rest = authority.firstIndex(of: "/").map { authority[$0...] } ?? "/"
        break
      }
    }
    let halves = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = halves.first ?? ""
    query = halves.count > 1 ? halves[1] : nil
  }
}
