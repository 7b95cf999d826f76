internal import CZlib

/// Deflates an answer into the format of gzip (RFC 1952), piece by piece.
///
/// `@unchecked Sendable`: whoever writes an answer is its only user.
final class GzipCompressor: @unchecked Sendable {
  // Allocated: zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>

  /// `nil` where there is no memory. Level 1 is several times as fast as 6, for answers that are sent once.
  init?(level: Int32 = 1) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for the header of gzip.
    let code = deflateInit2_(
      stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      stream.deallocate()
      return nil
    }
    self.stream = stream
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Whatever is ready to be sent, so that the caller sees it now.
  func compress(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_SYNC_FLUSH) }

  func finish(_ bytes: [UInt8] = []) -> [UInt8] { run(bytes, Z_FINISH) }

  private func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
    guard !bytes.isEmpty || flush == Z_FINISH else { return [] }
    var input = bytes
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 15)
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        let count = block.withUnsafeMutableBufferPointer { block in
          stream.pointee.next_out = block.baseAddress
          stream.pointee.avail_out = UInt32(block.count)
          _ = deflate(stream, flush)
          return block.count - Int(stream.pointee.avail_out)
        }
        output += block[..<count]
      } while stream.pointee.avail_out == 0
      stream.pointee.next_in = nil
    }
    return output
  }
}
