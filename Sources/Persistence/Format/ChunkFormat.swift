internal import ColumnStore

// A chunk on disk:
//
//   encoding      1  see `EncodingTag`
//   hasValidity   1  0 or 1
//   zone          1  0: no bounds, 1: integers, 2: doubles
//   isUnbounded   1  0 or 1
//   nullCount     4
//   lower, upper  8 each, if there are bounds
//   validity      8 per 64 rows, if there is one
//   what the encoding needs, see `write`
//
// A sparse chunk needs another chunk, that of its values that are not null.
//
// Packed integers: width 1 (1, 2, 4 or 8), then that many bytes per row. Bit-packed ones: the tag
// of the encoding that they are part of 1, what else this needs, width in bits 1 (1 to 32), then as
// many words of 8 as the bits of all rows fill; bits past the last row are 0.

/// Stored on disk: never renumber, never reuse.
enum EncodingTag: UInt8 {
  case null = 0
  case constantBoolean = 1
  case constantInteger = 2
  case constantDouble = 3
  case constantText = 4
  case bits = 5
  case frameOfReference = 6
  case decimal = 7
  case doubles = 8
  case dictionary = 9
  case uuids = 10
  case compressedText = 11
  case sparse = 12
  case bitPacked = 13
}

extension ByteWriter {
  /// `chunk` is sealed: it holds no pool.
  mutating func write(_ chunk: Chunk) {
    write(chunk.encoding.tag.rawValue)
    write(chunk.validity != nil)
    switch chunk.zone.bounds {
    case nil: write(UInt8(0))
    case .integers: write(UInt8(1))
    case .doubles: write(UInt8(2))
    }
    write(chunk.zone.isUnbounded)
    write(UInt32(chunk.zone.nullCount))
    switch chunk.zone.bounds {
    case nil: break
    case .integers(let range):
      write(range.lowerBound)
      write(range.upperBound)
    case .doubles(let range):
      write(range.lowerBound)
      write(range.upperBound)
    }
    if let validity = chunk.validity { write(validity.words.base, count: validity.wordCount) }
    write(chunk.encoding, rowCount: chunk.rowCount)
  }

  private mutating func write(_ encoding: Encoding, rowCount: Int) {
    switch encoding {
    case .constant(let value): write(constant: value)
    case .bits(let bits): write(bits.words.base, count: bits.wordCount)
    case .frameOfReference(let base, let deltas):
      write(.frameOfReference(base: base))
      write(deltas, rowCount: rowCount)
    case .decimal(let exponent, let base, let deltas):
      write(.decimal(exponent: exponent, base: base))
      write(deltas, rowCount: rowCount)
    case .doubles(let values): write(values.base, count: rowCount)
    case .dictionary(let dictionary, let codes):
      write(.dictionary(dictionary))
      write(codes, rowCount: rowCount)
    case .bitPacked(let packed):
      write(packed.shape.tag.rawValue)
      write(packed.shape)
      write(UInt8(packed.bits.width))
      write(
        packed.bits.words.base,
        count: BitPackedIntegers.wordCount(width: packed.bits.width, count: rowCount))
    case .uuids(let words): write(words.base, count: 2 * rowCount)
    case .compressedText(let text):
      write(UInt64(text.plainByteCount))
      write(UInt32(text.block.capacity))
      write(text.lengths, rowCount: rowCount)
      write(text.block.base, count: text.block.capacity)
    case .sparse(let sparse): write(sparse.values)
    case .pool: preconditionFailure("tails are sealed before they are saved")
    }
  }

  private mutating func write(_ shape: BitPackedValues.Shape) {
    switch shape {
    case .frameOfReference(let base): write(base)
    case .decimal(let exponent, let base):
      write(UInt8(exponent))
      write(base)
    case .dictionary(let dictionary):
      write(dictionary.domainCodes != nil)
      write(UInt32(dictionary.count))
      if let own = dictionary.domainCodes { write(own.base, count: dictionary.count) }
    }
  }

  private mutating func write(constant value: Value) {
    switch value {
    case .boolean(let flag): write(flag)
    case .integer(let number), .timestamp(let number), .timestampWithTimeZone(let number),
      .date(let number):
      write(number)
    case .double(let number): write(number)
    case .text(let text), .json(let text): write(text)
    default: break
    }
  }

  mutating func write(_ integers: PackedIntegers, rowCount: Int) {
    write(UInt8(integers.width))
    switch integers {
    case .bytes1(let buffer): write(buffer.base, count: rowCount)
    case .bytes2(let buffer): write(buffer.base, count: rowCount)
    case .bytes4(let buffer): write(buffer.base, count: rowCount)
    case .bytes8(let buffer): write(buffer.base, count: rowCount)
    }
  }
}

extension Encoding {
  fileprivate var tag: EncodingTag {
    switch self {
    case .constant(.boolean): .constantBoolean
    case .constant(.integer), .constant(.timestamp), .constant(.timestampWithTimeZone),
      .constant(.date):
      .constantInteger
    case .constant(.double): .constantDouble
    case .constant(.text), .constant(.json): .constantText
    case .constant: .null
    case .bits: .bits
    case .frameOfReference: .frameOfReference
    case .decimal: .decimal
    case .doubles: .doubles
    case .dictionary: .dictionary
    case .bitPacked: .bitPacked
    case .uuids: .uuids
    case .compressedText: .compressedText
    case .sparse: .sparse
    case .pool: preconditionFailure("tails are sealed before they are saved")
    }
  }
}

extension BitPackedValues.Shape {
  fileprivate var tag: EncodingTag {
    switch self {
    case .frameOfReference: .frameOfReference
    case .decimal: .decimal
    case .dictionary: .dictionary
    }
  }
}
