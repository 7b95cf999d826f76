import ColumnStore
import QueryLanguage
import QueryPlanning

/// An expression ready to run, with what the scan wants to know about it.
struct CompiledExpression: Sendable {
  let expression: Expression
  let prepared: PreparedExpression

  init(_ expression: Expression) throws(QueryError) {
    self.expression = expression
    prepared = try PreparedExpression(expression)
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

  /// `expression AND ...` as a list.
  var conjuncts: [Expression] {
    if case .and(let operands) = self { operands.flatMap(\.conjuncts) } else { [self] }
  }

  /// The expression over a lower operator's input row: each column is replaced by what it is there.
  func substituting(_ columns: [Expression]) -> Expression {
    mapColumns { columns[$0] }
  }

  func mapColumns(_ replacement: (Int) -> Expression) -> Expression {
    switch self {
    case .column(let column, _): replacement(column)
    case .literal: self
    case .compare(let comparison, let left, let right):
      .compare(comparison, left.mapColumns(replacement), right.mapColumns(replacement))
    case .isDistinct(let left, let right):
      .isDistinct(left.mapColumns(replacement), right.mapColumns(replacement))
    case .and(let operands): .and(operands.map { $0.mapColumns(replacement) })
    case .or(let operands): .or(operands.map { $0.mapColumns(replacement) })
    case .not(let operand): .not(operand.mapColumns(replacement))
    case .isNull(let operand): .isNull(operand.mapColumns(replacement))
    case .caseWhen(let branches, let otherwise):
      .caseWhen(
        branches.map {
          CaseBranch(
            condition: $0.condition.mapColumns(replacement),
            result: $0.result.mapColumns(replacement))
        }, otherwise: otherwise.mapColumns(replacement))
    case .coalesce(let operands): .coalesce(operands.map { $0.mapColumns(replacement) })
    case .inList(let operand, let values): .inList(operand.mapColumns(replacement), values)
    case .call(let call):
      .call(
        FunctionCall(
          function: call.function, arguments: call.arguments.map { $0.mapColumns(replacement) },
          type: call.type, location: call.location))
    case .cast(let operand, let type, let location):
      .cast(operand.mapColumns(replacement), to: type, location: location)
    }
  }
}
