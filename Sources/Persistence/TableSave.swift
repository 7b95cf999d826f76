/// A plain save of all tables: a folder `tables` with one or more LZ4 files per table, one per
/// dictionary, and a manifest. `Documentation/file-format.md` describes it.
///
/// A save is whole or not there: it is written beside the old one, synced and renamed in.
public enum TableSave {
  /// The folder of the save within the data folder, and those it passes through.
  static let folderName = "tables"
  static let newFolderName = "tables.new"
  static let oldFolderName = "tables.old"

  /// A table is split into files of about this many bytes before compression.
  static let partByteCount = 32 << 20
}

/// Which save a folder held at one moment, so that nobody replaces one that he has not read.
public struct SaveState: Sendable, Equatable {
  /// The manifest's bytes, which name and check all others; `nil` without a save.
  private let manifest: [UInt8]?

  /// Take it before reading: a save that comes in between then is refused, not lost.
  public init(of directory: String, files: any FileSystem = RealFileSystem()) {
    let path = directory + "/" + TableSave.folderName + "/" + Manifest.fileName
    manifest = try? files.readFile(path)
  }
}

/// The first failure of work that is spread over threads.
struct FirstFailure: Sendable {
  private(set) var error: PersistenceError?

  mutating func note(_ error: PersistenceError) {
    if self.error == nil { self.error = error }
  }
}
