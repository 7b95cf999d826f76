internal import ColumnStore

/// The snapshots of a database, as it uses them.
struct SnapshotArchive: Sendable {
  let folder: String
  let files: any FileSystem
  let threads: Int

  struct Snapshot {
    var number: UInt64
    var catalog: Catalog
    /// Of the last record of the journal that is in it.
    var position: UInt64
    var mark: JournalMark?
  }

  private static let newEnding = ".new"
  private static let positionName = "position"

  private func path(_ number: UInt64) -> String {
    let digits = String(number)
    return folder + "/" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }

  /// Ascending.
  func numbers() throws(PersistenceError) -> [UInt64] {
    guard try files.exists(folder) else { return [] }
    return try files.names(in: folder).compactMap { $0.count == 10 ? UInt64($0) : nil }.sorted()
  }

  func newest() throws(PersistenceError) -> Snapshot? {
    guard let number = try numbers().last else { return nil }
    return try read(number)
  }

  private func read(_ number: UInt64) throws(PersistenceError) -> Snapshot {
    let path = path(number)
    let bytes = try files.readFile(path + "/" + Self.positionName)
    guard bytes.count == 48, bytes.word(at: 40) == JournalChecksum.of(bytes[..<40], seed: 0) else {
      throw .damaged(file: path + "/" + Self.positionName, offset: 0, reason: "a wrong checksum")
    }
    let store = try TableSave.readWithoutLock(from: path, threads: threads, files: files)
    return Snapshot(
      number: number, catalog: store.catalog(), position: bytes.word(at: 0),
      mark: JournalMark(
        fileNumber: bytes.word(at: 8), byteCount: bytes.word(at: 16), position: bytes.word(at: 24),
        chain: bytes.word(at: 32)))
  }

  /// The number of the snapshot, once it is on disk and was read back.
  func write(
    _ catalog: Catalog, position: UInt64, mark: JournalMark
  ) throws(PersistenceError) -> UInt64 {
    try files.makeFolders(folder)
    let number = (try numbers().last ?? 0) + 1
    let new = path(number) + Self.newEnding
    try remove(new)
    try files.makeFolder(new)
    try TableSave.write(catalog, to: new, files: files)
    var writer = ByteWriter()
    for word in [position, mark.fileNumber, mark.byteCount, mark.position, mark.chain] {
      writer.write(word)
    }
    writer.write(JournalChecksum.of(writer.bytes[...], seed: 0))
    try writer.bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
      try files.writeFile(bytes, to: new + "/" + Self.positionName)
    }
    try files.synchronizeFolder(new)
    try files.rename(new, to: path(number))
    try files.synchronizeFolder(folder)
    _ = try read(number)
    return number
  }

  /// Removes all but the newest ones.
  func prune(keeping count: Int) throws(PersistenceError) {
    for number in try numbers().dropLast(max(1, count)) { try remove(path(number)) }
  }

  private func remove(_ path: String) throws(PersistenceError) {
    guard try files.exists(path) else { return }
    for name in try files.names(in: path) {
      let inner = path + "/" + name
      if try files.kind(of: inner) == .folder { try remove(inner) } else { try files.remove(inner) }
    }
    try files.removeFolder(path)
  }
}
