import CXXHash

/// Writes the frame that all sketches share: magic, version, fields, checksum.
///
/// ```
/// 0   4  magic
/// 4   1  version
/// 5   .  fields of the sketch
/// .   4  checksum: the low 32 bits of XXH3-64 over all bytes before it
/// ```
/// All integers are little-endian; doubles are their bit patterns.
struct SketchWriter {
  private var bytes: [UInt8] = []

  init(magic: StaticString, version: UInt8, byteCount: Int) {
    bytes.reserveCapacity(byteCount)
    magic.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(version)
  }

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: Double) { append(value.bitPattern) }

  mutating func append(contentsOf values: [UInt8]) { bytes.append(contentsOf: values) }

  consuming func finish() -> [UInt8] {
    append(sketchChecksum(of: bytes.span.bytes))
    return bytes
  }
}

/// Reads what `SketchWriter` wrote; every read is checked against the end of the bytes.
struct SketchReader {
  let sketch: String
  private(set) var byteOffset = 0
  private let end: Int

  /// Checks magic, version and checksum, and stands behind the version then.
  init(
    _ bytes: RawSpan, sketch: String, magic: StaticString, version: UInt8
  ) throws(SketchDecodingError) {
    self.sketch = sketch
    end = bytes.byteCount - 4
    guard end >= 5 else {
      throw SketchDecodingError(
        sketch: sketch, problem: .truncated, byteOffset: bytes.byteCount)
    }
    let expected = magic.withUTF8Buffer { $0.withMemoryRebound(to: UInt8.self) { Array($0) } }
    for byte in expected where try read(UInt8.self, from: bytes) != byte {
      throw error(.notThisSketch, at: 0)
    }
    let found = try read(UInt8.self, from: bytes)
    guard found == version else { throw error(.unsupportedVersion(found), at: 4) }
    let stored = bytes.unsafeLoadUnaligned(fromByteOffset: end, as: UInt32.self)
    guard UInt32(littleEndian: stored) == sketchChecksum(of: bytes.extracting(0..<end)) else {
      throw error(.checksumMismatch, at: end)
    }
  }

  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type, from bytes: RawSpan
  ) throws(SketchDecodingError) -> Value {
    guard end - byteOffset >= MemoryLayout<Value>.size else {
      throw error(.truncated, at: byteOffset)
    }
    // In bounds by the guard, and every bit pattern of an integer is a value.
    let value = bytes.unsafeLoadUnaligned(fromByteOffset: byteOffset, as: Value.self)
    byteOffset += MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }

  mutating func readDouble(from bytes: RawSpan) throws(SketchDecodingError) -> Double {
    Double(bitPattern: try read(UInt64.self, from: bytes))
  }

  /// Checks that exactly `count` elements of `stride` bytes are left, before any is allocated.
  func expect(count: Int, stride: Int) throws(SketchDecodingError) {
    let needed = count.multipliedReportingOverflow(by: stride)
    let left = end - byteOffset
    guard !needed.overflow, needed.partialValue <= left else { throw error(.truncated, at: end) }
    guard needed.partialValue == left else {
      throw error(.trailingBytes, at: byteOffset + needed.partialValue)
    }
  }

  func error(_ problem: SketchDecodingError.Problem, at byteOffset: Int) -> SketchDecodingError {
    SketchDecodingError(sketch: sketch, problem: problem, byteOffset: byteOffset)
  }

  func invalid(_ rule: String) -> SketchDecodingError { error(.invalid(rule), at: byteOffset) }
}

/// The checksum at the end of every sketch: it finds damage, it does not prove who wrote it.
package func sketchChecksum(of bytes: RawSpan) -> UInt32 {
  bytes.withUnsafeBytes { UInt32(truncatingIfNeeded: XXH3_64bits($0.baseAddress, $0.count)) }
}
