/// A run of whole rows of one file, in memory that is used again for later blocks.
///
/// Sound to hand between threads because one thread has it at a time: the reader, then a parser,
/// then the reader again.
final class Block: @unchecked Sendable {
  /// What has to be readable past the end: SIMD loads do not look where the end is.
  static let padding = 64

  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  var count = 0
  /// The place among all blocks of the load.
  var sequence = 0
  var file = 0
  var isFirstOfFile = false
  /// Bytes read of all files up to the end of this block, as stored.
  var bytesRead = 0
  /// Instead of rows: why there are no more.
  var error: LoadError?

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deallocate()
  }

  /// Room for `count` bytes, the padding and as many bytes again for unescaped strings; keeps the
  /// first `kept` bytes.
  func reserve(_ count: Int, keeping kept: Int) {
    let needed = 2 * count + 2 * Block.padding
    guard needed > capacity else { return }
    // At least by half: a row of many megabytes arrives piece by piece.
    let enlarged = max(needed, capacity + capacity / 2)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: enlarged)
    larger.update(from: base, count: kept)
    base.deallocate()
    base = larger
    capacity = enlarged
  }

  /// Where unescaped strings go.
  var scratchStart: Int { count + Block.padding }

  /// For simdjson: how many bytes there are from the start that may be read.
  var readableByteCount: Int { count + Block.padding }
}
