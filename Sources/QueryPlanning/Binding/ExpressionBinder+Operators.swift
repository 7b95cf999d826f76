import ColumnStore
import QueryLanguage

/// Operators and predicates.
extension ExpressionBinder {
  mutating func bindUnary(
    _ name: String, _ operand: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    // The digits of the smallest integer do not fit without their sign.
    if name == "-", case .decimal("9223372036854775808") = operand.kind {
      return BoundExpression(.literal(.integer(.min), .integer), at: location)
    }
    var bound = try bind(operand)
    if bound.isUnknown {
      let isBig = bound.expression.literalValue?.isOversizedNumber == true
      if isBig, name != "~", case .literal(.double(let number), _) = bound.expression {
        return BoundExpression(
          .literal(.double(name == "-" ? -number : number), .null), at: location)
      }
      bound.expression = try environment.settled(bound, as: .double)
    }
    switch name {
    case "-": return BoundExpression(try environment.negated(bound, at: location), at: location)
    case "+" where bound.type.isNumber: return bound
    case "~" where bound.type == .integer:
      let allOnes = Expression.literal(.integer(-1), .integer)
      return BoundExpression(
        environment.call(.bitXor, [bound.expression, allOnes], .integer, at: location), at: location
      )
    default:
      throw environment.error(
        .undefinedFunction, "operator does not exist: \(name) \(bound.type.sqlName)", at: location)
    }
  }

  mutating func bindBinary(
    _ name: String, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let left = try bind(left)
    let right = try bind(right)
    let expression =
      if let comparison = Comparison(rawValue: name) {
        try environment.compared(comparison, left, right, at: location)
      } else {
        try environment.operated(name, left, right, at: location)
      }
    return BoundExpression(expression, at: location)
  }

  mutating func bindConnective(
    _ operands: [ExpressionSyntax], _ name: String, at location: Int
  ) throws(QueryError) -> BoundExpression {
    var bound: [Expression] = []
    for operand in operands { bound.append(try bindCondition(operand, of: name)) }
    return BoundExpression(name == "AND" ? .and(bound) : .or(bound), at: location)
  }

  mutating func bindNullTest(
    _ operand: ExpressionSyntax, negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let test = Expression.isNull(try bindSettled(operand).expression)
    return BoundExpression(negated ? .not(test) : test, at: location)
  }

  mutating func bindBooleanTest(
    _ operand: ExpressionSyntax, _ value: Bool?, negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let condition = try bindCondition(operand, of: "IS")
    let test: Expression =
      if let value {
        .coalesce([value ? condition : .not(condition), .literal(.boolean(false), .boolean)])
      } else {
        .isNull(condition)
      }
    return BoundExpression(negated ? .not(test) : test, at: location)
  }

  mutating func bindDistinct(
    _ left: ExpressionSyntax, _ right: ExpressionSyntax, negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let left = try bind(left)
    let right = try bind(right)
    let (a, b) = try environment.comparable(
      left, right, operator: "IS DISTINCT FROM", at: location)
    let test = Expression.isDistinct(a, b)
    return BoundExpression(negated ? .not(test) : test, at: location)
  }

  /// `x BETWEEN a AND b` is `x >= a AND x <= b`.
  mutating func bindBetween(
    _ operand: ExpressionSyntax, _ low: ExpressionSyntax, _ high: ExpressionSyntax, negated: Bool,
    symmetric: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let operand = try bind(operand)
    let low = try bind(low)
    let high = try bind(high)
    try environment.requireRepeatable(operand, count: symmetric ? 4 : 2)
    if symmetric {
      for bound in [low, high] { try environment.requireRepeatable(bound) }
    }
    func between(_ low: BoundExpression, _ high: BoundExpression) throws(QueryError) -> Expression {
      .and([
        try environment.compared(.greaterOrEqual, operand, low, at: location),
        try environment.compared(.lessOrEqual, operand, high, at: location),
      ])
    }
    var test = try between(low, high)
    if symmetric { test = .or([test, try between(high, low)]) }
    return BoundExpression(negated ? .not(test) : test, at: location)
  }

  mutating func bindInList(
    _ operand: ExpressionSyntax, _ list: [ExpressionSyntax], negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let operand = try bind(operand)
    let list = try bind(list)
    let others = list.reduce(0) { $0 + ($1.expression.literalValue == nil ? 1 : 0) }
    try environment.requireRepeatable(operand, count: others + 1)
    for item in list where environment.commonType(of: [operand, item]) == nil {
      throw environment.noOperator("=", operand, item, at: item.location)
    }
    var unified = try environment.unified([operand] + list, construct: "IN")
    let tested = unified.removeFirst()
    guard tested.type.isComparable else {
      throw environment.noOperator("=", operand, operand, at: location)
    }
    return BoundExpression(membership(of: tested, in: unified, negated: negated), at: location)
  }

  /// Literals go into one set; anything else is compared one by one. A NULL in the list makes
  /// the answer unknown where nothing matches.
  private func membership(of tested: Expression, in list: [Expression], negated: Bool)
    -> Expression
  {
    var values: Set<Value> = []
    var tests: [Expression] = []
    var hasNull = false
    for item in list {
      switch item {
      case .literal(.null, _): hasNull = true
      case .literal(let value, _): values.insert(value)
      default: tests.append(.compare(.equal, tested, item))
      }
    }
    if !values.isEmpty { tests.insert(.inList(tested, values), at: 0) }
    if hasNull { tests.append(.literal(.null, .boolean)) }
    let test = tests.count == 1 ? tests[0] : Expression.or(tests)
    return negated ? .not(test) : test
  }

  /// `x = ANY (ARRAY[...])` is IN, `x <> ALL (ARRAY[...])` is NOT IN.
  mutating func bindQuantified(
    _ name: String, _ operand: ExpressionSyntax, _ array: ExpressionSyntax, isAll: Bool,
    at location: Int
  ) throws(QueryError) -> BoundExpression {
    let isList = (name, isAll) == ("=", false) || (name, isAll) == ("<>", true)
    if isList, case .array(let elements) = array.kind {
      guard !elements.isEmpty else {
        return BoundExpression(.literal(.boolean(isAll), .boolean), at: location)
      }
      return try bindInList(operand, elements, negated: isAll, at: location)
    }
    guard let comparison = Comparison(rawValue: name) else {
      throw environment.unsupported(
        "\(name) \(isAll ? "ALL" : "ANY") is", at: location,
        hint: "compare with = < <= > >= or <>")
    }
    let test = try environment.quantified(
      comparison, try bind(operand), try bind(array), isAll: isAll, at: location)
    // A list that is known is one that scans can skip segments by.
    if isList, case .call(let call) = test, case .literal(.array(let values), _) = call.arguments[1]
    {
      if values.isEmpty {
        return BoundExpression(.literal(.boolean(isAll), .boolean), at: location)
      }
      let type = call.arguments[0].type
      return BoundExpression(
        membership(
          of: call.arguments[0], in: values.map { .literal($0, type) }, negated: isAll),
        at: location)
    }
    return BoundExpression(test, at: location)
  }

  mutating func bindLike(
    _ operand: ExpressionSyntax, _ pattern: ExpressionSyntax, escape: ExpressionSyntax?,
    ignoresCase: Bool, negated: Bool, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let operand = try bind(operand)
    let pattern = try bind(pattern)
    var bound: BoundExpression?
    if let escape { bound = try bind(escape) }
    if let bound, case .literal(.text(let text), _) = bound.expression,
      text.unicodeScalars.count > 1
    {
      throw environment.error(
        .invalidParameter, "invalid escape string: '\(text)'", at: bound.location,
        hint: "an escape string is empty or one character")
    }
    let test = try environment.liked(
      operand, pattern, escape: bound, ignoresCase: ignoresCase, at: location)
    return BoundExpression(negated ? .not(test) : test, at: location)
  }
}
