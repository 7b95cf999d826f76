package import ColumnStore

extension Expression {
  /// The same node over changed operands.
  package func mapOperands<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    switch self {
    case .column, .literal: self
    case .compare(let comparison, let left, let right):
      .compare(comparison, try transform(left), try transform(right))
    case .isDistinct(let left, let right): .isDistinct(try transform(left), try transform(right))
    case .and(let operands): .and(try operands.map(transform))
    case .or(let operands): .or(try operands.map(transform))
    case .not(let operand): .not(try transform(operand))
    case .isNull(let operand): .isNull(try transform(operand))
    case .caseWhen(let branches, let otherwise):
      try Self.mapCase(branches, otherwise, transform)
    case .coalesce(let operands): .coalesce(try operands.map(transform))
    case .inList(let operand, let values): .inList(try transform(operand), values)
    case .call(let call): try Self.mapCall(call, transform)
    case .cast(let operand, let type, let location):
      .cast(try transform(operand), to: type, location: location)
    }
  }

  private static func mapCase<Failure: Error>(
    _ branches: [CaseBranch], _ otherwise: Expression,
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    var changed: [CaseBranch] = []
    for branch in branches {
      changed.append(
        CaseBranch(condition: try transform(branch.condition), result: try transform(branch.result))
      )
    }
    return .caseWhen(changed, otherwise: try transform(otherwise))
  }

  private static func mapCall<Failure: Error>(
    _ call: FunctionCall, _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    var call = call
    call.arguments = try call.arguments.map(transform)
    return .call(call)
  }

  /// Operands, left to right.
  package var operands: [Expression] {
    switch self {
    case .column, .literal: []
    case .compare(_, let left, let right), .isDistinct(let left, let right): [left, right]
    case .and(let operands), .or(let operands), .coalesce(let operands): operands
    case .not(let operand), .isNull(let operand), .inList(let operand, _), .cast(let operand, _, _):
      [operand]
    case .caseWhen(let branches, let otherwise):
      branches.flatMap { [$0.condition, $0.result] } + [otherwise]
    case .call(let call): call.arguments
    }
  }

  /// Replaces each column of the input row.
  package func mapColumns<Failure: Error>(
    _ transform: (Int, DataType) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    if case .column(let index, let type) = self { return try transform(index, type) }
    return try mapOperands { (operand) throws(Failure) in try operand.mapColumns(transform) }
  }

  /// Adds the columns of the input row that are read.
  package func collectColumns(into columns: inout Set<Int>) {
    if case .column(let index, _) = self {
      columns.insert(index)
    } else {
      for operand in operands { operand.collectColumns(into: &columns) }
    }
  }

  package var columns: Set<Int> {
    var columns: Set<Int> = []
    collectColumns(into: &columns)
    return columns
  }

  /// True when no column is read: the same value for every row.
  package var isConstant: Bool {
    if case .column = self { return false }
    return operands.allSatisfy(\.isConstant)
  }

  /// Equal for expressions that mean the same, wherever they were written.
  package var withoutLocations: Expression {
    switch self {
    case .column, .literal: return self
    case .cast(let operand, let type, _):
      return .cast(operand.withoutLocations, to: type, location: 0)
    case .call(var call):
      call.location = 0
      call.arguments = call.arguments.map(\.withoutLocations)
      return .call(call)
    default: return mapOperands(\.withoutLocations)
    }
  }

  /// The operands of a conjunction, nested ones included.
  package var conjuncts: [Expression] {
    if case .and(let operands) = self { operands.flatMap(\.conjuncts) } else { [self] }
  }

  package var literalValue: Value? {
    if case .literal(let value, _) = self { value } else { nil }
  }

  static func conjunction(_ conjuncts: [Expression]) -> Expression {
    if conjuncts.count == 1, let only = conjuncts.first { return only }
    return conjuncts.isEmpty ? .literal(.boolean(true), .boolean) : .and(conjuncts)
  }
}

extension Aggregate {
  /// Replaces each expression that the aggregate evaluates.
  package func mapExpressions<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Aggregate {
    var aggregate = self
    aggregate.arguments = try arguments.map(transform)
    if let filter { aggregate.filter = try transform(filter) }
    for index in aggregate.orderBy.indices {
      aggregate.orderBy[index].expression = try transform(orderBy[index].expression)
    }
    return aggregate
  }

  package var withoutLocations: Aggregate {
    var aggregate = mapExpressions(\.withoutLocations)
    aggregate.location = 0
    return aggregate
  }

  func collectColumns(into columns: inout Set<Int>) {
    for argument in arguments { argument.collectColumns(into: &columns) }
    filter?.collectColumns(into: &columns)
    for key in orderBy { key.expression.collectColumns(into: &columns) }
  }
}
