/// Memory for `capacity` elements, freed with its last owner.
///
/// Sound to share between threads because of one rule: an element is written before the row that
/// it belongs to is published in a catalog, and never after. Readers look only at published rows.
public final class Buffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Element>
  public let capacity: Int

  /// The memory is not initialised.
  public init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: max(capacity, 1))
  }

  public convenience init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: element, count: count)
  }

  public convenience init(_ elements: some Collection<Element>) {
    self.init(capacity: elements.count)
    _ = UnsafeMutableBufferPointer(start: base, count: elements.count).initialize(from: elements)
  }

  deinit {
    base.deallocate()
  }

  public var byteCount: Int { capacity * MemoryLayout<Element>.stride }
}

/// Unsigned integers of the narrowest width that holds them.
public enum PackedIntegers: Sendable {
  case bytes1(Buffer<UInt8>)
  case bytes2(Buffer<UInt16>)
  case bytes4(Buffer<UInt32>)
  case bytes8(Buffer<UInt64>)

  /// 1, 2, 4 or 8.
  public var width: Int {
    switch self {
    case .bytes1: 1
    case .bytes2: 2
    case .bytes4: 4
    case .bytes8: 8
    }
  }

  public var byteCount: Int {
    switch self {
    case .bytes1(let buffer): buffer.byteCount
    case .bytes2(let buffer): buffer.byteCount
    case .bytes4(let buffer): buffer.byteCount
    case .bytes8(let buffer): buffer.byteCount
    }
  }

  /// For reading one at a time; loops switch once and read the buffer.
  public subscript(row: Int) -> UInt64 {
    switch self {
    case .bytes1(let buffer): UInt64(buffer.base[row])
    case .bytes2(let buffer): UInt64(buffer.base[row])
    case .bytes4(let buffer): UInt64(buffer.base[row])
    case .bytes8(let buffer): buffer.base[row]
    }
  }
}

/// One bit per row, row `r` in bit `r % 64` of word `r / 64`; bits past `count` are 0.
public struct Bitmap: Sendable {
  public let words: Buffer<UInt64>
  public let count: Int

  /// `words` has room for `count` bits, all bits past `count` in the last word are 0.
  public init(words: Buffer<UInt64>, count: Int) {
    precondition(words.capacity >= (count + 63) / 64, "bitmap is shorter than its count")
    self.words = words
    self.count = count
  }

  public subscript(row: Int) -> Bool {
    (words.base[row &>> 6] &>> UInt64(row & 63)) & 1 != 0
  }

  public var wordCount: Int { (count + 63) / 64 }
  public var byteCount: Int { words.byteCount }
}
