import ColumnStore
import QueryLanguage

/// Function calls: of one row here, aggregates next door.
extension ExpressionBinder {
  mutating func bindFunction(
    _ call: FunctionCallSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    if let feature = unsupportedFunctions[call.name] {
      throw environment.unsupported("\(call.name) is", at: location, hint: feature)
    }
    if call.over == nil, SetReturning.names.contains(call.name) {
      return try bindExpansion(call, at: location)
    }
    if let window = call.over {
      return try bindWindowFunction(call, over: window, at: location)
    }
    if let aggregate = AggregateTable.byName[call.name] {
      return try bindAggregate(call, aggregate, at: location)
    }
    if let definition = WindowTable.byName[call.name] {
      throw environment.error(
        .windowingError, "window function \(call.name) requires an OVER clause", at: location,
        hint: "write \(definition.usage) OVER (PARTITION BY ... ORDER BY ...)")
    }
    if FunctionTable.byName[call.name] != nil || constant(call) != nil {
      if let modifier = call.aggregateModifier {
        throw environment.error(
          .typeMismatch, "\(modifier) specified, but \(call.name) is not an aggregate function",
          at: location)
      }
    }
    if let constant = constant(call) { return BoundExpression(constant, at: location) }
    if call.name == "age", call.arguments.count == 1, let today = environment.today {
      // Counted from the midnight that today began with.
      return try environment.scalarCall(
        "age", [BoundExpression(today, at: location)] + bind(call.arguments), at: location)
    }
    return try environment.scalarCall(call.name, try bind(call.arguments), at: location)
  }

  /// What is the same for the whole statement.
  private func constant(_ call: FunctionCallSyntax) -> Expression? {
    guard call.arguments.isEmpty else { return nil }
    let now = environment.context.now
    switch call.name {
    case "now", "current_timestamp", "transaction_timestamp", "statement_timestamp":
      environment.notes.dependsOnMore = true
      return .literal(.timestampWithTimeZone(now), .timestampWithTimeZone)
    case "current_date", "today": return environment.today
    case "localtimestamp": return environment.localNow
    case "pi": return .literal(.double(.pi), .double)
    default: return nil
    }
  }
}

extension Environment {
  private var instant: BoundExpression {
    notes.dependsOnMore = true
    return BoundExpression(
      .literal(.timestampWithTimeZone(context.now), .timestampWithTimeZone), at: 0)
  }

  var localNow: Expression? { try? converted(instant, to: .timestamp, .explicit) }
  var today: Expression? { try? converted(instant, to: .date, .explicit) }
}

/// What exists elsewhere and what to write instead.
private let unsupportedFunctions: [String: String] = [
  "json_agg": "array_agg(x) collects values in an array"
]
