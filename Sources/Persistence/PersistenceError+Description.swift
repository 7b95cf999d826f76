internal import Glibc

extension PersistenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noData(let path): "no data in \(path)"
    case .system(let error):
      "cannot \(error.operation) \(error.path)"
        + (error.offset.map { " at byte \($0)" } ?? "")
        + ": \(String(cString: strerror(error.code)))"
    case .inUse(let path, let holder):
      "\(path) is in use by \(holder ?? "another process")"
    case .damaged(let file, let offset, let reason),
      .damagedJournal(let file, let offset, let reason),
      .damagedSnapshot(let file, let offset, let reason):
      "\(file), byte \(offset): \(reason)"
    case .notEmpty(let path): "\(path) is not empty"
    case .noSnapshot(let path): "there is no snapshot \(path)"
    case .journalStopped(let reason, let mayBeStored):
      "nothing can be changed since the journal failed: \(reason)"
        + (mayBeStored ? "; whether this change was kept shows when it is opened again" : "")
    case .recordTooLarge(let byteCount, let limit):
      "a change of \(byteCount) bytes, where the journal takes at most \(limit)"
    case .unsupportedVersion(let file, let version):
      "\(file): format version \(version) is newer than this program"
    case .notASave(let path): "\(path) exists and is not a save of Daybook"
    case .changedMeanwhile(let path): "another process changed the tables in \(path) meanwhile"
    case .unreadableSegment(let table, let reason): "table \(table) cannot be saved: \(reason)"
    }
  }

  /// What to do about it, where there is something.
  public var hint: String? {
    switch self {
    case .damagedJournal(let file, _, _):
      """
      nothing was changed; 'daybook journal inspect \(file)' shows what is whole, and \
      'daybook journal salvage \(file) --to FOLDER' copies it
      """
    case .damagedSnapshot:
      """
      nothing was changed; 'daybook snapshot verify --all' says which snapshots are whole, and \
      'daybook snapshot restore ID --to FOLDER' makes a new data folder of one
      """
    case .notEmpty: "use a folder that is new or empty"
    case .noSnapshot: "'daybook snapshot list' shows those that there are"
    case .journalStopped:
      "see to the disk (space, health), then restart: what was acknowledged is kept"
    case .inUse: "stop the other process, or use another folder"
    case .recordTooLarge: "split it into smaller ones"
    case .unsupportedVersion: "use the release that wrote it, or a newer one"
    case .system(let error) where error.isDiskFull:
      "make room on the disk; what was saved before is unchanged"
    case .noData, .system, .damaged, .notASave, .changedMeanwhile, .unreadableSegment: nil
    }
  }
}

extension FileError {
  /// No room, or no right to more of it.
  var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}
