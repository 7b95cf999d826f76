internal import CSimdJSON
internal import Glibc

/// Cuts a file into blocks of whole rows.
///
/// A newline in quotes ends no row, so the cut is found by a scan from quote to quote, which runs at
/// memory speed where quotes are rare. Finding it here, in order, is what lets parsers start
/// anywhere without guessing.
struct BlockReader: ~Copyable {
  /// A row longer than this is taken for a quote that was never closed.
  static let maximumRowByteCount = 1 << 26

  private let stream: any ByteStream
  private let format: FileFormat
  private let blockByteCount: Int
  private let name: String
  /// Bytes past the last cut.
  private var carry: [UInt8] = []
  private var isAtEnd = false
  private var isAtStart = true

  init(_ stream: any ByteStream, format: FileFormat, blockByteCount: Int, name: String) {
    self.stream = stream
    self.format = format
    self.blockByteCount = max(blockByteCount, 1)
    self.name = name
  }

  var bytesRead: Int { stream.consumedByteCount }

  /// Fills `block` with the next rows; false when there are none. The last row gets the newline that
  /// it may lack.
  mutating func next(into block: Block) throws(LoadError) -> Bool {
    var filled = carry.count
    block.reserve(max(filled, blockByteCount), keeping: 0)
    carry.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { block.base.update(from: start, count: bytes.count) }
    }
    block.isFirstOfFile = isAtStart
    var state = daybook_cut_state()
    var cut = 0
    while true {
      if filled > 0 && (!isAtStart || filled > 3 || isAtEnd) {
        if isAtStart { dropByteOrderMark(block, &filled) }
        isAtStart = false
        cut = daybook_find_cut(
          block.base, filled, blockByteCount, format.delimiter, format.isDelimited, &state)
        if cut > 0 { break }
      }
      if isAtEnd {
        cut = filled
        break
      }
      guard filled < BlockReader.maximumRowByteCount + blockByteCount else {
        throw LoadError(
          .badRow, "a row is longer than \(BlockReader.maximumRowByteCount >> 20) MB", file: name,
          hint: "a quote that is not closed makes the rest of the file one field")
      }
      let wanted = max(blockByteCount - filled, 0) + min(max(filled, 256), 1 << 16)
      block.reserve(filled + wanted + 1, keeping: filled)
      let count = try stream.read(
        into: UnsafeMutableRawBufferPointer(start: block.base + filled, count: wanted))
      filled += count
      if count == 0 {
        isAtEnd = true
        if filled > 0 && block.base[filled - 1] != UInt8(ascii: "\n") {
          block.reserve(filled + 1, keeping: filled)
          block.base[filled] = UInt8(ascii: "\n")
          filled += 1
        }
      }
    }
    carry.removeAll(keepingCapacity: true)
    carry.append(contentsOf: UnsafeBufferPointer(start: block.base + cut, count: filled - cut))
    block.count = cut
    (block.base + cut).update(repeating: 0, count: Block.padding)
    return cut > 0
  }

  private func dropByteOrderMark(_ block: Block, _ filled: inout Int) {
    guard filled >= 3, block.base[0] == 0xEF, block.base[1] == 0xBB, block.base[2] == 0xBF else {
      return
    }
    filled -= 3
    memmove(block.base, block.base + 3, filled)
  }
}
