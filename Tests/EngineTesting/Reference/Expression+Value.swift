import ColumnStore
import QueryLanguage
import QueryPlanning

extension Expression {
  /// The expression's value on one row.
  func value(on row: [Value]) throws -> Value {
    switch self {
    case .column(let index, _): return row[index]
    case .literal(let value, _): return value
    case .compare(let comparison, let left, let right):
      let (a, b) = (try left.value(on: row), try right.value(on: row))
      return a.isNull || b.isNull ? .null : .boolean(comparison.holds(a.order(b)))
    case .isDistinct(let left, let right):
      let (a, b) = (try left.value(on: row), try right.value(on: row))
      if a.isNull || b.isNull { return .boolean(a.isNull != b.isNull) }
      return .boolean(a.order(b) != 0)
    case .and(let operands): return try decided(operands, by: false, on: row)
    case .or(let operands): return try decided(operands, by: true, on: row)
    case .not(let operand):
      guard case .boolean(let value) = try operand.value(on: row) else { return .null }
      return .boolean(!value)
    case .isNull(let operand): return .boolean(try operand.value(on: row).isNull)
    case .caseWhen(let branches, let otherwise):
      for branch in branches where try branch.condition.value(on: row) == .boolean(true) {
        return try branch.result.value(on: row)
      }
      return try otherwise.value(on: row)
    case .coalesce(let operands):
      for operand in operands {
        let value = try operand.value(on: row)
        if !value.isNull { return value }
      }
      return .null
    case .inList(let operand, let values):
      let value = try operand.value(on: row)
      return value.isNull ? .null : .boolean(values.contains { $0.order(value) == 0 })
    case .call(let call): return try call.value(on: row)
    case .cast(let operand, let type, _):
      return try operand.value(on: row).converted(to: type)
    }
  }

  /// The value that decides a connective on its own, else null if an operand is, else the other.
  private func decided(
    _ operands: [Expression], by decisive: Bool, on row: [Value]
  ) throws -> Value {
    var hasNull = false
    for operand in operands {
      let value = try operand.value(on: row)
      if value == .boolean(decisive) { return value }
      hasNull = hasNull || value.isNull
    }
    return hasNull ? .null : .boolean(!decisive)
  }
}

extension Comparison {
  fileprivate func holds(_ order: Int) -> Bool {
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

extension Value {
  /// `CAST`; text of times is read by the column store, whose tests look after it.
  func converted(to type: DataType) throws -> Value {
    let day = Calendar.millisecondsPerDay
    switch (self, type) {
    case (.null, _): return .null
    case (.integer(let value), .double): return .double(Double(value))
    case (.double(let value), .integer):
      guard let whole = Int64(exactly: value.rounded(.toNearestOrEven)) else {
        throw QueryError(.numericOutOfRange, "")
      }
      return .integer(whole)
    case (.boolean(let value), .integer): return .integer(value ? 1 : 0)
    case (.integer(let value), .boolean): return .boolean(value != 0)
    case (.date(let days), .timestamp):
      let (start, overflow) = days.multipliedReportingOverflow(by: day)
      if overflow { throw QueryError(.datetimeOverflow, "") }
      return .timestamp(start)
    case (.timestamp(let at), .date): return .date(Calendar.floorDivide(at, day))
    case (.text(let text), .integer):
      guard let value = Int64(text.trimmed) else { throw QueryError(.invalidText, "") }
      return .integer(value)
    case (.text(let text), .double):
      guard let value = Double(text.trimmed) else { throw QueryError(.invalidText, "") }
      return .double(value)
    case (.text(let text), .boolean):
      guard ["true", "false"].contains(text.trimmed) else { throw QueryError(.invalidText, "") }
      return .boolean(text.trimmed == "true")
    case (.text(let text), .json): return .json(text)
    case (_, .text): return .text(formatted())
    case (.array(let values), .array(let element)):
      return .array(try values.map { try $0.converted(to: element) })
    default: throw ReferenceEngine.Unsupported(name: "cast to \(type.sqlName)")
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first == " " { scalars.removeFirst() }
    while let last = scalars.last, last == " " { scalars.removeLast() }
    return String(scalars)
  }
}
