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
    case .damagedSnapshot(let file, _, _): Self.snapshotHint(file, of: "/snapshots/")
    case .notEmpty: "use a folder that is new or empty"
    case .noSnapshot: "'daybook snapshot list' shows those that there are"
    case .journalStopped:
      "see to the disk (space, health), then restart: what was acknowledged is kept"
    case .inUse: "stop the other process, or use another folder"
    case .recordTooLarge: "split it into smaller ones"
    case .unsupportedVersion: "use the release that wrote it, or a newer one"
    case .system(let error) where error.isDiskFull:
      "make room on the disk; what was saved before is unchanged"
    case .system(let error): error.hint
    case .damaged(let file, _, _) where file.hasSuffix("/format.json"):
      Self.snapshotHint(file, of: "/format.json")
    case .damaged: "nothing was changed; restore a backup of the folder, or load the files again"
    case .noData, .unreadableSegment: nil
    }
  }
}

extension PersistenceError {
  /// `file` is that of a data folder, which ends where `part` begins.
  private static func snapshotHint(_ file: String, of part: String) -> String {
    let folder = file.text(before: part).map { " --data \($0)" } ?? ""
    return """
      nothing was changed; 'daybook snapshot verify --all\(folder)' says which snapshots are whole, \
      and 'daybook snapshot restore ID --to FOLDER\(folder)' makes a new data folder of one
      """
  }
}

extension String {
  /// What stands before the last `part`.
  fileprivate func text(before part: String) -> String? {
    var end = endIndex
    while true {
      if self[end...].hasPrefix(part) { return String(self[..<end]) }
      guard end > startIndex else { return nil }
      end = index(before: end)
    }
  }
}

extension FileError {
  /// No room, or no right to more of it.
  var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// What to do about it, where the code tells.
  fileprivate var hint: String? {
    switch code {
    case EACCES, EPERM, EROFS:
      "nothing was changed; run it as the user that owns the folder ('ls -ld \(path)' shows who)"
    case ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG:
      "nothing was changed; name the folder of the tables with --data FOLDER"
    case EMFILE, ENFILE:
      "what was saved before is unchanged; 'ulimit -n 4096' allows more open files"
    case EIO:
      "what was saved before is unchanged; 'dmesg' tells of a disk that fails: copy the folder off it"
    case ENOENT: "name another folder"
    default: nil
    }
  }
}
