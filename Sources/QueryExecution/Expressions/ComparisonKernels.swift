import ColumnStore
import QueryLanguage
import QueryPlanning

/// What a comparison asks of two values; `greater` and its kin are asked with sides exchanged.
private protocol Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool
  static func holds(_ left: Double, _ right: Double) -> Bool
}

/// NaN equals NaN and is above every number.
private enum Equal: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left == right }
  static func holds(_ left: Double, _ right: Double) -> Bool {
    left == right || (left != left && right != right)
  }
}

private enum NotEqual: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left != right }
  static func holds(_ left: Double, _ right: Double) -> Bool { !Equal.holds(left, right) }
}

private enum Less: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left < right }
  static func holds(_ left: Double, _ right: Double) -> Bool {
    left < right || (left == left && right != right)
  }
}

private enum LessOrEqual: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left <= right }
  static func holds(_ left: Double, _ right: Double) -> Bool { left <= right || right != right }
}

private enum Greater: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left > right }
  static func holds(_ left: Double, _ right: Double) -> Bool { Less.holds(right, left) }
}

private enum GreaterOrEqual: Relation {
  static func holds(_ left: Int64, _ right: Int64) -> Bool { left >= right }
  static func holds(_ left: Double, _ right: Double) -> Bool { LessOrEqual.holds(right, left) }
}

enum ComparisonKernels {
  static func compare(_ comparison: Comparison, _ type: DataType) -> Kernel {
    switch type.physical {
    case .text: textKernel(comparison)
    default:
      Kernels.strict { (arguments, rows) throws(QueryError) in
        rowsHold(comparison, arguments[0], arguments[1], rows.count)
      }
    }
  }

  /// Null-safe `<>`.
  static func isDistinct(_ type: DataType) -> Kernel {
    { (arguments, count) throws(QueryError) in
      let left = arguments[0]
      let right = arguments[1]
      if left.isNullConstant || right.isNullConstant {
        let other = left.isNullConstant ? right : left
        return Vector(type: .boolean, count: count, storage: .booleans(other.validityRows))
      }
      let compared =
        type.physical == .text
        ? textRowsHold(.notEqual, left, right, count) : rowsHold(.notEqual, left, right, count)
      var result = compared.booleanRows
      if left.validity != nil || right.validity != nil {
        let leftValid = left.validityRows
        let rightValid = right.validityRows
        for row in 0..<count {
          let both = leftValid[row] & rightValid[row]
          result[row] = (both & result[row]) | (leftValid[row] ^ rightValid[row])
        }
      }
      return Vector(type: .boolean, count: count, storage: .booleans(result))
    }
  }

  private static func rowsHold(
    _ comparison: Comparison, _ left: Vector, _ right: Vector, _ count: Int
  ) -> Vector {
    // A constant is on the right side.
    if left.isConstant, !right.isConstant {
      return rowsHold(comparison.exchanged, right, left, count)
    }
    return switch comparison {
    case .equal: rowsHold(Equal.self, comparison, left, right, count)
    case .notEqual: rowsHold(NotEqual.self, comparison, left, right, count)
    case .less: rowsHold(Less.self, comparison, left, right, count)
    case .lessOrEqual: rowsHold(LessOrEqual.self, comparison, left, right, count)
    case .greater: rowsHold(Greater.self, comparison, left, right, count)
    case .greaterOrEqual: rowsHold(GreaterOrEqual.self, comparison, left, right, count)
    }
  }

  private static func rowsHold<R: Relation>(
    _ relation: R.Type, _ comparison: Comparison, _ left: Vector, _ right: Vector, _ count: Int
  ) -> Vector {
    let result: [UInt8]
    switch left.type.physical {
    case .integer:
      let lefts = left.integerRows
      if let constant = right.constant?.integerBits {
        result = map(lefts, count) { R.holds($0, constant) }
      } else {
        result = map(lefts, right.integerRows, count) { R.holds($0, $1) }
      }
    case .double:
      let lefts = left.doubleRows
      if let constant = right.constant?.doubleBits {
        result = map(lefts, count) { R.holds($0, constant) }
      } else {
        result = map(lefts, right.doubleRows, count) { R.holds($0, $1) }
      }
    case .boolean:
      result = map(left.booleanRows, right.booleanRows, count) { R.holds(Int64($0), Int64($1)) }
    case .object, .text:
      var rows = [UInt8](repeating: 0, count: count)
      for row in 0..<count {
        let order = compareValues(left.value(at: row), right.value(at: row))
        rows[row] = R.holds(Int64(order), 0) ? 1 : 0
      }
      result = rows
    }
    return Vector(type: .boolean, count: count, storage: .booleans(result))
  }

  @inline(__always)
  private static func map<Element: BitwiseCopyable>(
    _ values: [Element], _ count: Int, _ holds: (Element) -> Bool
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      values.withUnsafeBufferPointer { values in
        for row in 0..<count { buffer[row] = holds(values[row]) ? 1 : 0 }
      }
      initialized = count
    }
  }

  @inline(__always)
  private static func map<Element: BitwiseCopyable>(
    _ left: [Element], _ right: [Element], _ count: Int, _ holds: (Element, Element) -> Bool
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for row in 0..<count { buffer[row] = holds(left[row], right[row]) ? 1 : 0 }
        }
      }
      initialized = count
    }
  }

  // MARK: Text

  private static func textKernel(_ comparison: Comparison) -> Kernel {
    let byEntry = Kernels.perEntry { (arguments, rows) throws(QueryError) in
      textRowsHold(comparison, arguments[0], arguments[1], rows.count)
    }
    guard comparison == .equal || comparison == .notEqual else { return byEntry }
    // Equality is cheaper than finding the distinct strings first.
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      textRowsHold(comparison, arguments[0], arguments[1], rows.count)
    }
  }

  private static func textRowsHold(
    _ comparison: Comparison, _ left: Vector, _ right: Vector, _ count: Int
  ) -> Vector {
    if left.isConstant, !right.isConstant {
      return textRowsHold(comparison.exchanged, right, left, count)
    }
    if comparison == .equal || comparison == .notEqual {
      let isEqual: UInt8 = comparison == .equal ? 1 : 0
      if var result = equalCodes(left, right, count) {
        if isEqual == 0 { for row in 0..<count { result[row] ^= 1 } }
        return Vector(type: .boolean, count: count, storage: .booleans(result))
      }
    }
    let result = TextRows.withRows(of: left) { left in
      TextRows.withRows(of: right) { right in
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
          if comparison == .equal || comparison == .notEqual {
            let wanted = comparison == .equal
            for row in 0..<count {
              buffer[row] = equalBytes(left[row], right[row]) == wanted ? 1 : 0
            }
          } else {
            for row in 0..<count {
              buffer[row] = comparison.holds(compareBytes(left[row], right[row])) ? 1 : 0
            }
          }
          initialized = count
        }
      }
    }
    return Vector(type: .boolean, count: count, storage: .booleans(result))
  }

  /// 1 where codes of one dictionary are equal; `nil` when codes do not tell.
  private static func equalCodes(_ left: Vector, _ right: Vector, _ count: Int) -> [UInt8]? {
    guard case .text(let lefts, let source) = left.storage else { return nil }
    switch right.storage {
    case .text(let rights, let other) where source.sharesCodes(with: other):
      return map(lefts, rights, count) { $0 == $1 }
    case .constant(let value):
      guard case .dictionary(let view) = source else { return nil }
      var text = value.textOrEmpty
      guard let code = text.withUTF8({ view.code(of: $0) }) else {
        return [UInt8](repeating: 0, count: count)
      }
      return map(lefts, count) { $0 == code }
    default: return nil
    }
  }
}

extension Comparison {
  /// The same comparison with its sides exchanged.
  var exchanged: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// Of an order: negative, 0 or positive.
  @inline(__always)
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
