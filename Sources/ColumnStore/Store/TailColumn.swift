internal import Glibc

/// One column of an append tail: memory with room for more rows than there are.
///
/// A value: a copy made before an append still describes the rows that there were then, because
/// the memory that both share is only ever written past them. That is how a transaction is undone,
/// and how readers of an older catalog go on undisturbed. Bits are the exception, since a word holds
/// rows of both: readers get copies of them.
struct TailColumn {
  enum Values {
    case booleans(Buffer<UInt64>)
    /// Two's complement, as a chunk with base 0 has it.
    case integers(Buffer<UInt64>)
    case doubles(Buffer<Double>)
    /// Codes of the domain; 0 where null.
    case codes(Buffer<UInt32>)
    case plain(PlainText)
  }

  let type: DataType
  /// Where the codes of text are from; also set for plain text, since a tail may turn plain.
  let dictionary: TextDictionary?
  /// Rows that there is room for.
  private(set) var capacity: Int
  var values: Values
  /// One bit per row, made with the first null.
  var validity: Buffer<UInt64>?
  var nullCount = 0
  /// Least and greatest value so far, of all that is not null.
  var leastInteger = Int64.max
  var greatestInteger = Int64.min
  var leastDouble = Double.infinity
  var greatestDouble = -Double.infinity
  var hasNaN = false

  init(type: DataType, dictionary: TextDictionary?, isPlain: Bool, capacity: Int) {
    self.type = type
    self.dictionary = dictionary
    self.capacity = capacity
    switch type.stored {
    case .boolean: values = .booleans(Buffer(capacity: (capacity + 63) / 64))
    case .integer: values = .integers(Buffer(capacity: capacity))
    case .double: values = .doubles(Buffer(capacity: capacity))
    case .text:
      values = isPlain ? .plain(PlainText(capacity: capacity)) : .codes(Buffer(capacity: capacity))
    case .object: preconditionFailure("no column holds \(type)")
    }
  }

  /// Room for `capacity` rows; the first `count` are kept.
  mutating func grow(to capacity: Int, count: Int) {
    self.capacity = capacity
    let words = (count + 63) / 64
    switch values {
    case .booleans(let buffer):
      values = .booleans(buffer.grown(to: (capacity + 63) / 64, keeping: words))
    case .integers(let buffer): values = .integers(buffer.grown(to: capacity, keeping: count))
    case .doubles(let buffer): values = .doubles(buffer.grown(to: capacity, keeping: count))
    case .codes(let buffer): values = .codes(buffer.grown(to: capacity, keeping: count))
    case .plain(var text):
      text.growOffsets(to: capacity, count: count)
      values = .plain(text)
    }
    if let buffer = validity {
      validity = buffer.grown(to: (capacity + 63) / 64, keeping: words)
    }
  }

  var byteCount: Int {
    let own =
      switch values {
      case .booleans(let buffer): buffer.byteCount
      case .integers(let buffer): buffer.byteCount
      case .doubles(let buffer): buffer.byteCount
      case .codes(let buffer): buffer.byteCount
      case .plain(let text): text.bytes.byteCount + text.offsets.byteCount
      }
    return own + (validity?.byteCount ?? 0)
  }

  /// How many more bytes of plain text fit this tail's chunk; `nil` when there is no limit.
  func plainBytesLeft(count: Int) -> Int? {
    guard case .plain(let text) = values else { return nil }
    return PlainText.maximumByteCount - text.byteCount(count)
  }
}

/// Strings of a tail, side by side.
struct PlainText {
  /// A tail with more text than this is sealed early.
  static let maximumByteCount = 256 << 20

  var bytes: Buffer<UInt8>
  /// Row `r` is `bytes[offsets[r] ..< offsets[r + 1]]`.
  var offsets: Buffer<Int>

  init(capacity: Int) {
    bytes = Buffer(capacity: capacity * 16)
    offsets = Buffer(capacity: capacity + 1)
    offsets.base[0] = 0
  }

  func byteCount(_ rowCount: Int) -> Int { offsets.base[rowCount] }

  mutating func growOffsets(to capacity: Int, count: Int) {
    offsets = offsets.grown(to: capacity + 1, keeping: count + 1)
  }

  /// Adds one string as row `row`; there is room in `offsets`.
  @inline(__always)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>, row: Int) {
    let start = offsets.base[row]
    let end = start + text.count
    if end > bytes.capacity {
      bytes = bytes.grown(to: max(end, bytes.capacity * 2), keeping: start)
    }
    if let source = text.baseAddress { memcpy(bytes.base + start, source, text.count) }
    offsets.base[row + 1] = end
  }

  subscript(row: Int) -> UnsafeBufferPointer<UInt8> {
    let start = offsets.base[row]
    return UnsafeBufferPointer(start: bytes.base + start, count: offsets.base[row + 1] - start)
  }

  /// The first `count` rows.
  func pool(_ count: Int) -> TextPool {
    TextPool(sharing: bytes, offsets: offsets, count: count)
  }
}

extension Buffer {
  /// New memory with the first `count` elements of this.
  func grown(to capacity: Int, keeping count: Int) -> Buffer {
    let grown = Buffer(capacity: capacity)
    grown.base.update(from: base, count: count)
    return grown
  }
}
