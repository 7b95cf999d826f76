import ColumnStore

extension RandomQueries {
  /// A figure of pairs of numbers.
  mutating func regression(_ source: Source) -> String {
    let make = expressions(source)
    // What has hardly any spread has no slope to speak of; other databases give NaN for none.
    let names =
      ["covar_pop", "covar_samp", "regr_count", "regr_avgx", "regr_avgy"]
      + (isPortable ? [] : ["corr", "regr_slope", "regr_intercept", "regr_r2"])
    func number() -> String {
      make.column(random.pick([.integer, .double]), onlyTame: true, &random)
        ?? source.columns[0].name
    }
    return "\(random.pick(names))(\(number()), \(number()))"
  }

  /// What users did over time.
  mutating func journey(_ source: Source) -> String {
    let make = expressions(source)
    let conditions = (0...random.below(3)).map { _ in make.condition(1, &random) }
      .joined(separator: ", ")
    let length = random.pick(["1 second", "1 hour", "2 days", "40 days", "3000 days"])
    guard let moment = moment(source) else { return "retention(\(conditions))" }
    let mode = random.pick([
      "", "", "'strict_order', ", "'strict_increase', ", "'strict_deduplication', ",
      "'strict_order', 'strict_increase', ", "'strict_deduplication', 'strict_order', ",
    ])
    let value = random.pick(source.columns).name
    return random.pick([
      "trailing_distinct(\(value), \(moment)::date, ARRAY[1, 3, 40]) FILTER (WHERE \(moment) BETWEEN '2023-01-01' AND '2025-01-01')",
      "retention(\(conditions))", "session_count(\(moment), INTERVAL '\(length)')",
      "window_funnel(INTERVAL '\(length)', \(mode)\(moment), \(conditions))",
      "funnel_times(INTERVAL '\(length)', \(mode)\(moment), \(conditions))",
    ])
  }

  /// Sessions in an order that leaves no choice.
  mutating func sessionize(_ source: Source) -> String {
    guard let moment = moment(source) else { return "count(*) OVER ()" }
    let length = random.pick(["0 seconds", "1 hour", "2 days", "40 days"])
    let keys = ([moment] + source.identity).joined(separator: ", ")
    let partition = random.chance(0.5) ? "PARTITION BY \(random.pick(source.columns).name) " : ""
    return "sessionize(\(moment), '\(length)') OVER (\(partition)ORDER BY \(keys))"
  }

  private mutating func moment(_ source: Source) -> String? {
    expressions(source).column(random.pick([.timestamp, .date]), onlyTame: false, &random)
  }
}
