import ColumnStore
import QueryLanguage

/// How freely a value may change its type.
enum CoercionContext {
  /// Where nobody asked: operands and arguments.
  case implicit
  /// A value stored into a column.
  case assignment
  /// `CAST` and `::`.
  case explicit
}

extension Environment {
  /// The expression as `type`, or `nil` where the types do not go together in this context.
  func converted(
    _ bound: BoundExpression, to type: DataType, _ context: CoercionContext
  ) throws(QueryError) -> Expression? {
    if bound.isUnknown { return try settled(bound, as: type) }
    let source = bound.type
    if source == type { return bound.expression }
    guard Self.mayConvert(source, to: type, context) else { return nil }
    return try conversion(bound.expression, to: type, at: bound.location)
  }

  /// The expression as `type`; an error that names both types where that is not possible.
  func cast(
    _ bound: BoundExpression, to type: DataType, _ context: CoercionContext = .explicit
  ) throws(QueryError) -> Expression {
    if let converted = try converted(bound, to: type, context) { return converted }
    throw error(
      .typeMismatch, "cannot cast type \(bound.type.sqlName) to \(type.sqlName)", at: bound.location
    )
  }

  static func mayConvert(_ source: DataType, to target: DataType, _ context: CoercionContext)
    -> Bool
  {
    switch (source, target) {
    case (.integer, .double), (.date, .timestamp), (.date, .timestampWithTimeZone),
      (.timestamp, .timestampWithTimeZone):
      return true
    case (.double, .integer), (.timestamp, .date), (.timestampWithTimeZone, .date),
      (.timestampWithTimeZone, .timestamp):
      return context != .implicit
    case (.text, .hyperLogLog), (.text, .digest), (.hyperLogLog, .text), (.digest, .text):
      return context == .explicit
    case (.hyperLogLog, _), (.digest, _), (_, .hyperLogLog), (_, .digest), (.null, _), (_, .null):
      return false
    case (.array(let element), .array(let wanted)):
      return mayConvert(element, to: wanted, context)
    case (_, .text), (.text, .json):
      return context == .assignment || context == .explicit
    case (.text, .array):
      return context == .explicit
    case (.array, _), (_, .array):
      return false
    case (.text, _), (.boolean, .integer), (.integer, .boolean):
      return context == .explicit
    default:
      return false
    }
  }

  /// The conversion itself, done right away where the value is a literal.
  private func conversion(
    _ expression: Expression, to type: DataType, at location: Int
  ) throws(QueryError) -> Expression {
    if case .literal(.null, _) = expression { return .literal(.null, type) }
    switch (expression.type, type) {
    case (.timestamp, .timestampWithTimeZone), (.timestampWithTimeZone, .timestamp):
      return inSessionZone(expression, to: type, at: location)
    case (.date, .timestampWithTimeZone):
      let midnight = try conversion(expression, to: .timestamp, at: location)
      return inSessionZone(midnight, to: type, at: location)
    case (.timestampWithTimeZone, .date):
      let local = inSessionZone(expression, to: .timestamp, at: location)
      return .cast(local, to: .date, location: location)
    case (.text, .timestampWithTimeZone) where !sessionZone.isUTC:
      // Execution reads text without a zone as UTC.
      throw unsupported(
        "a cast of text to timestamptz in the time zone \(context.timeZone) is", at: location,
        hint: "cast to timestamp and add AT TIME ZONE '\(context.timeZone)'")
    default:
      return folded(.cast(expression, to: type, location: location))
    }
  }

  private func inSessionZone(_ expression: Expression, to type: DataType, at location: Int)
    -> Expression
  {
    folded(
      .call(
        FunctionCall(
          function: .atTimeZone, arguments: [zoneLiteral, expression], type: type,
          location: location)))
  }

  /// The type that all operands can take: PostgreSQL's rule for CASE, COALESCE, IN and VALUES.
  func commonType(of operands: [BoundExpression]) -> DataType? {
    var common: DataType?
    for operand in operands where !operand.isUnknown {
      guard let known = common else {
        common = operand.type
        continue
      }
      if known == operand.type || Self.mayConvert(operand.type, to: known, .implicit) { continue }
      guard Self.mayConvert(known, to: operand.type, .implicit) else { return nil }
      common = operand.type
    }
    // Nothing but open literals: text, unless a number too big for an integer says otherwise.
    guard let common else {
      return operands.contains { $0.expression.literalValue?.isOversizedNumber == true }
        ? .double : .text
    }
    return common
  }

  func unified(
    _ operands: [BoundExpression], construct: String
  ) throws(QueryError) -> [Expression] {
    guard let type = commonType(of: operands) else {
      let known = operands.filter { !$0.isUnknown }
      let first = known.first?.type ?? .text
      let odd = known.first {
        !Self.mayConvert($0.type, to: first, .implicit)
          && !Self.mayConvert(first, to: $0.type, .implicit) && $0.type != first
      }
      throw error(
        .typeMismatch,
        "\(construct) types \(first.sqlName) and \((odd?.type ?? first).sqlName) cannot be matched",
        at: odd?.location ?? operands.first?.location ?? 0)
    }
    return try operands.map { (operand) throws(QueryError) in
      try cast(operand, to: type, .implicit)
    }
  }

  /// The expression with a type of its own: what is still open becomes text.
  func settled(_ bound: BoundExpression) throws(QueryError) -> Expression {
    guard bound.isUnknown else { return bound.expression }
    if bound.expression.literalValue?.isOversizedNumber == true {
      return try settled(bound, as: .integer)
    }
    return try settled(bound, as: .text)
  }
}

extension Value {
  /// See `BoundExpression`: the only doubles among open literals.
  var isOversizedNumber: Bool {
    if case .double = self { true } else { false }
  }
}
