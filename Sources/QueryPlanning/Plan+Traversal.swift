import ColumnStore

extension Plan {
  /// The operators whose rows this one reads.
  package var inputs: [Plan] {
    switch self {
    case .scan, .values, .series: []
    case .filter(let input, _), .project(let input, _), .sort(let input, _, _),
      .limit(let input, _, _):
      [input]
    case .expand(let expansion): [expansion.input]
    case .aggregate(let aggregation): [aggregation.input]
    case .join(let join): [join.left, join.right]
    case .window(let window): [window.input]
    case .append(let inputs): inputs
    case .shared(_, let input): [input]
    }
  }

  package func mapInputs(_ transform: (Plan) -> Plan) -> Plan {
    switch self {
    case .scan, .values, .series: return self
    case .filter(let input, let conjuncts): return .filter(transform(input), conjuncts)
    case .project(let input, let expressions): return .project(transform(input), expressions)
    case .sort(let input, let keys, let limit):
      return .sort(transform(input), by: keys, limit: limit)
    case .limit(let input, let count, let offset):
      return .limit(transform(input), count: count, offset: offset)
    case .expand(var expansion):
      expansion.input = transform(expansion.input)
      return .expand(expansion)
    case .aggregate(var aggregation):
      aggregation.input = transform(aggregation.input)
      return .aggregate(aggregation)
    case .join(var join):
      join.left = transform(join.left)
      join.right = transform(join.right)
      return .join(join)
    case .window(var window):
      window.input = transform(window.input)
      return .window(window)
    case .append(let inputs): return .append(inputs.map(transform))
    case .shared(let id, let input): return .shared(id: id, transform(input))
    }
  }

  /// Replaces every expression of this operator, not of those below.
  package func mapExpressions(_ transform: (Expression) -> Expression) -> Plan {
    switch self {
    case .limit, .append, .shared: return self
    case .series(var series):
      series.start = transform(series.start)
      series.stop = transform(series.stop)
      series.step = transform(series.step)
      return .series(series)
    case .expand(var expansion):
      expansion.sources = expansion.sources.map { $0.mapExpressions(transform) }
      return .expand(expansion)
    case .scan(var scan):
      scan.filters = scan.filters.map(transform)
      return .scan(scan)
    case .values(let rows, let types):
      return .values(rows: rows.map { $0.map(transform) }, types: types)
    case .filter(let input, let conjuncts): return .filter(input, conjuncts.map(transform))
    case .project(let input, let expressions): return .project(input, expressions.map(transform))
    case .sort(let input, let keys, let limit):
      let changed = keys.map {
        SortKey(
          expression: transform($0.expression), isDescending: $0.isDescending,
          nullsFirst: $0.nullsFirst)
      }
      return .sort(input, by: changed, limit: limit)
    case .aggregate(var aggregation):
      aggregation.keys = aggregation.keys.map(transform)
      aggregation.aggregates = aggregation.aggregates.map { $0.mapExpressions(transform) }
      return .aggregate(aggregation)
    case .join(var join):
      join.keys = join.keys.map { (left: transform($0.left), right: transform($0.right)) }
      join.residual = join.residual.map(transform)
      return .join(join)
    case .window(var window):
      window.functions = window.functions.map { $0.mapExpressions(transform) }
      return .window(window)
    }
  }

  /// How many operators there are, with those below.
  package var operatorCount: Int { inputs.reduce(1) { $0 + $1.operatorCount } }
}
