import ColumnStore
import QueryLanguage

extension AggregateInput {
  /// Which of the boolean arguments are true, for each row: bit i is that of `arguments[i]`. Null is
  /// false. At most 32.
  func conditionBits(_ arguments: Range<Int>) throws(QueryError) -> [UInt32] {
    precondition(arguments.count <= UInt32.bitWidth, "a condition has a bit")
    var bits = [UInt32](repeating: 0, count: rowCount)
    for (condition, argument) in arguments.enumerated() {
      let vector = try vector(argument)
      let bit = UInt32(condition)
      switch vector.storage {
      case .constant(.boolean(true)):
        for row in bits.indices { bits[row] |= 1 &<< bit }
      case .booleans(let values):
        bits.withUnsafeMutableBufferPointer { bits in
          values.withUnsafeBufferPointer { values in
            guard let validity = vector.validity else {
              for row in 0..<bits.count { bits[row] |= UInt32(values[row]) &<< bit }
              return
            }
            validity.withUnsafeBufferPointer { validity in
              for row in 0..<bits.count {
                bits[row] |= UInt32(values[row] & validity[row]) &<< bit
              }
            }
          }
        }
      default: continue
      }
    }
    return bits
  }
}
