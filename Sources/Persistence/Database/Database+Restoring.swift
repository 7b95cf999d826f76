extension Database {
  /// Makes a new data folder of a snapshot, which is checked first. `snapshots` is only read.
  ///
  /// Fails where the folder holds anything.
  public static func restore(
    _ id: SnapshotID, from snapshots: SnapshotStore, to folder: String, threads: Int,
    environment: DiskEnvironment = .real
  ) throws(PersistenceError) {
    let files = environment.files
    if try files.exists(folder), try !files.names(in: folder).isEmpty {
      throw .notEmpty(path: folder)
    }
    let target = DataFolder(path: folder, files: files)
    try snapshots.restore(
      id, to: SnapshotStore(target.snapshots, files: files, threads: threads, now: environment.time)
    )
    try target.writeFormat(number: environment.random())
  }
}
