/// Bytes of rows on their way into an array, by way of a block of fixed size.
///
/// A row may take up to `maximumRow` bytes; each write checks nothing, `endRow` makes room for the
/// next one. Sound because what a row writes is bounded: separators and names are at most 32 bytes
/// (checked when they are put into a `Slot`), numbers at most 20, identifiers at most 36, and a row
/// has 18 columns of one separator and one value: less than 1,300 bytes.
struct RowWriter {
  static let blockSize = 1 << 16
  static let maximumRow = 2_048

  private let start: UnsafeMutablePointer<UInt8>
  private var cursor: UnsafeMutablePointer<UInt8>

  init(block: UnsafeMutableBufferPointer<UInt8>) {
    precondition(block.count >= Self.blockSize, "the block is too small")
    guard let base = block.baseAddress else { preconditionFailure("the block is empty") }
    start = base
    cursor = base
  }

  /// Runs `body` with a writer and returns after all it wrote is in `buffer`.
  static func append(to buffer: inout [UInt8], _ body: (inout RowWriter, inout [UInt8]) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize) { block in
      var writer = RowWriter(block: block)
      body(&writer, &buffer)
      writer.flush(into: &buffer)
    }
  }

  /// To be called after each row.
  @inline(__always)
  mutating func endRow(_ buffer: inout [UInt8]) {
    if cursor - start > Self.blockSize - Self.maximumRow { flush(into: &buffer) }
  }

  private mutating func flush(into buffer: inout [UInt8]) {
    buffer.append(contentsOf: UnsafeBufferPointer(start: start, count: cursor - start))
    cursor = start
  }

  /// Copies a whole slot, which is cheaper than copying its length, and goes on after the name.
  @inline(__always)
  mutating func write(_ name: NameTable.Slot) {
    UnsafeMutableRawPointer(cursor).storeBytes(of: name.bytes, as: SIMD32<UInt8>.self)
    cursor += Int(name.count)
  }

  @inline(__always)
  mutating func write(byte: UInt8) {
    cursor.pointee = byte
    cursor += 1
  }

  /// A number that is not negative, without leading zeros.
  @inline(__always)
  mutating func write(number: UInt64) {
    var width = 1
    var limit: UInt64 = 10
    while number >= limit, width < 20 {
      width += 1
      let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
      limit = overflow ? .max : next
    }
    write(number: number, width: width)
  }

  /// The last `width` digits of a number, with leading zeros.
  @inline(__always)
  mutating func write(number: UInt64, width: Int) {
    var rest = number
    var position = width
    while position > 0 {
      position -= 1
      let quotient = rest / 10
      cursor[position] = UInt8(truncatingIfNeeded: 48 &+ rest &- quotient &* 10)
      rest = quotient
    }
    cursor += width
  }

  /// A number that counts from 1, with at least `width` digits.
  @inline(__always)
  mutating func write(identifier: UInt64, width: Int, limit: UInt64) {
    if identifier < limit {
      write(number: identifier, width: width)
    } else {
      write(number: identifier)
    }
  }

  /// Eight digits to the base 36, for values below 36⁸.
  @inline(__always)
  mutating func write(base36 value: UInt64) {
    SampleIdentifier.write(value, to: cursor)
    cursor += SampleIdentifier.digitCount
  }

  /// The lowest `digits` hexadecimal digits of `value`.
  mutating func write(hexadecimal value: UInt64, digits: Int) {
    for position in (0..<digits).reversed() {
      let digit = (value &>> UInt64(position * 4)) & 15
      write(byte: UInt8(truncatingIfNeeded: digit &+ (digit < 10 ? 48 : 87)))
    }
  }

  /// `12:34:56.789Z`
  @inline(__always)
  mutating func write(timeOfDay millisecond: Int32) {
    let all = UInt64(UInt32(bitPattern: millisecond))
    write(number: all / 3_600_000, width: 2)
    write(byte: UInt8(ascii: ":"))
    write(number: all / 60_000 % 60, width: 2)
    write(byte: UInt8(ascii: ":"))
    write(number: all / 1_000 % 60, width: 2)
    write(byte: UInt8(ascii: "."))
    write(number: all % 1_000, width: 3)
    write(byte: UInt8(ascii: "Z"))
  }
}
