import CKernels
import ColumnStore

/// From an encoded chunk to a vector of all its rows, or of the rows at ascending `positions`.
func decode(_ chunk: Chunk, positions: [UInt32]?) -> Vector {
  if chunk.type.isSketchState { return decodeStates(chunk, positions: positions) }
  let count = positions?.count ?? chunk.rowCount
  if case .constant(let value) = chunk.encoding {
    let vector = Vector(constant: value, type: chunk.type, count: count)
    guard let validity = chunk.validity else { return vector }
    var values = Vector(values: Array(repeating: value, count: count), type: chunk.type)
    values.validity = withOptionalPointer(positions) {
      decodeValidity(validity, rows: $0, count: count)
    }
    return values
  }
  if case .sparse(let sparse) = chunk.encoding { return decode(sparse, positions: positions) }
  return withOptionalPointer(positions) { rows in
    Vector(
      type: chunk.type, count: count,
      storage: decodeValues(chunk.encoding, rows: rows, count: count),
      validity: decodeValidity(chunk.validity, rows: rows, count: count))
  }
}

/// States of sketches are kept as text.
private func decodeStates(_ chunk: Chunk, positions: [UInt32]?) -> Vector {
  let texts = decode(
    Chunk(
      type: .text, rowCount: chunk.rowCount, encoding: chunk.encoding, validity: chunk.validity,
      zone: chunk.zone), positions: positions)
  return Vector(
    values: (0..<texts.count).map { row in
      guard case .text(let text) = texts.value(at: row) else { return .null }
      return chunk.type.value(text: text)
    }, type: chunk.type)
}

func withOptionalPointer<Result>(
  _ positions: [UInt32]?, _ body: (UnsafePointer<UInt32>?) -> Result
) -> Result {
  guard let positions else { return body(nil) }
  return positions.withUnsafeBufferPointer { buffer in
    // An empty selection still is one: any non-null pointer will do, nothing is read.
    if let base = buffer.baseAddress { return body(base) }
    var none: UInt32 = 0
    return withUnsafePointer(to: &none) { body($0) }
  }
}

/// One byte per row, 1 = not null; `nil` when no row is null.
func decodeValidity(_ bitmap: Bitmap?, rows: UnsafePointer<UInt32>?, count: Int) -> [UInt8]? {
  guard let bitmap else { return nil }
  return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
    if let base = bytes.baseAddress {
      if let rows {
        spread(bitmap.words.base, rows: rows, count: count, into: base)
      } else {
        daybook_bitmap_to_bytes(bitmap.words.base, count, base)
      }
    }
    initialized = count
  }
}

private func decodeValues(
  _ encoding: Encoding, rows: UnsafePointer<UInt32>?, count: Int
) -> Vector.Storage {
  switch encoding {
  case .constant(let value):
    return .constant(value)
  case .bits(let bitmap):
    return .booleans(decodeValidity(bitmap, rows: rows, count: count) ?? [])
  case .frameOfReference(let base, let packed):
    return .integers(
      [Int64](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let values = buffer.baseAddress else { return }
        switch packed {
        case .bytes1(let deltas):
          widen(deltas.base, base: base, rows: rows, count: count, into: values)
        case .bytes2(let deltas):
          widen(deltas.base, base: base, rows: rows, count: count, into: values)
        case .bytes4(let deltas):
          widen(deltas.base, base: base, rows: rows, count: count, into: values)
        case .bytes8(let deltas):
          widen(deltas.base, base: base, rows: rows, count: count, into: values)
        }
      })
  case .decimal(let exponent, let base, let packed):
    let divisor = powersOfTen[exponent]
    return .doubles(
      [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let values = buffer.baseAddress else { return }
        switch packed {
        case .bytes1(let deltas):
          widenDecimal(
            deltas.base, base: base, divisor: divisor, rows: rows, count: count, into: values)
        case .bytes2(let deltas):
          widenDecimal(
            deltas.base, base: base, divisor: divisor, rows: rows, count: count, into: values)
        case .bytes4(let deltas):
          widenDecimal(
            deltas.base, base: base, divisor: divisor, rows: rows, count: count, into: values)
        case .bytes8(let deltas):
          widenDecimal(
            deltas.base, base: base, divisor: divisor, rows: rows, count: count, into: values)
        }
      })
  case .doubles(let source):
    return .doubles(
      [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let values = buffer.baseAddress else { return }
        if let rows {
          for index in 0..<count { values[index] = source.base[Int(rows[index])] }
        } else {
          values.update(from: source.base, count: count)
        }
      })
  case .dictionary(let dictionary, let packed):
    return .text(
      codes: domainCodes(dictionary, packed, rows: rows, count: count),
      .dictionary(dictionary.domain))
  case .bitPacked(let packed):
    let aligned =
      rows.map { packed.aligned(at: UnsafeBufferPointer(start: $0, count: count)) }
      ?? packed.aligned()
    return decodeValues(aligned, rows: nil, count: count)
  case .uuids(let words):
    let pool = TextPool()
    pool.reserve(entries: count, bytes: count * 36)
    var text = [UInt8](repeating: 0, count: 36)
    for index in 0..<count {
      let row = rows.map { Int($0[index]) } ?? index
      writeUUID(words.base[2 * row], words.base[2 * row + 1], into: &text)
      text.withUnsafeBufferPointer { _ = pool.append($0) }
    }
    return .text(codes: ascendingCodes(count), .pool(pool))
  case .compressedText(let compressed):
    // A chunk was checked when it was made or read; a pool that cannot be had is an empty one.
    let pool = (try? compressed.decompress()) ?? TextPool()
    return .text(codes: rowCodes(rows, count: count), .pool(pool))
  case .sparse:
    preconditionFailure("sparse values are decoded by their own function")
  case .pool(let pool):
    return .text(codes: rowCodes(rows, count: count), .pool(pool))
  }
}

private func rowCodes(_ rows: UnsafePointer<UInt32>?, count: Int) -> [UInt32] {
  rows.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? ascendingCodes(count)
}

func ascendingCodes(_ count: Int) -> [UInt32] {
  [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
    for index in 0..<count { buffer[index] = UInt32(truncatingIfNeeded: index) }
    initialized = count
  }
}

/// The domain codes of a dictionary-encoded chunk's rows.
func domainCodes(
  _ dictionary: ChunkDictionary, _ packed: PackedIntegers, rows: UnsafePointer<UInt32>?, count: Int
) -> [UInt32] {
  [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
    initialized = count
    guard let codes = buffer.baseAddress else { return }
    if let meaning = dictionary.domainCodes {
      switch packed {
      case .bytes1(let local):
        translateCodes(local.base, meaning: meaning.base, rows: rows, count: count, into: codes)
      case .bytes2(let local):
        translateCodes(local.base, meaning: meaning.base, rows: rows, count: count, into: codes)
      case .bytes4(let local):
        translateCodes(local.base, meaning: meaning.base, rows: rows, count: count, into: codes)
      case .bytes8(let local):
        translateCodes(local.base, meaning: meaning.base, rows: rows, count: count, into: codes)
      }
    } else {
      packedCodes(packed, rows: rows, count: count, into: codes)
    }
  }
}

/// The codes of rows as they are stored.
func packedCodes(
  _ packed: PackedIntegers, rows: UnsafePointer<UInt32>?, count: Int,
  into codes: UnsafeMutablePointer<UInt32>
) {
  switch packed {
  case .bytes1(let local): widenCodes(local.base, rows: rows, count: count, into: codes)
  case .bytes2(let local): widenCodes(local.base, rows: rows, count: count, into: codes)
  case .bytes4(let local): widenCodes(local.base, rows: rows, count: count, into: codes)
  case .bytes8(let local): widenCodes(local.base, rows: rows, count: count, into: codes)
  }
}

private let hexadecimalDigits = Array("0123456789abcdef".utf8)

private func writeUUID(_ high: UInt64, _ low: UInt64, into text: inout [UInt8]) {
  var position = 0
  for nibble in 0..<32 {
    if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
      text[position] = UInt8(ascii: "-")
      position += 1
    }
    let word = nibble < 16 ? high : low
    text[position] = hexadecimalDigits[Int((word &>> UInt64(60 - 4 * (nibble & 15))) & 15)]
    position += 1
  }
}
