/// The first line's middle part, as it was sent: path and query. A proxy's form, with scheme and host, is
/// taken too (RFC 9112 section 3.2).
struct RequestTarget {
  let path: Substring
  let query: Substring?
  /// Host and port, where the target has them.
  let authority: Substring?

  init(_ target: String) {
    var rest = target[...]
    var named: Substring?
    if rest.utf8.first != UInt8(ascii: "/") {
      for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
        let afterScheme = rest.dropFirst(scheme.count)
        named = afterScheme.prefix { $0 != "/" && $0 != "?" }
        rest = afterScheme.firstIndex(of: "/").map { afterScheme[$0...] } ?? "/"
        break
      }
    }
    authority = named
    let halves = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = halves.first ?? ""
    query = halves.count > 1 ? halves[1] : nil
  }
}
