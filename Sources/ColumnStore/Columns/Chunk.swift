/// One column of one segment, encoded.
public struct Chunk: Sendable {
  public let type: DataType
  public let rowCount: Int
  public let encoding: Encoding
  /// One bit per row, 1 = not null; `nil` when no row is null. Rows that are null hold an
  /// arbitrary but valid value in `encoding`. A column that is null throughout is
  /// `.constant(.null)` without validity.
  public let validity: Bitmap?
  public let zone: ZoneMap

  public init(type: DataType, rowCount: Int, encoding: Encoding, validity: Bitmap?, zone: ZoneMap) {
    self.type = type
    self.rowCount = rowCount
    self.encoding = encoding
    self.validity = validity
    self.zone = zone
  }
}

/// How the rows of a chunk lie in memory.
public enum Encoding: Sendable {
  /// Every row has this value; `.null` when all rows are null.
  case constant(Value)
  /// Booleans.
  case bits(Bitmap)
  /// Integers, timestamps, dates: row = base &+ delta.
  case frameOfReference(base: Int64, PackedIntegers)
  /// Doubles that are exact decimals: row = Double(base &+ delta) / 10^exponent. Only chosen when
  /// this gives back each double bit for bit; exponent is 0 to 9 and every sum fits 53 bits.
  case decimal(exponent: Int, base: Int64, PackedIntegers)
  case doubles(Buffer<Double>)
  /// Text: row = code; what a code means is in `ChunkDictionary`.
  case dictionary(ChunkDictionary, PackedIntegers)
  /// One of the three encodings with packed integers, these in as few bits as they need.
  case bitPacked(BitPackedValues)
  /// Text of the form 550e8400-e29b-41d4-a716-446655440000, lower case: two words per row, most
  /// significant first.
  case uuids(Buffer<UInt64>)
  /// Text with nearly as many values as rows, LZ4-compressed until asked for.
  case compressedText(CompressedText)
  /// Any type with many nulls: only the values that are there.
  case sparse(SparseValues)
  /// Text of an append tail that is not in a dictionary: row r is entry r of the pool.
  case pool(TextPool)
}

/// What the codes of a dictionary-encoded chunk mean.
public struct ChunkDictionary: Sendable {
  /// The domain's dictionary, as long as it was when the chunk was published.
  public let domain: DictionaryView
  /// Chunk code -> domain code, ascending; `nil` when the chunk holds domain codes as they are.
  public let domainCodes: Buffer<UInt32>?
  /// How many codes there are: the chunk's own, or the domain's.
  public let count: Int

  public init(domain: DictionaryView, domainCodes: Buffer<UInt32>?, count: Int) {
    self.domain = domain
    self.domainCodes = domainCodes
    self.count = count
  }
}

/// The bounds of one chunk, kept so that a scan can skip the chunk without decoding it.
///
/// Bounds are inclusive and may be wider than the data, never narrower: a wide bound costs time, a
/// narrow one loses rows. Bounds are `nil` when every row is null, or for text and objects.
public struct ZoneMap: Sendable, Equatable {
  public enum Bounds: Sendable, Equatable {
    /// Integers, timestamps, dates; booleans as 0 and 1.
    case integers(ClosedRange<Int64>)
    /// Never NaN: a chunk with a NaN has no bounds, and `isUnbounded`.
    case doubles(ClosedRange<Double>)
  }

  public var bounds: Bounds?
  /// True when `bounds` says nothing although there are values (NaN, text).
  public var isUnbounded: Bool
  public var nullCount: Int

  public init(bounds: Bounds?, isUnbounded: Bool, nullCount: Int) {
    self.bounds = bounds
    self.isUnbounded = isUnbounded
    self.nullCount = nullCount
  }
}
