public import ColumnStore
import QueryLanguage

/// `retention`, `window_funnel`, `session_count` and `sessionize`: what users did over time.
extension Environment {
  /// As many as there are bits for them in a state.
  static let mostConditions = 32

  func retention(
    _ name: String, _ arguments: [BoundExpression], at location: Int
  ) throws(QueryError) -> Aggregate {
    Aggregate(
      function: .retention, arguments: try conditions(name, arguments[...], at: location),
      type: .array(.integer), location: location)
  }

  /// `window_funnel(interval[, mode, ...], ts, condition, ...)`: the modes are quoted words. So does
  /// `funnel_times`.
  func windowFunnel(
    _ name: String, _ arguments: [BoundExpression], answersTimes: Bool, at location: Int,
    mismatch: () -> QueryError
  ) throws(QueryError) -> Aggregate {
    guard arguments.count >= 3 else { throw mismatch() }
    let window = try duration(arguments[0], "the window of \(name)")
    var rest = arguments.dropFirst()
    var modes: FunnelModes = answersTimes ? .answersTimes : []
    while let next = rest.first, case .literal(.text(let word), _) = next.expression {
      guard let known = FunnelModes.named.first(where: { $0.name == word }) else {
        throw error(
          .invalidParameter, "\(name) has no mode '\(word)'", at: next.location,
          hint: suggestion(for: word, among: FunnelModes.named.map(\.name))
            ?? "the modes are \(FunnelModes.named.map(\.name).joined(separator: ", "))")
      }
      modes.insert(known.mode)
      rest.removeFirst()
    }
    guard let first = rest.popFirst(), let time = try moment(first) else { throw mismatch() }
    guard !rest.isEmpty else { throw mismatch() }
    return Aggregate(
      function: .windowFunnel(window, modes),
      arguments: [time] + (try conditions(name, rest, at: location)),
      type: answersTimes ? .array(.integer) : .integer, location: location)
  }

  func sessionCount(
    _ name: String, _ arguments: [BoundExpression], at location: Int, mismatch: () -> QueryError
  ) throws(QueryError) -> Aggregate {
    guard arguments.count == 2, let time = try moment(arguments[0]) else { throw mismatch() }
    return Aggregate(
      function: .sessionCount(gap: try duration(arguments[1], "the gap of \(name)")),
      arguments: [time], type: .integer, location: location)
  }

  /// `trailing_distinct(x, day, n)`: the day is a date or a number of days.
  func trailingDistinct(
    _ name: String, _ arguments: [BoundExpression], at location: Int, mismatch: () -> QueryError
  ) throws(QueryError) -> Aggregate {
    let value = try settled(arguments[0])
    guard value.type.isComparable else { throw mismatch() }
    var day = arguments[1].type == .date ? arguments[1].expression : nil
    if day == nil { day = try converted(arguments[1], to: .integer, .implicit) }
    guard let day else { throw mismatch() }
    return Aggregate(
      function: .trailingDistinct(lengths: try lengths(arguments[2], of: name)),
      arguments: [value, day], type: .array(.integer), location: location)
  }

  /// Constant numbers of days.
  private func lengths(_ argument: BoundExpression, of name: String) throws(QueryError) -> [Int] {
    let values: [Value] =
      switch argument.expression.folded(in: self) {
      case .literal(.array(let values), _): values
      case .literal(let value, _): [value]
      default: []
      }
    let lengths = values.compactMap { value in
      if case .integer(let length) = value, (1...Self.longestTrail).contains(length) {
        Int(length)
      } else {
        nil
      }
    }
    guard !lengths.isEmpty, lengths.count == values.count, lengths.count <= Self.mostConditions
    else {
      throw error(
        .invalidParameter,
        "the days of \(name) must be a constant from 1 to \(Self.longestTrail), or an array of them",
        at: argument.location, hint: "write 30, or ARRAY[1, 7, 30]")
    }
    return lengths
  }

  /// The most days of a trailing window.
  private static let longestTrail: Int64 = 3_660

  /// The arguments of `sessionize`: the moments, and the gap as a literal interval.
  func sessionize(
    _ arguments: [BoundExpression], mismatch: () -> QueryError
  ) throws(QueryError) -> [Expression] {
    guard let time = try moment(arguments[0]) else { throw mismatch() }
    return [
      time, .literal(.interval(try duration(arguments[1], "the gap of sessionize")), .interval),
    ]
  }

  private func conditions(
    _ name: String, _ arguments: ArraySlice<BoundExpression>, at location: Int
  ) throws(QueryError) -> [Expression] {
    guard arguments.count <= Self.mostConditions else {
      throw error(
        .tooComplex,
        "\(name) takes at most \(Self.mostConditions) conditions, not \(arguments.count)",
        at: location)
    }
    var conditions: [Expression] = []
    for argument in arguments {
      guard let condition = try converted(argument, to: .boolean, .implicit) else {
        throw error(
          .typeMismatch,
          "a condition of \(name) must be type boolean, not type \(argument.type.sqlName)",
          at: argument.location, hint: "a condition is a comparison such as event_type = 'login'")
      }
      conditions.append(condition)
    }
    return conditions
  }

  /// A date counts as its midnight. `nil` where it is no moment at all.
  private func moment(_ argument: BoundExpression) throws(QueryError) -> Expression? {
    argument.type == .timestampWithTimeZone
      ? argument.expression : try converted(argument, to: .timestamp, .implicit)
  }

  /// A constant length of time: days count 24 hours, whatever clocks do.
  private func duration(
    _ argument: BoundExpression, _ name: String
  ) throws(QueryError) -> Interval {
    guard let expression = try converted(argument, to: .interval, .implicit) else {
      throw error(
        .typeMismatch, "\(name) must be type interval, not type \(argument.type.sqlName)",
        at: argument.location, hint: "write INTERVAL '30 minutes'")
    }
    let problem: String
    switch expression.folded(in: self) {
    case .literal(.interval(let interval), _):
      if interval.months != 0 {
        throw error(
          .invalidParameter, "\(name) must not have months or years", at: argument.location,
          hint: "their length varies: write days")
      }
      if interval.comparableMilliseconds >= 0 { return interval }
      problem = "must not be negative"
    case .literal: problem = "must not be null"
    default: problem = "must be a constant"
    }
    throw error(.invalidParameter, "\(name) \(problem)", at: argument.location)
  }
}

extension Interval {
  /// The length where there are no months, in milliseconds; so long an interval that no two moments
  /// lie further apart is cut.
  public var fixedMilliseconds: Int64 {
    Int64(clamping: min(comparableMilliseconds, Int128(Int64.max / 4)))
  }
}

extension AggregateFunction {
  /// Whether DISTINCT would be about several arguments at once, or about none.
  var refusesDistinct: Bool {
    switch self {
    case .regression, .retention, .windowFunnel, .sessionCount, .trailingDistinct: true
    default: false
    }
  }
}
