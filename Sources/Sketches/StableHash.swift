import CXXHash

/// 64-bit hashes that are the same in every process, on every machine and in every release.
///
/// All of them are XXH3 (64 bits, seed 0) of the value's bytes, so that a hash stored in a file
/// or a sketch keeps its meaning. Hashes of equal values are equal within one type only: the
/// integer 1 and the double 1.0 hash differently.
public enum StableHash {
  /// The hash of a string's UTF-8 or of any other bytes.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    XXH3_64bits(bytes.baseAddress, bytes.count)
  }

  /// The hash of the eight little-endian bytes of `value`.
  ///
  /// XXH3 treats inputs of four to eight bytes apart: it keys the word with its secret, then
  /// applies the `rrmxmx` finalizer (Pelle Evensen). Written out here, so that a loop over
  /// integers inlines it. Every step can be undone: different integers never collide.
  @inlinable
  public static func hash(_ value: Int64) -> UInt64 {
    let word = UInt64(bitPattern: value)
    // Bytes 8-15 of the default secret, xor bytes 16-23.
    var hash = (word &<< 32 | word &>> 32) ^ 0xC73A_B174_C5EC_D5A2
    hash ^= (hash &<< 49 | hash &>> 15) ^ (hash &<< 24 | hash &>> 40)
    hash &*= 0x9FB2_1C65_1E98_DF25
    hash ^= (hash &>> 35) &+ 8
    hash &*= 0x9FB2_1C65_1E98_DF25
    return hash ^ (hash &>> 28)
  }

  /// The hash of a double's eight little-endian bytes; values that SQL holds equal hash equally.
  ///
  /// That is, -0 hashes like 0, and every NaN like the one quiet NaN.
  @inlinable
  public static func hash(_ value: Double) -> UInt64 {
    let canonical = value.isNaN ? Double.nan : value == 0 ? 0 : value
    return hash(Int64(bitPattern: canonical.bitPattern))
  }

  /// Hashes a batch: `hashes[row]` becomes the hash of `values[row]`.
  public static func hash(
    _ values: UnsafeBufferPointer<Int64>, into hashes: UnsafeMutableBufferPointer<UInt64>
  ) {
    precondition(hashes.count >= values.count, "the hashes are shorter than the batch")
    for row in 0..<values.count { hashes[row] = hash(values[row]) }
  }

  /// Hashes a batch: `hashes[row]` becomes the hash of `values[row]`.
  public static func hash(
    _ values: UnsafeBufferPointer<Double>, into hashes: UnsafeMutableBufferPointer<UInt64>
  ) {
    precondition(hashes.count >= values.count, "the hashes are shorter than the batch")
    for row in 0..<values.count { hashes[row] = hash(values[row]) }
  }
}
