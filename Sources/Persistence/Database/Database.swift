public import ColumnStore

/// Tables that outlive the process: a store whose changes are in a journal before they are
/// acknowledged, and snapshots from which a start is fast.
///
/// One process changes a folder, or several read it: a reader holds its lock only while it reads.
public final class Database: Sendable {
  /// Reads and changes go through it as through any other store.
  public let store: Store
  /// What opening found.
  public let recovery: Recovery
  let log: DatabaseLog

  /// Reads a folder that nobody has to have made. It is locked for changes by the first change, or at
  /// once with `forChanges`, until `close`.
  ///
  /// Fails where the folder is damaged, of a newer format, or in use by another process.
  public init(
    _ folder: String, forChanges: Bool = false, options: DatabaseOptions = DatabaseOptions(),
    environment: DiskEnvironment = .real, progress: (@Sendable (RecoveryProgress) -> Void)? = nil
  ) throws(PersistenceError) {
    log = DatabaseLog(folder, options, environment, progress)
    let found = try log.open(forChanges: forChanges)
    store = Store(adopting: found.catalog, log: log)
    recovery = found.recovery
  }

  /// Why nothing can be changed any more; `nil` while all is well.
  public var failure: PersistenceError? { log.failure }

  /// Whether this process has the folder for changes.
  public var isLocked: Bool { log.isLocked }

  /// Whether there is anything in the folder.
  public var isEmpty: Bool { log.isEmpty }

  /// Writes a snapshot of all that was changed, while others read and change.
  public func checkpoint() throws(StoreError) { try store.checkpoint() }

  /// Ends what was begun: what was changed is on disk then, whatever the durability, and others may
  /// change the folder. Where there is much in the journal, a snapshot is written; that this fails
  /// loses nothing, and is no error.
  public func close() throws(PersistenceError) {
    if log.wantsSnapshot { try? store.checkpoint() }
    try log.close()
  }
}
