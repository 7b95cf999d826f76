/// What opening a journal found.
public struct JournalRecovery: Sendable, Equatable {
  public var fileCount: Int
  /// Records that were handed out: those after the snapshot.
  public var recordCount: UInt64
  /// Of the last record.
  public var position: UInt64
  /// What was cut off; `nil` after an orderly end.
  public var tail: TornTail?
  /// A file that was being made when the process ended, and was removed. Nothing was in it.
  public var unfinishedFile: String?
}

extension Journal {
  /// Opens the journal of a folder, which is made if it does not exist, and hands every record after
  /// `start` to `replay`, in order. Take what it builds only when this returns.
  ///
  /// What a write left that was interrupted is cut off and reported. Any other damage is refused
  /// with `PersistenceError.damagedJournal`, and nothing is changed then. `known` is the mark in the
  /// manifest of the snapshot whose position `start` is.
  public static func open(
    _ folder: String, after start: UInt64 = 0, known: JournalMark? = nil,
    options: JournalOptions = JournalOptions(), environment: DiskEnvironment = .real,
    _ replay: (_ position: UInt64, _ record: [UInt8]) throws(PersistenceError) -> Void
  ) throws(PersistenceError) -> (journal: Journal, recovery: JournalRecovery) {
    let files = environment.files
    try files.makeFolders(folder)
    let lock = try files.lock(folder, .exclusiveAtOnce)
    let scan = try JournalScan(folder, after: start, known: known, files, replay)
    if scan.mark == nil { try files.synchronizeFolders(above: folder) }
    try settle(scan, folder, files)
    let limit = options.fileByteCount
    let writer: JournalWriter
    if let last = scan.places.last, last.wholeByteCount == JournalHeader.byteCount {
      var reader = try JournalFileReader(last.path, files)
      let header = try reader.readHeader()
      writer = try JournalWriter(
        continuing: last, salt: header.salt, chain: scan.chain, in: folder, limit: limit,
        environment)
    } else {
      writer = try JournalWriter(
        creating: (scan.places.last?.number ?? 0) + 1, after: scan.position, chain: scan.chain,
        in: folder, limit: limit, environment)
    }
    return (try Journal(writer, scan: scan, options: options, lock: lock), scan.recovery)
  }

  /// As opening it, but changes nothing, and gives no journal to write to. No other process writes to
  /// it meanwhile.
  public static func read(
    _ folder: String, after start: UInt64 = 0, known: JournalMark? = nil,
    files: any FileSystem = RealFileSystem(),
    _ replay: (_ position: UInt64, _ record: [UInt8]) throws(PersistenceError) -> Void
  ) throws(PersistenceError) -> JournalRecovery {
    try JournalScan(folder, after: start, known: known, files, replay).recovery
  }

  /// Makes durable what was found: it can be read, but whether it is on disk nobody knows.
  private static func settle(
    _ scan: JournalScan, _ folder: String, _ files: any FileSystem
  ) throws(PersistenceError) {
    if let unfinished = scan.unfinished {
      try files.remove(unfinished.path)
    }
    if let last = scan.places.last {
      let file = try files.open(last.path, .change)
      if scan.tail != nil { try file.truncate(to: last.wholeByteCount) }
      // After a sync that failed the system takes these bytes for written and a sync does nothing.
      // Only writing them again makes it write them. Those below the mark are on disk already.
      var start = 0
      if let mark = scan.mark, mark.fileNumber == last.number { start = Int(mark.byteCount) }
      while start < last.wholeByteCount {
        let part = start..<min(last.wholeByteCount, start + (1 << 20))
        try file.writeAll(try file.read(part), at: start)
        start = part.upperBound
      }
      try file.synchronize()
    }
    try files.synchronizeFolder(folder)
  }
}

extension JournalScan {
  fileprivate var recovery: JournalRecovery {
    JournalRecovery(
      fileCount: places.count, recordCount: replayed, position: position, tail: tail,
      unfinishedFile: unfinished?.path)
  }
}
