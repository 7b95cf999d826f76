import ColumnStore
import QueryLanguage

extension Redaction {
  /// An aggregate of masks is one, where that says what it is. Counts of a column as it stands are exact.
  func aggregate(
    _ aggregate: Aggregate, _ row: [Secrecy]
  ) throws(QueryError) -> (Aggregate, Secrecy) {
    var aggregate = aggregate
    if let filter = aggregate.filter { aggregate.filter = try deciding(filter, row, .filter) }
    aggregate.orderBy = try deciding(aggregate.orderBy, row, .sort)
    switch aggregate.function {
    case .countRows:
      return (aggregate, .open)
    case .count, .approximateCountDistinct, .trailingDistinct:
      let others = aggregate.arguments.dropFirst()
      aggregate.arguments.replaceSubrange(
        1..., with: try deciding(Array(others), row, .argument))
      if let argument = aggregate.arguments.first, case .column(let index, _) = argument,
        row.indices.contains(index), row[index].isHidden
      {
        return (aggregate, .open)
      }
      aggregate.arguments = try deciding(aggregate.arguments, row, .count)
      return (aggregate, .open)
    case .minimum, .maximum, .anyValue, .mode, .stringAggregate, .arrayAggregate, .sum, .average,
      .standardDeviationSample, .standardDeviationPopulation, .varianceSample, .variancePopulation,
      .booleanAnd, .booleanOr, .approximateQuantile, .percentileContinuous, .percentileDiscrete:
      var sources: Set<HiddenColumn> = []
      for index in aggregate.arguments.indices {
        let (value, secrecy) = try masking(aggregate.arguments[index], row)
        aggregate.arguments[index] = value
        sources.formUnion(secrecy.sources)
      }
      // How many different ones there are, masks do not tell.
      if aggregate.isDistinct, !sources.isEmpty { throw refusal(of: sources, .group) }
      return (aggregate, .of(sources))
    case .argumentOfMinimum, .argumentOfMaximum:
      let (value, secrecy) = try masking(aggregate.arguments[0], row)
      aggregate.arguments =
        [value] + (try deciding(Array(aggregate.arguments.dropFirst()), row, .sort))
      return (aggregate, .of(secrecy.sources))
    case .hyperLogLogState, .hyperLogLogMerge, .digestState, .digestMerge, .regression, .retention,
      .windowFunnel, .sessionCount:
      aggregate.arguments = try deciding(aggregate.arguments, row, .argument)
      return (aggregate, .open)
    }
  }

  func window(
    _ function: WindowFunction, _ row: [Secrecy]
  ) throws(QueryError) -> (WindowFunction, Secrecy) {
    var function = function
    var secrecy = Secrecy.open
    var arguments = function.arguments
    switch function.kind {
    case .aggregate(let aggregate):
      let (redacted, result) = try self.aggregate(aggregate, row)
      function.kind = .aggregate(redacted)
      secrecy = result
    case .lag, .lead:
      var sources: Set<HiddenColumn> = []
      for index in arguments.indices {
        if index == 1 {
          arguments[1] = try deciding(arguments[1], row, .argument)
        } else {
          let (value, secrecy) = try masking(arguments[index], row)
          arguments[index] = value
          sources.formUnion(secrecy.sources)
        }
      }
      secrecy = .of(sources)
    case .firstValue, .lastValue, .nthValue:
      let (value, result) = try masking(arguments[0], row)
      arguments =
        [value] + (try deciding(Array(arguments.dropFirst()), row, .argument))
      secrecy = .of(result.sources)
    case .rowNumber, .rank, .denseRank, .percentRank, .cumulativeDistribution, .ntile, .sessionize:
      arguments = try deciding(arguments, row, .argument)
    }
    // What is left is masked already or decides about rows.
    var others = function
    others.arguments = []
    if case .aggregate = function.kind { others.kind = .rowNumber }
    others = try others.mapExpressions { (expression) throws(QueryError) in
      try deciding(expression, row, .window)
    }
    others.arguments = arguments
    others.kind = function.kind
    return (others, secrecy)
  }
}
