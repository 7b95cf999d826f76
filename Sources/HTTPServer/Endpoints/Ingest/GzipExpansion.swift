internal import CZlib
internal import HTTPTypes

/// Inflates a body (RFC 1952), within bounds: some bytes of it could become gigabytes.
struct GzipExpansion {
  /// In bytes of what comes out.
  let limit: Int
  let room: RecordRoom

  /// What comes out for each byte that went in, at most, past `freeByteCount`. Records of one batch are
  /// alike, and shrink to a fifth or a fiftieth; what shrinks to a thousandth says nothing.
  static let largestRatio = 200
  private static let freeByteCount = 64 << 10

  init(limit: Int, _ room: RecordRoom) {
    self.limit = limit
    self.room = room
  }

  func expand(_ input: [UInt8]) throws(Problem) -> [UInt8] {
    var stream = z_stream()
    // 15 bits of window, and 16 for the header of gzip.
    let code = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw Problem.queueFull }
    defer { inflateEnd(&stream) }
    let most = min(limit, max(Self.freeByteCount, input.count * Self.largestRatio))
    // With room for one byte more, so that the end of what fills it is seen.
    let room = most + 1
    var output: [UInt8] = []
    var input = input
    var size = min(room, max(input.count * 4, 1 << 12))
    while true {
      try self.room.grow(by: size - output.count)
      let start = output.count
      // zlib writes into the array itself: nothing is copied but where it grows.
      output.append(contentsOf: repeatElement(0, count: size - start))
      let (status, written, read) = step(&stream, &input, &output, from: start)
      if status == Z_STREAM_END {
        guard read == input.count else {
          throw .notGzip("something follows the end of what is compressed", at: read)
        }
        guard start + written <= most else { throw refusal(most) }
        output.removeSubrange((start + written)...)
        return output
      }
      guard status == Z_OK || status == Z_BUF_ERROR else {
        throw .notGzip("it is no gzip, or damaged", at: read)
      }
      guard start + written == size else { throw .notGzip("it is cut off", at: read) }
      guard size < room else { throw refusal(most) }
      size = min(room, size * 2)
    }
  }

  private func refusal(_ most: Int) -> Problem {
    most == limit ? .tooLarge(limit) : .expandsTooMuch
  }

  /// Fills `output` from `start` on; `read` is how much of the input has been used in all.
  private func step(
    _ stream: inout z_stream, _ input: inout [UInt8], _ output: inout [UInt8], from start: Int
  ) -> (status: Int32, written: Int, read: Int) {
    let done = Int(stream.total_in)
    let room = output.count - start
    let count = input.count
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress.map { $0 + done }
        stream.avail_in = UInt32(count - done)
        stream.next_out = output.baseAddress.map { $0 + start }
        stream.avail_out = UInt32(room)
        return inflate(&stream, Z_NO_FLUSH)
      }
    }
    return (status, room - Int(stream.avail_out), Int(stream.total_in))
  }
}

extension Problem {
  fileprivate static func notGzip(_ detail: String, at byte: Int) -> Problem {
    var problem = Problem(
      .badRequest, "invalid_gzip", "Invalid gzip", "the body says that it is gzip: \(detail)")
    problem.byte = byte
    return problem
  }

  fileprivate static var expandsTooMuch: Problem {
    Problem(
      .contentTooLarge, "expands_too_much", "Expands too much",
      "the body becomes more than \(GzipExpansion.largestRatio) times as large when it is expanded")
  }
}
