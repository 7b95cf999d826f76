import ColumnStore
import QueryLanguage

/// Operators of documents.
extension Environment {
  /// `->` and `->>` take a key or a place, `#>` and `#>>` an array of them; those with two `>` give
  /// text.
  func jsonMember(
    _ name: String, _ left: BoundExpression, _ right: BoundExpression, at location: Int
  ) throws(QueryError) -> Expression {
    guard left.type == .json || left.isUnknown else {
      if left.type == .text {
        throw error(
          .undefinedFunction, "operator does not exist: text \(name) \(right.type.sqlName)",
          at: location, hint: "cast the left side: CAST(... AS json)")
      }
      throw noOperator(name, left, right, at: location)
    }
    let document = try cast(left, to: .json, .implicit)
    let isText = name.hasSuffix(">>")
    let type: DataType = isText ? .text : .json
    if name.hasPrefix("#") {
      guard right.isUnknown || right.type == .array(.text) else {
        throw noOperator(name, left, right, at: location)
      }
      let path = try cast(right, to: .array(.text), .implicit)
      return call(isText ? .jsonPathText : .jsonPath, [document, path], type, at: location)
    }
    guard right.isUnknown || right.type == .text || right.type == .integer else {
      throw error(
        .undefinedFunction, "operator does not exist: json \(name) \(right.type.sqlName)",
        at: location, hint: "a key is text, a place in an array a whole number")
    }
    let member = try settled(right)
    return call(isText ? .jsonMemberText : .jsonMember, [document, member], type, at: location)
  }
}
