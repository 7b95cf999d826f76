import ColumnStore
import QueryLanguage

/// Functions with OVER.
extension ExpressionBinder {
  mutating func bindWindowFunction(
    _ call: FunctionCallSyntax, over window: WindowSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    try requireWindowsAllowed(at: location)
    isInsideWindow = true
    defer { isInsideWindow = false }
    let window = try resolved(window)
    var function: WindowFunction
    if let definition = WindowTable.byName[call.name] {
      function = try bindOwnFunction(call, definition, at: location)
    } else if let definition = AggregateTable.byName[call.name] {
      function = try bindAggregate(call, over: definition, at: location)
    } else if FunctionTable.byName[call.name] == nil {
      // The error that says so, and what is near.
      return try environment.scalarCall(call.name, try bind(call.arguments), at: location)
    } else {
      throw environment.error(
        .typeMismatch,
        "OVER specified, but \(call.name) is not a window function nor an aggregate function",
        at: location)
    }
    for key in window.partitionBy {
      let bound = try bindSettled(key)
      try environment.requireComparable(bound, for: "PARTITION BY")
      function.partitionBy.append(bound.expression)
    }
    if function.kind == .sessionize, window.orderBy.isEmpty {
      throw environment.error(
        .windowingError, "sessionize requires an ORDER BY in its OVER clause", at: location,
        hint: "write sessionize(ts, gap) OVER (PARTITION BY user_id ORDER BY ts)")
    }
    function.orderBy = try bindSortKeys(window.orderBy)
    if let frame = window.frame {
      function.frame = try bindFrame(frame, &function.orderBy, at: location)
    }
    return BoundExpression(addWindowFunction(function), at: location)
  }

  private func requireWindowsAllowed(at location: Int) throws(QueryError) {
    let refusal: String
    switch place {
    case .insideAggregate: refusal = "aggregate function calls cannot contain window function calls"
    case .clause(let clause): refusal = "window functions are not allowed in \(clause)"
    case .aggregatesAllowed where isInsideWindow: refusal = "window function calls cannot be nested"
    case .aggregatesAllowed where !allowsWindows:
      refusal = "window functions are not allowed in HAVING"
    case .aggregatesAllowed: return
    }
    throw environment.error(
      .windowingError, refusal, at: location,
      hint: "compute it in a sub-query in FROM and use its column")
  }

  private mutating func bindAggregate(
    _ call: FunctionCallSyntax, over definition: AggregateTable.Definition, at location: Int
  ) throws(QueryError) -> WindowFunction {
    let modifier: String? =
      call.isDistinct
      ? "DISTINCT"
      : call.isWithinGroup ? "WITHIN GROUP" : call.orderBy.isEmpty ? nil : "ORDER BY"
    if let modifier {
      throw environment.unsupported(
        "\(modifier) in an aggregate with OVER is", at: location,
        hint: call.isWithinGroup
          ? "quantile_cont(x, 0.5) OVER (...) is"
          : "take the rows that count in a subquery, and aggregate over it")
    }
    if case .trailingDistinct = definition.kind {
      throw environment.unsupported(
        "\(call.name) with OVER is", at: location,
        hint: "its array has a window for each day; GROUP BY gives one array per group")
    }
    var aggregate = try bindArguments(call, definition, at: location)
    if let filter = call.filter { aggregate.filter = try bindCondition(filter, of: "FILTER") }
    return WindowFunction(
      kind: .aggregate(aggregate), arguments: [], partitionBy: [], orderBy: [], frame: .standard,
      type: aggregate.type, location: location)
  }

  private mutating func bindOwnFunction(
    _ call: FunctionCallSyntax, _ definition: WindowTable.Definition, at location: Int
  ) throws(QueryError) -> WindowFunction {
    if let modifier = call.aggregateModifier {
      throw environment.error(
        .typeMismatch, "\(modifier) specified, but \(call.name) is not an aggregate function",
        at: location)
    }
    let bound = try bind(call.arguments)
    func mismatch() -> QueryError {
      environment.error(
        .undefinedFunction,
        "function \(call.name)(\(bound.map(\.type.sqlName).joined(separator: ", "))) does not exist",
        at: location, hint: "there is \(definition.usage)")
    }
    guard definition.argumentCounts.contains(bound.count) else { throw mismatch() }
    func integer(_ index: Int) throws(QueryError) -> Expression {
      guard let number = try environment.converted(bound[index], to: .integer, .implicit) else {
        throw mismatch()
      }
      return number
    }
    var arguments: [Expression] = []
    var type = DataType.integer
    switch definition.kind {
    case .rowNumber, .rank, .denseRank, .aggregate: break
    case .percentRank, .cumulativeDistribution: type = .double
    case .ntile: arguments = [try integer(0)]
    case .firstValue, .lastValue:
      arguments = [try environment.settled(bound[0])]
      type = arguments[0].type
    case .nthValue:
      arguments = [try environment.settled(bound[0]), try integer(1)]
      type = arguments[0].type
    case .sessionize: arguments = try environment.sessionize(bound, mismatch: mismatch)
    case .lag, .lead:
      let values = bound.count == 3 ? [bound[0], bound[2]] : [bound[0]]
      let unified = try environment.unified(values, construct: call.name)
      type = unified[0].type
      let step = bound.count > 1 ? try integer(1) : .literal(.integer(1), .integer)
      arguments = [unified[0], step, unified.count > 1 ? unified[1] : .literal(.null, type)]
    }
    return WindowFunction(
      kind: definition.kind, arguments: arguments, partitionBy: [], orderBy: [], frame: .standard,
      type: type, location: location)
  }

  // MARK: - Named windows

  /// The window with what it takes over from a named one.
  private func resolved(_ window: WindowSyntax) throws(QueryError) -> WindowSyntax {
    guard let reference = window.reference else { return window }
    guard let named = namedWindows[reference.name] else {
      throw environment.error(
        .undefinedObject, "window '\(reference.name)' does not exist", at: reference.offset,
        hint: environment.suggestion(for: reference.name, among: namedWindows.keys.sorted()))
    }
    return try extended(named, by: window, named: reference)
  }

  /// `WINDOW w AS (...), v AS (w ...)`: later ones may build on earlier ones.
  mutating func define(
    _ windows: [(name: Identifier, window: WindowSyntax)]
  ) throws(QueryError) {
    for (name, window) in windows {
      guard namedWindows[name.name] == nil else {
        throw environment.error(
          .windowingError, "window '\(name.name)' is already defined", at: name.offset)
      }
      namedWindows[name.name] = try resolved(window)
    }
  }

  private func extended(
    _ base: WindowSyntax, by window: WindowSyntax, named reference: Identifier
  ) throws(QueryError) -> WindowSyntax {
    let clause: String? =
      if !window.partitionBy.isEmpty {
        "PARTITION BY"
      } else if !window.orderBy.isEmpty, !base.orderBy.isEmpty {
        "ORDER BY"
      } else {
        nil
      }
    if let clause {
      throw environment.error(
        .windowingError, "cannot override \(clause) clause of window '\(reference.name)'",
        at: reference.offset)
    }
    var result = base
    if !window.orderBy.isEmpty { result.orderBy = window.orderBy }
    if window.frame != nil || !window.orderBy.isEmpty {
      guard base.frame == nil else {
        throw environment.error(
          .windowingError, "cannot copy window '\(reference.name)' because it has a frame clause",
          at: reference.offset)
      }
      result.frame = window.frame
    }
    return result
  }
}
