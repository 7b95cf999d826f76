internal import CLZ4

/// One change as the journal keeps it: compressed and summed by the thread that brings it, so that
/// the one that writes has little left to do.
public struct JournalRecord: Sendable {
  /// What a record may have before compression.
  public static let maximumByteCount = 1 << 30

  let encoding: JournalFrame.Encoding
  let plainByteCount: Int
  let stored: [UInt8]
  let checksum: UInt64

  public init(_ payload: [UInt8]) throws(PersistenceError) {
    guard payload.count <= Self.maximumByteCount else {
      throw .recordTooLarge(byteCount: payload.count, limit: Self.maximumByteCount)
    }
    plainByteCount = payload.count
    if let compressed = Self.compressed(payload) {
      encoding = .lz4
      stored = compressed
    } else {
      encoding = .plain
      stored = payload
    }
    checksum = JournalChecksum.of(stored[...], seed: 0)
  }

  /// `nil` where it would not become smaller.
  private static func compressed(_ payload: [UInt8]) -> [UInt8]? {
    guard payload.count >= 64 else { return nil }
    let room = payload.count - 1
    let compressed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
      let written = payload.withUnsafeBytes { source in
        LZ4_compress_default(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
          Int32(source.count), Int32(room))
      }
      count = max(0, Int(written))
    }
    return compressed.isEmpty ? nil : compressed
  }

  /// The record of a payload whose checksum is right; `nil` where it is none.
  static func payload(_ stored: [UInt8], of frame: JournalFrame) -> [UInt8]? {
    guard frame.encoding == JournalFrame.Encoding.lz4.rawValue else { return stored }
    let size = Int(frame.plainByteCount)
    var written: Int32 = -1
    let plain = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      written = stored.withUnsafeBytes { source in
        LZ4_decompress_safe(
          source.baseAddress?.assumingMemoryBound(to: CChar.self),
          UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self),
          Int32(source.count), Int32(size))
      }
      count = max(0, Int(written))
    }
    return Int(written) == size ? plain : nil
  }
}
