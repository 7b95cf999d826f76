import ColumnStore
import QueryLanguage

/// Functions that give several rows: `unnest(array)`, `generate_series(start, stop[, step])` and the
/// members of documents.
enum SetReturning {
  static let names: Set<String> = Set(["unnest", "generate_series"] + documents.keys)

  /// Members of documents: what makes an array of them, of which type.
  static let documents: [String: (function: ScalarFunction, element: DataType)] = [
    "json_array_elements": (.jsonElements, .json), "jsonb_array_elements": (.jsonElements, .json),
    "json_array_elements_text": (.jsonElementTexts, .text),
    "jsonb_array_elements_text": (.jsonElementTexts, .text),
    "json_object_keys": (.jsonKeys, .text), "jsonb_object_keys": (.jsonKeys, .text),
  ]
}

extension ExpressionBinder {
  /// In a select list: each row is repeated for every value.
  mutating func bindExpansion(
    _ call: FunctionCallSyntax, at location: Int
  ) throws(QueryError) -> BoundExpression {
    let refusal: String? =
      switch place {
      case .insideAggregate: "aggregate function calls cannot contain set-returning function calls"
      case .clause("GROUP BY"): nil
      case .clause(let clause): "set-returning functions are not allowed in \(clause)"
      case .aggregatesAllowed where isInsideWindow:
        "window function calls cannot contain set-returning function calls"
      case .aggregatesAllowed where !allowsWindows:
        "set-returning functions are not allowed in HAVING"
      case .aggregatesAllowed where isInsideExpansion:
        "calls of set-returning functions cannot be nested"
      case .aggregatesAllowed: nil
      }
    if let refusal {
      throw environment.error(
        .featureNotSupported, refusal, at: location,
        hint: "move the function into FROM: FROM t, \(call.name)(...) AS u(x)")
    }
    isInsideExpansion = true
    defer { isInsideExpansion = false }
    let arguments = try bind(call.arguments)
    let sources = try environment.expansionSources(call, arguments, at: location)
    guard sources.count == 1, let source = sources.first else {
      throw environment.error(
        .undefinedFunction, "unnest of several arrays is only allowed in FROM", at: location,
        hint: "write FROM unnest(a, b) AS u(x, y)")
    }
    return BoundExpression(addExpansion(source), at: location)
  }
}

extension Environment {
  /// One source per array of `unnest`, one for a series.
  func expansionSources(
    _ call: FunctionCallSyntax, _ arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> [Expansion.Source] {
    let isPlain =
      !call.isStar && !call.isDistinct && call.filter == nil && call.orderBy.isEmpty
      && call.over == nil
    guard isPlain else {
      throw error(
        .typeMismatch, "\(call.name) is not an aggregate function: it takes arguments only",
        at: location)
    }
    if let document = SetReturning.documents[call.name] {
      guard arguments.count == 1, arguments[0].type == .json || arguments[0].isUnknown else {
        let types = arguments.map(\.type.sqlName).joined(separator: ", ")
        throw error(
          .undefinedFunction, "function \(call.name)(\(types)) does not exist", at: location,
          hint: "there is \(call.name)(json)")
      }
      let members = self.call(
        document.function, [try cast(arguments[0], to: .json, .implicit)],
        .array(document.element), at: location)
      return [.elements(members)]
    }
    guard call.name == "unnest" else {
      guard (2...3).contains(arguments.count) else {
        throw error(
          .undefinedFunction, "generate_series does not take \(arguments.count) arguments",
          at: location, hint: "generate_series(start, stop[, step])")
      }
      return [.series(try series(arguments, at: location))]
    }
    guard !arguments.isEmpty else {
      throw error(
        .undefinedFunction, "function unnest() does not exist", at: location,
        hint: "there is unnest(array, ...)")
    }
    var sources: [Expansion.Source] = []
    for argument in arguments {
      guard case .array = argument.type else {
        throw error(
          .undefinedFunction, "function unnest(\(argument.type.sqlName)) does not exist",
          at: argument.location,
          hint: argument.isUnknown
            ? "say of what type the elements are: '{a,b}'::text[]"
            : "it takes an array: string_to_array(x, ',') makes one of text")
      }
      sources.append(.elements(argument.expression))
    }
    return sources
  }

  /// Integers by an integer; timestamps, and dates as timestamps, by an interval.
  private func series(
    _ arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> Series {
    let ends = Array(arguments.prefix(2))
    guard let common = commonType(of: ends) else { throw noSeries(arguments, at: location) }
    switch common {
    case .integer:
      let one = BoundExpression(.literal(.integer(1), .integer), at: location)
      let step = arguments.count > 2 ? arguments[2] : one
      guard step.isUnknown || step.type == .integer else { throw noSeries(arguments, at: location) }
      return Series(
        start: try cast(ends[0], to: .integer, .implicit),
        stop: try cast(ends[1], to: .integer, .implicit),
        step: try cast(step, to: .integer, .implicit), zone: nil, location: location)
    case .date, .timestamp, .timestampWithTimeZone:
      guard arguments.count > 2, arguments[2].isUnknown || arguments[2].type == .interval else {
        throw noSeries(arguments, at: location)
      }
      let type = common == .date ? DataType.timestamp : common
      return Series(
        start: try cast(ends[0], to: type, .implicit),
        stop: try cast(ends[1], to: type, .implicit),
        step: try cast(arguments[2], to: .interval, .implicit),
        zone: type == .timestampWithTimeZone ? zoneLiteral : nil, location: location)
    default:
      throw noSeries(arguments, at: location)
    }
  }

  private func noSeries(_ arguments: [BoundExpression], at location: Int) -> QueryError {
    let types = arguments.map(\.type.sqlName).joined(separator: ", ")
    return error(
      .undefinedFunction, "function generate_series(\(types)) does not exist", at: location,
      hint: "integers with an integer step, or timestamps with an interval")
  }
}
