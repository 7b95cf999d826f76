internal import ColumnStore

/// Reads what a `ByteWriter` wrote, from bytes that may be anything.
///
/// Sound because every read is checked against the bytes that are left. The bytes outlive it.
struct ByteReader {
  let file: String
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, file: String) {
    self.bytes = bytes
    self.file = file
  }

  var remaining: Int { bytes.count - offset }

  func damaged(_ reason: String) -> PersistenceError {
    .damaged(file: file, offset: offset, reason: reason)
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(PersistenceError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else {
      throw damaged("\(count) bytes expected, \(remaining) are left")
    }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(PersistenceError) -> Number {
    let bytes = try take(MemoryLayout<Number>.size)
    return Number(littleEndian: bytes.loadUnaligned(as: type))
  }

  mutating func readFlag() throws(PersistenceError) -> Bool {
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw damaged("a flag is \(other)")
    }
  }

  mutating func readDouble() throws(PersistenceError) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  mutating func readString() throws(PersistenceError) -> String {
    let count = Int(try read(UInt32.self))
    let text = try take(count)
    guard let text = String(validating: text, as: UTF8.self) else {
      throw damaged("text that is not UTF-8")
    }
    return text
  }

  /// `count` elements, and room for `spare` more which are 0.
  mutating func readBuffer<Element: BitwiseCopyable & Sendable>(
    _ type: Element.Type, count: Int, spare: Int = 0
  ) throws(PersistenceError) -> Buffer<Element> {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !overflow else { throw damaged("a count is \(count)") }
    let source = try take(size)
    let buffer = Buffer<Element>(capacity: count + spare)
    if let start = source.baseAddress, size > 0 {
      UnsafeMutableRawPointer(buffer.base).copyMemory(from: start, byteCount: size)
    }
    let spareStart = UnsafeMutableRawPointer(buffer.base + count)
    spareStart.initializeMemory(
      as: UInt8.self, repeating: 0, count: spare * MemoryLayout<Element>.stride)
    return buffer
  }

  func expectEnd() throws(PersistenceError) {
    guard remaining == 0 else { throw damaged("\(remaining) bytes too many") }
  }
}
