internal import CKernels

/// Unsigned integers of equal width in bits, one after the other without regard to bytes or words.
///
/// Value `i` is the `width` bits from bit `i * width` on, where bit `b` is bit `b % 64` of word
/// `b / 64`. Words are little-endian, as on every machine that Swift runs on: bit `b` then is also
/// bit `b % 8` of byte `b / 8`, and a value lies in the 64 bits from its first byte on.
public struct BitPackedIntegers: Sendable {
  /// 1 to 32.
  public let width: Int
  public let count: Int
  /// The values and one spare word, so that 64 bits can be read from the last value's byte on. Bits
  /// past the last value are 0.
  public let words: Buffer<UInt64>

  public static let widths = 1...32

  /// How many words `count` values take, the spare one not counted.
  public static func wordCount(width: Int, count: Int) -> Int { (width * count + 63) / 64 }

  /// `words` are `wordCount(width:count:)` and a spare one.
  public init(width: Int, count: Int, words: Buffer<UInt64>) {
    precondition(Self.widths.contains(width), "bit-packed integers have 1 to 32 bits")
    precondition(
      words.capacity > Self.wordCount(width: width, count: count), "words and a spare one")
    self.width = width
    self.count = count
    self.words = words
  }

  /// The first `count` of some integers, which fit `width` bits; those of eight bytes may as well.
  package init(_ integers: PackedIntegers, width: Int, count: Int) {
    let words = Buffer<UInt64>(
      repeating: 0, count: Self.wordCount(width: width, count: count) + 1)
    switch integers {
    case .bytes1(let buffer): pack(buffer.base, width: width, count: count, into: words.base)
    case .bytes2(let buffer): pack(buffer.base, width: width, count: count, into: words.base)
    case .bytes4(let buffer): pack(buffer.base, width: width, count: count, into: words.base)
    case .bytes8(let buffer): pack(buffer.base, width: width, count: count, into: words.base)
    }
    self.init(width: width, count: count, words: words)
  }

  public var byteCount: Int { words.byteCount }

  /// For reading a few; `aligned()` is for all. `row` is below `count`.
  public subscript(row: Int) -> UInt64 {
    let bit = row &* width
    let bits = UnsafeRawPointer(words.base).loadUnaligned(
      fromByteOffset: bit &>> 3, as: UInt64.self)
    return (bits &>> UInt64(bit & 7)) & ((1 &<< UInt64(width)) &- 1)
  }

  /// All of them in the narrowest whole bytes: 1, 2 or 4.
  public func aligned() -> PackedIntegers {
    switch width {
    case ...8:
      let target = Buffer<UInt8>(capacity: count)
      daybook_unpack_u8(words.base, width, count, target.base)
      return .bytes1(target)
    case ...16:
      let target = Buffer<UInt16>(capacity: count)
      daybook_unpack_u16(words.base, width, count, target.base)
      return .bytes2(target)
    default:
      let target = Buffer<UInt32>(capacity: count)
      daybook_unpack_u32(words.base, width, count, target.base)
      return .bytes4(target)
    }
  }

  /// The greatest of them; 0 if there are none.
  package var greatest: UInt64 {
    switch width {
    case ...8: UInt64(greatestElement(daybook_unpack_u8))
    case ...16: UInt64(greatestElement(daybook_unpack_u16))
    default: UInt64(greatestElement(daybook_unpack_u32))
    }
  }

  /// Some at a time, which stay in the cache.
  private func greatestElement<Width: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ unpack: (UnsafePointer<UInt64>, Int, Int, UnsafeMutablePointer<Width>) -> Void
  ) -> Width {
    // Words begin where values do.
    let step = 2_048
    return withUnsafeTemporaryAllocation(of: Width.self, capacity: step) { target in
      guard let base = target.baseAddress else { return 0 }
      var greatest: Width = 0
      for start in stride(from: 0, to: count, by: step) {
        let part = min(step, count - start)
        unpack(words.base + start / 64 * width, width, part, base)
        for row in 0..<part { greatest = max(greatest, base[row]) }
      }
      return greatest
    }
  }

  /// Those at `rows`, each below `count`, in the width of `aligned()`.
  public func aligned(at rows: UnsafeBufferPointer<UInt32>) -> PackedIntegers {
    switch width {
    case ...8: .bytes1(gathered(rows))
    case ...16: .bytes2(gathered(rows))
    default: .bytes4(gathered(rows))
    }
  }

  private func gathered<Width: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ rows: UnsafeBufferPointer<UInt32>
  ) -> Buffer<Width> {
    let target = Buffer<Width>(capacity: rows.count)
    for index in 0..<rows.count {
      target.base[index] = Width(truncatingIfNeeded: self[Int(rows[index])])
    }
    return target
  }
}

/// Writes values one after the other; the words are 0 before.
private func pack<Width: FixedWidthInteger & UnsignedInteger>(
  _ values: UnsafePointer<Width>, width: Int, count: Int, into words: UnsafeMutablePointer<UInt64>
) {
  var word = 0
  var filled = 0
  var bits: UInt64 = 0
  for row in 0..<count {
    let value = UInt64(truncatingIfNeeded: values[row])
    bits |= value &<< UInt64(filled)
    filled &+= width
    guard filled >= 64 else { continue }
    words[word] = bits
    word &+= 1
    filled &-= 64
    // What did not fit: 0 bits of the value if it ended where the word did.
    bits = filled == 0 ? 0 : value &>> UInt64(width &- filled)
  }
  if filled > 0 { words[word] = bits }
}

extension PackedIntegers {
  /// The greatest of the first `count`; 0 if there are none.
  package func greatest(_ count: Int) -> UInt64 {
    switch self {
    case .bytes1(let buffer): UInt64(greatestElement(buffer, count))
    case .bytes2(let buffer): UInt64(greatestElement(buffer, count))
    case .bytes4(let buffer): UInt64(greatestElement(buffer, count))
    case .bytes8(let buffer): greatestElement(buffer, count)
    }
  }
}

private func greatestElement<Width: FixedWidthInteger & UnsignedInteger>(
  _ buffer: Buffer<Width>, _ count: Int
) -> Width {
  var greatest: Width = 0
  for row in 0..<count { greatest = max(greatest, buffer.base[row]) }
  return greatest
}
