import ColumnStore
import QueryLanguage

/// `generate_series(start, stop[, step])` in FROM.
extension QueryBinder {
  func bindFunction(
    _ syntax: ExpressionSyntax, alias: TableAlias?
  ) throws(QueryError) -> BoundRelation {
    let location = syntax.location
    guard case .function(let call) = syntax.kind, call.name == "generate_series" else {
      throw environment.unsupported(
        "this function in FROM is", at: location, hint: "generate_series is")
    }
    guard (2...3).contains(call.arguments.count) else {
      throw environment.error(
        .undefinedFunction, "generate_series does not take \(call.arguments.count) arguments",
        at: location, hint: "generate_series(start, stop[, step])")
    }
    var binder = ExpressionBinder(environment: environment, scope: Scope())
    binder.place = .clause("functions in FROM")
    let arguments = try binder.bind(call.arguments)
    let series = try series(arguments, at: location)
    let name = alias?.name ?? Identifier("generate_series", offset: location)
    return try relation(
      BoundQuery(plan: .series(series), columnNames: [name.name], operatorCount: 1),
      named: name, alias: alias)
  }

  /// Integers by an integer; timestamps, and dates as timestamps, by an interval.
  private func series(
    _ arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> Series {
    let ends = Array(arguments.prefix(2))
    guard let common = environment.commonType(of: ends) else {
      throw mismatch(arguments, at: location)
    }
    switch common {
    case .integer:
      let one = BoundExpression(.literal(.integer(1), .integer), at: location)
      let step = arguments.count > 2 ? arguments[2] : one
      guard step.isUnknown || step.type == .integer else {
        throw mismatch(arguments, at: location)
      }
      return Series(
        start: try environment.cast(ends[0], to: .integer, .implicit),
        stop: try environment.cast(ends[1], to: .integer, .implicit),
        step: try environment.cast(step, to: .integer, .implicit), zone: nil, location: location)
    case .date, .timestamp, .timestampWithTimeZone:
      guard arguments.count > 2, arguments[2].isUnknown || arguments[2].type == .interval else {
        throw mismatch(arguments, at: location)
      }
      let type = common == .date ? DataType.timestamp : common
      return Series(
        start: try environment.cast(ends[0], to: type, .implicit),
        stop: try environment.cast(ends[1], to: type, .implicit),
        step: try environment.cast(arguments[2], to: .interval, .implicit),
        zone: type == .timestampWithTimeZone ? environment.zoneLiteral : nil, location: location)
    default:
      throw mismatch(arguments, at: location)
    }
  }

  private func mismatch(_ arguments: [BoundExpression], at location: Int) -> QueryError {
    let types = arguments.map(\.type.sqlName).joined(separator: ", ")
    return environment.error(
      .undefinedFunction, "function generate_series(\(types)) does not exist", at: location,
      hint: "integers with an integer step, or timestamps with an interval")
  }
}
