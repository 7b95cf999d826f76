internal import Glibc

extension PersistenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noData(let path): "no data in \(path)"
    case .system(let path, let operation, let code):
      "cannot \(operation) \(path): \(String(cString: strerror(code)))"
    case .damaged(let file, let offset, let reason): "\(file), byte \(offset): \(reason)"
    case .unsupportedVersion(let file, let version):
      "\(file): format version \(version) is newer than this program"
    case .notASave(let path): "\(path) exists and is not a save of Daybook"
    case .changedMeanwhile(let path): "another process changed the tables in \(path) meanwhile"
    case .unreadableSegment(let table, let reason): "table \(table) cannot be saved: \(reason)"
    }
  }
}
