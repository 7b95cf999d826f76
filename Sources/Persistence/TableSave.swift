/// A save of all tables as Daybook wrote it before it had a journal: a folder `tables` with one or more
/// LZ4 files per table, one per dictionary, and a manifest. `Documentation/file-format.md` describes it.
///
/// It is read while there is no snapshot, and removed by the first one; nothing writes it any more.
enum TableSave {
  /// The folder of the save within the data folder, and those it passed through.
  static let folderName = "tables"
  static let newFolderName = "tables.new"
  static let oldFolderName = "tables.old"

  /// Removes the save of a folder, once something else has what is in it.
  static func remove(from directory: String, _ files: any FileSystem) throws(PersistenceError) {
    for name in [newFolderName, oldFolderName, folderName] {
      let path = directory + "/" + name
      // A folder of that name without a manifest is somebody else's.
      if name == folderName, try !files.exists(path + "/" + Manifest.fileName) { continue }
      try removeFiles(of: path, files)
    }
  }

  /// Only what saves consist of.
  private static func removeFiles(
    of path: String, _ files: any FileSystem
  ) throws(PersistenceError) {
    guard try files.exists(path) else { return }
    for name in try files.names(in: path)
    where name.hasSuffix(".lz4") || name == Manifest.fileName {
      try files.remove(path + "/" + name)
    }
    try files.removeFolder(path)
  }
}
