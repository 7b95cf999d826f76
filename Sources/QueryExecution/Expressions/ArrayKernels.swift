import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions of arrays, which are objects: one value per row.
enum ArrayKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    switch site.function {
    case .element:
      return strict(site.type) { (arguments, row, _) throws(QueryError) in
        element(of: arguments[0].elements(at: row), at: arguments[1].value(at: row).integerBits)
      }
    case .arrayLength:
      return strict(.integer) { (arguments, row, _) throws(QueryError) in
        .integer(Int64(arguments[0].elements(at: row).count))
      }
    case .arrayDimension:
      return strict(.integer) { (arguments, row, _) throws(QueryError) in
        let count = arguments[0].elements(at: row).count
        return count > 0 && arguments[1].value(at: row) == .integer(1)
          ? .integer(Int64(count)) : .null
      }
    case .arraySlice:
      return strict(site.type) { (arguments, row, memory) throws(QueryError) in
        let elements = arguments[0].elements(at: row)
        let first = max(arguments[1].value(at: row).integerBits ?? 1, 1)
        let last = min(arguments[2].value(at: row).integerBits ?? 0, Int64(elements.count))
        guard first <= last else { return .array([]) }
        let range = Int(first - 1)..<Int(last)
        try memory.reserve(range.count)
        return .array(Array(elements[range]))
      }
    case .makeArray:
      return each(site.type) { (arguments, row, memory) throws(QueryError) in
        try memory.reserve(arguments.count)
        return .array(arguments.map { $0.value(at: row) })
      }
    case .arrayConcatenate, .arrayAppend, .arrayPrepend: return concatenation(site)
    case .arrayContains, .arrayOverlaps: return ArraySearchKernels.membership(site)
    case .arrayPosition: return ArraySearchKernels.position
    case .arrayRemove: return ArraySearchKernels.removal(site)
    case .anyHolds, .allHold: return try quantified(site)
    case .arrayToText, .textToArray: return ArrayTextKernels.kernel(site)
    default: throw site.error(.internalError, "no kernel for \(site.function.rawValue)")
    }
  }

  private static func element(of elements: [Value], at position: Int64?) -> Value {
    guard let position, position >= 1, position <= elements.count else { return .null }
    return elements[Int(position) - 1]
  }

  private static func concatenation(_ site: CallSite) -> Kernel {
    let function = site.function
    return each(site.type) { (arguments, row, memory) throws(QueryError) in
      let left = arguments[0].value(at: row)
      let right = arguments[1].value(at: row)
      try memory.reserve(left.elementCount + right.elementCount)
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

  private static func quantified(_ site: CallSite) throws(QueryError) -> Kernel {
    guard let comparison = site.text(2).flatMap(Comparison.init(rawValue:)) else {
      throw site.error(.internalError, "a quantified comparison without its operator")
    }
    let isAll = site.function == .allHold
    return each(.boolean) { (arguments, row, _) throws(QueryError) in
      guard case .array(let elements) = arguments[1].value(at: row) else { return .null }
      let value = arguments[0].value(at: row)
      var hasNull = false
      var work = WorkCounter()
      for element in elements {
        try work.add(16)
        if value.isNull || element.isNull {
          hasNull = true
        } else if comparison.holds(compareValues(value, element)) != isAll {
          return .boolean(!isAll)
        }
      }
      return hasNull ? .null : .boolean(isAll)
    }
  }

  /// The value of one row. Arrays that it makes are set aside in `memory` first.
  typealias Body =
    @Sendable (_ arguments: [Vector], _ row: Int, _ memory: inout ArrayMemory) throws(QueryError)
    -> Value

  /// One value per row, also where arguments are null.
  static func each(_ type: DataType, _ body: @escaping Body) -> Kernel {
    { (arguments, count) throws(QueryError) in
      try vector(type, KernelRows(count: count), arguments, body)
    }
  }

  /// Null where an argument is.
  static func strict(_ type: DataType, _ body: @escaping Body) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      try vector(type, rows, arguments, body)
    }
  }

  private static func vector(
    _ type: DataType, _ rows: KernelRows, _ arguments: [Vector], _ body: Body
  ) throws(QueryError) -> Vector {
    var memory = ArrayMemory()
    try memory.reserve(rows.count)
    var values: [Value] = []
    values.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      if row & 0xFF == 0 { try QueryScope.check() }
      values.append(rows.isValid(row) ? try body(arguments, row, &memory) : .null)
    }
    return Vector(values: values, type: type)
  }
}

extension Value {
  /// How many elements the value is or adds to an array.
  fileprivate var elementCount: Int {
    if case .array(let elements) = self { elements.count } else { 1 }
  }
}

extension Vector {
  /// The elements of the array in a row; none where it is null.
  func elements(at row: Int) -> [Value] {
    if case .array(let elements) = value(at: row) { elements } else { [] }
  }
}
