public import ColumnStore
internal import Synchronization

/// The snapshots of a data folder: images of all tables at one position of the journal, each in a
/// folder of its own. `Documentation/file-format.md` draws them.
///
/// A snapshot is whole or not there: it is written aside, synced, read back and renamed in. Files
/// that would be the same as in the snapshot before are linked from it.
public final class SnapshotStore: Sendable {
  /// The folder that the snapshots are in.
  public let folder: String
  let files: any FileSystem
  let threads: Int
  private let now: @Sendable () -> Int64
  /// What the newest snapshot that this process wrote or read consists of.
  let known = Mutex<KnownSnapshot?>(nil)

  /// Makes no folder. `now` is in milliseconds since 1970-01-01 UTC.
  public init(
    _ folder: String, files: any FileSystem = RealFileSystem(), threads: Int,
    now: @escaping @Sendable () -> Int64 = DiskEnvironment.systemTime
  ) {
    self.folder = folder
    self.files = files
    self.threads = max(1, threads)
    self.now = now
  }

  var currentTime: Int64 { now() }

  /// A folder of this ending is a snapshot that was not finished.
  static let newEnding = ".new"
  /// A file of segments has about this many bytes before compression.
  static let fileByteCount = 32 << 20
  /// A dictionary in more parts than this is written whole.
  static let partLimit = 32

  func path(_ id: SnapshotID) -> String { folder + "/" + id.description }

  /// All snapshots, ascending; damaged ones too. Empty where there is no folder.
  public func ids() throws(PersistenceError) -> [SnapshotID] {
    guard try files.exists(folder) else { return [] }
    return try files.names(in: folder).compactMap { SnapshotID(folderName: $0) }.sorted()
  }

  func manifest(_ id: SnapshotID) throws(PersistenceError) -> SnapshotManifest {
    guard try files.exists(path(id)) else { throw .noSnapshot(path: path(id)) }
    let path = path(id) + "/" + SnapshotManifest.fileName
    guard try files.exists(path) else {
      throw .damagedSnapshot(file: path, offset: 0, reason: "the manifest is missing")
    }
    let manifest = try SnapshotManifest(try files.readFile(path), file: path)
    guard manifest.id == id else {
      throw .damagedSnapshot(
        file: path, offset: 0, reason: "the manifest of snapshot \(manifest.id)")
    }
    return manifest
  }
}

/// A snapshot in memory.
public struct OpenedSnapshot: Sendable {
  public var id: SnapshotID
  public var catalog: Catalog
  /// The last record of the journal that is in it.
  public var journalPosition: UInt64
  public var journalMark: JournalMark?
  /// Milliseconds since 1970-01-01 UTC.
  public var createdAt: Int64
}

/// Which objects in memory the files of a snapshot hold, so that the next one knows which of its
/// files would be the same. It keeps none of them alive.
struct KnownSnapshot: Sendable {
  struct Run: Sendable {
    var file: SnapshotManifest.SegmentFile
    var segments: [Weak<Segment>]
    /// What the codes in it mean.
    var dictionaries: [Weak<TextDictionary>?]
  }

  struct Dictionary: Sendable {
    var dictionary: Weak<TextDictionary>
    var parts: [SnapshotManifest.DictionaryPart]
  }

  var id: SnapshotID
  /// By the first segment of each.
  var runs: [ObjectIdentifier: Run] = [:]
  var dictionaries: [String: Dictionary] = [:]

  mutating func add(
    _ file: SnapshotManifest.SegmentFile, _ segments: ArraySlice<Segment>,
    _ dictionaries: [TextDictionary?]
  ) {
    guard let first = segments.first else { return }
    runs[ObjectIdentifier(first)] = Run(
      file: file, segments: segments.map { Weak($0) },
      dictionaries: dictionaries.map { $0.map { Weak($0) } })
  }

  /// The file that begins with the first of some segments and holds no others than these.
  func run(of segments: ArraySlice<Segment>, _ dictionaries: [TextDictionary?]) -> Run? {
    guard let first = segments.first, let run = runs[ObjectIdentifier(first)],
      run.segments.count <= segments.count,
      zip(run.segments, segments).allSatisfy({ $0.object === $1 }),
      run.dictionaries.count == dictionaries.count,
      zip(run.dictionaries, dictionaries).allSatisfy({ $0?.object === $1 })
    else { return nil }
    return run
  }
}

extension KnownSnapshot {
  /// The same files, after segments and dictionaries were exchanged for others with the same rows and
  /// codes.
  func following(_ erased: ErasedCatalog) -> KnownSnapshot {
    var known = KnownSnapshot(id: id)
    for run in runs.values {
      let segments = run.segments.compactMap(\.object).map {
        erased.exchangedSegments[ObjectIdentifier($0)] ?? $0
      }
      guard segments.count == run.segments.count else { continue }
      let dictionaries = run.dictionaries.map { dictionary -> TextDictionary? in
        guard let object = dictionary?.object else { return nil }
        return erased.exchangedDictionaries[ObjectIdentifier(object)] ?? object
      }
      known.add(run.file, segments[...], dictionaries)
    }
    known.dictionaries = dictionaries
    return known
  }
}

/// Sound to share: the reference is set once, and the runtime counts weak references atomically.
struct Weak<Object: AnyObject & Sendable>: @unchecked Sendable {
  private(set) weak var object: Object?

  init(_ object: Object) {
    self.object = object
  }
}
