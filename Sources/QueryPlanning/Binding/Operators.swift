import ColumnStore
import QueryLanguage

/// Operators: which types they take, which they give, and what function does the work.
extension Environment {
  func compared(
    _ comparison: Comparison, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    let (left, right) = try comparable(left, right, operator: comparison.rawValue, at: location)
    return .compare(comparison, left, right)
  }

  /// Both sides in the type in which they can be compared.
  func comparable(
    _ left: BoundExpression, _ right: BoundExpression, operator name: String, at location: Int
  ) throws(QueryError) -> (Expression, Expression) {
    guard let type = commonType(of: [left, right]), type.isComparable else {
      throw noOperator(name, left, right, at: location)
    }
    return (try cast(left, to: type, .implicit), try cast(right, to: type, .implicit))
  }

  func noOperator(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) -> QueryError {
    let hint: String? =
      switch (left.type, right.type) {
      case (.boolean, _) where name == "&&": "write AND between conditions"
      case (.json, _), (_, .json): "compare it as text: CAST(... AS text)"
      case (let a, let b) where Self.mayConvert(b, to: a, .explicit):
        "cast the right side: CAST(... AS \(a.sqlName))"
      case (let a, let b) where Self.mayConvert(a, to: b, .explicit):
        "cast the left side: CAST(... AS \(b.sqlName))"
      default: nil
      }
    return error(
      .undefinedFunction,
      "operator does not exist: \(left.type.sqlName) \(name) \(right.type.sqlName)", at: location,
      hint: hint)
  }

  /// `+ - * / % ^ || & | # << >>` and the regular-expression operators.
  func operated(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    switch name {
    case "||": return try concatenated(left, right, at: location)
    case "~", "~*", "!~", "!~*": return try matched(name, left, right, at: location)
    case "^":
      guard let base = try converted(left, to: .double, .implicit),
        let exponent = try converted(right, to: .double, .implicit)
      else { throw noOperator(name, left, right, at: location) }
      return call(.power, [base, exponent], .double, at: location)
    case "&", "|", "#", "<<", ">>":
      let functions: [String: ScalarFunction] = [
        "&": .bitAnd, "|": .bitOr, "#": .bitXor, "<<": .shiftLeft, ">>": .shiftRight,
      ]
      guard let function = functions[name], let a = try converted(left, to: .integer, .implicit),
        let b = try converted(right, to: .integer, .implicit)
      else { throw noOperator(name, left, right, at: location) }
      return call(function, [a, b], .integer, at: location)
    case "+", "-", "*", "/", "%":
      if let result = try arithmetic(name, left, right, at: location) { return result }
      if let result = try calendarArithmetic(name, left, right, at: location) { return result }
      throw noOperator(name, left, right, at: location)
    case "@>", "<@", "&&":
      return try arraysRelated(name, left, right, at: location)
    case "->", "->>", "#>", "#>>":
      return try jsonMember(name, left, right, at: location)
    case "?":
      throw unsupported(
        "operator \(name) is", at: location, hint: "test a key with (x -> 'key') IS NOT NULL")
    default:
      throw error(
        .undefinedFunction,
        "operator does not exist: \(left.type.sqlName) \(name) \(right.type.sqlName)", at: location)
    }
  }

  func call(
    _ function: ScalarFunction, _ arguments: [Expression], _ type: DataType, at location: Int
  ) -> Expression {
    folded(
      .call(
        FunctionCall(function: function, arguments: arguments, type: type, location: location)))
  }

  private func arithmetic(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression? {
    let numbers: Set<DataType> = [.integer, .double]
    guard numbers.contains(left.type) || left.isUnknown,
      numbers.contains(right.type) || right.isUnknown
    else { return nil }
    if left.isUnknown, right.isUnknown {
      // Two NULLs or two quoted strings: which numbers they are nobody can say.
      let oversized = [left, right].contains {
        $0.expression.literalValue?.isOversizedNumber == true
      }
      guard oversized else {
        throw error(
          .undefinedFunction, "operator is not unique: unknown \(name) unknown", at: location,
          hint: "cast the operands, such as CAST(... AS bigint)")
      }
    }
    guard let type = commonType(of: [left, right]), numbers.contains(type) else { return nil }
    let functions: [String: ScalarFunction] = [
      "+": .add, "-": .subtract, "*": .multiply, "/": .divide, "%": .modulo,
    ]
    guard let function = functions[name] else { return nil }
    let arguments = [try cast(left, to: type, .implicit), try cast(right, to: type, .implicit)]
    return call(function, arguments, type, at: location)
  }

  /// Dates, timestamps and intervals. An open literal beside `-` is of the other side's type, as
  /// in PostgreSQL; beside `+` it is an interval.
  private func calendarArithmetic(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression? {
    var (left, right) = (left, right)
    if right.isUnknown {
      let type: DataType = name == "+" || left.type == .interval ? .interval : left.type
      right.expression = try settled(right, as: name == "*" || name == "/" ? .double : type)
    } else if left.isUnknown {
      let type: DataType = name == "+" || right.type == .interval ? .interval : right.type
      left.expression = try settled(left, as: name == "*" ? .double : type)
    }
    switch (name, left.type, right.type) {
    case ("+", .interval, .date), ("+", .interval, .timestamp),
      ("+", .interval, .timestampWithTimeZone), ("+", .integer, .date):
      return try calendarArithmetic(name, right, left, at: location)
    case ("+", .date, .integer):
      return call(.addDays, [left.expression, right.expression], .date, at: location)
    case ("-", .date, .integer):
      return call(.subtractDays, [left.expression, right.expression], .date, at: location)
    case ("-", .date, .date):
      return call(.daysBetween, [left.expression, right.expression], .integer, at: location)
    case ("+", let type, .interval) where type.isTime,
      ("-", let type, .interval) where type.isTime:
      var arguments = [left.expression, right.expression]
      if type == .timestampWithTimeZone { arguments.append(zoneLiteral) }
      return call(
        name == "+" ? .addInterval : .subtractInterval, arguments,
        type == .date ? .timestamp : type, at: location)
    case ("-", let a, let b) where a.isTime && b.isTime:
      let type = commonType(of: [left, right]) ?? .timestamp
      let arguments = [try cast(left, to: type, .implicit), try cast(right, to: type, .implicit)]
      return call(.timeBetween, arguments, .interval, at: location)
    case ("+", .interval, .interval):
      return call(.addIntervals, [left.expression, right.expression], .interval, at: location)
    case ("-", .interval, .interval):
      return call(.subtractIntervals, [left.expression, right.expression], .interval, at: location)
    case ("*", .interval, .integer), ("*", .interval, .double):
      let factor = try cast(right, to: .double, .implicit)
      return call(.multiplyInterval, [left.expression, factor], .interval, at: location)
    case ("*", .integer, .interval), ("*", .double, .interval):
      return try calendarArithmetic(name, right, left, at: location)
    case ("/", .interval, .integer), ("/", .interval, .double):
      let divisor = try cast(right, to: .double, .implicit)
      let factor = call(.divide, [.literal(.double(1), .double), divisor], .double, at: location)
      return call(.multiplyInterval, [left.expression, factor], .interval, at: location)
    default:
      return nil
    }
  }

  /// `||`: one side must be text, the other is shown as text.
  private func concatenated(
    _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    if let arrays = try arraysConcatenated(left, right, at: location) { return arrays }
    guard left.type == .text || right.type == .text || (left.isUnknown || right.isUnknown),
      let a = try converted(left, to: .text, .explicit),
      let b = try converted(right, to: .text, .explicit)
    else { throw noOperator("||", left, right, at: location) }
    return call(.concatenate, [a, b], .text, at: location)
  }

  private func matched(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    guard let text = try converted(left, to: .text, .implicit),
      let pattern = try converted(right, to: .text, .implicit)
    else { throw noOperator(name, left, right, at: location) }
    let function: ScalarFunction = name.hasSuffix("*") ? .matchesRegexIgnoringCase : .matchesRegex
    let match = call(function, [text, pattern], .boolean, at: location)
    return name.hasPrefix("!") ? .not(match) : match
  }

  func liked(
    _ left: BoundExpression, _ pattern: BoundExpression, escape: BoundExpression?,
    ignoresCase: Bool, at location: Int
  ) throws(QueryError) -> Expression {
    guard let text = try converted(left, to: .text, .implicit),
      let matcher = try converted(pattern, to: .text, .implicit)
    else { throw noOperator(ignoresCase ? "~~*" : "~~", left, pattern, at: location) }
    var arguments = [text, matcher]
    if let escape { arguments.append(try cast(escape, to: .text, .implicit)) }
    return call(ignoresCase ? .likeIgnoringCase : .like, arguments, .boolean, at: location)
  }

  func negated(_ operand: BoundExpression, at location: Int) throws(QueryError) -> Expression {
    switch operand.type {
    case .integer, .double:
      if case .literal(.integer(let number), _) = operand.expression, number != .min {
        return .literal(.integer(-number), .integer)
      }
      if case .literal(.double(let number), _) = operand.expression {
        return .literal(.double(-number), .double)
      }
      return call(.negate, [operand.expression], operand.type, at: location)
    case .interval:
      return call(
        .multiplyInterval, [operand.expression, .literal(.double(-1), .double)], .interval,
        at: location)
    default:
      throw error(
        .undefinedFunction, "operator does not exist: - \(operand.type.sqlName)", at: location)
    }
  }
}

extension DataType {
  var isTime: Bool {
    switch self {
    case .date, .timestamp, .timestampWithTimeZone: true
    default: false
    }
  }

  var isNumber: Bool { self == .integer || self == .double }

  /// Has an order and an equality, so that it may be compared, sorted and grouped.
  var isComparable: Bool {
    switch self {
    case .json, .hyperLogLog, .digest: false
    case .array(let element): element.isComparable
    default: true
    }
  }
}
