import ColumnStore

/// Every aggregate: SQL names, how they are called, and a line for the reference.
public enum AggregateTable {
  public struct Definition: Sendable {
    /// First the name that documentation uses, then aliases.
    public var names: [String]
    public var usage: String
    public var summary: String
    let kind: Kind
  }

  /// Aggregates whose arguments are bound the same way share a case.
  enum Kind: Sendable {
    case count, sum, average
    /// (double) -> double, or whatever the function states.
    case plain(AggregateFunction, parameter: DataType, result: DataType)
    /// (any that can be compared) -> same.
    case extreme(AggregateFunction)
    case anyValue
    case mode
    case approximateCount
    case approximateQuantile
    case percentile(isContinuous: Bool)
    case median
    case stringAggregate
    case arrayAggregate
    case argument(AggregateFunction)
    case hyperLogLog
    case regression(RegressionFigure)
    case retention, sessionCount, trailingDistinct
    case windowFunnel(answersTimes: Bool)
  }

  public static let all = general + regressions + journeys

  private static let general: [Definition] = [
    Definition(
      "count", "count(*), count(x)", "Number of rows, or of values that are not null.", .count),
    Definition("sum", "sum(x)", "Sum of numbers or intervals; integer overflow is an error.", .sum),
    Definition(
      "avg mean", "avg(x)", "Mean of numbers or intervals.", .average),
    Definition("min", "min(x)", "Smallest value.", .extreme(.minimum)),
    Definition("max", "max(x)", "Largest value.", .extreme(.maximum)),
    Definition(
      "stddev stddev_samp", "stddev(x)", "Sample standard deviation.",
      .plain(.standardDeviationSample, parameter: .double, result: .double)),
    Definition(
      "stddev_pop", "stddev_pop(x)", "Population standard deviation.",
      .plain(.standardDeviationPopulation, parameter: .double, result: .double)),
    Definition(
      "variance var_samp", "variance(x)", "Sample variance.",
      .plain(.varianceSample, parameter: .double, result: .double)),
    Definition(
      "var_pop", "var_pop(x)", "Population variance.",
      .plain(.variancePopulation, parameter: .double, result: .double)),
    Definition(
      "bool_and every", "bool_and(x)", "Whether all values are true.",
      .plain(.booleanAnd, parameter: .boolean, result: .boolean)),
    Definition(
      "bool_or", "bool_or(x)", "Whether any value is true.",
      .plain(.booleanOr, parameter: .boolean, result: .boolean)),
    Definition(
      "approx_count_distinct", "approx_count_distinct(x[, precision])",
      "Estimated number of distinct values (HyperLogLog).", .approximateCount),
    Definition(
      "approx_quantile approx_percentile", "approx_quantile(x, q or array)",
      "Estimated quantile (t-digest).", .approximateQuantile),
    Definition(
      "percentile_cont quantile_cont", "percentile_cont(q or array) WITHIN GROUP (ORDER BY x)",
      "Exact quantile, interpolated.", .percentile(isContinuous: true)),
    Definition(
      "percentile_disc quantile_disc", "percentile_disc(q or array) WITHIN GROUP (ORDER BY x)",
      "Exact quantile, one of the values.", .percentile(isContinuous: false)),
    Definition("median", "median(x)", "Exact median, interpolated.", .median),
    Definition(
      "mode", "mode() WITHIN GROUP (ORDER BY x)",
      "Most frequent value; of several the smallest.", .mode),
    Definition(
      "string_agg group_concat", "string_agg(x, separator [ORDER BY y])",
      "Texts in a row with a separator between them.", .stringAggregate),
    Definition(
      "array_agg", "array_agg(x [ORDER BY y])", "The values in an array, nulls included.",
      .arrayAggregate),
    Definition(
      "arg_min min_by argmin", "arg_min(x, y)", "The x of the row with the smallest y.",
      .argument(.argumentOfMinimum)),
    Definition(
      "arg_max max_by argmax", "arg_max(x, y)", "The x of the row with the largest y.",
      .argument(.argumentOfMaximum)),
    Definition("any_value", "any_value(x)", "The first value of the group.", .anyValue),
    Definition(
      "hll", "hll(x[, precision])", "State of a distinct count, to keep and merge.", .hyperLogLog),
    Definition(
      "hll_merge", "hll_merge(state)", "The union of states.",
      .plain(.hyperLogLogMerge, parameter: .hyperLogLog, result: .hyperLogLog)),
    Definition(
      "tdigest", "tdigest(x)", "State of a quantile estimate, to keep and merge.",
      .plain(.digestState, parameter: .double, result: .digest)),
    Definition(
      "tdigest_merge", "tdigest_merge(state)", "All states in one.",
      .plain(.digestMerge, parameter: .digest, result: .digest)),
  ]

  static let byName: [String: Definition] = {
    var byName: [String: Definition] = [:]
    for definition in all {
      for name in definition.names { byName[name] = definition }
    }
    return byName
  }()

  static let names = all.flatMap(\.names)
}

extension AggregateTable.Definition {
  init(_ names: String, _ usage: String, _ summary: String, _ kind: AggregateTable.Kind) {
    self.init(
      names: names.split(separator: " ").map(String.init), usage: usage, summary: summary,
      kind: kind)
  }
}
