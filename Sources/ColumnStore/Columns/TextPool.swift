internal import Synchronization

/// Strings side by side: entry `i` is `bytes[offsets[i] ..< offsets[i + 1]]`.
///
/// Entries may repeat. Appending is for the one owner that builds it, before it is shared.
public final class TextPool: @unchecked Sendable {
  private var ownBytes: [UInt8] = []
  private var ownOffsets: [Int] = [0]
  /// Set for the pool of an append tail, which looks at the tail's memory.
  private let tail: SharedTail?

  public init() {
    tail = nil
  }

  /// `offsets` starts with 0, ascends and ends with `bytes.count`.
  package init(bytes: [UInt8], offsets: [Int]) {
    ownBytes = bytes
    ownOffsets = offsets
    tail = nil
  }

  /// The first `count` strings of a tail. Nothing is copied until somebody asks for it, so that an
  /// append costs nothing for the rows that were there before.
  init(sharing bytes: Buffer<UInt8>, offsets: Buffer<Int>, count: Int) {
    tail = SharedTail(bytes: bytes, offsets: offsets, count: count)
  }

  public var bytes: [UInt8] { tail?.copy().bytes ?? ownBytes }
  public var offsets: [Int] { tail?.copy().offsets ?? ownOffsets }

  public var count: Int { tail?.count ?? ownOffsets.count - 1 }

  public func reserve(entries: Int, bytes byteCount: Int) {
    ownOffsets.reserveCapacity(entries + 1)
    ownBytes.reserveCapacity(byteCount)
  }

  /// Returns the new entry's index.
  @discardableResult
  public func append(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    precondition(tail == nil, "the pool of a tail is not added to")
    ownBytes.append(contentsOf: text)
    ownOffsets.append(ownBytes.count)
    return ownOffsets.count - 2
  }

  @discardableResult
  public func append(_ text: String) -> Int {
    precondition(tail == nil, "the pool of a tail is not added to")
    ownBytes.append(contentsOf: text.utf8)
    ownOffsets.append(ownBytes.count)
    return ownOffsets.count - 2
  }

  public func string(_ index: Int) -> String {
    withBytes(index) { String(decoding: $0, as: UTF8.self) }
  }

  public func withBytes<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    if let tail { return try body(tail[index]) }
    return try ownBytes.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[ownOffsets[index]..<ownOffsets[index + 1]]))
    }
  }

  public var byteCount: Int {
    tail?.byteCount ?? ownBytes.capacity + ownOffsets.capacity * MemoryLayout<Int>.stride
  }
}

/// Strings in a tail's memory, which was written before they were published and is not after.
private final class SharedTail: Sendable {
  struct Arrays: Sendable {
    var bytes: [UInt8]
    var offsets: [Int]
  }

  let count: Int
  private let bytes: Buffer<UInt8>
  private let offsets: Buffer<Int>
  /// Made when it is first asked for.
  private let arrays = Mutex<Arrays?>(nil)

  init(bytes: Buffer<UInt8>, offsets: Buffer<Int>, count: Int) {
    self.bytes = bytes
    self.offsets = offsets
    self.count = count
  }

  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(index >= 0 && index < count, "a text that its pool lacks")
    let start = offsets.base[index]
    return UnsafeBufferPointer(start: bytes.base + start, count: offsets.base[index + 1] - start)
  }

  func copy() -> Arrays {
    arrays.withLock { arrays in
      if let arrays { return arrays }
      let made = Arrays(
        bytes: Array(UnsafeBufferPointer(start: bytes.base, count: offsets.base[count])),
        offsets: Array(UnsafeBufferPointer(start: offsets.base, count: count + 1)))
      arrays = made
      return made
    }
  }

  var byteCount: Int { bytes.byteCount + offsets.byteCount }
}
