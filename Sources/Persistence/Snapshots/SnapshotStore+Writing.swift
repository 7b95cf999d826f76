public import ColumnStore
internal import Synchronization

extension SnapshotStore {
  /// Writes a snapshot and returns its number once it is whole on disk and was read back. When it
  /// fails, those before are what they were.
  ///
  /// `journalPosition` is that of the last record whose change is in the catalog.
  @discardableResult
  public func write(
    catalog: Catalog, journalPosition: UInt64, journalMark: JournalMark? = nil
  ) throws(PersistenceError) -> SnapshotID {
    try write(
      catalog: catalog, journalPosition: journalPosition, journalMark: journalMark, erasure: nil)
  }

  /// With an erasure, whose receipt stands in the manifest until all is done. `erased` says which files of
  /// the snapshot before are the same.
  func write(
    catalog: Catalog, journalPosition: UInt64, journalMark: JournalMark?,
    erasure: ErasureReceipt?, erased: ErasedCatalog? = nil
  ) throws(PersistenceError) -> SnapshotID {
    try files.makeFolders(folder)
    return try files.locked(folder, forChange: true) { () throws(PersistenceError) in
      try removeUnfinished()
      let last = try ids().last?.number ?? 0
      let id = SnapshotID(number: last + 1)
      let new = path(id) + Self.newEnding
      try files.makeFolder(new)
      var before = known.withLock { $0 }
      if let erased { before = before?.following(erased) }
      let draft = SnapshotDraft(
        id: id, folder: new, catalog: catalog, known: before, store: self)
      let (tables, segmentRuns) = try draft.tables()
      // Only now: encoding what was open may have added texts.
      let (domains, knownDictionaries) = try draft.domains()
      let manifest = SnapshotManifest(
        id: id, createdAt: currentTime, journalPosition: journalPosition,
        journalMark: journalMark, catalogVersion: catalog.version, domains: domains,
        tables: tables, views: catalog.views.values.sorted { $0.name < $1.name },
        retentionDrops: catalog.retentionDrops, erasure: erasure)
      try manifest.bytes().withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
        try files.writeFile(bytes, to: new + "/" + SnapshotManifest.fileName)
      }
      try files.synchronizeFolder(new)
      try verify(manifest, in: new, onlyOwn: true)
      try files.rename(new, to: path(id))
      try files.synchronizeFolder(folder)
      _ = try self.manifest(id)
      var written = KnownSnapshot(id: id)
      written.dictionaries = knownDictionaries
      for run in segmentRuns { written.add(run.file, run.segments, run.dictionaries) }
      known.withLock { $0 = written }
      return id
    }
  }

  /// Removes what writing left behind that was interrupted.
  func removeUnfinished() throws(PersistenceError) {
    for name in try files.names(in: folder)
    where name.hasSuffix(Self.newEnding)
      && SnapshotID(folderName: String(name.dropLast(Self.newEnding.count))) != nil
    {
      try removeFolder(folder + "/" + name)
    }
  }

  /// Removes a folder with all files that snapshots consist of: the manifest first, so that what is
  /// left of it is no snapshot.
  func removeFolder(_ path: String) throws(PersistenceError) {
    let manifest = path + "/" + SnapshotManifest.fileName
    if try files.exists(manifest) { try files.remove(manifest) }
    for name in try files.names(in: path) where name.hasSuffix(".lz4") {
      try files.remove(path + "/" + name)
    }
    try files.removeFolder(path)
  }

  /// Holds files of a snapshot against their checksums: all of them, or those that it wrote itself.
  func verify(
    _ manifest: SnapshotManifest, in path: String, onlyOwn: Bool
  ) throws(PersistenceError) {
    let some = manifest.files.filter { !onlyOwn || $0.origin == manifest.id }
    _ = try some.mapInParallel(threads: threads) { (file) throws(PersistenceError) in
      _ = try self.wholeFile(file, path + "/" + file.name)
    }
  }

  /// The bytes of a file that are what the manifest says.
  func wholeFile(
    _ file: SnapshotManifest.File, _ path: String
  ) throws(PersistenceError) -> [UInt8] {
    guard try files.exists(path) else {
      throw .damagedSnapshot(file: path, offset: 0, reason: "the file is missing")
    }
    let opened = try files.open(path, .read)
    let byteCount = try opened.byteCount()
    guard byteCount == file.byteCount else {
      throw .damagedSnapshot(
        file: path, offset: min(byteCount, file.byteCount),
        reason: "\(byteCount) bytes where \(file.byteCount) were written")
    }
    let bytes = try opened.read(0..<byteCount)
    guard bytes.withUnsafeBytes({ CompressedFile.checksum($0) }) == file.checksum else {
      throw .damagedSnapshot(
        file: path, offset: 0, reason: "the checksum of the file is wrong")
    }
    return bytes
  }
}
