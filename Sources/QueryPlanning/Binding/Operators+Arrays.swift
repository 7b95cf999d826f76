import ColumnStore
import QueryLanguage

/// Operators of arrays.
extension Environment {
  /// `a || b` where at least one side is an array; `nil` where none is.
  func arraysConcatenated(
    _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression? {
    switch (left.type, right.type) {
    case (.array, .array), (.array, .null), (.null, .array):
      return try scalarCall("array_cat", [left, right], shownAs: "||", at: location).expression
    case (.array, _):
      return try scalarCall("array_append", [left, right], shownAs: "||", at: location).expression
    case (_, .array):
      return try scalarCall("array_prepend", [left, right], shownAs: "||", at: location).expression
    default: return nil
    }
  }

  /// `@>` contains, `<@` is contained, `&&` has an element in common.
  func arraysRelated(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    guard let type = commonType(of: [left, right]), case .array(let element) = type,
      element.isComparable
    else { throw noOperator(name, left, right, at: location) }
    let a = try cast(left, to: type, .implicit)
    let b = try cast(right, to: type, .implicit)
    return call(
      name == "&&" ? .arrayOverlaps : .arrayContains, name == "<@" ? [b, a] : [a, b], .boolean,
      at: location)
  }

  /// `x op ANY (array)` and `x op ALL (array)`.
  func quantified(
    _ comparison: Comparison, _ operand: BoundExpression, _ array: BoundExpression, isAll: Bool,
    at location: Int
  ) throws(QueryError) -> Expression {
    var array = array
    if array.isUnknown {
      array.expression = try settled(array, as: .array(try settled(operand).type))
    }
    guard case .array(let element) = array.type else {
      throw error(
        .typeMismatch, "op ANY/ALL (array) requires array on right side", at: array.location,
        hint: "write x \(comparison.rawValue) ANY (ARRAY[...]), or a query in the brackets")
    }
    let elements = BoundExpression(.column(0, element), at: array.location)
    guard let type = commonType(of: [operand, elements]), type.isComparable else {
      throw noOperator(comparison.rawValue, operand, elements, at: location)
    }
    let value = try cast(operand, to: type, .implicit)
    let list = try cast(array, to: .array(type), .implicit)
    return call(
      isAll ? .allHold : .anyHolds,
      [value, list, .literal(.text(comparison.rawValue), .text)], .boolean, at: location)
  }
}
