/// All tables as of one moment: an immutable value that a query holds from start to end.
public struct Catalog: Sendable {
  /// Raised by every change.
  public var version: UInt64 = 0
  public var tables: [String: Table] = [:]
  /// By name; no view has the name of a table.
  public var views: [String: View] = [:]
  /// The dictionaries by domain.
  public var dictionaries: [String: TextDictionary] = [:]
  /// Domains made by `CREATE DOMAIN`.
  public var declaredDomains: Set<String> = []
  /// Days that were dropped because they were kept long enough: the newest, in order.
  public internal(set) var retentionDrops: [RetentionDrop] = []

  public init() {}
}

public struct Table: Sendable {
  public var schema: TableSchema
  /// Ascending by key.
  public var partitions: [Partition]

  public init(schema: TableSchema, partitions: [Partition]) {
    self.schema = schema
    self.partitions = partitions
  }

  /// Without deleted rows.
  public var rowCount: Int { partitions.reduce(0) { $0 + $1.rowCount } }
}

/// The rows of a table that share a day.
public struct Partition: Sendable {
  public enum Key: Hashable, Sendable, Comparable {
    /// The one partition of a table that is not partitioned.
    case all
    /// Rows whose partition column is null.
    case null
    /// Days since 1970-01-01, UTC.
    case day(Int64)
  }

  public var key: Key
  /// Raised by everything that changes the partition's rows.
  public var version: UInt64
  /// In order of arrival; the last one may be an append tail.
  public var segments: [Segment]

  public init(key: Key, version: UInt64, segments: [Segment]) {
    self.key = key
    self.version = version
    self.segments = segments
  }

  /// Without deleted rows.
  public var rowCount: Int { segments.reduce(0) { $0 + $1.liveCount } }
}

/// An immutable run of at most `Segment.capacity` rows, one chunk per column of the schema.
///
/// Rows that are deleted stay in the chunks, and in their bounds: a segment with other rows deleted
/// is another object that shares the chunks. So what is known of a segment never gets wrong.
public final class Segment: Sendable {
  public static let capacity = 65_536

  /// Rows in the chunks, deleted ones too.
  public let rowCount: Int
  public let chunks: [Chunk]
  /// One bit per row that is not deleted; `nil`: none is.
  public let live: Bitmap?
  public let liveCount: Int
  /// False for an append tail: more rows will follow in a later catalog.
  public let isSealed: Bool

  public init(rowCount: Int, chunks: [Chunk], isSealed: Bool, live: Bitmap? = nil) {
    self.rowCount = rowCount
    self.chunks = chunks
    self.isSealed = isSealed
    self.live = live
    liveCount = live?.setCount ?? rowCount
  }
}
