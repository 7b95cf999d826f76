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
