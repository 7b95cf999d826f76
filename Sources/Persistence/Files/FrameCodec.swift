internal import CLZ4
internal import CXXHash
internal import Synchronization

/// Compresses and decompresses whole LZ4 frames, keeping what LZ4 needs from one to the next. Used by
/// one thread.
final class FrameCodec {
  private var context: OpaquePointer?
  /// Compressed or decompressed bytes; valid until the next call.
  private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)

  /// Bytes of a file; valid until the next are read.
  private var stored = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init() {}

  deinit {
    LZ4F_freeDecompressionContext(context)
    room.deallocate()
    stored.deallocate()
  }

  /// The bytes of a range of a file, or fewer where it ends before; valid until the next call. The
  /// caller has held the range against the size of the file.
  func read(
    _ range: Range<Int>, of file: any File
  ) throws(PersistenceError) -> UnsafeRawBufferPointer {
    if stored.count < range.count {
      stored.deallocate()
      stored = .allocate(byteCount: range.count, alignment: 64)
    }
    var count = 0
    while count < range.count {
      let got = try file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: stored[count..<range.count]),
        at: range.lowerBound + count)
      guard got > 0 else { break }
      count += got
    }
    return UnsafeRawBufferPointer(rebasing: stored[..<count])
  }

  private func reserve(_ byteCount: Int) {
    guard room.count < byteCount else { return }
    room.deallocate()
    room = .allocate(byteCount: max(byteCount, 1 << 16), alignment: 64)
  }

  /// Calls `body` with a frame that holds `content`, with its size and checksums of all blocks and of
  /// the content.
  func compress<Result, Failure: Error>(
    _ content: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
    preferences.frameInfo.blockSizeID = LZ4F_max4MB
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.contentSize = UInt64(content.count)
    let bound = LZ4F_compressFrameBound(content.count, &preferences)
    reserve(bound)
    let count = content.withUnsafeBytes {
      LZ4F_compressFrame(room.baseAddress, bound, $0.baseAddress, $0.count, &preferences)
    }
    precondition(LZ4F_isError(count) == 0, "LZ4 has room for what it says it may need")
    return try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
  }

  /// Calls `body` with the content of a frame, which has `plainByteCount` bytes. Where the frame was
  /// held against a checksum already, its own are passed over.
  func decompress<Result>(
    _ frame: UnsafeRawBufferPointer, plainByteCount: Int, isVerified: Bool, file: String,
    offset: Int, _ body: (UnsafeRawBufferPointer) throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> Result {
    func damaged(_ reason: String, _ place: Int = 0) -> PersistenceError {
      .damagedSnapshot(file: file, offset: offset + place, reason: reason)
    }
    // LZ4 cannot shrink anything more than this: a size that claims so is not worth its memory.
    guard plainByteCount >= 0, plainByteCount / 256 <= frame.count else {
      throw damaged("a content of \(plainByteCount) bytes in a frame of \(frame.count)")
    }
    if context == nil {
      guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0
      else { throw .system(FileError(path: file, operation: "decompress", code: 12)) }
    }
    LZ4F_resetDecompressionContext(context)
    reserve(plainByteCount)
    var options = LZ4F_decompressOptions_t()
    options.stableDst = 1
    options.skipChecksums = isVerified ? 1 : 0
    var given = 0
    var written = 0
    while true {
      var takes = frame.count - given
      var gives = plainByteCount - written
      let hint = LZ4F_decompress(
        context, room.baseAddress.map { $0 + written }, &gives,
        frame.baseAddress.map { $0 + given }, &takes, &options)
      guard LZ4F_isError(hint) == 0 else {
        throw damaged(String(cString: LZ4F_getErrorName(hint)), given)
      }
      given += takes
      written += gives
      if hint == 0 { break }
      guard takes > 0 || gives > 0 else {
        throw damaged("a frame that ends too early or holds too much", given)
      }
    }
    guard given == frame.count, written == plainByteCount else {
      throw damaged("\(written) bytes where \(plainByteCount) were expected", given)
    }
    return try body(UnsafeRawBufferPointer(rebasing: room[..<written]))
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    XXH3_64bits(bytes.baseAddress, bytes.count)
  }
}

/// Codecs for whoever needs one for a moment: no more than there are threads, which keep their memory.
final class FrameCodecPool: Sendable {
  /// Sound to send: those in the list are nobody's.
  private struct Idle: @unchecked Sendable {
    var codecs: [FrameCodec] = []
  }

  private let idle = Mutex(Idle())

  func with<Result>(
    _ body: (FrameCodec) throws(PersistenceError) -> Result
  ) throws(PersistenceError) -> Result {
    let codec = idle.withLock { Taken(codec: $0.codecs.popLast()) }.codec ?? FrameCodec()
    defer {
      let taken = Taken(codec: codec)
      idle.withLock { if let codec = taken.codec { $0.codecs.append(codec) } }
    }
    return try body(codec)
  }

  private struct Taken: @unchecked Sendable {
    var codec: FrameCodec?
  }
}
