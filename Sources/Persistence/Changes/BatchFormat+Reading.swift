internal import ColumnStore

extension ByteReader {
  /// A batch whose lengths, codes and texts were checked. Memory is taken for bytes that are there.
  mutating func readBatch() throws(PersistenceError) -> RowBatch {
    let rowCount = Int(try read(UInt32.self))
    return RowBatch(
      rowCount: rowCount,
      columns: try readList { (reader) throws(PersistenceError) in
        try reader.readColumn(rowCount: rowCount)
      })
  }

  private mutating func readColumn(rowCount: Int) throws(PersistenceError) -> ColumnValues {
    let kind = try read(UInt8.self)
    let hasValidity = try readFlag()
    let validity = hasValidity ? try readBits(rowCount) : nil
    switch kind {
    case 0:
      guard !hasValidity else { throw damaged("a bitmap where all rows are null") }
      return ColumnValues(storage: .nulls)
    case 1: return ColumnValues(storage: .booleans(try readBits(rowCount)), validity: validity)
    case 2:
      return ColumnValues(storage: .integers(try readIntegers(rowCount)), validity: validity)
    case 3: return ColumnValues(storage: .doubles(try readDoubles(rowCount)), validity: validity)
    case 4: return ColumnValues(storage: try readText(rowCount, validity), validity: validity)
    default: throw damaged("a column of kind \(kind)")
    }
  }

  /// One byte per bit.
  private mutating func readBits(_ count: Int) throws(PersistenceError) -> [UInt8] {
    let bits = try take((count + 7) / 8)
    if count % 8 != 0, let last = bits.last, last >> UInt8(count % 8) != 0 {
      throw damaged("bits past the last row")
    }
    return (0..<count).map { (bits[$0 / 8] >> UInt8($0 % 8)) & 1 }
  }

  private mutating func readIntegers(_ count: Int) throws(PersistenceError) -> [Int64] {
    let base = try read(Int64.self)
    return try readNumbers(count, widths: [1, 2, 4, 8]) { base &+ Int64(bitPattern: $0) }
  }

  private mutating func readDoubles(_ count: Int) throws(PersistenceError) -> [Double] {
    let bytes = try take(count * 8)
    return (0..<count).map {
      Double(
        bitPattern: UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
    }
  }

  /// A width of those that are allowed, then numbers of that width.
  private mutating func readNumbers<Number>(
    _ count: Int, widths: [UInt8], _ number: (UInt64) -> Number
  ) throws(PersistenceError) -> [Number] {
    let width = try read(UInt8.self)
    guard widths.contains(width) else { throw damaged("numbers of \(width) bytes") }
    let bytes = try take(count * Int(width))
    switch width {
    case 1: return bytes.map { number(UInt64($0)) }
    case 2: return numbers(bytes, UInt16.self, number)
    case 4: return numbers(bytes, UInt32.self, number)
    default: return numbers(bytes, UInt64.self, number)
    }
  }

  private func numbers<Width: FixedWidthInteger & BitwiseCopyable, Number>(
    _ bytes: UnsafeRawBufferPointer, _ width: Width.Type, _ number: (UInt64) -> Number
  ) -> [Number] {
    let size = MemoryLayout<Width>.size
    return (0..<bytes.count / size).map {
      let word = bytes.loadUnaligned(fromByteOffset: $0 * size, as: Width.self)
      return number(UInt64(truncatingIfNeeded: Width(littleEndian: word)))
    }
  }

  private mutating func readText(
    _ rowCount: Int, _ validity: [UInt8]?
  ) throws(PersistenceError) -> ColumnValues.Storage {
    let entryCount = Int(try read(UInt32.self))
    guard entryCount <= rowCount, entryCount <= remaining / 4 else {
      throw damaged("\(entryCount) texts in \(rowCount) rows")
    }
    var offsets = [0]
    for _ in 0..<entryCount {
      offsets.append(offsets[offsets.count - 1] + Int(try read(UInt32.self)))
    }
    let bytes = try take(offsets[entryCount]).bindMemory(to: UInt8.self)
    guard Self.isText(bytes, offsets) else { throw damaged("text that is not UTF-8") }
    let codes = try readNumbers(rowCount, widths: [1, 2, 4]) { UInt32(truncatingIfNeeded: $0) }
    for row in codes.indices where validity?[row] != 0 && Int(codes[row]) >= entryCount {
      throw damaged("text \(codes[row]) of \(entryCount)")
    }
    return .text(codes: codes, pool: TextPool(bytes: Array(bytes), offsets: offsets))
  }

  /// Whether each entry is UTF-8: all of them together are, and none starts within a character.
  private static func isText(_ bytes: UnsafeBufferPointer<UInt8>, _ offsets: [Int]) -> Bool {
    for offset in offsets where offset < bytes.count && bytes[offset] & 0xC0 == 0x80 {
      return false
    }
    return (try? UTF8Span(validating: bytes.span)) != nil
  }
}
