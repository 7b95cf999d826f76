public import ColumnStore
import QueryLanguage
public import QueryPlanning

/// An expression ready to run, with what the scan wants to know about it.
struct CompiledExpression: Sendable {
  let expression: Expression
  let prepared: PreparedExpression
  /// Of a condition that bitmaps of columns decide.
  let mask: PredicateMask?

  init(_ expression: Expression) throws(QueryError) {
    self.expression = expression
    prepared = try PreparedExpression(expression)
    mask = expression.type == .boolean ? try PredicateMask(expression) : nil
  }

  /// A condition that is a part of another one, which has the bitmap.
  init(leaf expression: Expression) throws(QueryError) {
    self.expression = expression
    prepared = try PreparedExpression(expression)
    mask = nil
  }

  var type: DataType { prepared.type }
  var columns: Set<Int> { prepared.columns }
  /// Whether a value, not only a program error, can make it fail.
  var mayFail: Bool { prepared.mayFail }

  /// The column, when the expression is nothing else.
  var column: Int? {
    if case .column(let column, _) = expression { column } else { nil }
  }

  var constant: Value? {
    if case .literal(let value, _) = expression { value } else { nil }
  }

  /// Whether a greater value of the one column never gives a smaller result.
  var isMonotonic: Bool { expression.isMonotonic }

  func evaluate(_ batch: Batch) throws(QueryError) -> Vector {
    try prepared.evaluate(batch)
  }
}

extension Expression {
  /// Conservative: only chains of the time functions that dashboards group and filter by.
  fileprivate var isMonotonic: Bool {
    switch self {
    case .column(_, let type):
      return type.physical == .integer
    case .cast(let operand, let type, _):
      let isDate = type == .date && operand.type == .timestamp
      let isTimestamp = type == .timestamp && operand.type == .date
      return (isDate || isTimestamp) && operand.isMonotonic
    case .call(let call):
      switch call.function {
      case .dateTruncate:
        guard call.arguments.count >= 2, call.arguments[1].isMonotonic else { return false }
        return call.arguments.count == 2 || call.arguments[2].isUTC
      case .timeBucket:
        guard call.arguments.count >= 2, call.arguments[1].isMonotonic else { return false }
        return call.type != .timestampWithTimeZone || (call.arguments.last?.isUTC ?? false)
      case .atTimeZone:
        return call.arguments.count == 2 && call.arguments[0].isUTC
          && call.arguments[1].isMonotonic
      case .addDays, .subtractDays:
        guard call.arguments.count == 2, case .literal = call.arguments[1] else { return false }
        return call.arguments[0].isMonotonic
      default:
        return false
      }
    default:
      return false
    }
  }

  private var isUTC: Bool {
    if case .literal(.text("UTC"), _) = self { true } else { false }
  }

  /// The expression over a lower operator's input row: each column is replaced by what it is there.
  func substituting(_ columns: [Expression]) -> Expression {
    mapColumns { column, _ in columns[column] }
  }
}

extension Expression {
  /// The value of an expression that reads no column; `nil` when it cannot be had.
  public var evaluatedConstant: Value? {
    do throws(QueryError) {
      let row = Batch(rowCount: 1, columns: [])
      return try CompiledExpression(self).evaluate(row).value(at: 0)
    } catch {
      return nil
    }
  }
}
