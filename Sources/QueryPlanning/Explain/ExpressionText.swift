import ColumnStore

/// Expressions in the form of SQL, for plans.
public enum ExpressionText {
  /// `columns` names the input row.
  public static func text(of expression: Expression, columns: [String]) -> String {
    func text(_ operand: Expression) -> String { Self.text(of: operand, columns: columns) }
    func nested(_ operand: Expression) -> String {
      switch operand {
      case .column, .literal, .call, .coalesce, .cast: text(operand)
      default: "(\(text(operand)))"
      }
    }
    switch expression {
    case .column(let index, _):
      return columns.indices.contains(index) ? columns[index] : "#\(index)"
    case .literal(let value, _): return literal(value)
    case .compare(let comparison, let left, let right):
      return "\(nested(left)) \(comparison.rawValue) \(nested(right))"
    case .isDistinct(let left, let right):
      return "\(nested(left)) IS DISTINCT FROM \(nested(right))"
    case .and(let operands): return operands.map(nested).joined(separator: " AND ")
    case .or(let operands): return operands.map(nested).joined(separator: " OR ")
    case .not(.isNull(let operand)): return "\(nested(operand)) IS NOT NULL"
    case .not(let operand): return "NOT \(nested(operand))"
    case .isNull(let operand): return "\(nested(operand)) IS NULL"
    case .caseWhen(let branches, let otherwise):
      let cases = branches.map { "WHEN \(text($0.condition)) THEN \(text($0.result))" }
      return "CASE \(cases.joined(separator: " ")) ELSE \(text(otherwise)) END"
    case .coalesce(let operands):
      return "coalesce(\(operands.map(text).joined(separator: ", ")))"
    case .inList(let operand, let values):
      return "\(nested(operand)) IN (\(list(values)))"
    case .call(let call): return callText(call, text, nested)
    case .cast(let operand, let type, _): return "CAST(\(text(operand)) AS \(type.sqlName))"
    }
  }

  /// In a fixed order, whatever order the set has; cut short where it is long.
  private static func list(_ values: Set<Value>) -> String {
    let texts = values.map { (value: $0, text: literal($0)) }.sorted { a, b in
      if case .integer(let a) = a.value, case .integer(let b) = b.value { return a < b }
      return a.text < b.text
    }
    let shown = texts.prefix(10).map(\.text).joined(separator: ", ")
    return texts.count > 10 ? "\(shown), ... \(texts.count - 10) more" : shown
  }

  private static func literal(_ value: Value) -> String {
    switch value {
    case .null, .boolean, .integer, .double: return value.formatted()
    case .interval: return "interval '\(value.formatted())'"
    default:
      var quoted = "'"
      for character in value.formatted().unicodeScalars {
        if character == "'" { quoted += "'" }
        quoted.unicodeScalars.append(character)
      }
      return quoted + "'"
    }
  }

  private static func callText(
    _ call: FunctionCall, _ text: (Expression) -> String, _ nested: (Expression) -> String
  ) -> String {
    if let infix = infixNames[call.function], call.arguments.count >= 2 {
      return "(\(nested(call.arguments[0])) \(infix) \(nested(call.arguments[1])))"
    }
    if call.function == .negate, let operand = call.arguments.first { return "-\(nested(operand))" }
    let name =
      FunctionTable.all.first { $0.function == call.function }?.name ?? call.function.rawValue
    return "\(name)(\(call.arguments.map(text).joined(separator: ", ")))"
  }

  private static let infixNames: [ScalarFunction: String] = [
    .add: "+", .subtract: "-", .multiply: "*", .divide: "/", .modulo: "%", .bitAnd: "&",
    .bitOr: "|", .bitXor: "#", .shiftLeft: "<<", .shiftRight: ">>", .concatenate: "||",
    .addInterval: "+", .subtractInterval: "-", .addDays: "+", .subtractDays: "-",
    .daysBetween: "-", .timeBetween: "-", .multiplyInterval: "*", .addIntervals: "+",
    .subtractIntervals: "-", .like: "LIKE", .likeIgnoringCase: "ILIKE", .matchesRegex: "~",
    .matchesRegexIgnoringCase: "~*",
  ]
}
