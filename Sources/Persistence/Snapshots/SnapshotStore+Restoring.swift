extension SnapshotStore {
  /// Puts a snapshot into another folder of snapshots, which has none yet, as one of a data folder
  /// whose journal is empty. Files are linked, or copied where that cannot be. This folder is only
  /// read.
  public func restore(_ id: SnapshotID, to target: SnapshotStore) throws(PersistenceError) {
    var manifest = try manifest(id)
    try verify(manifest, in: path(id), onlyOwn: false)
    try target.files.makeFolders(target.folder)
    try target.files.locked(target.folder, forChange: true) { () throws(PersistenceError) in
      guard try target.files.names(in: target.folder).isEmpty else {
        throw .notEmpty(path: target.folder)
      }
      let new = target.path(id) + Self.newEnding
      try target.files.makeFolder(new)
      _ = try manifest.files.mapInParallel(threads: threads) { (file) throws(PersistenceError) in
        try self.put(file, from: self.path(id), to: new, target.files)
      }
      manifest.journalPosition = 0
      manifest.journalMark = nil
      manifest.erasure = nil
      try manifest.bytes().withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
        try target.files.writeFile(bytes, to: new + "/" + SnapshotManifest.fileName)
      }
      try target.files.synchronizeFolder(new)
      try target.files.rename(new, to: target.path(id))
      try target.files.synchronizeFolder(target.folder)
    }
  }

  private func put(
    _ file: SnapshotManifest.File, from source: String, to folder: String,
    _ target: any FileSystem
  ) throws(PersistenceError) {
    do throws(PersistenceError) {
      try target.link(source + "/" + file.name, to: folder + "/" + file.name)
    } catch {
      let bytes = try wholeFile(file, source + "/" + file.name)
      try bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
        try target.writeFile(bytes, to: folder + "/" + file.name)
      }
    }
  }
}
