internal import CLZ4

extension ChunkEncoder {
  /// Text that is in no dictionary: row `r` is `bytes[offsets[r] ..< offsets[r + 1]]`, empty where
  /// it is null. All rows together have at most `CompressedText.maximumByteCount` bytes.
  package static func plainText(
    _ bytes: UnsafePointer<UInt8>, offsets: UnsafePointer<Int>, count: Int, type: DataType,
    validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    guard nullCount < count else { return nulls(count, type: type) }
    return Chunk(
      type: type, rowCount: count,
      encoding: uuids(bytes, offsets: offsets, count: count, validity: validity)
        ?? .compressedText(CompressedText(bytes, offsets: offsets, count: count)),
      validity: validity,
      zone: ZoneMap(bounds: nil, isUnbounded: true, nullCount: nullCount))
  }

  private static func uuids(
    _ bytes: UnsafePointer<UInt8>, offsets: UnsafePointer<Int>, count: Int, validity: Bitmap?
  ) -> Encoding? {
    let words = Buffer<UInt64>(capacity: 2 * count)
    for row in 0..<count {
      if let validity, !validity[row] {
        words.base[2 * row] = 0
        words.base[2 * row + 1] = 0
        continue
      }
      let start = offsets[row]
      guard offsets[row + 1] - start == UUIDText.byteCount,
        let (high, low) = UUIDText.parse(bytes + start)
      else { return nil }
      words.base[2 * row] = high
      words.base[2 * row + 1] = low
    }
    return .uuids(words)
  }
}

extension CompressedText {
  /// What one LZ4 block can hold.
  package static let maximumByteCount = 0x7E00_0000

  init(_ bytes: UnsafePointer<UInt8>, offsets: UnsafePointer<Int>, count: Int) {
    let start = offsets[0]
    let plainByteCount = offsets[count] - start
    precondition(plainByteCount <= Self.maximumByteCount, "too much text for one chunk")
    let lengths = Buffer<Int64>(capacity: count)
    var longest: Int64 = 0
    for row in 0..<count {
      lengths.base[row] = Int64(offsets[row + 1] - offsets[row])
      longest = max(longest, lengths.base[row])
    }
    let bound = Int(LZ4_compressBound(Int32(plainByteCount)))
    let block = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bound) { target in
      let written = (bytes + start).withMemoryRebound(to: CChar.self, capacity: plainByteCount) {
        source in
        target.withMemoryRebound(to: CChar.self) {
          LZ4_compress_default(source, $0.baseAddress, Int32(plainByteCount), Int32(bound))
        }
      }
      precondition(written > 0, "LZ4 has room for what it says it may need")
      return Buffer(target.prefix(Int(written)))
    }
    self.init(
      block: block,
      lengths: ChunkEncoder.packDeltas(
        lengths.base, count: count, range: 0...longest, validity: nil),
      plainByteCount: plainByteCount, rowCount: count)
  }

  /// The strings again, one entry per row.
  public func decompress() throws(DamagedChunk) -> TextPool {
    guard (0...Self.maximumByteCount).contains(plainByteCount), block.capacity <= Int(Int32.max)
    else { throw DamagedChunk("compressed text of \(plainByteCount) bytes") }
    var offsets = [0]
    offsets.reserveCapacity(rowCount + 1)
    var end = 0
    for row in 0..<rowCount {
      let length = lengths[row]
      guard length <= UInt64(plainByteCount - end) else {
        throw DamagedChunk("the lengths of compressed text exceed \(plainByteCount) bytes")
      }
      end += Int(length)
      offsets.append(end)
    }
    guard end == plainByteCount else {
      throw DamagedChunk("the lengths of compressed text add up to \(end), not \(plainByteCount)")
    }
    var written: Int32 = -1
    let bytes = [UInt8](unsafeUninitializedCapacity: plainByteCount) { target, count in
      written = block.base.withMemoryRebound(to: CChar.self, capacity: block.capacity) { source in
        // LZ4 wants an address even where there is nothing to write.
        guard let start = target.baseAddress else { return 0 }
        return start.withMemoryRebound(to: CChar.self, capacity: plainByteCount) {
          LZ4_decompress_safe(source, $0, Int32(block.capacity), Int32(plainByteCount))
        }
      }
      count = max(0, Int(written))
    }
    guard Int(written) == plainByteCount else {
      throw DamagedChunk("compressed text does not decompress to \(plainByteCount) bytes")
    }
    return TextPool(bytes: bytes, offsets: offsets)
  }
}

/// A chunk whose bytes contradict each other.
public struct DamagedChunk: Error, Equatable, Sendable {
  public let reason: String

  public init(_ reason: String) {
    self.reason = reason
  }
}
