import ColumnStore

/// Evaluates what reads no column and simplifies what a constant decides: `true AND x` is `x`.
///
/// Predicates take one form on the way, so that scans need to know only that: the column is on the
/// left, NOT stands before as little as possible, and equality with one of several values is a list.
struct ConstantFolding: Sendable {
  let evaluate: (@Sendable (Expression) -> Value?)?

  init(_ context: PlanningContext) {
    self.evaluate = context.evaluate
  }

  func fold(_ plan: Plan) -> Plan {
    plan.mapInputs(fold).mapExpressions(fold)
  }

  func fold(_ expression: Expression) -> Expression {
    foldNode(expression.mapOperands(fold))
  }

  /// Folds one node over operands that are folded already.
  func foldNode(_ expression: Expression) -> Expression {
    switch expression {
    case .column, .literal: expression
    case .compare(let comparison, let left, let right): foldComparison(comparison, left, right)
    case .isDistinct(let left, let right): foldDistinct(left, right)
    case .and(let operands): foldConnective(operands, isAnd: true)
    case .or(let operands): foldConnective(operands, isAnd: false)
    case .not(let operand): foldNegation(operand)
    case .isNull(let operand):
      if let value = operand.literalValue {
        .literal(.boolean(value.isNull), .boolean)
      } else {
        expression
      }
    case .caseWhen(let branches, let otherwise): foldCase(branches, otherwise)
    case .coalesce(let operands): foldCoalesce(operands)
    case .inList(let operand, let values): foldInList(operand, values)
    case .call(let call): foldCall(call)
    case .cast(let operand, let type, _): foldCast(expression, operand, type)
    }
  }

  private func foldCast(_ expression: Expression, _ operand: Expression, _ type: DataType)
    -> Expression
  {
    guard let value = operand.literalValue else { return expression }
    if value.isNull { return .literal(.null, type) }
    if let cast = foldedCast(of: value, to: type) { return .literal(cast, type) }
    return evaluated(expression)
  }

  func evaluated(_ expression: Expression) -> Expression {
    if let evaluate, let value = evaluate(expression) {
      .literal(value, expression.type)
    } else {
      expression
    }
  }

  private func foldDistinct(_ left: Expression, _ right: Expression) -> Expression {
    switch (left.literalValue, right.literalValue) {
    case (.some(let a), .some(let b)) where a.isNull || b.isNull:
      .literal(.boolean(a.isNull != b.isNull), .boolean)
    case (.some(let value), nil) where value.isNull: .not(.isNull(right))
    case (nil, .some(let value)) where value.isNull: .not(.isNull(left))
    default: .isDistinct(left, right)
    }
  }

  private func foldCase(_ branches: [CaseBranch], _ otherwise: Expression) -> Expression {
    var kept: [CaseBranch] = []
    for branch in branches {
      switch branch.condition.literalValue {
      case .boolean(true):
        return kept.isEmpty ? branch.result : .caseWhen(kept, otherwise: branch.result)
      case .boolean(false), .null: continue
      default: kept.append(branch)
      }
    }
    return kept.isEmpty ? otherwise : .caseWhen(kept, otherwise: otherwise)
  }

  private func foldCoalesce(_ operands: [Expression]) -> Expression {
    var kept: [Expression] = []
    for operand in operands {
      guard let value = operand.literalValue else {
        kept.append(operand)
        continue
      }
      if value.isNull { continue }
      kept.append(operand)
      break
    }
    if kept.count == 1 { return kept[0] }
    return kept.isEmpty ? .literal(.null, operands.first?.type ?? .null) : .coalesce(kept)
  }

  private func foldInList(_ operand: Expression, _ values: Set<Value>) -> Expression {
    if let value = operand.literalValue {
      return foldMembership(value, operand.type, values)
    }
    if values.count == 1, let only = values.first {
      return foldComparison(.equal, operand, .literal(only, operand.type))
    }
    return .inList(operand, values)
  }

  /// Equal as `=` has it: intervals of one length are, however they are written.
  private func foldMembership(_ value: Value, _ type: DataType, _ values: Set<Value>) -> Expression
  {
    if value.isNull { return .literal(.null, .boolean) }
    if values.contains(value) { return .literal(.boolean(true), .boolean) }
    guard type.physical == .object else { return .literal(.boolean(false), .boolean) }
    return evaluated(.inList(.literal(value, type), values))
  }

  private func foldCall(_ call: FunctionCall) -> Expression {
    let values = call.arguments.compactMap(\.literalValue)
    if call.function.isStrict, values.contains(where: \.isNull) {
      return .literal(.null, call.type)
    }
    if let equality = likeAsEquality(call) { return equality }
    guard values.count == call.arguments.count else { return .call(call) }
    if let value = foldArithmetic(call.function, values) { return .literal(value, call.type) }
    if let value = foldCalendar(call, values) { return .literal(value, call.type) }
    return evaluated(.call(call))
  }

  /// LIKE with a pattern that has no wildcard.
  private func likeAsEquality(_ call: FunctionCall) -> Expression? {
    guard call.function == .like, call.arguments.count == 2,
      case .literal(.text(let pattern), _) = call.arguments[1],
      !pattern.utf8.contains(where: { "%_\\".utf8.contains($0) })
    else { return nil }
    return foldComparison(.equal, call.arguments[0], call.arguments[1])
  }
}

extension ScalarFunction {
  /// Null whenever an argument is.
  var isStrict: Bool {
    switch self {
    case .greatest, .least, .concatenateAll, .concatenateWithSeparator, .makeArray, .arrayPosition,
      .arrayToText, .textToArray, .arrayConcatenate, .arrayAppend, .arrayPrepend, .arrayRemove,
      .anyHolds, .allHold:
      false
    default: true
    }
  }
}

/// Arithmetic that cannot fail; what would fail is left to fail at run time.
private func foldArithmetic(_ function: ScalarFunction, _ values: [Value]) -> Value? {
  switch (function, values.count) {
  case (.concatenate, 2):
    guard case .text(let a) = values[0], case .text(let b) = values[1] else { return nil }
    return .text(a + b)
  case (_, 2):
    if case .integer(let a) = values[0], case .integer(let b) = values[1] {
      return foldIntegers(function, a, b).map(Value.integer)
    }
    if case .double(let a) = values[0], case .double(let b) = values[1] {
      return foldDoubles(function, a, b).flatMap { $0.isFinite ? .double($0) : nil }
    }
    return nil
  case (.negate, 1):
    if case .double(let a) = values[0] { return .double(-a) }
    if case .integer(let a) = values[0], a != .min { return .integer(-a) }
    return nil
  default: return nil
  }
}

private func foldIntegers(_ function: ScalarFunction, _ a: Int64, _ b: Int64) -> Int64? {
  let result: (partialValue: Int64, overflow: Bool)
  switch function {
  case .add: result = a.addingReportingOverflow(b)
  case .subtract: result = a.subtractingReportingOverflow(b)
  case .multiply: result = a.multipliedReportingOverflow(by: b)
  case .divide: result = a.dividedReportingOverflow(by: b)
  case .modulo: result = a.remainderReportingOverflow(dividingBy: b)
  default: return nil
  }
  return result.overflow ? nil : result.partialValue
}

private func foldDoubles(_ function: ScalarFunction, _ a: Double, _ b: Double) -> Double? {
  switch function {
  case .add: a + b
  case .subtract: a - b
  case .multiply: a * b
  case .divide: b == 0 ? nil : a / b
  default: nil
  }
}
