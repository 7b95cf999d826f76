internal import ColumnStore

extension ByteReader {
  /// A chunk of `rowCount` rows whose every length, code and flag was checked.
  mutating func readChunk(
    rowCount: Int, column: ColumnDefinition, domain: DictionaryView?
  ) throws(PersistenceError) -> Chunk {
    guard let tag = EncodingTag(rawValue: try read(UInt8.self)) else {
      throw damaged("an encoding that does not exist")
    }
    let hasValidity = try readFlag()
    let zone = try readZone(rowCount: rowCount, type: column.type)
    var validity: Bitmap?
    if hasValidity {
      let bitmap = try readBitmap(rowCount)
      guard bitmap.oneCount == rowCount - zone.nullCount, zone.nullCount > 0 else {
        throw damaged("a count of nulls that does not agree with their bitmap")
      }
      validity = bitmap
    } else if zone.nullCount != (tag == .null ? rowCount : 0) {
      throw damaged("nulls without a bitmap")
    }
    guard zone.nullCount == 0 || !column.isNotNull else {
      throw damaged("nulls in a NOT NULL column")
    }
    guard tag != .null || !hasValidity else { throw damaged("a bitmap where all rows are null") }
    let encoding =
      tag == .sparse
      ? try readSparse(
        rowCount: rowCount, zone: zone, validity, column: column, domain: domain)
      : try readEncoding(
        tag, rowCount: rowCount, zone: zone, type: column.type, domain: domain)
    return Chunk(
      type: column.type, rowCount: rowCount, encoding: encoding, validity: validity, zone: zone)
  }

  /// The chunk of the values has no nulls, so that it is not sparse itself.
  private mutating func readSparse(
    rowCount: Int, zone: ZoneMap, _ validity: Bitmap?, column: ColumnDefinition,
    domain: DictionaryView?
  ) throws(PersistenceError) -> Encoding {
    let valueCount = rowCount - zone.nullCount
    guard let validity, valueCount > 0 else { throw damaged("sparse values without a bitmap") }
    var column = column
    column.isNotNull = true
    let values = try readChunk(rowCount: valueCount, column: column, domain: domain)
    guard values.zone.bounds == zone.bounds, values.zone.isUnbounded == zone.isUnbounded else {
      throw damaged("sparse values with other bounds than their chunk's")
    }
    return .sparse(SparseValues(values: values, validity: validity))
  }

  private mutating func readZone(
    rowCount: Int, type: DataType
  ) throws(PersistenceError) -> ZoneMap {
    let kind = try read(UInt8.self)
    let isUnbounded = try readFlag()
    let nullCount = Int(try read(UInt32.self))
    guard nullCount <= rowCount else { throw damaged("\(nullCount) nulls in \(rowCount) rows") }
    var bounds: ZoneMap.Bounds?
    switch (kind, type.physical) {
    case (0, _): break
    case (1, .integer), (1, .boolean):
      let lower = try read(Int64.self)
      let upper = try read(Int64.self)
      guard lower <= upper else { throw damaged("bounds \(lower) to \(upper)") }
      bounds = .integers(lower...upper)
    case (2, .double):
      let lower = try readDouble()
      let upper = try readDouble()
      guard lower <= upper else { throw damaged("bounds \(lower) to \(upper)") }
      bounds = .doubles(lower...upper)
    default: throw damaged("bounds of kind \(kind) for \(type.sqlName)")
    }
    guard bounds != nil || isUnbounded || nullCount == rowCount, bounds == nil || !isUnbounded
    else {
      throw damaged("a zone map that contradicts itself")
    }
    return ZoneMap(bounds: bounds, isUnbounded: isUnbounded, nullCount: nullCount)
  }

  mutating func readBitmap(_ count: Int) throws(PersistenceError) -> Bitmap {
    let words = try readBuffer(UInt64.self, count: (count + 63) / 64)
    if count % 64 != 0, words.base[count / 64] >> UInt64(count % 64) != 0 {
      throw damaged("bits past the last row")
    }
    return Bitmap(words: words, count: count)
  }

  private mutating func readEncoding(
    _ tag: EncodingTag, rowCount: Int, zone: ZoneMap, type: DataType, domain: DictionaryView?
  ) throws(PersistenceError) -> Encoding {
    switch (tag, type.physical) {
    case (.null, _): return .constant(.null)
    case (.constantBoolean, .boolean): return .constant(.boolean(try readFlag()))
    case (.constantInteger, .integer):
      return .constant(type.value(integer: try read(Int64.self)))
    case (.constantDouble, .double): return .constant(.double(try readDouble()))
    case (.constantText, .text): return .constant(type.value(text: try readString()))
    case (.bits, .boolean): return .bits(try readBitmap(rowCount))
    case (.frameOfReference, .integer), (.decimal, .double), (.dictionary, .text):
      let shape = try readShape(tag, type: type, domain: domain)
      let integers = try readPacked(rowCount)
      try check(shape, greatest: integers.greatest(rowCount), byteWidth: integers.width, zone)
      return shape.encoding(integers)
    case (.bitPacked, _):
      guard let tag = EncodingTag(rawValue: try read(UInt8.self)) else {
        throw damaged("an encoding that does not exist")
      }
      let shape = try readShape(tag, type: type, domain: domain)
      let bits = try readBitPacked(rowCount)
      try check(shape, greatest: bits.greatest, byteWidth: 4, zone)
      return .bitPacked(BitPackedValues(shape: shape, bits: bits))
    case (.doubles, .double): return .doubles(try readBuffer(Double.self, count: rowCount))
    case (.uuids, .text): return .uuids(try readBuffer(UInt64.self, count: 2 * rowCount))
    case (.compressedText, .text): return .compressedText(try readCompressedText(rowCount))
    default: throw damaged("encoding \(tag.rawValue) for \(type.sqlName)")
    }
  }

  mutating func readPacked(_ rowCount: Int) throws(PersistenceError) -> PackedIntegers {
    switch try read(UInt8.self) {
    case 1: return .bytes1(try readBuffer(UInt8.self, count: rowCount))
    case 2: return .bytes2(try readBuffer(UInt16.self, count: rowCount))
    case 4: return .bytes4(try readBuffer(UInt32.self, count: rowCount))
    case 8: return .bytes8(try readBuffer(UInt64.self, count: rowCount))
    case let other: throw damaged("integers of \(other) bytes")
    }
  }

  private mutating func readBitPacked(_ rowCount: Int) throws(PersistenceError) -> BitPackedIntegers
  {
    let width = Int(try read(UInt8.self))
    guard BitPackedIntegers.widths.contains(width) else {
      throw damaged("integers of \(width) bits")
    }
    let wordCount = BitPackedIntegers.wordCount(width: width, count: rowCount)
    let words = try readBuffer(UInt64.self, count: wordCount, spare: 1)
    let used = width * rowCount % 64
    if used != 0, words.base[wordCount - 1] >> UInt64(used) != 0 {
      throw damaged("bits past the last row")
    }
    return BitPackedIntegers(width: width, count: rowCount, words: words)
  }

  /// An encoding with packed integers, but for these.
  private mutating func readShape(
    _ tag: EncodingTag, type: DataType, domain: DictionaryView?
  ) throws(PersistenceError) -> BitPackedValues.Shape {
    switch (tag, type.physical) {
    case (.frameOfReference, .integer):
      return .frameOfReference(base: try read(Int64.self))
    case (.decimal, .double):
      let exponent = Int(try read(UInt8.self))
      guard exponent <= 9 else { throw damaged("a decimal exponent of \(exponent)") }
      return .decimal(exponent: exponent, base: try read(Int64.self))
    case (.dictionary, .text): return .dictionary(try readChunkDictionary(domain: domain))
    default: throw damaged("encoding \(tag.rawValue) for \(type.sqlName)")
    }
  }

  /// Every code exists, and no integer is out of the bounds that tables are sized by.
  private func check(
    _ shape: BitPackedValues.Shape, greatest: UInt64, byteWidth: Int, _ zone: ZoneMap
  ) throws(PersistenceError) {
    switch shape {
    case .dictionary(let dictionary):
      guard byteWidth <= 4, greatest < dictionary.count else {
        throw damaged("a code above \(dictionary.count)")
      }
    case .frameOfReference(let base):
      guard case .integers(let bounds)? = zone.bounds, bounds.lowerBound >= base,
        greatest <= UInt64(bitPattern: bounds.upperBound &- base)
      else { throw damaged("integers out of the chunk's bounds") }
    case .decimal: return
    }
  }

  private mutating func readChunkDictionary(
    domain: DictionaryView?
  ) throws(PersistenceError) -> ChunkDictionary {
    guard let domain else { throw damaged("codes of a domain that was not saved") }
    let hasOwn = try readFlag()
    let count = Int(try read(UInt32.self))
    guard count <= domain.count, count > 0 else {
      throw damaged("\(count) codes of a domain of \(domain.count)")
    }
    var own: Buffer<UInt32>?
    if hasOwn {
      guard count <= Segment.capacity else { throw damaged("\(count) codes of a chunk's own") }
      let codes = try readBuffer(UInt32.self, count: count)
      for code in 1..<max(count, 1) where codes.base[code - 1] >= codes.base[code] {
        throw damaged("a chunk's dictionary that does not ascend")
      }
      guard codes.base[count - 1] < domain.count else {
        throw damaged("code \(codes.base[count - 1]) of a domain of \(domain.count)")
      }
      own = codes
    }
    return ChunkDictionary(
      domain: hasOwn ? domain : domain.prefix(count), domainCodes: own, count: count)
  }

  private mutating func readCompressedText(
    _ rowCount: Int
  ) throws(PersistenceError) -> CompressedText {
    let plainByteCount = try read(UInt64.self)
    guard plainByteCount <= UInt64(CompressedText.maximumByteCount) else {
      throw damaged("compressed text of \(plainByteCount) bytes")
    }
    let blockSize = Int(try read(UInt32.self))
    let lengths = try readPacked(rowCount)
    return CompressedText(
      block: try readBuffer(UInt8.self, count: blockSize), lengths: lengths,
      plainByteCount: Int(plainByteCount), rowCount: rowCount)
  }
}

extension Bitmap {
  fileprivate var oneCount: Int {
    var ones = 0
    for word in 0..<wordCount { ones += words.base[word].nonzeroBitCount }
    return ones
  }
}
