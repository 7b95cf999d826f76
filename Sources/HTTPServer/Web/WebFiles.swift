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

  static let all: [String: WebFile] = Dictionary(
    uniqueKeysWithValues: bytes.map { name, bytes in (name, WebFile(name: name, bytes)) })
}
