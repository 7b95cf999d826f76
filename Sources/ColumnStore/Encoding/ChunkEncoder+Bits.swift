extension ChunkEncoder {
  /// Chunks of fewer rows stay in whole bytes: there is little to save.
  package static let bitPackedMinimumRows = 1024
  /// Integers are bit-packed if they take at most this share of their width in whole bytes.
  package static let bitPackedShare = 7.0 / 8

  /// The same chunk with packed integers in as many bits as the greatest needs, where that is
  /// noticeably smaller. Integers of eight bytes stay as they are.
  package static func bitPacked(_ chunk: Chunk) -> Chunk {
    switch chunk.encoding {
    case .frameOfReference(let base, let deltas):
      bitPacked(chunk, .frameOfReference(base: base), deltas)
    case .decimal(let exponent, let base, let deltas):
      bitPacked(chunk, .decimal(exponent: exponent, base: base), deltas)
    case .dictionary(let dictionary, let codes):
      bitPacked(chunk, .dictionary(dictionary), codes)
    default: chunk
    }
  }

  private static func bitPacked(
    _ chunk: Chunk, _ shape: BitPackedValues.Shape, _ integers: PackedIntegers
  ) -> Chunk {
    let count = chunk.rowCount
    guard count >= bitPackedMinimumRows, integers.width <= 4 else { return chunk }
    let width = max(1, UInt64.bitWidth - integers.greatest(count).leadingZeroBitCount)
    guard Double(width) <= bitPackedShare * Double(8 * integers.width) else { return chunk }
    return chunk.replacing(
      encoding: .bitPacked(
        BitPackedValues(
          shape: shape, bits: BitPackedIntegers(integers, width: width, count: count))))
  }
}
