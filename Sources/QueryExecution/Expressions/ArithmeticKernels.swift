import ColumnStore
import Glibc
import QueryLanguage
import QueryPlanning

/// An operation on integers that may fail; a negative flag says that it did.
protocol IntegerOperation: SendableMetatype {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64)
  static func error(_ left: Int64, _ right: Int64, _ location: Range<Int>) -> QueryError
}

extension IntegerOperation {
  static func error(_ left: Int64, _ right: Int64, _ location: Range<Int>) -> QueryError {
    QueryError(.numericOutOfRange, "bigint out of range", at: location)
  }
}

/// An operation on doubles; a flag other than 0 says that it may have failed, `error` whether.
protocol DoubleOperation: SendableMetatype {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool)
  static func error(_ left: Double, _ right: Double, _ location: Range<Int>) -> QueryError
}

extension DoubleOperation {
  static func error(_ left: Double, _ right: Double, _ location: Range<Int>) -> QueryError {
    let isOverflow = apply(left, right).value.isInfinite
    return QueryError(
      .numericOutOfRange, "value out of range: \(isOverflow ? "overflow" : "underflow")",
      at: location)
  }
}

enum ArithmeticKernels {
  static func integers(_ function: ScalarFunction, _ location: Range<Int>) -> Kernel? {
    switch function {
    case .add: kernel(Add.self, location)
    case .subtract: kernel(Subtract.self, location)
    case .multiply: kernel(Multiply.self, location)
    case .divide: kernel(Divide.self, location)
    case .modulo: kernel(Modulo.self, location)
    case .bitAnd: kernel(BitAnd.self, location)
    case .bitOr: kernel(BitOr.self, location)
    case .bitXor: kernel(BitXor.self, location)
    case .shiftLeft: kernel(ShiftLeft.self, location)
    case .shiftRight: kernel(ShiftRight.self, location)
    case .negate: unary(location) { ($0 == 0 ? 0 : 0 &- $0, $0 == .min) }
    case .absolute: unary(location) { ($0 < 0 ? 0 &- $0 : $0, $0 == .min) }
    case .sign: unary(location) { ($0.signum(), false) }
    default: nil
    }
  }

  static func doubles(_ function: ScalarFunction, _ location: Range<Int>) -> Kernel? {
    switch function {
    case .add: kernel(AddDoubles.self, location)
    case .subtract: kernel(SubtractDoubles.self, location)
    case .multiply: kernel(MultiplyDoubles.self, location)
    case .divide: kernel(DivideDoubles.self, location)
    case .modulo: kernel(ModuloDoubles.self, location)
    default: nil
    }
  }

  private static func unary(
    _ location: Range<Int>, _ body: @escaping @Sendable (Int64) -> (Int64, Bool)
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[0].integerRows
      for row in values.indices {
        let (value, failed) = body(values[row])
        if failed, rows.isValid(row) {
          throw QueryError(.numericOutOfRange, "bigint out of range", at: location)
        }
        values[row] = value
      }
      return Vector(type: .integer, count: rows.count, storage: .integers(values))
    }
  }

  private static func kernel<Operation: IntegerOperation>(
    _ operation: Operation.Type, _ location: Range<Int>
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let left = arguments[0].integerRows
      let constant = arguments[1].constant?.integerBits
      let right = constant == nil ? arguments[1].integerRows : []
      var flags: Int64 = 0
      let values = [Int64](unsafeUninitializedCapacity: rows.count) { buffer, initialized in
        left.withUnsafeBufferPointer { left in
          if let constant {
            for row in 0..<rows.count {
              let (value, flag) = Operation.apply(left[row], constant)
              buffer[row] = value
              flags |= flag
            }
          } else {
            right.withUnsafeBufferPointer { right in
              for row in 0..<rows.count {
                let (value, flag) = Operation.apply(left[row], right[row])
                buffer[row] = value
                flags |= flag
              }
            }
          }
        }
        initialized = rows.count
      }
      if flags < 0 {
        // Only rows that are not null may fail.
        for row in 0..<rows.count where rows.isValid(row) {
          let operand = constant ?? right[row]
          if Operation.apply(left[row], operand).flag < 0 {
            throw Operation.error(left[row], operand, location)
          }
        }
      }
      return Vector(type: .integer, count: rows.count, storage: .integers(values))
    }
  }

  static func kernel<Operation: DoubleOperation>(
    _ operation: Operation.Type, _ location: Range<Int>
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let left = arguments[0].doubleRows
      let constant = arguments[1].constant?.doubleBits
      let right = constant == nil ? arguments[1].doubleRows : []
      var flags: UInt8 = 0
      let values = [Double](unsafeUninitializedCapacity: rows.count) { buffer, initialized in
        left.withUnsafeBufferPointer { left in
          if let constant {
            for row in 0..<rows.count {
              let (value, flag) = Operation.apply(left[row], constant)
              buffer[row] = value
              flags |= flag ? 1 : 0
            }
          } else {
            right.withUnsafeBufferPointer { right in
              for row in 0..<rows.count {
                let (value, flag) = Operation.apply(left[row], right[row])
                buffer[row] = value
                flags |= flag ? 1 : 0
              }
            }
          }
        }
        initialized = rows.count
      }
      if flags != 0 {
        for row in 0..<rows.count where rows.isValid(row) {
          let operand = constant ?? right[row]
          if Operation.apply(left[row], operand).flag {
            throw Operation.error(left[row], operand, location)
          }
        }
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(values))
    }
  }
}

private enum Add: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    let sum = left &+ right
    // Both operands have the sign that the sum has not.
    return (sum, (left ^ sum) & (right ^ sum))
  }
}

private enum Subtract: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    let difference = left &- right
    return (difference, (left ^ right) & (left ^ difference))
  }
}

private enum Multiply: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return (product, overflow ? -1 : 0)
  }
}

private enum Divide: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    if right == 0 { return (0, -1) }
    if right == -1 { return (0 &- left, left == .min ? -1 : 0) }
    return (left / right, 0)
  }

  static func error(_ left: Int64, _ right: Int64, _ location: Range<Int>) -> QueryError {
    right == 0
      ? QueryError(.divisionByZero, "division by zero", at: location)
      : QueryError(.numericOutOfRange, "bigint out of range", at: location)
  }
}

private enum Modulo: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    if right == 0 { return (0, -1) }
    return (right == -1 ? 0 : left % right, 0)
  }

  static func error(_ left: Int64, _ right: Int64, _ location: Range<Int>) -> QueryError {
    QueryError(.divisionByZero, "division by zero", at: location)
  }
}

private enum BitAnd: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    (left & right, 0)
  }
}

private enum BitOr: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    (left | right, 0)
  }
}

private enum BitXor: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    (left ^ right, 0)
  }
}

/// Shifts take the lowest six bits of the distance, as PostgreSQL's do on its machines.
private enum ShiftLeft: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    (left &<< right, 0)
  }
}

private enum ShiftRight: IntegerOperation {
  static func apply(_ left: Int64, _ right: Int64) -> (value: Int64, flag: Int64) {
    (left &>> right, 0)
  }
}

private enum AddDoubles: DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool) {
    let sum = left + right
    return (sum, sum.isInfinite && left.isFinite && right.isFinite)
  }
}

private enum SubtractDoubles: DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool) {
    let difference = left - right
    return (difference, difference.isInfinite && left.isFinite && right.isFinite)
  }
}

private enum MultiplyDoubles: DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool) {
    let product = left * right
    let isOverflow = product.isInfinite && left.isFinite && right.isFinite
    return (product, isOverflow || (product == 0 && left != 0 && right != 0))
  }
}

private enum DivideDoubles: DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool) {
    let quotient = left / right
    let isOverflow = quotient.isInfinite && left.isFinite
    let isUnderflow = quotient == 0 && left != 0 && right.isFinite
    return (quotient, (right == 0 && !left.isNaN) || isOverflow || isUnderflow)
  }

  static func error(_ left: Double, _ right: Double, _ location: Range<Int>) -> QueryError {
    if right == 0 { return QueryError(.divisionByZero, "division by zero", at: location) }
    let kind = (left / right).isInfinite ? "overflow" : "underflow"
    return QueryError(.numericOutOfRange, "value out of range: \(kind)", at: location)
  }
}

private enum ModuloDoubles: DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> (value: Double, flag: Bool) {
    (fmod(left, right), right == 0 && !left.isNaN)
  }

  static func error(_ left: Double, _ right: Double, _ location: Range<Int>) -> QueryError {
    QueryError(.divisionByZero, "division by zero", at: location)
  }
}
