internal import ColumnStore
internal import Synchronization

/// What stands between a store and its folder: takes its changes to the journal, and writes its
/// snapshots.
final class DatabaseLog: Sendable {
  let folder: DataFolder
  let snapshots: SnapshotStore
  let options: DatabaseOptions
  let environment: DiskEnvironment
  let progress: (@Sendable (RecoveryProgress) -> Void)?
  private let state = Mutex(State())
  /// One snapshot is written at a time.
  private let writing = Mutex(())
  /// Before anything was read.
  private let openedAt = DiskEnvironment.systemTime()

  struct State {
    /// What the catalog in memory is made of: a snapshot, and the records after it up to here.
    var snapshot: SnapshotID?
    var position: UInt64 = 0
    /// Of the newest snapshot that this process wrote.
    var snapshotVersion: UInt64 = 0
    /// Of the newest snapshot: milliseconds since 1970-01-01 UTC, and its last record.
    var snapshotTime: Int64?
    var snapshotPosition: UInt64 = 0
    /// Only while the folder is locked for changes.
    var lock: (any FolderLock)?
    var journal: Journal?
    /// Bytes of records since the newest snapshot.
    var byteCount = 0
    /// When the first change was made that no snapshot has yet.
    var oldestChange: Duration?
    /// Why nothing can be changed any more, other than the journal's own reason.
    var failure: PersistenceError?
    /// Milliseconds since 1970-01-01 UTC.
    var failedAt: Int64?
    var checkpoints = CheckpointRecord()
    /// Writes snapshots from time to time.
    var checkpointThread: CheckpointThread?
    var isClosed = false
    /// Of which older snapshots or records are still there.
    var unfinishedErasure: ErasureReceipt?
    /// The folder was made by this process.
    var isNew = false
    var isEmpty = true
  }

  init(
    _ path: String, _ options: DatabaseOptions, _ environment: DiskEnvironment,
    _ progress: (@Sendable (RecoveryProgress) -> Void)?
  ) {
    folder = DataFolder(path: path, files: environment.files)
    snapshots = SnapshotStore(
      folder.snapshots, files: environment.files, threads: options.threads,
      now: environment.time)
    self.options = options
    self.environment = environment
    self.progress = progress
  }

  var isLocked: Bool { state.withLock { $0.journal != nil && !$0.isClosed } }
  var readAt: Int64? { isLocked ? nil : openedAt }
  var isEmpty: Bool { state.withLock { $0.isEmpty } }

  var failure: PersistenceError? {
    let (failure, journal) = state.withLock { ($0.failure, $0.journal) }
    if let failure { return failure }
    guard case .stopped(let error)? = journal?.status else { return nil }
    return error
  }

  var wantsSnapshot: Bool {
    guard failure == nil else { return false }
    return state.withLock {
      $0.journal != nil && !$0.isClosed && $0.byteCount > options.closingByteCount
    }
  }

  func change<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
    state.withLock(body)
  }

  /// The journal of one who may change the folder.
  func journal() throws(PersistenceError) -> Journal {
    let (journal, failure, isClosed) = state.withLock { ($0.journal, $0.failure, $0.isClosed) }
    if let failure { throw failure }
    guard let journal, !isClosed else {
      throw .journalStopped(reason: "it was closed", mayBeStored: false)
    }
    if case .stopped(let error) = journal.status { throw error }
    return journal
  }

  func close() throws(PersistenceError) {
    stopCheckpoints()
    let (journal, lock, isUnused) = state.withLock { state in
      defer {
        state.isClosed = true
        state.lock = nil
      }
      return (
        state.journal, state.lock, state.isNew && state.position == 0 && state.snapshot == nil
      )
    }
    guard let lock else { return }
    defer { lock.release() }
    defer { if !options.holder.isEmpty { folder.note(holder: "") } }
    try journal?.close()
    if isUnused { try? folder.removeUnused() }
  }

  // MARK: - Snapshots

  /// Writes a snapshot, reads it back, and removes what it makes superfluous. One that was overtaken
  /// by a newer one is not written.
  ///
  /// `covered` is what the journal had when the catalog was taken, and the snapshot makes superfluous.
  func writeSnapshot(
    _ catalog: Catalog, _ mark: JournalMark, covering covered: CoveredChanges,
    erasure: ErasureReceipt? = nil, erased: ErasedCatalog? = nil
  ) throws(PersistenceError) {
    let journal = try journal()
    let pending = erasure ?? state.withLock { $0.unfinishedErasure }
    let outcome = writing.withLock { _ -> Result<SnapshotID?, PersistenceError> in
      guard state.withLock({ $0.snapshot == nil || $0.snapshotVersion < catalog.version }) else {
        return .success(nil)
      }
      do throws(PersistenceError) {
        let id = try snapshots.write(
          catalog: catalog, journalPosition: mark.position, journalMark: mark,
          erasure: pending, erased: erased)
        let time = environment.time()
        state.withLock {
          $0.snapshot = id
          $0.snapshotVersion = catalog.version
          $0.snapshotTime = time
          $0.snapshotPosition = mark.position
          $0.byteCount = max(0, $0.byteCount - covered.byteCount)
          // Those that came meanwhile are younger than this.
          $0.oldestChange = $0.position > mark.position ? covered.takenAt : nil
          $0.unfinishedErasure = pending
        }
        return .success(id)
      } catch {
        return .failure(error)
      }
    }
    guard let id = try outcome.get() else { return }
    if let pending {
      // Who asked for it is told whether that works.
      if erasure == nil {
        _ = try? finish(pending, at: id, position: mark.position, journal, searching: nil)
      }
      return
    }
    // What cannot be removed now is removed after the next one.
    try? removing { () throws(PersistenceError) in
      try? journal.removeFiles(upTo: mark.position)
      _ = try? snapshots.prune(keeping: 1 + options.olderSnapshotCount)
      try? TableSave.remove(from: folder.path, environment.files)
    }
  }

  /// Runs what removes older files: nobody else does meanwhile, nor writes a snapshot.
  func removing(
    _ body: () throws(PersistenceError) -> Void
  ) throws(PersistenceError) {
    try writing.withLock { _ -> Result<Void, PersistenceError> in
      do throws(PersistenceError) { return .success(try body()) } catch { return .failure(error) }
    }.get()
  }

  /// What a failed snapshot of a change that no record has leaves behind must not be there beside
  /// later records: if it may be, nothing can be changed any more.
  func failUnlessNewest(_ id: SnapshotID?, _ error: PersistenceError) {
    let found = Result { () throws(PersistenceError) in try snapshots.ids().last }
    if case .success(let newest) = found, newest == id { return }
    let time = environment.time()
    state.withLock {
      $0.failure = error
      $0.failedAt = time
    }
  }
}
