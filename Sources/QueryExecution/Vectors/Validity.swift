/// Validity bytes: 1 = not null; `nil` = no nulls.
enum Validity {
  /// Rows that are valid in both.
  static func intersection(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
    guard let left else { return right }
    guard let right else { return left }
    precondition(left.count == right.count, "vectors of different length")
    return [UInt8](unsafeUninitializedCapacity: left.count) { buffer, initialized in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for row in 0..<left.count { buffer[row] = left[row] & right[row] }
        }
      }
      initialized = left.count
    }
  }

  /// `nil` if all rows are valid after all.
  static func compacted(_ validity: [UInt8]) -> [UInt8]? {
    allValid(validity) ? nil : validity
  }

  static func allValid(_ validity: [UInt8]) -> Bool {
    var all: UInt8 = 1
    for byte in validity { all &= byte }
    return all != 0
  }

  static func anyValid(_ validity: [UInt8]) -> Bool {
    var any: UInt8 = 0
    for byte in validity { any |= byte }
    return any != 0
  }
}
