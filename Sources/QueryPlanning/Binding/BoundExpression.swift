import ColumnStore

/// A typed expression and where it was written.
///
/// A literal whose type is still open has the type `.null`: `.text` for a quoted string, `.double`
/// for a whole number too big for an integer, `.null` for NULL. Coercion settles it.
struct BoundExpression {
  var expression: Expression
  var location: Int

  var type: DataType { expression.type }
  var isUnknown: Bool { expression.type == .null }

  init(_ expression: Expression, at location: Int) {
    self.expression = expression
    self.location = location
  }
}
