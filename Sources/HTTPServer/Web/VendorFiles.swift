package import Persistence
internal import Synchronization

/// Libraries of the dashboard that stand on the machine, where its packages put them: Chart.js and
/// CodeMirror. A file is read when it is first asked for, and then kept.
package final class VendorFiles: Sendable {
  /// What Debian calls them, by the names that pages ask for.
  static let paths = [
    "chart.js": "chart.js/chart.min.js",
    "codemirror.js": "codemirror/lib/codemirror.js",
    "codemirror.css": "codemirror/lib/codemirror.css",
    "codemirror-sql.js": "codemirror/mode/sql/sql.js",
    "codemirror-show-hint.js": "codemirror/addon/hint/show-hint.js",
    "codemirror-show-hint.css": "codemirror/addon/hint/show-hint.css",
  ]

  package static let defaultFolder = "/usr/share/javascript"
  private static let largestByteCount = 4 << 20

  private let folder: String
  private let disk: any FileSystem
  private let files = Mutex<[String: WebFile]>([:])

  package init(folder: String, disk: any FileSystem = DiskEnvironment.real.files) {
    self.folder = folder
    self.disk = disk
  }

  /// Reads from the disk, and so may block.
  func file(named name: String) throws(Problem) -> WebFile {
    guard let path = Self.paths[name] else { throw .notFound("there is no such file") }
    if let known = files.withLock({ $0[name] }) { return known }
    guard let bytes = read("\(folder)/\(path)") else {
      var problem = Problem.notFound("'\(path)' is not in the folder of the setting web.assets")
      problem.hint = "apt install libjs-chart.js libjs-codemirror"
      throw problem
    }
    let file = WebFile(name: name, bytes)
    files.withLock { $0[name] = file }
    return file
  }

  /// `nil` where it is not there, or is too large to be what it should be.
  private func read(_ path: String) -> [UInt8]? {
    guard let file = try? disk.open(path, .read), let count = try? file.byteCount(),
      (1...Self.largestByteCount).contains(count)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = bytes.withUnsafeMutableBytes { buffer in
        (try? file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), at: filled))
          ?? 0
      }
      guard more > 0 else { return nil }
      filled += more
    }
    return bytes
  }
}
