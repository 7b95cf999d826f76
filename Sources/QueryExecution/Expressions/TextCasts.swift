import ColumnStore
import QueryLanguage

/// Conversions from and to text, once per distinct string.
enum TextCasts {
  static func parse(_ type: DataType, _ location: Range<Int>) throws(QueryError) -> Kernel {
    switch type {
    case .boolean:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = try map(arguments[0], rows, UInt8(0)) { (text) throws(QueryError) in
          guard let value = NumberText.boolean(text) else {
            throw invalid(text, type, location)
          }
          return value ? 1 : 0
        }
        return Vector(type: type, count: rows.count, storage: .booleans(values))
      }
    case .double:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = try map(arguments[0], rows, 0.0) { (text) throws(QueryError) in
          do throws(NumberText.Failure) {
            return try NumberText.double(text)
          } catch .outOfRange {
            throw QueryError(
              .numericOutOfRange, "'\(shown(text))' is out of range for type double precision",
              at: location)
          } catch {
            throw invalid(text, type, location)
          }
        }
        return Vector(type: type, count: rows.count, storage: .doubles(values))
      }
    case .integer, .date, .timestamp, .timestampWithTimeZone:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = try map(arguments[0], rows, Int64(0)) { (text) throws(QueryError) in
          try integer(text, type, location)
        }
        return Vector(type: type, count: rows.count, storage: .integers(values))
      }
    case .interval:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = try map(arguments[0], rows, Value.null) { (text) throws(QueryError) in
          do throws(DateTimeFailure) {
            return .interval(try IntervalText.parse(text))
          } catch {
            throw failed(error, text, type, location)
          }
        }
        return Vector(type: type, count: rows.count, storage: .objects(values))
      }
    case .json:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        _ = try map(arguments[0], rows, UInt8(0)) { (text) throws(QueryError) in
          guard JSONSyntax.isValid(text) else { throw invalid(text, type, location) }
          return 1
        }
        var result = arguments[0]
        result.type = type
        if case .constant(let value) = result.storage {
          result.storage = .constant(.json(value.textOrEmpty))
        }
        return result
      }
    case .array(let element): return try array(of: element, location)
    case .hyperLogLog, .digest:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        let values = try map(arguments[0], rows, Value.null) { (text) throws(QueryError) in
          guard let state = SketchText.state(text, type: type) else {
            throw QueryError(
              .invalidText, "this text is no state of \(type.sqlName)", at: location,
              hint: "states are written as \\x and hexadecimal digits, as SELECT shows them")
          }
          return state
        }
        return Vector(type: type, count: rows.count, storage: .objects(values))
      }
    case .text, .null:
      throw QueryError(
        .typeMismatch, "cannot cast type text to \(type.sqlName)", at: location)
    }
  }

  /// Elements are texts first, which then are cast.
  private static func array(
    of element: DataType, _ location: Range<Int>
  ) throws(QueryError) -> Kernel {
    let (elements, _) = try CastKernels.cast(
      from: .array(.text), to: .array(element), at: location)
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      let values = try map(arguments[0], rows, Value.null) { (text) throws(QueryError) in
        guard let items = ArrayText.elements(text) else {
          throw QueryError(
            .invalidText, "malformed array literal: '\(shown(text))'", at: location,
            hint: "write the elements in braces: '{a,b}'")
        }
        return .array(items.map { $0.map(Value.text) ?? .null })
      }
      let texts = Vector(
        type: .array(.text), count: rows.count, storage: .objects(values), validity: rows.validity)
      return try elements([texts], rows.count)
    }
  }

  private static func map<Result>(
    _ vector: Vector, _ rows: KernelRows, _ filler: Result,
    _ body: (UnsafeBufferPointer<UInt8>) throws(QueryError) -> Result
  ) throws(QueryError) -> [Result] {
    try TextRows.withRows(of: vector) { (text) throws(QueryError) in
      var values = [Result](repeating: filler, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) { values[row] = try body(text[row]) }
      return values
    }
  }

  private static func integer(
    _ text: UnsafeBufferPointer<UInt8>, _ type: DataType, _ location: Range<Int>
  ) throws(QueryError) -> Int64 {
    if type == .integer {
      do throws(NumberText.Failure) {
        return try NumberText.integer(text)
      } catch .outOfRange {
        throw QueryError(
          .numericOutOfRange, "value '\(shown(text))' is out of range for type bigint",
          at: location)
      } catch {
        throw invalid(text, type, location)
      }
    }
    do throws(DateTimeFailure) {
      switch type {
      case .date: return try DateTimeText.date(text)
      case .timestamp: return try DateTimeText.timestamp(text)
      default: return try DateTimeText.timestampWithTimeZone(text, zone: .utc)
      }
    } catch {
      throw failed(error, text, type, location)
    }
  }

  private static func shown(_ text: UnsafeBufferPointer<UInt8>) -> String {
    let shown = String(decoding: text.prefix(200), as: UTF8.self)
    return text.count > 200 ? shown + "..." : shown
  }

  private static func invalid(
    _ text: UnsafeBufferPointer<UInt8>, _ type: DataType, _ location: Range<Int>
  ) -> QueryError {
    QueryError(
      .invalidText, "invalid input syntax for type \(type.sqlName): '\(shown(text))'",
      at: location)
  }

  private static func failed(
    _ failure: DateTimeFailure, _ text: UnsafeBufferPointer<UInt8>, _ type: DataType,
    _ location: Range<Int>
  ) -> QueryError {
    let hint = "expected \(failure.expected)"
    switch failure.reason {
    case .notUnderstood:
      return QueryError(
        .invalidDatetime, "invalid input syntax for type \(type.sqlName): '\(shown(text))'",
        at: location, hint: hint)
    case .outOfRange:
      return QueryError(
        .datetimeOverflow, "date/time field value out of range: '\(shown(text))'", at: location,
        hint: hint)
    case .unknownZone(let name):
      let close = TimeZoneRules.names(like: name).first
      return QueryError(
        .invalidParameter, "time zone '\(name)' not recognized", at: location,
        hint: close.map { "did you mean '\($0)'?" } ?? hint)
    }
  }

  static func format(_ type: DataType) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let vector = arguments[0]
      if type == .integer {
        let values = vector.integerRows
        return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
          builder.write(values[row])
        }
      }
      return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        builder.write(vector.value(at: row).formatted())
      }
    }
  }
}

extension TextBuilder {
  /// Decimal digits.
  mutating func write(_ number: Int64) {
    if number < 0 { write(UInt8(ascii: "-")) }
    var rest = number.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
        rest /= 10
      } while rest > 0
      write(UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
