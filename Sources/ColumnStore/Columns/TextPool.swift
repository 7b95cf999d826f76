/// Strings side by side: entry `i` is `bytes[offsets[i] ..< offsets[i + 1]]`.
///
/// Entries may repeat. Appending is for the one owner that builds it, before it is shared.
public final class TextPool: @unchecked Sendable {
  public private(set) var bytes: [UInt8] = []
  public private(set) var offsets: [Int] = [0]

  public init() {}

  /// `offsets` starts with 0, ascends and ends with `bytes.count`.
  package init(bytes: [UInt8], offsets: [Int]) {
    self.bytes = bytes
    self.offsets = offsets
  }

  public var count: Int { offsets.count - 1 }

  public func reserve(entries: Int, bytes byteCount: Int) {
    offsets.reserveCapacity(entries + 1)
    bytes.reserveCapacity(byteCount)
  }

  /// Returns the new entry's index.
  @discardableResult
  public func append(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
    return offsets.count - 2
  }

  @discardableResult
  public func append(_ text: String) -> Int {
    bytes.append(contentsOf: text.utf8)
    offsets.append(bytes.count)
    return offsets.count - 2
  }

  public func string(_ index: Int) -> String {
    String(decoding: bytes[offsets[index]..<offsets[index + 1]], as: UTF8.self)
  }

  public func withBytes<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[offsets[index]..<offsets[index + 1]]))
    }
  }

  public var byteCount: Int { bytes.capacity + offsets.capacity * MemoryLayout<Int>.stride }
}
