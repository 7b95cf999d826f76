/// What one of the encodings with packed integers becomes when these take no more bits than the
/// greatest one needs. Smaller to keep, while loops want whole bytes: whoever reads a whole chunk
/// asks for `Chunk.aligned()` once.
public struct BitPackedValues: Sendable {
  /// The encoding without its integers.
  public enum Shape: Sendable {
    case frameOfReference(base: Int64)
    case decimal(exponent: Int, base: Int64)
    case dictionary(ChunkDictionary)
  }

  public let shape: Shape
  public let bits: BitPackedIntegers

  public init(shape: Shape, bits: BitPackedIntegers) {
    self.shape = shape
    self.bits = bits
  }

  /// The same rows in whole bytes.
  public func aligned() -> Encoding { shape.encoding(bits.aligned()) }

  /// Only the given rows, in whole bytes; the others are not unpacked.
  public func aligned(at rows: UnsafeBufferPointer<UInt32>) -> Encoding {
    shape.encoding(bits.aligned(at: rows))
  }

  public var byteCount: Int {
    guard case .dictionary(let dictionary) = shape else { return bits.byteCount }
    return bits.byteCount + (dictionary.domainCodes?.byteCount ?? 0)
  }
}

extension BitPackedValues.Shape {
  /// The encoding with this shape and these integers.
  public func encoding(_ integers: PackedIntegers) -> Encoding {
    switch self {
    case .frameOfReference(let base): .frameOfReference(base: base, integers)
    case .decimal(let exponent, let base): .decimal(exponent: exponent, base: base, integers)
    case .dictionary(let dictionary): .dictionary(dictionary, integers)
    }
  }
}

extension Chunk {
  /// The same chunk with its integers, or those of its sparse values, in whole bytes.
  public func aligned() -> Chunk {
    switch encoding {
    case .bitPacked(let packed): replacing(encoding: packed.aligned())
    case .sparse(let sparse):
      if case .bitPacked = sparse.values.encoding {
        replacing(encoding: .sparse(SparseValues(sparse, values: sparse.values.aligned())))
      } else {
        self
      }
    default: self
    }
  }

  /// The dictionary of a chunk of text that has one, if only of its values that are not null.
  public var dictionary: ChunkDictionary? {
    switch encoding {
    case .dictionary(let dictionary, _): dictionary
    case .bitPacked(let packed):
      if case .dictionary(let dictionary) = packed.shape { dictionary } else { nil }
    case .sparse(let sparse): sparse.values.dictionary
    default: nil
    }
  }

  func replacing(encoding: Encoding) -> Chunk {
    Chunk(type: type, rowCount: rowCount, encoding: encoding, validity: validity, zone: zone)
  }
}
