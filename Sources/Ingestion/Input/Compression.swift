internal import CLZ4
internal import CZlib

public enum Compression: String, Sendable, Hashable, CaseIterable {
  case none
  case gzip
  case lz4
}

/// The compressed bytes of a stream, a bufferful at a time.
struct CompressedInput: ~Copyable {
  let stream: any ByteStream
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private(set) var position = 0
  private(set) var count = 0
  /// Offset of the buffer's first byte in the file.
  private var base = 0

  init(_ stream: any ByteStream) {
    self.stream = stream
  }

  deinit {
    buffer.deallocate()
  }

  var rest: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer[position..<count])
  }
  var byteOffset: Int { base + position }

  mutating func advance(by consumed: Int) {
    position += consumed
  }

  /// Makes `rest` not empty; false at the end of the file.
  mutating func fill() throws(LoadError) -> Bool {
    if position < count { return true }
    base += count
    position = 0
    count = try stream.read(into: buffer)
    return count > 0
  }
}

/// A gzip file: one member or several after one another.
final class GzipStream: ByteStream {
  private var input: CompressedInput
  private let name: String
  private let inflater: UnsafeMutablePointer<z_stream>
  private var isInMember = true
  private var isAtEnd = false

  init(_ stream: any ByteStream, name: String) throws(LoadError) {
    input = CompressedInput(stream)
    self.name = name
    inflater = .allocate(capacity: 1)
    inflater.initialize(to: z_stream())
    // 16 and more: expects a gzip header and checks the trailer.
    let status = inflateInit2_(
      inflater, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw damage("zlib does not start (status \(status))") }
  }

  deinit {
    inflateEnd(inflater)
    inflater.deallocate()
  }

  var consumedByteCount: Int { input.stream.consumedByteCount }

  private func damage(_ message: String) -> LoadError {
    LoadError(.damagedCompression, message, file: name, byteOffset: input.byteOffset)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Int {
    let capacity = min(buffer.count, 1 << 30)
    inflater.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    inflater.pointee.avail_out = UInt32(capacity)
    while !isAtEnd && inflater.pointee.avail_out > 0 {
      guard try input.fill() else {
        if isInMember { throw damage("the gzip stream is cut off: its end is missing") }
        isAtEnd = true
        break
      }
      if !isInMember {
        try startMember()
        continue
      }
      let rest = input.rest
      inflater.pointee.next_in = rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
      inflater.pointee.avail_in = UInt32(rest.count)
      let status = inflate(inflater, Z_NO_FLUSH)
      input.advance(by: rest.count - Int(inflater.pointee.avail_in))
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isInMember = false
      default:
        let reason = inflater.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
        throw damage("the gzip stream is damaged: \(reason)")
      }
    }
    return capacity - Int(inflater.pointee.avail_out)
  }

  /// After a member comes another one, or zeros up to the end as tape drives leave them.
  private func startMember() throws(LoadError) {
    let next = input.rest[0]
    if next == 0 {
      input.advance(by: 1)
    } else if next == 0x1F {
      inflateReset(inflater)
      isInMember = true
    } else {
      throw damage("after the end of the gzip stream there is something else")
    }
  }
}

/// An lz4 file: one frame or several after one another.
final class LZ4Stream: ByteStream {
  private var input: CompressedInput
  private let name: String
  private var context: OpaquePointer?
  private var isInFrame = false

  init(_ stream: any ByteStream, name: String) throws(LoadError) {
    input = CompressedInput(stream)
    self.name = name
    let status = LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
    guard LZ4F_isError(status) == 0 else { throw damage("lz4 does not start") }
  }

  deinit {
    LZ4F_freeDecompressionContext(context)
  }

  var consumedByteCount: Int { input.stream.consumedByteCount }

  private func damage(_ message: String) -> LoadError {
    LoadError(.damagedCompression, message, file: name, byteOffset: input.byteOffset)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Int {
    var written = 0
    while written < buffer.count {
      let isMore = try input.fill()
      if !isMore && !isInFrame { break }
      // Without input too: the decoder may hold bytes that had no room before.
      var consumed = isMore ? input.rest.count : 0
      var produced = buffer.count - written
      let status = LZ4F_decompress(
        context, buffer.baseAddress.map { $0 + written }, &produced, input.rest.baseAddress,
        &consumed, nil)
      if LZ4F_isError(status) != 0 {
        throw damage(
          "the lz4 stream is damaged: \(String(cString: LZ4F_getErrorName(status)))")
      }
      input.advance(by: consumed)
      written += produced
      isInFrame = status != 0
      if !isMore && isInFrame && produced == 0 {
        throw damage("the lz4 stream is cut off: its end is missing")
      }
    }
    return written
  }
}
