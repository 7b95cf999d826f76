import ColumnStore
import QueryLanguage

/// `ROWS`, `RANGE` and `GROUPS` with their bounds.
extension ExpressionBinder {
  /// A date that RANGE moves by an interval becomes a timestamp in `orderBy`, as its bounds are.
  mutating func bindFrame(
    _ frame: WindowSyntax.Frame, _ orderBy: inout [SortKey], at location: Int
  ) throws(QueryError) -> WindowFrame {
    let unit: WindowFrame.Unit =
      switch frame.unit {
      case .rows: .rows
      case .range: .range
      case .groups: .groups
      }
    if unit == .groups, orderBy.isEmpty {
      throw environment.error(
        .windowingError, "GROUPS mode requires an ORDER BY clause", at: location)
    }
    return WindowFrame(
      unit: unit, start: try bindBound(frame.start, unit, "starting", &orderBy, at: location),
      end: try bindBound(frame.end, unit, "ending", &orderBy, at: location))
  }

  private mutating func bindBound(
    _ bound: WindowSyntax.Bound, _ unit: WindowFrame.Unit, _ name: String,
    _ orderBy: inout [SortKey], at location: Int
  ) throws(QueryError) -> WindowFrame.Bound {
    let offset: ExpressionSyntax
    let isPreceding: Bool
    switch bound {
    case .unboundedPreceding: return .unboundedPreceding
    case .currentRow: return .currentRow
    case .unboundedFollowing: return .unboundedFollowing
    case .preceding(let written): (offset, isPreceding) = (written, true)
    case .following(let written): (offset, isPreceding) = (written, false)
    }
    if unit == .range {
      return try bindRange(offset, name, isPreceding: isPreceding, &orderBy, at: location)
    }
    guard case .integer(let count) = try constant(offset, as: .integer, name) else {
      throw offsetError("must be a whole number", name, offset)
    }
    // More rows than there can be: no bound at all, and nothing overflows.
    let clamped = Int(min(count, 1 << 40))
    return isPreceding ? .preceding(clamped) : .following(clamped)
  }

  /// An offset's value: constant, not null, not negative.
  private mutating func constant(
    _ syntax: ExpressionSyntax, as type: DataType, _ name: String
  ) throws(QueryError) -> Value {
    let outer = place
    place = .clause("a window frame")
    defer { place = outer }
    let bound = try bind(syntax)
    guard let expression = try environment.converted(bound, to: type, .implicit) else {
      throw environment.error(
        .typeMismatch,
        "frame \(name) offset must be type \(type.sqlName), not type \(bound.type.sqlName)",
        at: syntax.location)
    }
    guard case .literal(let value, _) = expression.folded(in: environment) else {
      throw offsetError("must be a constant", name, syntax)
    }
    let isNegative =
      switch value {
      case .integer(let number): number < 0
      case .double(let number): !(number >= 0)
      case .interval(let interval): interval.comparableMilliseconds < 0
      default: false
      }
    if isNegative { throw offsetError("must not be negative", name, syntax) }
    if value.isNull { throw offsetError("must not be null", name, syntax) }
    return value
  }

  private func offsetError(_ problem: String, _ name: String, _ syntax: ExpressionSyntax)
    -> QueryError
  {
    environment.error(
      .invalidParameter, "frame \(name) offset \(problem)", at: syntax.location)
  }

  /// The bound as an expression: the row's key, moved by the offset.
  private mutating func bindRange(
    _ syntax: ExpressionSyntax, _ name: String, isPreceding: Bool, _ orderBy: inout [SortKey],
    at location: Int
  ) throws(QueryError) -> WindowFrame.Bound {
    guard orderBy.count == 1 else {
      throw environment.error(
        .windowingError,
        "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column",
        at: location)
    }
    if orderBy[0].expression.type == .date {
      orderBy[0].expression = try environment.cast(
        BoundExpression(orderBy[0].expression, at: location), to: .timestamp)
    }
    let key = orderBy[0].expression
    let offsetType: DataType
    switch key.type {
    case .integer, .double: offsetType = key.type
    case .timestamp, .timestampWithTimeZone: offsetType = .interval
    default:
      throw environment.unsupported(
        "RANGE with offset PRECEDING/FOLLOWING for column type \(key.type.sqlName) is",
        at: syntax.location, hint: "count rows instead: ROWS BETWEEN n PRECEDING AND CURRENT ROW")
    }
    let offset = try constant(syntax, as: offsetType, name)
    // Preceding rows have smaller keys, or greater ones where the order descends.
    let isDown = isPreceding != orderBy[0].isDescending
    let moved = try environment.operated(
      isDown ? "-" : "+", BoundExpression(key, at: location),
      BoundExpression(.literal(offset, offsetType), at: syntax.location), at: location)
    return .value(
      saturated(moved, key, offset, isDown: isDown), offset: offset, isPreceding: isPreceding)
  }

  /// A bound beyond the integers is no bound, not an error.
  private func saturated(
    _ moved: Expression, _ key: Expression, _ offset: Value, isDown: Bool
  ) -> Expression {
    guard case .integer(let distance) = offset else { return moved }
    let last = isDown ? Int64.min : .max
    let turn = Expression.literal(
      .integer(isDown ? last + distance : last - distance), .integer)
    return .caseWhen(
      [
        CaseBranch(
          condition: .compare(isDown ? .less : .greater, key, turn),
          result: .literal(.integer(last), .integer))
      ], otherwise: moved)
  }
}
