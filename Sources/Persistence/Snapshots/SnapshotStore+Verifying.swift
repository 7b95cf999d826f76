internal import ColumnStore

/// What a list of snapshots says of one.
public struct SnapshotSummary: Sendable {
  public var id: SnapshotID
  /// Milliseconds since 1970-01-01 UTC.
  public var createdAt: Int64
  public var journalPosition: UInt64
  public var tableCount: Int
  /// Of all tables, without deleted rows.
  public var rowCount: Int
  /// Of all files but the manifest.
  public var byteCount: Int
  /// Of files that an older snapshot wrote.
  public var sharedByteCount: Int
  public var fileCount: Int

  init(_ manifest: SnapshotManifest) {
    id = manifest.id
    createdAt = manifest.createdAt
    journalPosition = manifest.journalPosition
    tableCount = manifest.tables.count
    rowCount = manifest.segmentFiles.reduce(0) { $0 + $1.rowCount }
    byteCount = manifest.files.reduce(0) { $0 + $1.byteCount }
    sharedByteCount = manifest.files.reduce(0) {
      $0 + ($1.origin == manifest.id ? 0 : $1.byteCount)
    }
    fileCount = manifest.files.count
  }
}

/// What holding a snapshot against its checksums found.
public struct SnapshotCheck: Sendable {
  public var id: SnapshotID
  /// `nil` where the manifest itself is damaged.
  public var summary: SnapshotSummary?
  /// One per file that is not what it should be.
  public var problems: [PersistenceError]
}

extension SnapshotStore {
  /// What the manifest of a snapshot says. Other files are not looked at.
  public func summary(_ id: SnapshotID) throws(PersistenceError) -> SnapshotSummary {
    SnapshotSummary(try manifest(id))
  }

  /// Holds every byte of every file of a snapshot against its checksum, and looks for all problems.
  public func check(_ id: SnapshotID) throws(PersistenceError) -> SnapshotCheck {
    let manifest: SnapshotManifest
    do throws(PersistenceError) { manifest = try self.manifest(id) } catch {
      if case .noSnapshot = error { throw error }
      return SnapshotCheck(id: id, summary: nil, problems: [error])
    }
    let folder = path(id)
    var tasks: [(file: SnapshotManifest.File, problem: ProblemSearch)] = []
    for table in manifest.tables {
      for file in table.partitions.flatMap(\.files) {
        tasks.append((file.file, .segments(file, table.schema)))
      }
    }
    for part in manifest.domains.flatMap(\.parts) { tasks.append((part.file, .texts(part))) }
    let checks = tasks.map {
      FileCheck(path: folder + "/" + $0.file.name, file: $0.file, search: $0.problem)
    }
    let problems = try checks.mapInParallel(threads: threads) { (check) throws(PersistenceError) in
      self.problem(check)
    }
    return SnapshotCheck(
      id: id, summary: SnapshotSummary(manifest), problems: problems.compactMap(\.self))
  }

  private enum ProblemSearch: Sendable {
    case segments(SnapshotManifest.SegmentFile, TableSchema)
    case texts(SnapshotManifest.DictionaryPart)
  }

  private struct FileCheck: Sendable {
    let path: String
    let file: SnapshotManifest.File
    let search: ProblemSearch
  }

  /// What is wrong with a file, and where, as exactly as its parts can tell.
  private func problem(_ check: FileCheck) -> PersistenceError? {
    do throws(PersistenceError) {
      _ = try wholeFile(check.file, check.path)
      return nil
    } catch {
      guard case .damagedSnapshot = error, let bytes = try? files.readFile(check.path),
        bytes.count == check.file.byteCount
      else { return error }
      do throws(PersistenceError) {
        switch check.search {
        case .segments(let file, let schema):
          let codec = FrameCodec()
          let contents = try SegmentFileFormat.contents(
            Array(bytes[file.contentsOffset...]), of: file, schema: schema, path: check.path, codec)
          for segment in contents {
            for frame in (segment.mask.map { [$0] } ?? []) + segment.chunks {
              let range = frame.offset..<frame.offset + frame.byteCount
              let checksum = bytes[range].withUnsafeBytes { FrameCodec.checksum($0) }
              guard checksum == frame.checksum else {
                return .damagedSnapshot(
                  file: check.path, offset: frame.offset,
                  reason: "the checksum of a chunk is wrong")
              }
            }
          }
        case .texts(let part):
          try bytes.withUnsafeBytesTyped { (bytes) throws(PersistenceError) in
            try FrameCodec().decompress(
              bytes, plainByteCount: part.plainByteCount, isVerified: false, file: check.path,
              offset: 0
            ) { _ in }
          }
        }
        return error
      } catch let exact {
        return exact
      }
    }
  }
}
