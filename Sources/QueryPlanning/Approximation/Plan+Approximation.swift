extension Plan {
  /// Which output columns, and which choice of rows, depend on sketches; `nil`: all is exact.
  ///
  /// Costs nothing per row, and next to nothing where a plan has no sketch.
  public var approximateOutput: ApproximateOutput? {
    guard hasSketches else { return nil }
    var walk = ApproximationWalk()
    let output = walk.output(of: self)
    return output.isEmpty ? nil : output
  }

  /// Whether any operator makes one; tables have none.
  private var hasSketches: Bool {
    switch self {
    case .scan, .values, .series: return false
    case .aggregate(let aggregation):
      return aggregation.aggregates.contains { !$0.function.approximation.isEmpty }
        || aggregation.input.hasSketches
    case .window(let window):
      return window.functions.contains { !$0.kind.approximation.isEmpty }
        || window.input.hasSketches
    case .filter(let input, _), .project(let input, _), .sort(let input, _, _),
      .limit(let input, _, _), .shared(_, let input):
      return input.hasSketches
    case .join(let join): return join.left.hasSketches || join.right.hasSketches
    case .append(let inputs): return inputs.contains(where: \.hasSketches)
    case .expand(let expansion): return expansion.input.hasSketches
    }
  }
}

/// Follows estimates from the operators that make them to the output.
private struct ApproximationWalk {
  /// Of plans that stand in several places.
  private var shared: [Int: ApproximateOutput] = [:]

  mutating func output(of plan: Plan) -> ApproximateOutput {
    switch plan {
    case .scan(let scan):
      return ApproximateOutput(columns: scan.columns.map { _ in Approximation() })
    case .values(_, let types):
      return ApproximateOutput(columns: types.map { _ in Approximation() })
    case .series: return ApproximateOutput(columns: [Approximation()])
    case .filter(let input, let conjuncts):
      var output = output(of: input)
      output.rows.formUnion(union(conjuncts, over: output.columns))
      return output
    case .project(let input, let expressions):
      let below = output(of: input)
      return ApproximateOutput(
        columns: expressions.map { $0.approximation(over: below.columns) }, rows: below.rows)
    case .aggregate(let aggregation): return output(of: aggregation)
    case .join(let join): return output(of: join)
    case .window(let window): return output(of: window)
    case .sort(let input, let keys, let limit):
      var output = output(of: input)
      // Which rows are the first ones depends on the keys.
      if limit != nil {
        output.rows.formUnion(union(keys.map(\.expression), over: output.columns))
      }
      return output
    case .limit(let input, _, _): return output(of: input)
    case .append(let inputs):
      let outputs = inputs.map { output(of: $0) }
      guard var all = outputs.first else { return ApproximateOutput(columns: []) }
      for other in outputs.dropFirst() {
        for column in all.columns.indices { all.columns[column].formUnion(other.columns[column]) }
        all.rows.formUnion(other.rows)
      }
      return all
    case .shared(let id, let input):
      if let known = shared[id] { return known }
      let output = output(of: input)
      shared[id] = output
      return output
    case .expand(let expansion):
      let below = output(of: expansion.input)
      let sources = expansion.sources.map { union($0.expressions, over: below.columns) }
      let ordinality = expansion.hasOrdinality ? [Approximation()] : []
      return ApproximateOutput(
        columns: below.columns + sources + ordinality,
        rows: sources.reduce(below.rows) { $0.union($1) })
    }
  }

  private mutating func output(of aggregation: Aggregation) -> ApproximateOutput {
    let below = output(of: aggregation.input)
    let keys = aggregation.keys.map { $0.approximation(over: below.columns) }
    let aggregates = aggregation.aggregates.map {
      $0.approximation(over: below.columns).union(below.rows)
    }
    // Without keys there is one row, whatever comes in.
    let rows = keys.reduce(aggregation.keys.isEmpty ? Approximation() : below.rows) {
      $0.union($1)
    }
    return ApproximateOutput(columns: keys + aggregates, rows: rows)
  }

  private mutating func output(of join: Join) -> ApproximateOutput {
    let left = output(of: join.left)
    let right = output(of: join.right)
    let both = left.columns + right.columns
    var rows = left.rows.union(right.rows)
    for key in join.keys {
      rows.formUnion(key.left.approximation(over: left.columns))
      rows.formUnion(key.right.approximation(over: right.columns))
    }
    if let residual = join.residual { rows.formUnion(residual.approximation(over: both)) }
    return ApproximateOutput(columns: join.kind.keepsOnlyLeft ? left.columns : both, rows: rows)
  }

  private mutating func output(of window: Window) -> ApproximateOutput {
    let below = output(of: window.input)
    var columns = below.columns
    for function in window.functions {
      var approximation = function.kind.approximation.union(below.rows)
      var read: Set<Int> = []
      function.collectColumns(into: &read)
      for column in read { approximation.formUnion(below.columns[column]) }
      columns.append(approximation)
    }
    return ApproximateOutput(columns: columns, rows: below.rows)
  }

  private func union(_ expressions: [Expression], over columns: [Approximation]) -> Approximation {
    expressions.reduce(into: Approximation()) { $0.formUnion($1.approximation(over: columns)) }
  }
}

extension Expression {
  fileprivate func approximation(over columns: [Approximation]) -> Approximation {
    switch self {
    case .column(let index, _): columns[index]
    default:
      operands.reduce(into: Approximation()) { $0.formUnion($1.approximation(over: columns)) }
    }
  }
}

extension Aggregate {
  fileprivate func approximation(over columns: [Approximation]) -> Approximation {
    var approximation = function.approximation
    for expression in arguments { approximation.formUnion(expression.approximation(over: columns)) }
    if let filter { approximation.formUnion(filter.approximation(over: columns)) }
    for key in orderBy { approximation.formUnion(key.expression.approximation(over: columns)) }
    return approximation
  }
}

extension WindowFunction.Kind {
  fileprivate var approximation: Approximation {
    if case .aggregate(let aggregate) = self {
      aggregate.function.approximation
    } else {
      Approximation()
    }
  }
}

extension AggregateFunction {
  /// What the function itself estimates; a merge of states has it from its argument.
  fileprivate var approximation: Approximation {
    switch self {
    case .approximateCountDistinct(let precision), .hyperLogLogState(let precision):
      Approximation(.hyperLogLog(precision: precision))
    case .approximateQuantile, .digestState: Approximation(.digest)
    case .countRows, .count, .sum, .average, .minimum, .maximum, .standardDeviationSample,
      .standardDeviationPopulation, .varianceSample, .variancePopulation, .booleanAnd, .booleanOr,
      .percentileContinuous, .percentileDiscrete, .mode, .stringAggregate, .arrayAggregate,
      .argumentOfMinimum, .argumentOfMaximum, .anyValue, .hyperLogLogMerge, .digestMerge,
      .regression, .retention, .windowFunnel, .sessionCount, .trailingDistinct:
      Approximation()
    }
  }
}
