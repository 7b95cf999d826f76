/// Numbers of events and people by the type of events, as a metric's formula writes them: `{n:CONDITION}`
/// and `{people:TYPE}`.
///
/// They are spelled in two ways that give the same: over events, and over one count by type, which a
/// statement of many such metrics makes once.
enum TypeCounts {
  static func plain(_ formula: String) -> String {
    expanded(
      formula, events: { "count(*) FILTER (WHERE \($0))" },
      people: { "count(DISTINCT user_id) FILTER (WHERE event_type = '\($0)')" })
  }

  static func grouped(_ formula: String) -> String {
    expanded(
      formula, events: { "coalesce(sum(events) FILTER (WHERE \($0)), 0)" },
      people: { "coalesce(max(people) FILTER (WHERE event_type = '\($0)'), 0)" })
  }

  static func countsPeople(_ formula: String) -> Bool { formula.contains(peopleMark) }

  private static let eventsMark = "{n:"
  private static let peopleMark = "{people:"

  private static func expanded(
    _ formula: String, events: (String) -> String, people: (String) -> String
  ) -> String {
    var result = ""
    var rest = Substring(formula)
    while let brace = rest.firstIndex(of: "{"), let end = rest[brace...].firstIndex(of: "}") {
      result += rest[..<brace]
      let body = rest[brace..<end]
      if body.hasPrefix(eventsMark) {
        result += events(String(body.dropFirst(eventsMark.count)))
      } else if body.hasPrefix(peopleMark) {
        result += people(String(body.dropFirst(peopleMark.count)))
      } else {
        result += rest[brace...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

extension MetricDefinition {
  /// The columns of a statement that has it, each with its name.
  var columns: [String] {
    let parts: (String, String?, String?)
    switch formula {
    case .aggregate(_, _, let value, let numerator, let denominator):
      parts = (value, numerator, denominator)
    case .byType(let value, let numerator, let denominator): parts = (value, numerator, denominator)
    case .statement, .quotient, .growth, .sum, .storageCost:
      preconditionFailure("\(id) is not a column")
    }
    return ["\(parts.0) AS \(id)"]
      + [parts.1.map { "\($0) AS \(id)_numerator" }, parts.2.map { "\($0) AS \(id)_denominator" }]
      .compactMap { $0 }
  }
}
