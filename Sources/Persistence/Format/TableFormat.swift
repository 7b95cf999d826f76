package import ColumnStore

// Part of a table on disk (the decompressed content of a table-*.lz4 file):
//
//   "DAYBOOKT"     8
//   version        4  1
//   table          string: length 4, UTF-8
//   column count   4
//   per column     name (string), type (string)
//   segment count  4
//   per segment    partition kind 1 (0 all, 1 null, 2 day), day 8, partition version 8, rows 4,
//                  one chunk per column (see ChunkFormat.swift)
//
// Segments are in order of their partition's key, then of arrival, also from one part to the next.

/// A segment and where it belongs.
package struct PlacedSegment: Sendable {
  package var key: Partition.Key
  package var partitionVersion: UInt64
  package var segment: Segment

  package init(key: Partition.Key, partitionVersion: UInt64, segment: Segment) {
    self.key = key
    self.partitionVersion = partitionVersion
    self.segment = segment
  }
}

package enum TableFormat {
  static let magic = Array("DAYBOOKT".utf8)
  static let version: UInt32 = 1

  /// `domains` has a view per column of text.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, file: String, schema: TableSchema, domains: [DictionaryView?]
  ) throws(PersistenceError) -> [PlacedSegment] {
    var reader = ByteReader(bytes, file: file)
    try reader.readHeader(magic, version: version)
    guard try reader.readString() == schema.name,
      Int(try reader.read(UInt32.self)) == schema.columns.count
    else { throw reader.damaged("rows of another table than '\(schema.name)'") }
    for column in schema.columns {
      guard try reader.readString() == column.name, try reader.readString() == column.type.sqlName
      else { throw reader.damaged("rows of another column than '\(column.name)'") }
    }
    let count = Int(try reader.read(UInt32.self))
    var segments: [PlacedSegment] = []
    for _ in 0..<count {
      let key = try reader.readKey(isPartitioned: schema.partitionColumn != nil)
      let partitionVersion = try reader.read(UInt64.self)
      let rowCount = Int(try reader.read(UInt32.self))
      guard (1...Segment.capacity).contains(rowCount) else {
        throw reader.damaged("a segment of \(rowCount) rows")
      }
      var chunks: [Chunk] = []
      for (column, domain) in zip(schema.columns, domains) {
        chunks.append(try reader.readChunk(rowCount: rowCount, column: column, domain: domain))
      }
      segments.append(
        PlacedSegment(
          key: key, partitionVersion: partitionVersion,
          segment: Segment(rowCount: rowCount, chunks: chunks, isSealed: true)))
    }
    try reader.expectEnd()
    return segments
  }
}

extension ByteReader {
  mutating func readHeader(_ magic: [UInt8], version: UInt32) throws(PersistenceError) {
    _ = try readHeader(magic, versions: [version])
  }

  /// `versions` ascend. Returns the one that was found.
  mutating func readHeader(
    _ magic: [UInt8], versions: [UInt32]
  ) throws(PersistenceError) -> UInt32 {
    let found = try take(magic.count)
    guard found.elementsEqual(magic) else { throw damaged("not a file of this kind") }
    let version = try read(UInt32.self)
    guard version <= versions.last ?? 0 else {
      throw .unsupportedVersion(file: file, version: Int(version))
    }
    guard versions.contains(version) else { throw damaged("format version \(version)") }
    return version
  }

  fileprivate mutating func readKey(isPartitioned: Bool) throws(PersistenceError) -> Partition.Key {
    let kind = try read(UInt8.self)
    let day = try read(Int64.self)
    switch (kind, isPartitioned) {
    case (0, false): return .all
    case (1, true): return .null
    case (2, true): return .day(day)
    default: throw damaged("a partition of kind \(kind)")
    }
  }
}
