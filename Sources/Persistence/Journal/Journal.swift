/// The record of every change, written before the change is acknowledged.
///
/// Records are opaque bytes in one order, from 1 on. Any thread brings them; one thread takes all
/// that wait, writes them at once, syncs once, and acknowledges them all. The first write or sync
/// that fails ends it: nothing is acknowledged any more, nothing is tried again, what was
/// acknowledged is there when it is opened anew.
///
/// `Documentation/file-format.md` draws its files. A process that uses it ignores SIGXFSZ, which
/// otherwise ends it where a limit on the size of files does.
public final class Journal: Sendable {
  public enum Status: Sendable, Equatable {
    case running
    /// Read only, and why.
    case stopped(PersistenceError)
    case closed
  }

  private let core: JournalCore
  private let thread: JournalThread
  private let lock: any FolderLock
  private let environment: DiskEnvironment
  public let folder: String

  init(
    _ writer: consuming JournalWriter, scan: JournalScan, options: JournalOptions,
    lock: any FolderLock
  ) throws(PersistenceError) {
    folder = writer.folder
    environment = writer.environment
    self.lock = lock
    var starts = scan.places.map {
      JournalCore.FileStart(number: $0.number, position: $0.firstPosition)
    }
    if starts.last?.number != writer.number {
      starts.append(.init(number: writer.number, position: writer.firstPositionOfNext))
    }
    let core = JournalCore(
      writer.position, files: starts, durability: options.durability, now: environment.now,
      time: environment.time)
    self.core = core
    // The thread alone has it from here on.
    let owned = Owned(writer)
    thread = try JournalThread { core.run(&owned.writer) }
  }

  /// Ends without syncing and without a mark, as a process that dies does: use `close`.
  deinit {
    core.end()
    thread.join()
  }

  /// Sound because only the thread touches it.
  private final class Owned: @unchecked Sendable {
    var writer: JournalWriter

    init(_ writer: JournalWriter) {
      self.writer = writer
    }
  }

  public var status: Status { core.status }
  /// When it stopped: milliseconds since 1970-01-01 UTC; `nil` while it did not.
  public var failedAt: Int64? { core.failedAt }
  /// Position of the last record that survives a loss of power.
  public var durablePosition: UInt64 { core.durablePosition }

  /// Takes a place in the order, and returns it. The record is not stored before `wait` returned.
  /// Waits itself only where too much is waiting already.
  public func submit(_ record: JournalRecord) throws(PersistenceError) -> UInt64 {
    try core.submit([record])
  }

  /// As for one, for several that stand and are written next to each other; returns the last
  /// place. Each is by itself there or not after a crash.
  public func submit(_ records: [JournalRecord]) throws(PersistenceError) -> UInt64 {
    try core.submit(records)
  }

  /// Returns once the record, and so all before it, is stored as the durability asks for.
  public func wait(for position: UInt64) throws(PersistenceError) {
    try core.wait(for: position)
  }

  /// Stores a record; returns its position.
  @discardableResult
  public func append(_ payload: [UInt8]) throws(PersistenceError) -> UInt64 {
    let position = try submit(JournalRecord(payload))
    try wait(for: position)
    return position
  }

  /// Makes all that was submitted durable, whatever the durability, and notes so. The mark belongs
  /// into the manifest of the snapshot that this is for. With `startsFile`, what comes next goes to
  /// another file, so that those before can be removed once the snapshot is there.
  public func checkpoint(startsFile: Bool = false) throws(PersistenceError) -> JournalMark {
    try core.checkpoint(startsFile: startsFile)
  }

  /// Removes files that hold nothing after `position`: that of a snapshot that was read back.
  public func removeFiles(upTo position: UInt64) throws(PersistenceError) {
    for number in core.numbers(upTo: position) {
      try environment.files.remove(folder + "/" + JournalScan.name(number))
      // One after the other: there must be no gap, whatever happens now.
      try environment.files.synchronizeFolder(folder)
      core.forget(number)
    }
  }

  /// Stores what waits, syncs and marks the end, so that damage to the last record is seen too.
  public func close() throws(PersistenceError) {
    defer { lock.release() }
    try core.close()
  }
}

public struct JournalOptions: Sendable {
  public var durability = Durability.fsync
  /// A file with more bytes than this is followed by another.
  public var fileByteCount = 64 << 20

  public init(durability: Durability = .fsync, fileByteCount: Int = 64 << 20) {
    self.durability = durability
    self.fileByteCount = fileByteCount
  }
}
