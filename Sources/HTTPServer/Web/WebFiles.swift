internal import CXXHash
internal import WebPages

/// The dashboard's own files, which are in the binary.
package enum WebFiles {
  /// As they stand in `Sources/WebPages/site`, by name.
  package static let bytes: [String: [UInt8]] = {
    var files: [String: [UInt8]] = [:]
    var page = web_pages()
    while let name = page.pointee.name {
      files[String(cString: name)] = Array(String(cString: page.pointee.text).utf8)
      page += 1
    }
    return files
  }()

  /// The style sheets of `index.html` as one, and the modules that its page begins with.
  private static let bundled: [String: [UInt8]] = {
    let lines = index.split(separator: "\n")
    let styles = lines.compactMap { name(in: $0, after: Mark.style) }
    let modules = bytes.filter { $0.key.hasSuffix(".js") }.mapValues {
      String(decoding: $0, as: UTF8.self)
    }
    let bundle = ModuleBundle(
      name: Mark.modules, roots: Mark.roots, of: modules)
    var files = bundle.passing.mapValues { Array($0.utf8) }
    files[Mark.modules] = Array(bundle.text.utf8)
    files[Mark.styles] = styles.flatMap { bytes[$0] ?? [] }
    return files
  }()

  private static let everything = bytes.merging(bundled) { $1 }

  /// A name for all of them as they are: it stands in their addresses, so that what a browser keeps
  /// below one address is never old, and files of two versions never meet in one page.
  package static let version: String = {
    var all: [UInt8] = []
    for (name, bytes) in everything.sorted(by: { $0.key < $1.key }) {
      all += name.utf8
      all += [0] + bytes + [0]
    }
    let hash = all.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
    return String(hash.high64, radix: 36) + String(hash.low64, radix: 36)
  }()

  /// What every page is: `index.html`, which asks for the bundles of this version. Libraries have
  /// versions of their own.
  package static let page: [UInt8] = {
    var lines: [String] = []
    func add(once line: String) { if !lines.contains(line) { lines.append(line) } }
    for line in index.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(Mark.style) {
        add(once: "\(Mark.style)\(Mark.styles)\">")
      } else if line.hasPrefix(Mark.script) {
        add(once: "\(Mark.script)\(Mark.modules)\"></script>")
      } else {
        lines.append(String(line))
      }
    }
    let parts = lines.joined(separator: "\n").split(
      separator: "\"/assets/", omittingEmptySubsequences: false)
    return Array(parts.joined(separator: "\"/assets/\(version)/").utf8)
  }()

  /// How `index.html` writes what is put together, and the names of what comes of that.
  private enum Mark {
    static let style = "<link rel=\"stylesheet\" href=\"/assets/"
    static let script = "<script type=\"module\" src=\"/assets/"
    static let styles = "all.css"
    static let modules = "all.js"
    /// In the order in which they begin: what is asked first, what most see first, and what draws it.
    static let roots = ["first.js", "page-overview.js", "app.js"]
  }

  private static let index = String(decoding: bytes["index.html"] ?? [], as: UTF8.self)

  private static func name(in line: Substring, after mark: String) -> String? {
    line.hasPrefix(mark) ? String(line.dropFirst(mark.count).prefix { $0 != "\"" }) : nil
  }

  static let pageFile = WebFile(name: "index.html", page)

  static let all: [String: WebFile] = files(bytes)

  /// What there is below an address with the version.
  static let ofVersion: [String: WebFile] = files(everything)

  private static func files(_ bytes: [String: [UInt8]]) -> [String: WebFile] {
    Dictionary(uniqueKeysWithValues: bytes.map { ($0, WebFile(name: $0, $1)) })
  }
}
