internal import CLZ4
internal import CXXHash

/// One LZ4 frame with a content checksum: `lz4 -t` verifies it, `lz4 -d` unpacks it.
package enum CompressedFile {
  /// The content, which has `plainByteCount` bytes.
  package static func decompress(
    _ bytes: [UInt8], plainByteCount: Int, file: String
  ) throws(PersistenceError) -> [UInt8] {
    // LZ4 cannot shrink anything more than this: a size that claims so is not worth its memory.
    guard plainByteCount >= 0, plainByteCount / 256 <= bytes.count else {
      throw .damaged(file: file, offset: 0, reason: "a content of \(plainByteCount) bytes")
    }
    var context: OpaquePointer?
    guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
      throw .system(FileError(path: file, operation: "decompress", code: 12))
    }
    defer { LZ4F_freeDecompressionContext(context) }
    var offset = 0
    var problem: String?
    let content = [UInt8](unsafeUninitializedCapacity: plainByteCount) { target, count in
      count = 0
      bytes.withUnsafeBytes { source in
        while true {
          var room = plainByteCount - count
          var given = bytes.count - offset
          let start = UnsafeMutableRawPointer(target.baseAddress).map { $0 + count }
          let input = source.baseAddress.map { $0 + offset }
          let hint = LZ4F_decompress(context, start, &room, input, &given, nil)
          if LZ4F_isError(hint) != 0 {
            problem = String(cString: LZ4F_getErrorName(hint))
            return
          }
          offset += given
          count += room
          if hint == 0 { return }
          if given == 0, room == 0 {
            problem = "the file ends too early or holds too much"
            return
          }
        }
      }
    }
    if problem == nil, content.count != plainByteCount || offset != bytes.count {
      problem = "\(content.count) bytes where \(plainByteCount) were expected"
    }
    if let problem { throw .damaged(file: file, offset: offset, reason: problem) }
    return content
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> String {
    let digits = String(XXH3_64bits(bytes.baseAddress, bytes.count), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
