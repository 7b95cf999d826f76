import ColumnStore
import QueryLanguage

extension ExpressionBinder {
  mutating func bindAggregate(
    _ call: FunctionCallSyntax, _ definition: AggregateTable.Definition, at location: Int
  ) throws(QueryError) -> BoundExpression {
    switch place {
    case .aggregatesAllowed: break
    case .insideAggregate:
      throw environment.error(
        .groupingError, "aggregate function calls cannot be nested", at: location,
        hint: "aggregate a sub-query in FROM")
    case .clause(let clause):
      throw environment.error(
        .groupingError, "aggregate functions are not allowed in \(clause)", at: location,
        hint: clause == "WHERE" ? "conditions on groups belong in HAVING" : nil)
    }
    place = .insideAggregate
    defer { place = .aggregatesAllowed }
    var aggregate = try bindArguments(call, definition, at: location)
    if call.isDistinct, aggregate.function.refusesDistinct {
      throw environment.unsupported(
        "DISTINCT in \(call.name) is", at: location,
        hint: "take the distinct rows in a subquery: FROM (SELECT DISTINCT ...) AS d")
    }
    aggregate.isDistinct = call.isDistinct && aggregate.function.dependsOnMultiplicity
    if let filter = call.filter { aggregate.filter = try bindCondition(filter, of: "FILTER") }
    return BoundExpression(addAggregate(aggregate), at: location)
  }

  mutating func bindArguments(
    _ call: FunctionCallSyntax, _ definition: AggregateTable.Definition, at location: Int
  ) throws(QueryError) -> Aggregate {
    let name = call.name
    if call.isStar, name != "count" {
      throw environment.error(
        .undefinedFunction, "\(name)(*) does not exist", at: location,
        hint: "there is \(definition.usage)")
    }
    if call.isWithinGroup { return try bindOrderedSet(call, definition, at: location) }
    let arguments = try bind(call.arguments)
    var aggregate = try aggregate(call, definition, arguments, at: location)
    if aggregate.function.keepsOrder {
      aggregate.orderBy = try bindSortKeys(call.orderBy)
      if call.isDistinct,
        aggregate.orderBy.contains(where: {
          $0.expression.withoutLocations != aggregate.arguments[0].withoutLocations
        })
      {
        throw environment.error(
          .invalidColumnReference,
          "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list",
          at: call.orderBy[0].expression.location)
      }
    } else if !call.orderBy.isEmpty {
      // Order makes no difference to the other aggregates but must be valid all the same.
      let keys = try bindSortKeys(call.orderBy)
      if case .anyValue = definition.kind, let key = keys.first {
        // Rows without a value do not count, whatever their place: without a key they are ignored.
        let value = aggregate.arguments[0]
        let keyOfValue = Expression.caseWhen(
          [
            CaseBranch(
              condition: .isNull(value), result: .literal(.null, key.expression.type))
          ], otherwise: key.expression)
        aggregate = Aggregate(
          function: key.isDescending ? .argumentOfMaximum : .argumentOfMinimum,
          arguments: [value, keyOfValue], type: aggregate.type, location: location)
      }
    }
    return aggregate
  }

  mutating func bindSortKeys(_ items: [OrderItemSyntax]) throws(QueryError) -> [SortKey] {
    var keys: [SortKey] = []
    for item in items {
      let bound = try bindSettled(item.expression)
      try environment.requireComparable(bound, for: "ORDER BY")
      keys.append(
        SortKey(
          expression: bound.expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst ?? item.isDescending))
    }
    return keys
  }

  private func aggregate(
    _ call: FunctionCallSyntax, _ definition: AggregateTable.Definition,
    _ arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> Aggregate {
    func make(
      _ function: AggregateFunction, _ arguments: [Expression], _ type: DataType
    ) -> Aggregate {
      Aggregate(function: function, arguments: arguments, type: type, location: location)
    }
    func mismatch() -> QueryError {
      environment.noAggregate(call.name, arguments, definition, at: location)
    }
    func require(_ counts: ClosedRange<Int>) throws(QueryError) {
      guard counts.contains(arguments.count) else { throw mismatch() }
    }
    switch definition.kind {
    case .count:
      if call.isStar || arguments.isEmpty {
        if call.isDistinct { throw mismatch() }
        return make(.countRows, [], .integer)
      }
      try require(1...1)
      let counted = try environment.settled(arguments[0])
      if call.isDistinct { try environment.requireComparable(arguments[0], for: "DISTINCT") }
      // `count(1)` counts rows.
      if !call.isDistinct, counted.literalValue?.isNull == false {
        return make(.countRows, [], .integer)
      }
      return make(.count, [counted], .integer)
    case .sum:
      try require(1...1)
      let type = arguments[0].isUnknown ? .double : arguments[0].type
      guard type.isNumber || type == .interval else { throw mismatch() }
      return make(.sum, [try environment.cast(arguments[0], to: type)], type)
    case .average:
      try require(1...1)
      let type = arguments[0].isUnknown ? .double : arguments[0].type
      guard type.isNumber || type == .interval else { throw mismatch() }
      return make(
        .average, [try environment.cast(arguments[0], to: type)],
        type == .interval ? .interval : .double)
    case .plain(let function, let parameter, let result):
      try require(1...1)
      guard let value = try environment.converted(arguments[0], to: parameter, .implicit) else {
        throw mismatch()
      }
      return make(function, [value], result)
    case .extreme(let function):
      try require(1...1)
      let value = try environment.settled(arguments[0])
      guard value.type.isComparable else { throw mismatch() }
      return make(function, [value], value.type)
    case .anyValue:
      try require(1...1)
      let value = try environment.settled(arguments[0])
      return make(.anyValue, [value], value.type)
    case .mode:
      try require(1...1)
      let value = try environment.settled(arguments[0])
      guard value.type.isComparable else { throw mismatch() }
      return make(.mode, [value], value.type)
    case .median:
      try require(1...1)
      guard let value = try environment.converted(arguments[0], to: .double, .implicit) else {
        throw mismatch()
      }
      return make(.percentileContinuous([0.5], isArray: false), [value], .double)
    case .percentile(let isContinuous):
      // `quantile_cont(x, 0.5)`, as DuckDB writes it.
      guard call.name.hasPrefix("quantile"), arguments.count == 2 else {
        throw environment.error(
          .undefinedFunction, "\(call.name) needs WITHIN GROUP", at: location,
          hint: "write \(definition.usage)")
      }
      return try percentile(
        isContinuous: isContinuous, of: arguments[0], at: arguments[1], isDescending: false,
        location: location, mismatch: mismatch)
    case .approximateQuantile:
      try require(2...2)
      let quantiles = try environment.quantiles(arguments[1])
      guard let value = try environment.converted(arguments[0], to: .double, .implicit) else {
        throw mismatch()
      }
      return make(
        .approximateQuantile(quantiles.values, isArray: quantiles.isArray), [value],
        quantiles.isArray ? .array(.double) : .double)
    case .approximateCount, .hyperLogLog:
      try require(1...2)
      let precision = arguments.count == 2 ? try environment.precision(arguments[1]) : 14
      let value = try environment.settled(arguments[0])
      if value.type == .hyperLogLog || value.type == .digest { throw mismatch() }
      if case .hyperLogLog = definition.kind {
        return make(.hyperLogLogState(precision: precision), [value], .hyperLogLog)
      }
      return make(.approximateCountDistinct(precision: precision), [value], .integer)
    case .stringAggregate:
      try require(2...2)
      guard let value = try environment.converted(arguments[0], to: .text, .implicit),
        let separator = try environment.converted(arguments[1], to: .text, .implicit)
      else { throw mismatch() }
      guard separator.literalValue != nil else {
        throw environment.unsupported(
          "a separator that is not a constant is", at: arguments[1].location,
          hint: "write it as a text: string_agg(x, ', ')")
      }
      return make(.stringAggregate, [value, separator], .text)
    case .arrayAggregate:
      try require(1...1)
      let value = try environment.settled(arguments[0])
      if case .array = value.type {
        throw environment.unsupported(
          "array_agg of arrays is", at: location,
          hint: "take the elements out with unnest() first, or use array_to_string")
      }
      if call.isDistinct { try environment.requireComparable(arguments[0], for: "DISTINCT") }
      return make(.arrayAggregate, [value], .array(value.type))
    case .argument(let function):
      try require(2...2)
      let value = try environment.settled(arguments[0])
      let key = try environment.settled(arguments[1])
      guard key.type.isComparable else { throw mismatch() }
      return make(function, [value, key], value.type)
    case .regression(let figure):
      try require(2...2)
      guard let y = try environment.converted(arguments[0], to: .double, .implicit),
        let x = try environment.converted(arguments[1], to: .double, .implicit)
      else { throw mismatch() }
      return make(.regression(figure), [y, x], figure == .pairCount ? .integer : .double)
    case .retention:
      guard !arguments.isEmpty else { throw mismatch() }
      return try environment.retention(call.name, arguments, at: location)
    case .windowFunnel(let answersTimes):
      return try environment.windowFunnel(
        call.name, arguments, answersTimes: answersTimes, at: location, mismatch: mismatch)
    case .sessionCount:
      return try environment.sessionCount(call.name, arguments, at: location, mismatch: mismatch)
    case .trailingDistinct:
      try require(3...3)
      return try environment.trailingDistinct(
        call.name, arguments, at: location, mismatch: mismatch)
    }
  }

  /// `percentile_cont(q) WITHIN GROUP (ORDER BY x)` and `mode() WITHIN GROUP (ORDER BY x)`.
  private mutating func bindOrderedSet(
    _ call: FunctionCallSyntax, _ definition: AggregateTable.Definition, at location: Int
  ) throws(QueryError) -> Aggregate {
    let direct = try bind(call.arguments)
    guard call.orderBy.count == 1, let item = call.orderBy.first else {
      throw environment.unsupported(
        "WITHIN GROUP over several expressions is", at: location,
        hint: "order by one: WITHIN GROUP (ORDER BY x)")
    }
    let value = try bind(item.expression)
    let environment = environment
    let mismatch = {
      environment.noAggregate(call.name, direct + [value], definition, at: location)
    }
    switch definition.kind {
    case .mode where direct.isEmpty:
      let settled = try environment.settled(value)
      guard settled.type.isComparable else { throw mismatch() }
      return Aggregate(
        function: .mode, arguments: [settled], type: settled.type, location: location)
    case .percentile(let isContinuous) where direct.count == 1:
      return try percentile(
        isContinuous: isContinuous, of: value, at: direct[0], isDescending: item.isDescending,
        location: location, mismatch: mismatch)
    case .mode, .percentile: throw mismatch()
    default:
      throw environment.error(
        .typeMismatch,
        "\(call.name) is not an ordered-set aggregate, so it cannot have WITHIN GROUP",
        at: location, hint: "there is \(definition.usage)")
    }
  }

  /// A descending order is turned round, since execution knows only the ascending one.
  private func percentile(
    isContinuous: Bool, of value: BoundExpression, at quantile: BoundExpression,
    isDescending: Bool, location: Int, mismatch: () -> QueryError
  ) throws(QueryError) -> Aggregate {
    let quantiles = try environment.quantiles(quantile)
    var expression = try environment.settled(value)
    guard expression.type.isComparable else { throw mismatch() }
    if isContinuous {
      guard let number = try environment.converted(value, to: .double, .implicit) else {
        throw mismatch()
      }
      expression = number
    }
    let type: DataType = quantiles.isArray ? .array(expression.type) : expression.type
    let fractions = quantiles.values.map { fraction in
      if !isDescending {
        fraction
      } else if isContinuous {
        fraction.mirrored
      } else {
        fraction.justPastMirrored
      }
    }
    return Aggregate(
      function: isContinuous
        ? .percentileContinuous(fractions, isArray: quantiles.isArray)
        : .percentileDiscrete(fractions, isArray: quantiles.isArray),
      arguments: [expression], type: type, location: location)
  }
}

extension AggregateFunction {
  /// Whether the order of the rows makes a difference.
  var keepsOrder: Bool { self == .stringAggregate || self == .arrayAggregate }

  /// Whether the same value twice makes a difference: where it does not, DISTINCT is free.
  var dependsOnMultiplicity: Bool {
    switch self {
    case .minimum, .maximum, .booleanAnd, .booleanOr, .approximateCountDistinct, .hyperLogLogState,
      .hyperLogLogMerge, .countRows:
      false
    default: true
    }
  }
}

extension Environment {
  func noAggregate(
    _ name: String, _ arguments: [BoundExpression], _ definition: AggregateTable.Definition,
    at location: Int
  ) -> QueryError {
    let types = arguments.map(\.type.sqlName).joined(separator: ", ")
    return error(
      .undefinedFunction, "function \(name)(\(types)) does not exist", at: location,
      hint: arguments.first?.type == .boolean
        ? "count rows where it is true: count(*) FILTER (WHERE ...)"
        : "there is \(definition.usage)")
  }

  func requireComparable(_ bound: BoundExpression, for clause: String) throws(QueryError) {
    guard bound.type.isComparable else {
      throw error(
        .undefinedFunction,
        "\(clause) needs values that can be compared, not \(bound.type.sqlName)",
        at: bound.location,
        hint: bound.type == .json ? "use it as text: CAST(... AS text)" : nil)
    }
  }

  /// A constant between 0 and 1, or an array of them; of a null there are none, and the result is null.
  func quantiles(_ bound: BoundExpression) throws(QueryError) -> (values: [Double], isArray: Bool) {
    func fraction(_ value: Value) -> Double? {
      switch value {
      case .double(let number) where number >= 0 && number <= 1: number
      case .integer(let number) where number == 0 || number == 1: Double(number)
      case .text(let text): Double(text).flatMap { $0 >= 0 && $0 <= 1 ? $0 : nil }
      default: nil
      }
    }
    switch bound.expression.folded(in: self) {
    case .literal(.null, _): return ([], false)
    case .literal(.array(let values), _):
      let fractions = values.compactMap(fraction)
      if fractions.count == values.count, !values.isEmpty { return (fractions, true) }
    case .literal(let value, _):
      if let fraction = fraction(value) { return ([fraction], false) }
    default:
      throw error(
        .invalidParameter, "a quantile must be a constant", at: bound.location,
        hint: "write a number between 0 and 1, or ARRAY[0.5, 0.95]")
    }
    throw error(
      .invalidParameter, "a quantile must lie between 0 and 1", at: bound.location,
      hint: "the 95th percentile is 0.95")
  }

  func precision(_ bound: BoundExpression) throws(QueryError) -> Int {
    if case .literal(.integer(let precision), _) = bound.expression, (4...18).contains(precision) {
      return Int(precision)
    }
    throw error(
      .invalidParameter, "the precision must be a constant between 4 and 18", at: bound.location)
  }
}

extension Double {
  /// The share from the other end: 0.1 of 0.9, where plain subtraction gives 0.09999999999999998.
  fileprivate var mirrored: Double { ((1 - self) * 1e15).rounded() / 1e15 }

  /// The k-th of n values from the top is the (n - k + 1)-th from the bottom. The share of the one
  /// before it would do if k were not rounded up; a little more than that share does.
  fileprivate var justPastMirrored: Double { min(1, mirrored + 1e-12) }
}
