/// Why something could not be saved or read.
public enum PersistenceError: Error, Equatable, Sendable {
  /// There is no save in this folder.
  case noData(path: String)
  /// The operating system refused.
  case system(FileError)
  /// Another process holds the folder; `holder` says which, where that is known.
  case inUse(path: String, holder: String? = nil)
  /// A file does not hold what it should; `offset` counts bytes of its decompressed content, or of
  /// the file itself where that cannot be decompressed.
  case damaged(file: String, offset: Int, reason: String)
  /// A journal does not hold what it should; nothing of it was changed.
  case damagedJournal(file: String, offset: Int, reason: String)
  /// A snapshot does not hold what it should; `offset` counts bytes of the file. Nothing of it is used.
  case damagedSnapshot(file: String, offset: Int, reason: String)
  /// A folder that should be new holds something.
  case notEmpty(path: String)
  /// There is no such snapshot.
  case noSnapshot(path: String)
  /// The journal takes no more records since a write or sync failed. With `mayBeStored` the record
  /// may turn up when the journal is opened again: whoever repeats it must be known by it.
  case journalStopped(reason: String, mayBeStored: Bool)
  /// A record of more bytes than a journal takes.
  case recordTooLarge(byteCount: Int, limit: Int)
  /// Written by a newer Daybook.
  case unsupportedVersion(file: String, version: Int)
  /// A segment in memory cannot be encoded.
  case unreadableSegment(table: String, reason: String)
}
