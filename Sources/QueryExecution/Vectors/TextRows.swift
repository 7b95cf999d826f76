import ColumnStore
import Glibc

/// The strings of a text vector, row by row, as bytes; valid during `withRows` only.
struct TextRows {
  /// Codes of the rows; `nil` when all rows are `constant`.
  private let codes: UnsafePointer<UInt32>?
  private let entries: TextEntries

  /// Must not be called for a row of a source without entries (all rows are null then).
  @inline(__always)
  subscript(row: Int) -> UnsafeBufferPointer<UInt8> {
    guard let codes else { return entries[0] }
    return entries[codes[row]]
  }

  /// `vector` is text or json, and not a null constant.
  static func withRows<Result, Failure: Error>(
    of vector: Vector, _ body: (TextRows) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch vector.storage {
    case .text(let codes, let source):
      return try TextEntries.withEntries(of: source) { (entries) throws(Failure) in
        try codes.withUnsafeBufferPointer { (codes) throws(Failure) in
          guard let base = codes.baseAddress else {
            return try body(TextRows(codes: nil, entries: entries))
          }
          return try body(TextRows(codes: base, entries: entries))
        }
      }
    case .constant(let value):
      let pool = TextPool()
      pool.append(value.textOrEmpty)
      return try TextEntries.withEntries(of: .pool(pool)) { (entries) throws(Failure) in
        try body(TextRows(codes: nil, entries: entries))
      }
    case .booleans, .integers, .doubles, .objects:
      preconditionFailure("the vector is not text")
    }
  }
}

/// The strings of a source by code.
struct TextEntries {
  private let bytes: UnsafePointer<UInt8>?
  private let offsets: UnsafePointer<Int>?
  private let dictionary: DictionaryView?
  private let entryCount: Int

  @inline(__always)
  subscript(code: UInt32) -> UnsafeBufferPointer<UInt8> {
    if let offsets {
      // A source without entries has null rows only: what they hold is never used.
      if entryCount == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
      let start = offsets[Int(code)]
      return UnsafeBufferPointer(
        start: bytes.map { $0 + start }, count: offsets[Int(code) + 1] - start)
    }
    if entryCount == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
    return dictionary?.bytes(code) ?? UnsafeBufferPointer(start: nil, count: 0)
  }

  static func withEntries<Result, Failure: Error>(
    of source: TextSource, _ body: (TextEntries) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch source {
    case .dictionary(let view):
      return try body(
        TextEntries(bytes: nil, offsets: nil, dictionary: view, entryCount: view.count))
    case .pool(let pool):
      return try pool.bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
        try pool.offsets.withUnsafeBufferPointer { (offsets) throws(Failure) in
          try body(
            TextEntries(
              bytes: bytes.baseAddress, offsets: offsets.baseAddress, dictionary: nil,
              entryCount: pool.count))
        }
      }
    }
  }
}

extension Value {
  /// The string of a text or json value, else empty.
  var textOrEmpty: String {
    switch self {
    case .text(let text), .json(let text): text
    default: ""
    }
  }
}

extension TextSource {
  var entryCount: Int {
    switch self {
    case .dictionary(let view): view.count
    case .pool(let pool): pool.count
    }
  }

  /// True if equal codes of the two mean equal strings, and unequal codes unequal ones.
  func sharesCodes(with other: TextSource) -> Bool {
    if case .dictionary(let left) = self, case .dictionary(let right) = other {
      return left.dictionary === right.dictionary
    }
    return false
  }
}

/// Orders strings by their bytes, which for UTF-8 is the order of code points (collation "C").
@inline(__always)
func compareBytes(
  _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Int {
  let shared = min(left.count, right.count)
  if shared > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress {
    let order = memcmp(leftBase, rightBase, shared)
    if order != 0 { return order < 0 ? -1 : 1 }
  }
  return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
}

@inline(__always)
func equalBytes(
  _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Bool {
  guard left.count == right.count else { return false }
  guard left.count > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
    return true
  }
  return memcmp(leftBase, rightBase, left.count) == 0
}
