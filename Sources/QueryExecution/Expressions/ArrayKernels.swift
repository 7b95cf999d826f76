import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions of arrays, which are objects: one value per row.
enum ArrayKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    switch site.function {
    case .element:
      return strict(site.type) { arguments, row in
        element(of: arguments[0].elements(at: row), at: arguments[1].value(at: row).integerBits)
      }
    case .arrayLength:
      return strict(.integer) { arguments, row in
        .integer(Int64(arguments[0].elements(at: row).count))
      }
    case .arrayDimension:
      return strict(.integer) { arguments, row in
        let count = arguments[0].elements(at: row).count
        return count > 0 && arguments[1].value(at: row) == .integer(1)
          ? .integer(Int64(count)) : .null
      }
    case .arraySlice:
      return strict(site.type) { arguments, row in
        let elements = arguments[0].elements(at: row)
        let first = max(arguments[1].value(at: row).integerBits ?? 1, 1)
        let last = min(arguments[2].value(at: row).integerBits ?? 0, Int64(elements.count))
        return .array(first <= last ? Array(elements[Int(first - 1)..<Int(last)]) : [])
      }
    case .makeArray:
      return each(site.type) { arguments, row in .array(arguments.map { $0.value(at: row) }) }
    case .arrayConcatenate, .arrayAppend, .arrayPrepend: return concatenation(site)
    case .anyHolds, .allHold: return try quantified(site)
    case .arrayToText, .textToArray: return ArrayTextKernels.kernel(site)
    default: return search(site)
    }
  }

  private static func element(of elements: [Value], at position: Int64?) -> Value {
    guard let position, position >= 1, position <= elements.count else { return .null }
    return elements[Int(position) - 1]
  }

  private static func concatenation(_ site: CallSite) -> Kernel {
    let function = site.function
    return each(site.type) { arguments, row in
      let left = arguments[0].value(at: row)
      let right = arguments[1].value(at: row)
      switch (function, left, right) {
      case (.arrayAppend, .array(let elements), _): return .array(elements + [right])
      case (.arrayAppend, _, _): return .array([right])
      case (.arrayPrepend, _, .array(let elements)): return .array([left] + elements)
      case (.arrayPrepend, _, _): return .array([left])
      case (_, .array(let a), .array(let b)): return .array(a + b)
      case (_, .null, _): return right
      default: return left
      }
    }
  }

  /// Null elements equal each other here, as in IS NOT DISTINCT FROM.
  private static func search(_ site: CallSite) -> Kernel {
    switch site.function {
    case .arrayPosition:
      return each(.integer) { arguments, row in
        guard case .array(let elements) = arguments[0].value(at: row) else { return .null }
        let wanted = arguments[1].value(at: row)
        var start = 0
        if arguments.count > 2 {
          guard case .integer(let from) = arguments[2].value(at: row) else { return .null }
          start = Int(min(max(from, 1) - 1, Int64(elements.count)))
        }
        let index = elements[start...].firstIndex { compareValues($0, wanted) == 0 }
        return index.map { .integer(Int64($0) + 1) } ?? .null
      }
    case .arrayRemove:
      return each(site.type) { arguments, row in
        guard case .array(let elements) = arguments[0].value(at: row) else { return .null }
        let unwanted = arguments[1].value(at: row)
        return .array(elements.filter { compareValues($0, unwanted) != 0 })
      }
    case .arrayOverlaps:
      return strict(.boolean) { arguments, row in
        let elements = arguments[0].elements(at: row)
        return .boolean(arguments[1].elements(at: row).contains { isIn(elements, $0) })
      }
    default:
      return strict(.boolean) { arguments, row in
        let elements = arguments[0].elements(at: row)
        return .boolean(arguments[1].elements(at: row).allSatisfy { isIn(elements, $0) })
      }
    }
  }

  private static func isIn(_ elements: [Value], _ value: Value) -> Bool {
    !value.isNull && elements.contains { !$0.isNull && compareValues($0, value) == 0 }
  }

  private static func quantified(_ site: CallSite) throws(QueryError) -> Kernel {
    guard let comparison = site.text(2).flatMap(Comparison.init(rawValue:)) else {
      throw site.error(.internalError, "a quantified comparison without its operator")
    }
    let isAll = site.function == .allHold
    return each(.boolean) { arguments, row in
      guard case .array(let elements) = arguments[1].value(at: row) else { return .null }
      let value = arguments[0].value(at: row)
      var hasNull = false
      for element in elements {
        if value.isNull || element.isNull {
          hasNull = true
        } else if comparison.holds(compareValues(value, element)) != isAll {
          return .boolean(!isAll)
        }
      }
      return hasNull ? .null : .boolean(isAll)
    }
  }

  /// One value per row, also where arguments are null.
  static func each(
    _ type: DataType, _ body: @escaping @Sendable (_ arguments: [Vector], _ row: Int) -> Value
  ) -> Kernel {
    { (arguments, count) throws(QueryError) in
      Vector(values: (0..<count).map { body(arguments, $0) }, type: type)
    }
  }

  /// Null where an argument is.
  static func strict(
    _ type: DataType, _ body: @escaping @Sendable (_ arguments: [Vector], _ row: Int) -> Value
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      Vector(
        values: (0..<rows.count).map { rows.isValid($0) ? body(arguments, $0) : .null }, type: type)
    }
  }
}

extension Vector {
  /// The elements of the array in a row; none where it is null.
  func elements(at row: Int) -> [Value] {
    if case .array(let elements) = value(at: row) { elements } else { [] }
  }
}
