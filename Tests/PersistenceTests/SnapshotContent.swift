import ColumnStore
import Persistence

/// Everything that a catalog holds, segment by segment; doubles by their bits, so that NaN equals
/// itself.
struct CatalogContent: Equatable {
  struct SegmentContent: Equatable {
    var rowCount: Int
    var isSealed: Bool
    var live: [Bool]?
    var chunks: [[Value]]
    var bounds: [Bool]
    /// Only of sealed ones: others are kept in more room than they need.
    var encodings: [String]
  }

  struct PartitionContent: Equatable {
    var key: Partition.Key
    var version: UInt64
    var segments: [SegmentContent]
  }

  var version: UInt64
  var declared: Set<String>
  var dictionaries: [String: [String]]
  var schemas: [String: TableSchema]
  var views: [String: View]
  var partitions: [String: [PartitionContent]]

  init(_ catalog: Catalog) throws {
    version = catalog.version
    declared = catalog.declaredDomains
    dictionaries = catalog.dictionaries.mapValues { dictionary in
      let view = dictionary.view
      return (0..<UInt32(view.count)).map { view.string($0) }
    }
    schemas = catalog.tables.mapValues(\.schema)
    views = catalog.views
    partitions = try catalog.tables.mapValues { table in
      try table.partitions.map { partition in
        PartitionContent(
          key: partition.key, version: partition.version,
          segments: try partition.segments.map { try Self.content($0) })
      }
    }
  }

  private static func content(_ segment: Segment) throws -> SegmentContent {
    SegmentContent(
      rowCount: segment.rowCount, isSealed: segment.isSealed,
      live: segment.live.map { live in (0..<live.count).map { live[$0] } },
      chunks: try segment.chunks.map { try $0.values().map(comparable) },
      bounds: segment.chunks.map { $0.zone.nullCount == 0 },
      encodings: segment.isSealed ? segment.chunks.map(\.encodingName) : [])
  }

  private static func comparable(_ value: Value) -> Value {
    if case .double(let number) = value {
      .integer(Int64(bitPattern: number.bitPattern))
    } else {
      value
    }
  }
}
