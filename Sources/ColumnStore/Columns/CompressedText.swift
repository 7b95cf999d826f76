/// The strings of one chunk, concatenated and LZ4-compressed.
public struct CompressedText: Sendable {
  /// One LZ4 block.
  public let block: Buffer<UInt8>
  /// Length of each row's string in bytes.
  public let lengths: PackedIntegers
  /// Length of all strings together.
  public let plainByteCount: Int
  public let rowCount: Int

  public init(
    block: Buffer<UInt8>, lengths: PackedIntegers, plainByteCount: Int, rowCount: Int
  ) {
    self.block = block
    self.lengths = lengths
    self.plainByteCount = plainByteCount
    self.rowCount = rowCount
  }
}
