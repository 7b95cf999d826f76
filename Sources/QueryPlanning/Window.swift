public import ColumnStore

/// Output row: the input row, then one column per function. Rows keep their order.
public struct Window: Sendable {
  public var input: Plan
  public var functions: [WindowFunction]

  public init(input: Plan, functions: [WindowFunction]) {
    self.input = input
    self.functions = functions
  }
}

/// One function with its `OVER (...)`, evaluated for each row over the rows around it.
public struct WindowFunction: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// () -> integer: the row's place in its partition, from 1.
    case rowNumber
    /// () -> integer: the place of the first peer; without gaps.
    case rank, denseRank
    /// () -> double: (rank - 1) / (rows - 1); rows up to the last peer / rows.
    case percentRank, cumulativeDistribution
    /// (integer, of the partition's first row) -> integer
    case ntile
    /// (any, integer, default of the same type) -> same: so many rows before or after in the
    /// partition.
    case lag, lead
    /// (any) -> same: of the frame.
    case firstValue, lastValue
    /// (any, integer) -> same: counted from 1 within the frame.
    case nthValue
    /// (timestamp or timestamptz, literal interval) -> integer: the number of the row's session, from
    /// 1; null where the moment is.
    case sessionize
    /// Over the rows of the frame. Never DISTINCT nor ordered.
    case aggregate(Aggregate)
  }

  public var kind: Kind
  /// Empty for an aggregate, which has its own.
  public var arguments: [Expression]
  public var partitionBy: [Expression]
  public var orderBy: [SortKey]
  public var frame: WindowFrame
  public var type: DataType
  public var location: Int

  public init(
    kind: Kind, arguments: [Expression], partitionBy: [Expression], orderBy: [SortKey],
    frame: WindowFrame, type: DataType, location: Int
  ) {
    self.kind = kind
    self.arguments = arguments
    self.partitionBy = partitionBy
    self.orderBy = orderBy
    self.frame = frame
    self.type = type
    self.location = location
  }
}

/// Which rows of the partition a function sees from the current one.
public struct WindowFrame: Sendable, Hashable {
  public enum Unit: String, Sendable, Hashable {
    /// Bounds count rows; the current row is one row.
    case rows
    /// Bounds are values of the one ORDER BY key; the current row is all its peers.
    case range
    /// Bounds count groups of peers; the current row is all its peers.
    case groups
  }

  public enum Bound: Sendable, Hashable {
    case unboundedPreceding
    /// So many rows or groups.
    case preceding(Int)
    case currentRow
    case following(Int)
    case unboundedFollowing
    /// RANGE: rows whose ORDER BY key is not beyond `value`, an expression over the current row of
    /// the key's type. Where the key is null, the bound is that of its peers. `offset` is what was
    /// written.
    case value(Expression, offset: Value, isPreceding: Bool)
  }

  public var unit: Unit
  public var start: Bound
  public var end: Bound

  public init(unit: Unit, start: Bound, end: Bound) {
    self.unit = unit
    self.start = start
    self.end = end
  }

  /// Up to the last peer of the current row; the whole partition where nothing is ordered.
  public static let standard = WindowFrame(
    unit: .range, start: .unboundedPreceding, end: .currentRow)
}

extension WindowFunction {
  /// Replaces each expression that is evaluated.
  package func mapExpressions<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> WindowFunction {
    var function = self
    if case .aggregate(let aggregate) = kind {
      function.kind = .aggregate(try aggregate.mapExpressions(transform))
    }
    function.arguments = try arguments.map(transform)
    function.partitionBy = try partitionBy.map(transform)
    for index in function.orderBy.indices {
      function.orderBy[index].expression = try transform(orderBy[index].expression)
    }
    function.frame.start = try frame.start.mapExpression(transform)
    function.frame.end = try frame.end.mapExpression(transform)
    return function
  }

  package var withoutLocations: WindowFunction {
    var function = mapExpressions(\.withoutLocations)
    if case .aggregate(let aggregate) = function.kind {
      function.kind = .aggregate(aggregate.withoutLocations)
    }
    function.location = 0
    return function
  }

  func collectColumns(into columns: inout Set<Int>) {
    if case .aggregate(let aggregate) = kind { aggregate.collectColumns(into: &columns) }
    for expression in arguments + partitionBy { expression.collectColumns(into: &columns) }
    for key in orderBy { key.expression.collectColumns(into: &columns) }
    for bound in [frame.start, frame.end] {
      if case .value(let limit, _, _) = bound { limit.collectColumns(into: &columns) }
    }
  }
}

extension WindowFrame.Bound {
  fileprivate func mapExpression<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> WindowFrame.Bound {
    guard case .value(let limit, let offset, let isPreceding) = self else { return self }
    return .value(try transform(limit), offset: offset, isPreceding: isPreceding)
  }
}
