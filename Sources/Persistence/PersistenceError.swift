/// Why something could not be saved or read.
public enum PersistenceError: Error, Equatable, Sendable {
  /// There is no save in this folder.
  case noData(path: String)
  /// The operating system refused; `code` is its `errno`.
  case system(path: String, operation: String, code: Int32)
  /// A file does not hold what it should; `offset` counts bytes of its decompressed content, or of
  /// the file itself where that cannot be decompressed.
  case damaged(file: String, offset: Int, reason: String)
  /// Written by a newer Daybook.
  case unsupportedVersion(file: String, version: Int)
  /// A folder with the name of a save holds something else, which is not overwritten.
  case notASave(path: String)
  /// Another process has saved into the folder since what should replace its save was read.
  case changedMeanwhile(path: String)
  /// A segment in memory cannot be encoded.
  case unreadableSegment(table: String, reason: String)
}
