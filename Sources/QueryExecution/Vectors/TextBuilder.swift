import ColumnStore
import QueryLanguage

/// Builds the pool of a text vector, one string after the other.
struct TextBuilder {
  /// Bytes of the longest string that a function may make.
  static let longestText = 16 << 20

  private(set) var bytes: [UInt8] = []
  private var offsets: [Int] = [0]

  init(entries: Int = 0, bytes byteCount: Int = 0) {
    offsets.reserveCapacity(entries + 1)
    bytes.reserveCapacity(byteCount)
  }

  /// Strings that are finished.
  var count: Int { offsets.count - 1 }

  /// Bytes of the string that is being written.
  var openByteCount: Int { bytes.count - (offsets.last ?? 0) }

  /// Fails when the string that is being written has become too long. Whoever writes many parts asks
  /// after each.
  @inline(__always)
  func requireBoundedText(at location: Range<Int>? = nil) throws(QueryError) {
    if openByteCount > Self.longestText { throw Self.tooLong(at: location) }
  }

  static func tooLong(at location: Range<Int>?) -> QueryError {
    QueryError(.tooComplex, "a text would be longer than \(longestText) bytes", at: location)
  }

  @inline(__always)
  mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
  }

  /// Each byte as `map` changes it.
  @inline(__always)
  mutating func write(_ text: UnsafeBufferPointer<UInt8>, _ map: (UInt8) -> UInt8) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    bytes.withUnsafeMutableBufferPointer { bytes in
      for index in start..<bytes.count { bytes[index] = map(bytes[index]) }
    }
  }

  @inline(__always)
  mutating func write(_ byte: UInt8) {
    bytes.append(byte)
  }

  mutating func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Ends the string that was written.
  @inline(__always)
  mutating func finish() {
    offsets.append(bytes.count)
  }

  @inline(__always)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    write(text)
    finish()
  }

  mutating func append(_ text: String) {
    write(text)
    finish()
  }

  func pool() -> TextPool { TextPool(bytes: bytes, offsets: offsets) }

  /// A vector whose row r is string r.
  func vector(type: DataType = .text, validity: [UInt8]? = nil) -> Vector {
    Vector(
      type: type, count: count,
      storage: .text(codes: .ascending(count), .pool(pool())), validity: validity)
  }
}

extension [UInt32] {
  /// 0, 1, 2, ...
  static func ascending(_ count: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for row in 0..<count { buffer[row] = UInt32(truncatingIfNeeded: row) }
      initialized = count
    }
  }
}
