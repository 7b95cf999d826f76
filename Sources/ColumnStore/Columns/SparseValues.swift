/// The values of a chunk with many nulls: only those of rows that are not null, in order, as a chunk
/// of their own. A row's place in it is its rank, the number of rows before it that are not null.
public final class SparseValues: Sendable {
  /// From this share of nulls on (1 in 8), leaving them out is smaller and faster to scan.
  package static let rowsPerNull = 8

  /// Without nulls; as many rows as the outer chunk has values.
  public let values: Chunk
  /// The outer chunk's validity.
  public let validity: Bitmap
  /// For each word of the validity bitmap, how many rows that are not null come before it.
  public let ranks: Buffer<UInt32>

  /// `values` has one row per set bit of `validity`.
  public init(values: Chunk, validity: Bitmap) {
    let ranks = Buffer<UInt32>(capacity: validity.wordCount)
    var before: UInt32 = 0
    for word in 0..<validity.wordCount {
      ranks.base[word] = before
      before += UInt32(validity.words.base[word].nonzeroBitCount)
    }
    precondition(Int(before) == values.rowCount, "as many values as rows that are not null")
    self.values = values
    self.validity = validity
    self.ranks = ranks
  }

  /// The same rows; `values` are the same values in another encoding.
  init(_ other: SparseValues, values: Chunk) {
    precondition(values.rowCount == other.values.rowCount, "as many values as before")
    self.values = values
    validity = other.validity
    ranks = other.ranks
  }

  /// The row of `values` that a row of the chunk is; it is not null.
  @inlinable
  public func rank(of row: Int) -> Int {
    let below = validity.words.base[row &>> 6] & ((1 &<< UInt64(row & 63)) &- 1)
    return Int(ranks.base[row &>> 6]) &+ below.nonzeroBitCount
  }

  public var byteCount: Int { values.byteCount + ranks.byteCount }
}

extension Chunk {
  /// A chunk of `rowCount` rows of which those set in `validity` have the values of `values`.
  package init(sparse values: Chunk, rowCount: Int, validity: Bitmap) {
    var zone = values.zone
    zone.nullCount = rowCount - values.rowCount
    self.init(
      type: values.type, rowCount: rowCount,
      encoding: .sparse(SparseValues(values: values, validity: validity)), validity: validity,
      zone: zone)
  }

  /// The chunk of the values that are not null, when there is one: this one if it has no nulls.
  public var valuesWithoutNulls: Chunk? {
    if case .sparse(let sparse) = encoding { return sparse.values }
    return validity == nil && zone.nullCount == 0 ? self : nil
  }
}
