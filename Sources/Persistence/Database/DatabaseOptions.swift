/// How a database keeps what it is given.
public struct DatabaseOptions: Sendable {
  public var durability = Durability.fsync
  /// How long to wait for another process that has the folder.
  public var patience = Duration.seconds(5)
  /// Who this is, for the message to those who have to wait: `process 4711 (daybook repl)`.
  public var holder = ""
  /// Of reading and writing snapshots.
  public var threads = 1
  public var journalFileByteCount = 64 << 20
  /// Changes of more bytes than this do not go through the journal: a snapshot keeps them.
  public var recordByteLimit = 8 << 20
  /// Where the journal has more bytes than this, closing writes a snapshot, so that the next start
  /// has less to do.
  public var closingByteCount = 16 << 20
  /// While a process runs (`Database.startCheckpoints`), a snapshot is written once the journal has
  /// this many bytes after the newest one, or once what it lacks is this old.
  public var checkpointByteCount = 64 << 20
  public var checkpointInterval = Duration.seconds(15 * 60)
  /// How long to wait after a snapshot that failed, at least.
  public var checkpointRetryInterval = Duration.seconds(60)
  /// Snapshots that are kept beside the newest one.
  public var olderSnapshotCount = 1

  public init() {}
}

/// How far recovery is.
public enum RecoveryProgress: Sendable, Equatable {
  /// Bytes of its files that were read, and that there are.
  case readingSnapshot(byteCount: Int, of: Int)
  /// Changes that were done again.
  case replaying(UInt64)
}

/// What recovery found.
public struct Recovery: Sendable, Equatable {
  /// The number of the snapshot that it began with; `nil`: an older save, or nothing.
  public var snapshot: SnapshotID?
  /// Changes that were done again.
  public var changeCount: UInt64 = 0
  /// What was cut off the journal: the rest of a write that was interrupted.
  public var tail: TornTail?
  /// The number of an erasure of which something older is still there: opening the folder for changes
  /// removes it.
  public var unfinishedErasure: String?
}
