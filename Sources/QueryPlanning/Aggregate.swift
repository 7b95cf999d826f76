public import ColumnStore

/// One aggregate of an aggregation, evaluated over each group.
public struct Aggregate: Sendable, Hashable {
  public var function: AggregateFunction
  public var arguments: [Expression]
  public var isDistinct: Bool
  /// `FILTER (WHERE ...)`.
  public var filter: Expression?
  /// `string_agg(x, ',' ORDER BY y)`; empty where order does not matter.
  public var orderBy: [SortKey]
  public var type: DataType
  public var location: Int

  public init(
    function: AggregateFunction, arguments: [Expression], isDistinct: Bool = false,
    filter: Expression? = nil, orderBy: [SortKey] = [], type: DataType, location: Int
  ) {
    self.function = function
    self.arguments = arguments
    self.isDistinct = isDistinct
    self.filter = filter
    self.orderBy = orderBy
    self.type = type
    self.location = location
  }
}

/// Nulls in the (first) argument are ignored; over no rows the result is null, except for counts,
/// sketch states and what counts steps or sessions.
public enum AggregateFunction: Sendable, Hashable {
  /// `count(*)`: no argument.
  case countRows
  /// (any) -> integer. With `isDistinct`: exact.
  case count
  /// (integer) -> integer, overflow is an error; (double) -> double; (interval) -> interval.
  case sum
  /// (integer or double) -> double; (interval) -> interval
  case average
  /// (any type but json, states and arrays)
  case minimum, maximum
  /// (double) -> double
  case standardDeviationSample, standardDeviationPopulation, varianceSample, variancePopulation
  /// (boolean) -> boolean
  case booleanAnd, booleanOr
  /// (any) -> integer, estimated by HyperLogLog of the precision.
  case approximateCountDistinct(precision: Int)
  /// (double) -> double, or an array when `isArray`; t-digest.
  case approximateQuantile([Double], isArray: Bool)
  /// (double) -> double (or double[]), interpolated; the value is in `arguments[0]`, the order of
  /// `WITHIN GROUP` is ascending (the planner turns a descending order round).
  case percentileContinuous([Double], isArray: Bool)
  /// (any sortable) -> the same type (or array of it): the first value, ascending, at or past that
  /// share of the values.
  case percentileDiscrete([Double], isArray: Bool)
  /// (any) -> same; the most frequent value, of several the smallest.
  case mode
  /// (text, text literal separator) -> text, in `orderBy`, else in the order of the rows.
  case stringAggregate
  /// (any) -> array of it, nulls included, in `orderBy`, else in the order of the rows; of distinct
  /// values ascending.
  case arrayAggregate
  /// (any result, any sortable) -> type of the first: where the second is smallest (largest); of
  /// several the first row. Rows whose second argument is null are ignored.
  case argumentOfMinimum, argumentOfMaximum
  /// (any) -> any, of the first row of the group.
  case anyValue
  /// (any) -> hll
  case hyperLogLogState(precision: Int)
  /// (hll) -> hll
  case hyperLogLogMerge
  /// (double) -> tdigest
  case digestState
  /// (tdigest) -> tdigest
  case digestMerge
  /// (double y, double x) -> double, or integer for a count; of rows in which neither is null.
  case regression(RegressionFigure)
  /// (boolean, ...) -> integer[] of as many: 1 where a row meets the condition, and one the first.
  case retention
  /// (timestamp or timestamptz, boolean, ...) -> integer: how many conditions are met in their order
  /// within the interval, which has no months.
  case windowFunnel(Interval, FunnelModes)
  /// (timestamp or timestamptz) -> integer: runs of moments no further apart than the gap, which has
  /// no months.
  case sessionCount(gap: Interval)
  /// (any that can be compared, date or integer) -> integer[]: for each day from the first that occurs to the last
  /// with something in a window: the day, and how many different values there were in the days that end with it, for each
  /// length.
  case trailingDistinct(lengths: [Int])
}
