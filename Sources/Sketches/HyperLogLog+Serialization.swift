// A HyperLogLog as bytes, version 1. Integers are little-endian.
//
//   offset  bytes  field
//        0      4  magic "DBHL"
//        4      1  version, 1
//        5      1  precision, 4 to 18
//        6      1  form: 0 hashes, 1 registers
//        7      1  reserved, 0
//        8      4  count: of hashes, 0 to 3 * 2^precision / 32; of registers, 2^precision
//       12      .  hashes, 8 bytes each, ascending, none twice, none 2^64 - 1;
//                  or registers, 1 byte each, 0 to 65 - precision, not all 0
//        .      4  checksum: the low 32 bits of XXH3-64 over all bytes before it
//
// Equal sketches have equal bytes.

/// Stored on disk: never renumber, never reuse.
private enum Form: UInt8 {
  case hashes = 0
  case registers = 1
}

private let magic: StaticString = "DBHL"
private let version: UInt8 = 1

extension HyperLogLog {
  /// The sketch as bytes, readable by this and every later release.
  public func encoded() -> [UInt8] {
    let payload = isExact ? hashes.count * 8 : registers.count
    var writer = SketchWriter(magic: magic, version: version, byteCount: 16 + payload)
    writer.append(UInt8(precision))
    writer.append(isExact ? Form.hashes.rawValue : Form.registers.rawValue)
    writer.append(0 as UInt8)
    if isExact {
      writer.append(UInt32(hashes.count))
      for hash in hashes.values.sorted() { writer.append(hash) }
    } else {
      writer.append(UInt32(registers.count))
      writer.append(contentsOf: registers)
    }
    return writer.finish()
  }

  public init(decoding bytes: [UInt8]) throws(SketchDecodingError) {
    try self.init(decoding: bytes.span.bytes)
  }

  /// Reads what `encoded()` wrote; foreign bytes are refused with the reason and the place.
  public init(decoding bytes: RawSpan) throws(SketchDecodingError) {
    var reader = try SketchReader(bytes, sketch: "HyperLogLog", magic: magic, version: version)
    let precision = Int(try reader.read(UInt8.self, from: bytes))
    guard Self.precisions.contains(precision) else {
      throw reader.invalid("precision \(precision) is not 4 to 18")
    }
    self.init(precision: precision)
    guard let form = Form(rawValue: try reader.read(UInt8.self, from: bytes)) else {
      throw reader.invalid("its form is neither hashes nor registers")
    }
    guard try reader.read(UInt8.self, from: bytes) == 0 else {
      throw reader.invalid("the reserved byte is not 0")
    }
    let count = Int(try reader.read(UInt32.self, from: bytes))
    switch form {
    case .hashes: try readHashes(count: count, from: bytes, &reader)
    case .registers: try readRegisters(count: count, from: bytes, &reader)
    }
  }

  private mutating func readHashes(
    count: Int, from bytes: RawSpan, _ reader: inout SketchReader
  ) throws(SketchDecodingError) {
    guard count <= Self.exactLimit(precision: precision) else {
      throw reader.invalid("\(count) hashes are more than precision \(precision) keeps")
    }
    try reader.expect(count: count, stride: 8)
    var decoded: [UInt64] = []
    decoded.reserveCapacity(count)
    for _ in 0..<count {
      let hash = try reader.read(UInt64.self, from: bytes)
      if let previous = decoded.last, previous >= hash {
        throw reader.invalid("the hashes are not ascending")
      }
      guard hash != .max else { throw reader.invalid("the hash 2^64 - 1 is never stored") }
      decoded.append(hash)
    }
    decoded.withUnsafeBufferPointer { insert(hashes: $0) }
  }

  private mutating func readRegisters(
    count: Int, from bytes: RawSpan, _ reader: inout SketchReader
  ) throws(SketchDecodingError) {
    guard count == 1 << precision else {
      throw reader.invalid("\(count) registers do not fit precision \(precision)")
    }
    try reader.expect(count: count, stride: 1)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(count)
    var highest: UInt8 = 0
    for _ in 0..<count {
      let rank = try reader.read(UInt8.self, from: bytes)
      guard rank <= 65 - precision else {
        throw reader.invalid("rank \(rank) is above \(65 - precision)")
      }
      highest = max(highest, rank)
      decoded.append(rank)
    }
    guard highest > 0 else { throw reader.invalid("all registers are 0") }
    registers = decoded
  }
}
