extension Chunk {
  /// Memory of the chunk's own buffers; the domain's dictionary is counted apart.
  public var byteCount: Int { encoding.byteCount + (validity?.byteCount ?? 0) }

  /// How the chunk is encoded, as tools show it: `frame-of-reference-2` with
  /// two bytes per row, `dictionary-5-bit`, `uuid`.
  public var encodingName: String {
    switch encoding {
    case .constant: "constant"
    case .bits: "bits"
    case .frameOfReference(_, let deltas): "frame-of-reference-\(deltas.width)"
    case .decimal(_, _, let deltas): "decimal-\(deltas.width)"
    case .doubles: "doubles"
    case .dictionary(_, let codes): "dictionary-\(codes.width)"
    case .bitPacked(let packed): "\(packed.shape.name)-\(packed.bits.width)-bit"
    case .uuids: "uuid"
    case .compressedText: "compressed-text"
    case .sparse(let sparse): "sparse \(sparse.values.encodingName)"
    case .pool: "plain-text"
    }
  }
}

extension BitPackedValues.Shape {
  fileprivate var name: String {
    switch self {
    case .frameOfReference: "frame-of-reference"
    case .decimal: "decimal"
    case .dictionary: "dictionary"
    }
  }
}

extension Encoding {
  public var byteCount: Int {
    switch self {
    case .constant(.text(let text)), .constant(.json(let text)): text.utf8.count
    case .constant: 0
    case .bits(let bits): bits.byteCount
    case .frameOfReference(_, let deltas): deltas.byteCount
    case .decimal(_, _, let deltas): deltas.byteCount
    case .doubles(let values): values.byteCount
    case .dictionary(let dictionary, let codes):
      codes.byteCount + (dictionary.domainCodes?.byteCount ?? 0)
    case .bitPacked(let packed): packed.byteCount
    case .uuids(let words): words.byteCount
    case .compressedText(let text): text.block.byteCount + text.lengths.byteCount
    case .sparse(let sparse): sparse.byteCount
    case .pool(let pool): pool.byteCount
    }
  }
}

extension Segment {
  /// Memory of all chunks' buffers.
  public var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }
}

/// What the chunks of one column in one encoding take.
public struct ColumnMemory: Sendable, Equatable {
  public var column: String
  /// As in `Chunk.encodingName`.
  public var encoding: String
  public var chunkCount: Int
  public var rowCount: Int
  public var byteCount: Int
}

extension Table {
  /// Memory per column and encoding, in the schema's order, then by encoding. Dictionaries are not
  /// in it: they may be shared with other tables (`TextDictionary.byteCount`).
  public func memory() -> [ColumnMemory] {
    schema.columns.indices.flatMap { column in
      var byEncoding: [String: ColumnMemory] = [:]
      for partition in partitions {
        for segment in partition.segments {
          let chunk = segment.chunks[column]
          let encoding = chunk.encodingName
          byEncoding[
            encoding,
            default: ColumnMemory(
              column: schema.columns[column].name, encoding: encoding, chunkCount: 0, rowCount: 0,
              byteCount: 0)
          ].add(chunk)
        }
      }
      return byEncoding.values.sorted { $0.encoding < $1.encoding }
    }
  }

  /// Memory of all chunks; dictionaries are counted apart.
  public var byteCount: Int {
    partitions.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.byteCount } }
  }
}

extension ColumnMemory {
  fileprivate mutating func add(_ chunk: Chunk) {
    chunkCount += 1
    rowCount += chunk.rowCount
    byteCount += chunk.byteCount
  }
}
