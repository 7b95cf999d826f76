/// How a database fares: for an operator, and for whoever watches it.
public struct DatabaseHealth: Sendable, Equatable {
  public enum State: String, Sendable {
    /// Nothing was changed yet; the first change locks the folder.
    case reading
    /// This process has the folder for changes.
    case open
    /// A write failed: queries go on, changes are refused until a new start. See `failure`.
    case readOnly = "read only"
    case closed
  }

  /// What went wrong, and when.
  public struct Failure: Sendable, Equatable {
    public var error: PersistenceError
    /// Milliseconds since 1970-01-01 UTC.
    public var time: Int64

    /// What it is about, where that is a file.
    public var file: String? { error.file }
  }

  public var folder: String
  public var state: State
  /// Why nothing can be changed any more.
  public var failure: Failure?
  public var durability: Durability
  /// Number of the last change, and of the last that is on disk for certain, where that is known.
  public var journalPosition: UInt64
  public var durablePosition: UInt64?
  /// Bytes of changes that the newest snapshot lacks: what the next start has to do again.
  public var journalByteCount: Int
  /// The newest snapshot; `nil` where there is none.
  public var snapshot: SnapshotID?
  /// The last change that it has.
  public var snapshotPosition: UInt64
  /// Milliseconds since 1970-01-01 UTC.
  public var snapshotTime: Int64?
  public var snapshotAge: Duration?
  /// Snapshots that this process began by itself and that failed; nothing is lost by them.
  public var checkpointFailureCount: Int
  public var checkpointFailure: Failure?
}

extension Database {
  public var health: DatabaseHealth { log.health }

  /// Writes a snapshot if there is enough in the journal or for long enough, as `DatabaseOptions`
  /// say. Whether one was written; a failure is counted in `health` and loses nothing.
  @discardableResult
  public func checkpointIfDue() -> Bool { Self.checkpointIfDue(store, log) }

  /// Does that from time to time on a thread of its own, until `close`: for processes that run long.
  /// Readers and writers go on meanwhile. Fails where the system has no threads left.
  public func startCheckpoints() throws(PersistenceError) {
    let (store, log) = (store, log)
    try log.startCheckpoints { Self.checkpointIfDue(store, log) }
  }
}

extension DatabaseLog {
  var health: DatabaseHealth {
    let now = environment.time()
    let (state, journal) = change { ($0, $0.journal) }
    let failure = failure.map {
      DatabaseHealth.Failure(error: $0, time: state.failedAt ?? journal?.failedAt ?? now)
    }
    let access: DatabaseHealth.State
    if state.isClosed {
      access = .closed
    } else if failure != nil {
      access = .readOnly
    } else {
      access = journal == nil ? .reading : .open
    }
    var checkpointFailure: DatabaseHealth.Failure?
    if let error = state.checkpoints.lastFailure, let time = state.checkpoints.lastFailureTime {
      checkpointFailure = DatabaseHealth.Failure(error: error, time: time)
    }
    return DatabaseHealth(
      folder: folder.path, state: access, failure: failure, durability: options.durability,
      journalPosition: state.position, durablePosition: journal?.durablePosition,
      journalByteCount: state.byteCount, snapshot: state.snapshot,
      snapshotPosition: state.snapshotPosition, snapshotTime: state.snapshotTime,
      snapshotAge: state.snapshotTime.map { .milliseconds(max(0, now - $0)) },
      checkpointFailureCount: state.checkpoints.failureCount,
      checkpointFailure: checkpointFailure)
  }
}

extension PersistenceError {
  /// The file or folder that it is about.
  public var file: String? {
    switch self {
    case .noData(let path), .inUse(let path, _), .notEmpty(let path), .noSnapshot(let path):
      path
    case .damaged(let file, _, _), .damagedJournal(let file, _, _),
      .damagedSnapshot(let file, _, _),
      .unsupportedVersion(let file, _):
      file
    case .system(let error): error.path
    case .journalStopped, .recordTooLarge, .unreadableSegment: nil
    }
  }
}
