/// Sorts doubles in chunks, with scratch memory kept from chunk to chunk.
///
/// A radix sort by bytes, least significant first, on keys whose unsigned order is the order of
/// the numbers. Bytes that are the same in all keys (signs, high exponents) cost no pass.
struct DoubleSorter {
  /// Two buffers of this many keys stay within a usual second-level cache.
  static let largestChunk = 16_384
  /// Below, comparing beats counting.
  private static let smallestRadixSort = 256

  private var keys: [UInt64]
  private var scratch: [UInt64]

  init(capacity: Int) {
    keys = Array(repeating: 0, count: capacity)
    scratch = Array(repeating: 0, count: capacity >= Self.smallestRadixSort ? capacity : 0)
  }

  /// Lends the finite ones among `values`, ascending, with the counts of both infinities.
  ///
  /// At most as many values as the capacity; NaN is left out.
  mutating func withSorted(
    _ values: UnsafeBufferPointer<Double>,
    _ body: (
      _ finite: UnsafeBufferPointer<Double>, _ negativeInfinities: Int, _ positiveInfinities: Int
    ) -> Void
  ) {
    precondition(values.count <= keys.count, "the chunk is longer than the sorter's memory")
    var (count, negativeInfinities, positiveInfinities) = (0, 0, 0)
    keys.withUnsafeMutableBufferPointer { keys in
      for value in values {
        if value.isFinite {
          keys[count] = Self.key(of: value)
          count &+= 1
        } else if value == .infinity {
          positiveInfinities &+= 1
        } else if value == -.infinity {
          negativeInfinities &+= 1
        }
      }
    }
    sort(count: count)
    keys.withUnsafeMutableBufferPointer { keys in
      for index in 0..<count { keys[index] = Self.bits(of: keys[index]) }
      UnsafeBufferPointer(rebasing: keys[..<count]).withMemoryRebound(to: Double.self) {
        body($0, negativeInfinities, positiveInfinities)
      }
    }
  }

  /// Negative numbers are flipped, others are moved above them.
  private static func key(of value: Double) -> UInt64 {
    let bits = value.bitPattern
    return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) &>> 63) | 1 &<< 63)
  }

  private static func bits(of key: UInt64) -> UInt64 {
    key ^ (UInt64(bitPattern: Int64(bitPattern: ~key) &>> 63) | 1 &<< 63)
  }

  /// Sorts the first `count` keys.
  private mutating func sort(count: Int) {
    if count < Self.smallestRadixSort {
      keys[..<count].sort()
      return
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8 * 256) { starts in
      starts.initialize(repeating: 0)
      keys.withUnsafeBufferPointer { Self.countBytes(of: $0[..<count], into: starts) }
      for byte in 0..<8 {
        let starts = UnsafeMutableBufferPointer(rebasing: starts[byte * 256..<byte * 256 + 256])
        if starts.contains(UInt32(count)) { continue }
        var sum: UInt32 = 0
        for digit in 0..<256 { (starts[digit], sum) = (sum, sum &+ starts[digit]) }
        let shift = UInt64(byte * 8)
        keys.withUnsafeBufferPointer { keys in
          scratch.withUnsafeMutableBufferPointer { scratch in
            for index in 0..<count {
              let key = keys[index]
              let digit = Int(truncatingIfNeeded: key &>> shift & 0xFF)
              scratch[Int(starts[digit])] = key
              starts[digit] &+= 1
            }
          }
        }
        swap(&keys, &scratch)
      }
    }
  }

  /// Counts how often each byte occurs at each of the eight places.
  private static func countBytes(
    of keys: Slice<UnsafeBufferPointer<UInt64>>, into counts: UnsafeMutableBufferPointer<UInt32>
  ) {
    for key in keys {
      for byte in 0..<8 {
        let digit = Int(truncatingIfNeeded: key &>> UInt64(byte &* 8) & 0xFF)
        counts[byte &* 256 &+ digit] &+= 1
      }
    }
  }
}
