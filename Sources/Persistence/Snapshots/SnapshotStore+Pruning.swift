/// Which snapshots go, and which stay.
public struct SnapshotPruning: Sendable, Equatable {
  public var removed: [SnapshotID]
  public var kept: [SnapshotID]
  /// Of files that no snapshot has any more.
  public var freedByteCount: Int
}

extension SnapshotStore {
  /// Removes snapshots that are older than the newest `count` of which the manifests are whole.
  /// Damaged ones among those do not count and stay. With `isDryRun` it only says so.
  ///
  /// The journal is not touched: it keeps what the oldest snapshot that is left needs.
  @discardableResult
  public func prune(
    keeping count: Int, isDryRun: Bool = false
  ) throws(PersistenceError) -> SnapshotPruning {
    precondition(count > 0, "one snapshot stays")
    guard try files.exists(folder) else {
      return SnapshotPruning(removed: [], kept: [], freedByteCount: 0)
    }
    return try files.locked(folder, forChange: true) { () throws(PersistenceError) in
      var result = SnapshotPruning(removed: [], kept: [], freedByteCount: 0)
      var keptFiles: Set<String> = []
      var wholeCount = 0
      var freed: [String: Int] = [:]
      for id in try ids().reversed() {
        let manifest: SnapshotManifest?
        do throws(PersistenceError) { manifest = try self.manifest(id) } catch {
          // What cannot be read at all is not known to be damaged.
          if case .system = error { throw error }
          manifest = nil
        }
        if wholeCount < count {
          if let manifest {
            wholeCount += 1
            keptFiles.formUnion(manifest.files.map(\.name))
          }
          result.kept.insert(id, at: 0)
        } else {
          result.removed.insert(id, at: 0)
          for file in manifest?.files ?? [] where !keptFiles.contains(file.name) {
            freed[file.name] = file.byteCount
          }
        }
      }
      result.freedByteCount = freed.values.reduce(0, +)
      guard !isDryRun else { return result }
      for id in result.removed { try remove(id) }
      return result
    }
  }

  /// Removes everything before a snapshot, damaged ones and what was not finished too; durable when it
  /// returns.
  func removeAll(before id: SnapshotID) throws(PersistenceError) {
    try files.locked(folder, forChange: true) { () throws(PersistenceError) in
      for older in try ids() where older < id { try remove(older) }
      try removeUnfinished()
      try files.synchronizeFolder(folder)
    }
  }

  /// Takes the name first, so that no half of a snapshot ever looks like one.
  private func remove(_ id: SnapshotID) throws(PersistenceError) {
    let gone = path(id) + Self.newEnding
    if try files.exists(gone) { try removeFolder(gone) }
    try files.rename(path(id), to: gone)
    try files.synchronizeFolder(folder)
    try removeFolder(gone)
  }
}
