import ColumnStore
import QueryLanguage
import QueryPlanning

/// Turns an expression into steps: chooses the kernels and folds what is constant.
enum ExpressionCompiler {
  static func step(_ expression: Expression) throws(QueryError) -> Step {
    let step = try unfolded(expression)
    return folded(step)
  }

  /// A step over constants becomes a constant, unless it fails: then each row that reaches it does.
  private static func folded(_ step: Step) -> Step {
    if case .constant = step.operation { return step }
    guard step.columns.isEmpty else { return step }
    guard let vector = try? step.evaluate(Batch(rowCount: 1, columns: [])) else { return step }
    return Step(type: step.type, operation: .constant(vector.value(at: 0)))
  }

  private static func unfolded(_ expression: Expression) throws(QueryError) -> Step {
    switch expression {
    case .column(let index, let type):
      return Step(type: type, operation: .column(index))
    case .literal(let value, let type):
      return Step(type: type, operation: .constant(value))
    case .compare(let comparison, let left, let right):
      let type = left.type == .null ? right.type : left.type
      return try apply(ComparisonKernels.compare(comparison, type), [left, right])
    case .isDistinct(let left, let right):
      let type = left.type == .null ? right.type : left.type
      return try apply(ComparisonKernels.isDistinct(type), [left, right])
    case .and(let operands):
      let steps = try steps(operands)
      return Step(type: .boolean, operation: .and(steps), over: steps)
    case .or(let operands):
      let steps = try steps(operands)
      return Step(type: .boolean, operation: .or(steps), over: steps)
    case .not(let operand):
      return try apply(BooleanKernels.not, [operand])
    case .isNull(let operand):
      return try apply(BooleanKernels.isNull, [operand])
    case .caseWhen(let branches, let otherwise):
      return try caseWhen(branches, otherwise)
    case .coalesce(let operands):
      let steps = try steps(operands)
      return Step(type: expression.type, operation: .coalesce(steps), over: steps)
    case .inList(let operand, let values):
      return try apply(InListKernel.make(operand.type, values), [operand])
    case .call(let call):
      return try self.call(call)
    case .cast(let operand, let type, let location):
      let steps = try steps([operand])
      let (kernel, canFail) = try CastKernels.cast(
        from: operand.type, to: type, at: location..<location)
      return Step(
        type: type, operation: .apply(kernel, steps), over: steps, canFail: canFail)
    }
  }

  private static func steps(_ expressions: [Expression]) throws(QueryError) -> [Step] {
    var steps: [Step] = []
    for expression in expressions { steps.append(try step(expression)) }
    return steps
  }

  private static func apply(
    _ kernel: @escaping Kernel, _ operands: [Expression]
  ) throws(QueryError) -> Step {
    let steps = try steps(operands)
    return Step(type: .boolean, operation: .apply(kernel, steps), over: steps)
  }

  private static func caseWhen(
    _ branches: [CaseBranch], _ otherwise: Expression
  ) throws(QueryError) -> Step {
    var prepared: [Step.Branch] = []
    var all: [Step] = []
    var type = otherwise.type
    for branch in branches {
      let condition = try step(branch.condition)
      let result = try step(branch.result)
      if type == .null { type = result.type }
      prepared.append(Step.Branch(condition: condition, result: result))
      all += [condition, result]
    }
    let last = try step(otherwise)
    return Step(
      type: type, operation: .caseWhen(prepared, otherwise: last), over: all + [last])
  }

  private static func call(_ call: FunctionCall) throws(QueryError) -> Step {
    if let difference = call.secondsBetween {
      let steps = try steps(difference.arguments)
      let location = difference.location..<difference.location
      return Step(
        type: .double, operation: .apply(IntervalKernels.secondsBetween(at: location), steps),
        over: steps, canFail: true)
    }
    let steps = try steps(call.arguments)
    let site = CallSite(call: call, steps: steps)
    let kernel = try FunctionKernels.kernel(site)
    return Step(
      type: call.type, operation: .apply(kernel, steps), over: steps,
      canFail: FunctionKernels.canFail(call))
  }
}

extension FunctionCall {
  /// The difference of two times of which this is the epoch.
  fileprivate var secondsBetween: FunctionCall? {
    guard function == .datePart, arguments.count == 2,
      case .literal(.text(let field), _) = arguments[0], field.lowercased() == "epoch",
      case .call(let difference) = arguments[1], difference.function == .timeBetween
    else { return nil }
    return difference
  }
}

/// A call as kernels are chosen by it: types, and arguments as far as they are constant.
struct CallSite {
  let function: ScalarFunction
  let types: [DataType]
  let type: DataType
  let constants: [Value?]
  /// Where the call stands in the query text.
  let location: Range<Int>

  init(call: FunctionCall, steps: [Step]) {
    function = call.function
    types = steps.map(\.type)
    type = call.type
    constants = steps.map { step in
      if case .constant(let value) = step.operation { value } else { nil }
    }
    location = call.location..<call.location
  }

  /// The argument, if it is a constant text.
  func text(_ index: Int) -> String? {
    guard index < constants.count, case .text(let text)? = constants[index] else { return nil }
    return text
  }

  func error(_ code: QueryError.Code, _ message: String, hint: String? = nil) -> QueryError {
    QueryError(code, message, at: location, hint: hint)
  }
}
