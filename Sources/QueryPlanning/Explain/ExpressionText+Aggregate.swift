import ColumnStore

extension ExpressionText {
  public static func text(of aggregate: Aggregate, columns: [String]) -> String {
    let arguments = aggregate.arguments.map { Self.text(of: $0, columns: columns) }
    var inner = (aggregate.isDistinct ? "DISTINCT " : "") + arguments.joined(separator: ", ")
    if !aggregate.orderBy.isEmpty {
      let keys = aggregate.orderBy.map { Self.text(of: $0, columns: columns) }
      inner += " ORDER BY \(keys.joined(separator: ", "))"
    }
    if case .windowFunnel(let window, let modes) = aggregate.function {
      let parameters = [IntervalText.format(window)] + modes.names
      inner = parameters.map { "'\($0)', " }.joined() + inner
    }
    if let parameter = aggregate.function.parameter { inner += ", \(parameter)" }
    if aggregate.function == .countRows { inner = "*" }
    var text = "\(aggregate.function.sqlName)(\(inner))"
    if let filter = aggregate.filter {
      text += " FILTER (\(self.text(of: filter, columns: columns)))"
    }
    return text
  }

  public static func text(of key: SortKey, columns: [String]) -> String {
    var text = self.text(of: key.expression, columns: columns)
    if key.isDescending { text += " DESC" }
    if key.nullsFirst != key.isDescending {
      text += key.nullsFirst ? " NULLS FIRST" : " NULLS LAST"
    }
    return text
  }
}

extension AggregateFunction {
  /// The name in SQL.
  public var sqlName: String {
    switch self {
    case .countRows: "count"
    case .count: "count"
    case .sum: "sum"
    case .average: "avg"
    case .minimum: "min"
    case .maximum: "max"
    case .standardDeviationSample: "stddev"
    case .standardDeviationPopulation: "stddev_pop"
    case .varianceSample: "variance"
    case .variancePopulation: "var_pop"
    case .booleanAnd: "bool_and"
    case .booleanOr: "bool_or"
    case .approximateCountDistinct: "approx_count_distinct"
    case .approximateQuantile: "approx_quantile"
    case .percentileContinuous: "percentile_cont"
    case .percentileDiscrete: "percentile_disc"
    case .mode: "mode"
    case .stringAggregate: "string_agg"
    case .arrayAggregate: "array_agg"
    case .argumentOfMinimum: "arg_min"
    case .argumentOfMaximum: "arg_max"
    case .anyValue: "any_value"
    case .hyperLogLogState: "hll"
    case .hyperLogLogMerge: "hll_merge"
    case .digestState: "tdigest"
    case .digestMerge: "tdigest_merge"
    case .regression(let figure): figure.rawValue
    case .retention: "retention"
    case .windowFunnel(_, let modes):
      modes.contains(.answersTimes) ? "funnel_times" : "window_funnel"
    case .sessionCount: "session_count"
    case .trailingDistinct: "trailing_distinct"
    }
  }

  /// What the function is given besides its arguments.
  var parameter: String? {
    switch self {
    case .approximateCountDistinct(let precision), .hyperLogLogState(let precision):
      precision == 14 ? nil : "\(precision)"
    case .approximateQuantile(let quantiles, _), .percentileContinuous(let quantiles, _),
      .percentileDiscrete(let quantiles, _):
      quantiles.map { "\($0)" }.joined(separator: ", ")
    case .sessionCount(let gap): "'\(IntervalText.format(gap))'"
    case .trailingDistinct(let lengths):
      lengths.count == 1
        ? "\(lengths[0])" : "ARRAY[\(lengths.map(String.init).joined(separator: ", "))]"
    default: nil
    }
  }
}
