import ColumnStore
import Glibc
import QueryLanguage

enum BooleanKernels {
  static let not: Kernel = Kernels.strict { (arguments, rows) throws(QueryError) in
    var values = arguments[0].booleanRows
    for row in values.indices { values[row] ^= 1 }
    return Vector(type: .boolean, count: rows.count, storage: .booleans(values))
  }

  static let isNull: Kernel = { (arguments, count) throws(QueryError) in
    guard var validity = arguments[0].validity else {
      let isNull = arguments[0].isNullConstant
      return Vector(constant: .boolean(isNull), type: .boolean, count: count)
    }
    for row in validity.indices { validity[row] ^= 1 }
    return Vector(type: .boolean, count: count, storage: .booleans(validity))
  }
}

/// Membership in a fixed list of values.
enum InListKernel {
  static func make(_ type: DataType, _ values: Set<Value>) -> Kernel {
    switch type.physical {
    case .integer:
      let table = IntegerSet(values.compactMap(\.integerBits))
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        booleans(arguments[0].integerRows) { table.contains($0) }
      }
    case .double:
      let table = IntegerSet(values.compactMap { $0.doubleBits.map(orderKey) })
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        booleans(arguments[0].doubleRows) { table.contains(orderKey($0)) }
      }
    case .boolean:
      let hasFalse: UInt8 = values.contains(.boolean(false)) ? 1 : 0
      let hasTrue: UInt8 = values.contains(.boolean(true)) ? 1 : 0
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        booleans(arguments[0].booleanRows) { ($0 == 0 ? hasFalse : hasTrue) != 0 }
      }
    case .text:
      let table = TextSet(values.map(\.textOrEmpty))
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        TextRows.withRows(of: arguments[0]) { text in
          booleans(rows) { table.contains(text[$0]) }
        }
      }
    case .object:
      let values = Array(values)
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        booleans(rows) { row in
          let value = arguments[0].value(at: row)
          return values.contains { compareValues($0, value) == 0 }
        }
      }
    }
  }

  @inline(__always)
  private static func booleans<Element: BitwiseCopyable>(
    _ values: [Element], _ holds: (Element) -> Bool
  ) -> Vector {
    let result = [UInt8](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      values.withUnsafeBufferPointer { values in
        for row in 0..<values.count { buffer[row] = holds(values[row]) ? 1 : 0 }
      }
      initialized = values.count
    }
    return Vector(type: .boolean, count: values.count, storage: .booleans(result))
  }

  private static func booleans(_ rows: KernelRows, _ holds: (Int) -> Bool) -> Vector {
    var result = [UInt8](repeating: 0, count: rows.count)
    for row in 0..<rows.count where rows.isValid(row) { result[row] = holds(row) ? 1 : 0 }
    return Vector(type: .boolean, count: rows.count, storage: .booleans(result))
  }
}

/// An immutable set of integers with open addressing.
private struct IntegerSet: Sendable {
  private var slots: [Int64]
  private var isUsed: [Bool]
  private let mask: Int

  init(_ values: [Int64]) {
    var capacity = 8
    while capacity < values.count * 2 { capacity *= 2 }
    slots = [Int64](repeating: 0, count: capacity)
    isUsed = [Bool](repeating: false, count: capacity)
    mask = capacity - 1
    for value in values {
      let place = place(of: value)
      slots[place] = value
      isUsed[place] = true
    }
  }

  /// Where the value is, or would be.
  @inline(__always)
  private func place(of value: Int64) -> Int {
    let hash = UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
    var place = Int(truncatingIfNeeded: hash &>> 32) & mask
    while isUsed[place], slots[place] != value { place = (place &+ 1) & mask }
    return place
  }

  @inline(__always)
  func contains(_ value: Int64) -> Bool { isUsed[place(of: value)] }
}

/// An immutable set of strings, by bytes.
private struct TextSet: Sendable {
  private var slots: [[UInt8]?]
  private let mask: Int

  init(_ values: [String]) {
    var capacity = 8
    while capacity < values.count * 2 { capacity *= 2 }
    slots = [[UInt8]?](repeating: nil, count: capacity)
    mask = capacity - 1
    for value in values {
      let bytes = Array(value.utf8)
      var place = bytes.withUnsafeBufferPointer { Int(truncatingIfNeeded: RowHash.hash($0)) } & mask
      while let other = slots[place], other != bytes { place = (place + 1) & mask }
      slots[place] = bytes
    }
  }

  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var place = Int(truncatingIfNeeded: RowHash.hash(text)) & mask
    while let other = slots[place] {
      if other.withUnsafeBufferPointer({ equalBytes($0, text) }) { return true }
      place = (place + 1) & mask
    }
    return false
  }
}
