/// Bytes of a file under construction; numbers are little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  /// Starts anew and keeps the memory.
  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
  }

  mutating func write(_ flag: Bool) {
    bytes.append(flag ? 1 : 0)
  }

  mutating func write(_ value: Double) {
    write(value.bitPattern)
  }

  /// Length in four bytes, then UTF-8.
  mutating func write(_ text: String) {
    write(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// The elements as they lie in memory, which is little-endian on every machine that Swift runs on.
  mutating func write<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, count: Int
  ) {
    bytes.append(
      contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(start: elements, count: count)))
  }
}
