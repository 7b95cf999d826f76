/// The folder that a database is in: what stands where, and which format it has.
///
///     lock          who changes it, for the message to those who cannot
///     format.json   version of the layout, and the folder's own number
///     journal/      changes since the newest snapshot
///     snapshots/    images of all tables
///     erasures/     receipts of those who were erased
///     tables/       a save of an older Daybook: what there is while there is no snapshot
struct DataFolder: Sendable {
  let path: String
  let files: any FileSystem

  static let version = 1

  var journal: String { path + "/journal" }
  var snapshots: String { path + "/snapshots" }
  var receipts: ReceiptFolder { ReceiptFolder(path: path + "/erasures", files: files) }
  private var format: String { path + "/format.json" }
  private var lockText: String { path + "/lock" }

  // MARK: - Format

  private var isInUse: Bool {
    get throws(PersistenceError) {
      guard try files.exists(journal) else { return false }
      return try !files.names(in: journal).isEmpty
    }
  }

  /// Refuses what this program does not know; false where nothing says what it is, since nothing was
  /// kept here yet.
  func checkFormat() throws(PersistenceError) -> Bool {
    guard try files.exists(format) else {
      if try isInUse {
        throw .damaged(file: format, offset: 0, reason: "the file is missing")
      }
      return false
    }
    let bytes = try files.readFile(format)
    let json: JSONText
    do throws(JSONText.Mistake) { json = try JSONText(checking: bytes) } catch {
      throw .damaged(file: format, offset: error.offset, reason: error.reason)
    }
    guard json["format"]?.string == "daybook-data", let version = json["version"]?.integer else {
      throw .damaged(file: format, offset: 0, reason: "not the format of a data folder")
    }
    guard version <= Self.version else {
      throw .unsupportedVersion(file: format, version: version)
    }
    return true
  }

  /// Says what the folder is, before anything is kept in it.
  func writeFormat(number: UInt64) throws(PersistenceError) {
    let new = format + ".new"
    if try files.exists(new) { try files.remove(new) }
    let digits = String(number, radix: 16)
    let json = JSONText.object([
      ("format", .string("daybook-data")), ("version", .integer(Self.version)),
      ("folder", .string(String(repeating: "0", count: 16 - digits.count) + digits)),
    ])
    try json.checkedBytes().withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try files.writeFile(bytes, to: new)
    }
    try files.rename(new, to: format)
    try files.synchronizeFolder(path)
  }

  /// Removes a folder that was made for changes which never came. What somebody else put into it
  /// stays, and the folder with it.
  func removeUnused() throws(PersistenceError) {
    for name in try files.names(in: journal) { try files.remove(journal + "/" + name) }
    try files.removeFolder(journal)
    try files.remove(format)
    if try files.exists(lockText) { try files.remove(lockText) }
    if try files.exists(snapshots) { try files.removeFolder(snapshots) }
    try files.removeFolder(path)
  }

  // MARK: - Lock

  /// Locks the folder, and asks again for as long as `patience` lasts where another process has it.
  func lock(
    _ kind: LockKind, patience: Duration, _ environment: DiskEnvironment
  ) throws(PersistenceError) -> any FolderLock {
    let start = environment.now()
    while true {
      do throws(PersistenceError) {
        return try files.lock(path, kind)
      } catch {
        guard case .inUse = error else { throw error }
        guard environment.now() - start < patience else { throw .inUse(path: path, holder: holder) }
        environment.sleep(.milliseconds(25))
      }
    }
  }

  /// Says who has the lock; nobody depends on it, so that it need not succeed.
  func note(holder: String) {
    try? files.remove(lockText)
    guard !holder.isEmpty, let file = try? files.open(lockText, .create) else { return }
    try? file.writeAll(Array(holder.utf8))
  }

  private var holder: String? {
    guard let file = try? files.open(lockText, .read), let bytes = try? file.read(0..<400) else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self).filter { $0 >= " " && $0 != "\u{7F}" }
    return text.isEmpty ? nil : text
  }
}
