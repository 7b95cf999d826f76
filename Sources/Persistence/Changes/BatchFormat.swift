internal import ColumnStore

// A batch of rows, by column:
//
//   rows              4
//   columns           list of:
//     kind            1  0 nulls only, 1 booleans, 2 integers, 3 doubles, 4 text
//     hasValidity     1  flag
//     validity        1 bit per row in bytes, row r is bit r mod 8 of byte r / 8, 1 = not null; where
//                        hasValidity is 1; bits past the last row are 0
//     booleans        as validity
//     integers        8  base; width 1 (1, 2, 4 or 8); per row an unsigned number of that width:
//                        value = base + number, wrapping
//     doubles         8 per row
//     text            entries: list of lengths of 4 bytes; the entries, one after the other, UTF-8;
//                        width 1 (1, 2 or 4); per row a number of that width: its entry
//
// Of rows that are null the value means nothing, and is the base, or entry 0 (which may not exist).

extension ByteWriter {
  mutating func write(_ batch: RowBatch) {
    write(UInt32(batch.rowCount))
    writeList(batch.columns) { $0.write($1, rowCount: batch.rowCount) }
  }

  private mutating func write(_ column: ColumnValues, rowCount: Int) {
    switch column.storage {
    case .nulls:
      write(UInt8(0))
      write(false)
      return
    case .booleans: write(UInt8(1))
    case .integers: write(UInt8(2))
    case .doubles: write(UInt8(3))
    case .text: write(UInt8(4))
    }
    write(column.validity != nil)
    if let validity = column.validity { writeBits(validity) }
    switch column.storage {
    case .nulls: break
    case .booleans(let values): writeBits(values)
    case .integers(let values): writeIntegers(values, validity: column.validity)
    case .doubles(let values):
      values.withUnsafeBytes { write($0.bindMemory(to: UInt8.self)) }
    case .text(let codes, let pool): writeText(codes, pool, validity: column.validity)
    }
  }

  private mutating func writeBits(_ flags: [UInt8]) {
    var bits = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
    for row in flags.indices where flags[row] != 0 { bits[row / 8] |= 1 << UInt8(row % 8) }
    bits.withUnsafeBufferPointer { write($0) }
  }

  private mutating func writeIntegers(_ values: [Int64], validity: [UInt8]?) {
    var least = Int64.max
    var greatest = Int64.min
    for row in values.indices where validity?[row] != 0 {
      least = min(least, values[row])
      greatest = max(greatest, values[row])
    }
    if least > greatest { (least, greatest) = (0, 0) }
    write(least)
    let range = UInt64(bitPattern: greatest &- least)
    func delta(_ row: Int) -> UInt64 {
      validity?[row] == 0 ? 0 : UInt64(bitPattern: values[row] &- least)
    }
    writeNumbers(values.count, largest: range, delta)
  }

  /// Width, then numbers of that width.
  private mutating func writeNumbers(
    _ count: Int, largest: UInt64, _ number: (Int) -> UInt64
  ) {
    switch largest {
    case 0...0xFF: writeNumbers(count, UInt8.self, number)
    case 0...0xFFFF: writeNumbers(count, UInt16.self, number)
    case 0...0xFFFF_FFFF: writeNumbers(count, UInt32.self, number)
    default: writeNumbers(count, UInt64.self, number)
    }
  }

  private mutating func writeNumbers<Width: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ count: Int, _ width: Width.Type, _ number: (Int) -> UInt64
  ) {
    write(UInt8(MemoryLayout<Width>.size))
    let narrow = [Width](unsafeUninitializedCapacity: count) { target, filled in
      for row in 0..<count {
        target[row] = Width(truncatingIfNeeded: number(row)).littleEndian
      }
      filled = count
    }
    narrow.withUnsafeBytes { write($0.bindMemory(to: UInt8.self)) }
  }

  /// Only the entries that rows ask for: the pool may be all that a loader has ever seen.
  private mutating func writeText(_ codes: [UInt32], _ pool: TextPool, validity: [UInt8]?) {
    var places = EntryPlaces(poolCount: pool.count, rowCount: codes.count)
    var entries: [UInt32] = []
    let numbers = codes.indices.map { row -> UInt32 in
      guard validity?[row] != 0 else { return 0 }
      return places.place(of: codes[row], in: &entries)
    }
    let offsets = pool.offsets
    writeList(entries) { writer, entry in
      writer.write(UInt32(offsets[Int(entry) + 1] - offsets[Int(entry)]))
    }
    for entry in entries { pool.withBytes(Int(entry)) { write($0) } }
    writeNumbers(codes.count, largest: UInt64(min(max(entries.count - 1, 0), 0xFFFF_FFFF))) {
      UInt64(numbers[$0])
    }
  }
}

/// Where entries of a pool stand among those that were used so far.
private struct EntryPlaces {
  private var table: [UInt32]
  private var sparse: [UInt32: UInt32] = [:]

  init(poolCount: Int, rowCount: Int) {
    // A few rows of a large pool are not worth a table of it.
    table = poolCount <= 8 * rowCount ? [UInt32](repeating: .max, count: poolCount) : []
  }

  mutating func place(of code: UInt32, in entries: inout [UInt32]) -> UInt32 {
    let known = table.isEmpty ? sparse[code] ?? .max : table[Int(code)]
    if known != .max { return known }
    let place = UInt32(entries.count)
    entries.append(code)
    if table.isEmpty { sparse[code] = place } else { table[Int(code)] = place }
    return place
  }
}
