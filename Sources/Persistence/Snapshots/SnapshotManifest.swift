internal import ColumnStore

/// What a snapshot consists of: `manifest.json`, written last.
///
/// Its own last member is the checksum of all that stands before it, so that no byte of it can
/// change unnoticed.
struct SnapshotManifest: Sendable {
  static let fileName = "manifest.json"
  static let format = "daybook-snapshot"
  static let version = 2

  struct File: Sendable {
    var name: String
    var byteCount: Int
    /// XXH3 (64 bits, seed 0) of the file as it is, 16 hexadecimal digits.
    var checksum: String
    /// The snapshot that wrote it; later ones have it as a link.
    var origin: SnapshotID
  }

  /// A run of segments of one partition.
  struct SegmentFile: Sendable {
    var file: File
    /// Where its table of contents begins, which goes to the end of the file.
    var contentsOffset: Int
    /// XXH3 of the table of contents.
    var contentsChecksum: String
    var segmentCount: Int
    /// Without deleted rows.
    var rowCount: Int
    /// Memory of its chunks.
    var columnByteCount: Int
  }

  struct Partition: Sendable {
    var key: ColumnStore.Partition.Key
    var version: UInt64
    var files: [SegmentFile]
  }

  struct Table: Sendable {
    var schema: TableSchema
    var partitions: [Partition]
  }

  /// The texts of a domain from some code on.
  struct DictionaryPart: Sendable {
    var file: File
    /// Of the file's content.
    var plainByteCount: Int
    var firstCode: Int
    var entryCount: Int
  }

  struct Domain: Sendable {
    var name: String
    var isDeclared: Bool
    var parts: [DictionaryPart]

    var entryCount: Int { parts.reduce(0) { $0 + $1.entryCount } }
  }

  var id: SnapshotID
  /// Milliseconds since 1970-01-01 UTC.
  var createdAt: Int64
  var journalPosition: UInt64
  var journalMark: JournalMark?
  var catalogVersion: UInt64
  var domains: [Domain]
  var tables: [Table]
  var views: [View]
  var retentionDrops: [RetentionDrop] = []

  /// 1 where a program that knows no more would lose nothing.
  var version: Int {
    let isNew = tables.contains { table in
      table.schema.retentionDays != nil || table.schema.rollUp != nil
        || table.schema.columns.contains { $0.type.isSketchState }
    }
    return isNew || !retentionDrops.isEmpty ? 2 : 1
  }
  /// The first snapshot without somebody: those before have to go, and so does the journal up to here.
  var erasure: ErasureReceipt?

  var segmentFiles: [SegmentFile] { tables.flatMap { $0.partitions.flatMap(\.files) } }

  var files: [File] {
    segmentFiles.map(\.file) + domains.flatMap { $0.parts.map(\.file) }
  }
}

extension SnapshotManifest {
  func bytes() -> [UInt8] { json.checkedBytes() }

  /// The manifest in `bytes`, whatever they are.
  init(_ bytes: [UInt8], file: String) throws(PersistenceError) {
    func damaged(_ reason: String, _ offset: Int = 0) -> PersistenceError {
      .damagedSnapshot(file: file, offset: offset, reason: reason)
    }
    let json: JSONText
    do throws(JSONText.Mistake) { json = try JSONText(checking: bytes) } catch {
      throw damaged(error.reason, error.offset)
    }
    guard json["format"]?.string == Self.format, let version = json["version"]?.integer else {
      throw damaged("not the manifest of a snapshot")
    }
    guard version <= Self.version else {
      throw .unsupportedVersion(file: file, version: version)
    }
    guard let manifest = SnapshotManifest(json) else {
      throw damaged("a member is missing or makes no sense")
    }
    if let problem = manifest.contradiction { throw damaged(problem) }
    self = manifest
  }

  /// Why its parts do not agree with each other.
  private var contradiction: String? {
    var names: Set<String> = []
    for file in files where !names.insert(file.name).inserted {
      return "file '\(file.name)' twice"
    }
    var domainNames: Set<String> = []
    for domain in domains {
      guard domainNames.insert(domain.name).inserted else { return "domain '\(domain.name)' twice" }
      var next = 0
      for part in domain.parts {
        guard part.firstCode == next, part.entryCount > 0 else {
          return "domain '\(domain.name)' in parts that do not follow each other"
        }
        let (end, overflow) = next.addingReportingOverflow(part.entryCount)
        guard !overflow, end <= TextDictionary.maximumCount else {
          return "domain '\(domain.name)' with too many texts"
        }
        next = end
      }
    }
    var relations: Set<String> = []
    for table in tables {
      let schema = table.schema
      guard relations.insert(schema.name).inserted else { return "table '\(schema.name)' twice" }
      do throws(StoreError) { try schema.validate() } catch {
        return "table '\(schema.name)': \(error)"
      }
      for column in schema.columns
      where column.type.stored == .text && !domainNames.contains(column.domain) {
        return "domain '\(column.domain)' is missing"
      }
      for (index, partition) in table.partitions.enumerated() {
        guard (partition.key == .all) == (schema.partitionColumn == nil), !partition.files.isEmpty,
          index == 0 || table.partitions[index - 1].key < partition.key
        else { return "table '\(schema.name)' in partitions that make no sense" }
      }
    }
    for view in views where !relations.insert(view.name).inserted {
      return "view '\(view.name)' has the name of another"
    }
    return nil
  }
}
