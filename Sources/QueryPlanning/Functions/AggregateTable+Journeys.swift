extension AggregateTable {
  /// Figures of pairs of numbers.
  static let regressions = RegressionFigure.allCases.map { figure in
    Definition(
      figure.rawValue, "\(figure.rawValue)(y, x)", figure.summary, .regression(figure))
  }

  /// What users did one after the other.
  static let journeys: [Definition] = [
    Definition(
      "retention", "retention(condition, ...)",
      "For each condition 1 where a row meets it and a row meets the first one, else 0; an array.",
      .retention),
    Definition(
      "window_funnel", "window_funnel(interval[, mode, ...], ts, condition, ...)",
      "How many of the conditions are met in this order, all within the interval.",
      .windowFunnel(answersTimes: false)),
    Definition(
      "funnel_times", "funnel_times(interval[, mode, ...], ts, condition, ...)",
      "When those conditions were met, in milliseconds from the first; an array.",
      .windowFunnel(answersTimes: true)),
    Definition(
      "session_count", "session_count(ts, gap)",
      "Number of sessions: a new one begins where more than the gap has passed.", .sessionCount),
    Definition(
      "trailing_distinct", "trailing_distinct(x, day, n or array)",
      "For each day: how many different x there were in the n days that end with it; an array.",
      .trailingDistinct),
  ]
}
