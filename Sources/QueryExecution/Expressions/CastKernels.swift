import ColumnStore
import QueryLanguage

/// Conversions between types. Text without a zone, and what has no zone of its own, is in UTC: a
/// planner that wants another zone asks for `atTimeZone`.
enum CastKernels {
  /// The kernel, and whether it can fail for some values.
  static func cast(
    from: DataType, to: DataType, at location: Range<Int>
  ) throws(QueryError) -> (Kernel, canFail: Bool) {
    let day = Calendar.millisecondsPerDay
    if from == to { return (retyped(to), false) }
    switch (from, to) {
    case (.null, _): return (DateTimeKernels.null(to), false)
    case (.json, .text), (.timestamp, .timestampWithTimeZone), (.timestampWithTimeZone, .timestamp):
      return (retyped(to), false)
    case (.text, _): return try (TextCasts.parse(to, location), true)
    case (_, .text): return (TextCasts.format(from), false)
    case (.integer, .double):
      return (
        Kernels.strict { (arguments, rows) throws(QueryError) in
          let values = arguments[0].integerRows.map { Double($0) }
          return Vector(type: .double, count: rows.count, storage: .doubles(values))
        }, false
      )
    case (.integer, .boolean):
      return (
        Kernels.strict { (arguments, rows) throws(QueryError) in
          let values: [UInt8] = arguments[0].integerRows.map { $0 == 0 ? 0 : 1 }
          return Vector(type: .boolean, count: rows.count, storage: .booleans(values))
        }, false
      )
    case (.boolean, .integer):
      return (integers(.integer) { $0.booleanRows.map { Int64($0) } }, false)
    case (.double, .integer): return (roundedIntegers(location), true)
    case (.timestamp, .date), (.timestampWithTimeZone, .date):
      return (
        integers(.date) { $0.integerRows.map { Calendar.floorDivide($0, day) } }, false
      )
    case (.date, .timestamp), (.date, .timestampWithTimeZone):
      return (midnights(to, location), true)
    case (.array(let element), .array(let target)):
      let (kernel, canFail) = try cast(from: element, to: target, at: location)
      return (elements(kernel, element, target), canFail)
    default:
      throw QueryError(
        .typeMismatch, "cannot cast type \(from.sqlName) to \(to.sqlName)", at: location)
    }
  }

  private static func retyped(_ type: DataType) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var result = arguments[0]
      result.type = type
      if let bits = result.constant?.integerBits { result.storage = .integers([bits]) }
      if case .constant(.json(let text)) = result.storage {
        result.storage = .constant(type == .text ? .text(text) : .json(text))
      }
      return result
    }
  }

  private static func integers(
    _ type: DataType, _ body: @escaping @Sendable (Vector) -> [Int64]
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      Vector(type: type, count: rows.count, storage: .integers(body(arguments[0])))
    }
  }

  private static func roundedIntegers(_ location: Range<Int>) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let doubles = arguments[0].doubleRows
      var values = [Int64](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard let value = Int64(exactly: doubles[row].rounded(.toNearestOrEven)) else {
          throw QueryError(.numericOutOfRange, "bigint out of range", at: location)
        }
        values[row] = value
      }
      return Vector(type: .integer, count: rows.count, storage: .integers(values))
    }
  }

  private static func midnights(_ type: DataType, _ location: Range<Int>) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[0].integerRows
      for row in 0..<rows.count {
        let (value, overflow) = values[row].multipliedReportingOverflow(
          by: Calendar.millisecondsPerDay)
        if overflow || !Calendar.millisecondRange.contains(value), rows.isValid(row) {
          throw QueryError(.datetimeOverflow, "date out of range for timestamp", at: location)
        }
        values[row] = value
      }
      return Vector(type: type, count: rows.count, storage: .integers(values))
    }
  }

  private static func elements(
    _ kernel: @escaping Kernel, _ from: DataType, _ to: DataType
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = [Value](repeating: .null, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard case .array(let elements) = arguments[0].value(at: row) else { continue }
        var result: [Value] = []
        for element in elements {
          var one = try kernel([Vector(values: [element], type: from)], 1)
          one.type = to
          result.append(one.value(at: 0))
        }
        values[row] = .array(result)
      }
      return Vector(type: .array(to), count: rows.count, storage: .objects(values))
    }
  }
}
