internal import AccessControl
internal import Authentication
package import Persistence

/// Where reports are written: `2026-W03/acme/organization.md`, `.json`, `users.ndjson` with a line for each
/// person, and `users/NAME.md`.
package struct ReportFolder: Sendable {
  package let path: String
  private let disk: DiskEnvironment

  package init(_ path: String, disk: DiskEnvironment) {
    self.path = path
    self.disk = disk
  }

  /// Writes a file in one step; one that has the name goes.
  func write(_ text: String, to names: [String]) throws(PersistenceError) {
    var folder = path
    try makeFolder(folder)
    for name in names.dropLast() {
      folder += "/" + name
      try makeFolder(folder)
    }
    guard let name = names.last else { return }
    let file = folder + "/" + name
    let new = file + ".new"
    // Left behind by a process that died.
    if try disk.files.kind(of: new) != nil { try disk.files.remove(new) }
    try Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(PersistenceError) in try disk.files.writeFile(bytes, to: new) }
    }.get()
    try disk.files.rename(new, to: file)
  }

  /// The files in which a person stands: his own, and lists with others. `removing`: his own go, and his lines
  /// of the others, durably.
  package func files(of user: String, removing: Bool) throws(PersistenceError) -> Int {
    let own = Self.fileName(user) + ".md"
    var count = 0
    for week in try names(in: path) {
      for organization in try names(in: "\(path)/\(week)") {
        let folder = "\(path)/\(week)/\(organization)"
        let list = "\(folder)/\(Self.peopleName)"
        // With those that a process that died left behind.
        for file in ["\(folder)/users/\(own)", "\(folder)/users/\(own).new", "\(list).new"]
        where try disk.files.kind(of: file) == .file {
          if file != "\(list).new" { count += 1 }
          guard removing else { continue }
          try disk.files.remove(file)
          try disk.files.synchronizeFolder(file == "\(list).new" ? folder : "\(folder)/users")
        }
        guard try disk.files.kind(of: list) == .file else { continue }
        let lines = try read(list).split(separator: UInt8(ascii: "\n"))
        let others = lines.filter { !ReportDocument.isAbout(user, Array($0)) }
        guard others.count < lines.count else { continue }
        count += 1
        if removing {
          let text = others.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
          try write(text, to: [week, organization, Self.peopleName])
          try disk.files.synchronizeFolder(folder)
        }
      }
    }
    return count
  }

  static let peopleName = "users.ndjson"

  /// Of folders; of what is none, or not there, nothing.
  private func names(in folder: String) throws(PersistenceError) -> [String] {
    try disk.files.kind(of: folder) == .folder ? try disk.files.names(in: folder) : []
  }

  private func read(_ path: String) throws(PersistenceError) -> [UInt8] {
    let file = try disk.files.open(path, .read)
    return try file.read(0..<(try file.byteCount()))
  }

  private func makeFolder(_ folder: String) throws(PersistenceError) {
    if try disk.files.kind(of: folder) == nil { try disk.files.makeFolder(folder) }
  }

  /// A name of somebody else's choosing as one of a file: letters, digits, `_` and `-` stay, dots not at
  /// the start, all else is as in URLs. Long ones end with a code of the whole.
  static func fileName(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: ".") where !text.isEmpty: text += "."
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    guard text.utf8.count > 200 else { return text }
    let code = MessageCode.text(of: Array(name.utf8), key: Secret("file name"))
    return String(text.prefix(160)) + "~" + code.prefix(32)
  }
}
