import ColumnStore
import QueryLanguage

/// CASE, COALESCE and their kin; casts, arrays and dates.
extension ExpressionBinder {
  mutating func bindCase(
    _ operand: ExpressionSyntax?,
    _ branches: [(condition: ExpressionSyntax, result: ExpressionSyntax)],
    _ otherwise: ExpressionSyntax?, at location: Int
  ) throws(QueryError) -> BoundExpression {
    var tested: BoundExpression?
    if let operand { tested = try bind(operand) }
    if let tested { try environment.requireRepeatable(tested, count: branches.count) }
    var conditions: [Expression] = []
    var results: [BoundExpression] = []
    for branch in branches {
      if let tested {
        let value = try bind(branch.condition)
        conditions.append(
          try environment.compared(.equal, tested, value, at: branch.condition.location))
      } else {
        conditions.append(try bindCondition(branch.condition, of: "CASE/WHEN"))
      }
      results.append(try bind(branch.result))
    }
    if let otherwise {
      results.append(try bind(otherwise))
    } else {
      results.append(BoundExpression(.literal(.null, .null), at: location))
    }
    var unified = try environment.unified(results, construct: "CASE")
    let last = unified.removeLast()
    let cases = zip(conditions, unified).map { CaseBranch(condition: $0, result: $1) }
    return BoundExpression(.caseWhen(cases, otherwise: last), at: location)
  }

  mutating func bindCoalesce(
    _ operands: [ExpressionSyntax], at location: Int
  ) throws(QueryError) -> BoundExpression {
    let unified = try environment.unified(try bind(operands), construct: "COALESCE")
    return BoundExpression(.coalesce(unified), at: location)
  }

  mutating func bindNullIf(
    _ left: ExpressionSyntax, _ right: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let left = try bind(left)
    let right = try bind(right)
    try environment.requireRepeatable(left)
    let equal = try environment.compared(.equal, left, right, at: location)
    let kept = try environment.settled(left)
    return BoundExpression(
      .caseWhen(
        [CaseBranch(condition: equal, result: .literal(.null, kept.type))], otherwise: kept),
      at: location)
  }

  mutating func bindExtreme(
    _ function: ScalarFunction, _ operands: [ExpressionSyntax], at location: Int
  ) throws(QueryError) -> BoundExpression {
    let name = function == .greatest ? "GREATEST" : "LEAST"
    let unified = try environment.unified(try bind(operands), construct: name)
    guard let type = unified.first?.type, type.isComparable else {
      throw environment.error(
        .undefinedFunction, "\(name) needs values that can be compared", at: location)
    }
    return BoundExpression(environment.call(function, unified, type, at: location), at: location)
  }

  mutating func bindCast(
    _ operand: ExpressionSyntax, _ typeName: TypeNameSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let type = try environment.type(typeName)
    let bound = try bind(operand)
    var cast = try environment.cast(bound, to: type)
    // numeric(12, 2) rounds, varchar(20) cuts off.
    switch (typeName.name, type) {
    case ("numeric", .double) where !typeName.modifiers.isEmpty:
      let digits = typeName.modifiers.count > 1 ? typeName.modifiers[1] : 0
      cast = environment.call(
        .round, [cast, .literal(.integer(digits), .integer)], .double, at: location)
    case ("varchar", .text), ("bpchar", .text):
      if let length = typeName.modifiers.first, length > 0 {
        cast = environment.call(
          .left, [cast, .literal(.integer(length), .integer)], .text, at: location)
      }
    default: break
    }
    return BoundExpression(cast, at: location)
  }

  mutating func bindArray(
    _ elements: [ExpressionSyntax], at location: Int
  ) throws(QueryError) -> BoundExpression {
    let unified = try environment.unified(try bind(elements), construct: "ARRAY")
    let type = unified.first?.type ?? .text
    let values = unified.compactMap(\.literalValue)
    if values.count == unified.count {
      return BoundExpression(.literal(.array(values), .array(type)), at: location)
    }
    return BoundExpression(
      environment.call(.makeArray, unified, .array(type), at: location), at: location)
  }

  mutating func bindSubscript(
    _ array: ExpressionSyntax, _ index: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let array = try bind(array)
    let index = try bind(index)
    guard case .array(let element) = array.type else {
      throw environment.error(
        .typeMismatch, "cannot subscript type \(array.type.sqlName), it is not an array",
        at: location)
    }
    let position = try environment.cast(index, to: .integer, .implicit)
    return BoundExpression(
      environment.call(.element, [array.expression, position], element, at: location), at: location)
  }

  /// `a[2:3]`; a bound that is left out is the array's own.
  mutating func bindSlice(
    _ array: ExpressionSyntax, _ lower: ExpressionSyntax?, _ upper: ExpressionSyntax?,
    at location: Int
  ) throws(QueryError) -> BoundExpression {
    let array = try bind(array)
    guard case .array = array.type else {
      throw environment.error(
        .typeMismatch, "cannot subscript type \(array.type.sqlName), it is not an array",
        at: location)
    }
    var bounds: [Expression] = [
      .literal(.integer(1), .integer), .literal(.integer(.max), .integer),
    ]
    if let lower { bounds[0] = try environment.cast(try bind(lower), to: .integer, .implicit) }
    if let upper { bounds[1] = try environment.cast(try bind(upper), to: .integer, .implicit) }
    return BoundExpression(
      environment.call(.arraySlice, [array.expression] + bounds, array.type, at: location),
      at: location)
  }

  /// `ARRAY(SELECT x ...)`: the rows of the query in their order.
  mutating func bindArraySubquery(
    _ query: SelectSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let column = Identifier("element", offset: location)
    let call = FunctionCallSyntax(
      name: "array_agg", arguments: [ExpressionSyntax(.column([column.name]), location: location)])
    var core = SelectCore(
      items: [
        SelectItem(
          expression: ExpressionSyntax(.function(call), location: location), alias: nil)
      ])
    core.from = [
      .subquery(
        query, alias: TableAlias(name: column, columnNames: [column]), isLateral: false)
    ]
    let gathered = try bindScalarSubquery(
      SelectSyntax(body: .select(core), location: location), at: location)
    return BoundExpression(
      .coalesce([gathered.expression, .literal(.array([]), gathered.type)]), at: location)
  }

  mutating func bindAtTimeZone(
    _ operand: ExpressionSyntax, _ zone: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let operand = try bind(operand)
    let zone = try bind(zone)
    return BoundExpression(
      try environment.atTimeZone(operand, zone: zone, at: location), at: location)
  }

  mutating func bindExtract(
    _ field: String, _ operand: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let operand = try bind(operand)
    let field = BoundExpression(.literal(.text(field), .null), at: location)
    return try environment.scalarCall(
      "date_part", [field, operand], shownAs: "extract", at: location)
  }
}
