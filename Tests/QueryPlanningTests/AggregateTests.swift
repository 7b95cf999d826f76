import ColumnStore
import QueryPlanning
import Testing

@Suite struct AggregateTests {
  func aggregates(_ sql: String) throws -> [Aggregate] {
    var plan = try query("SELECT \(sql) FROM events, states").plan
    while true {
      if case .aggregate(let aggregation) = plan { return aggregation.aggregates }
      guard let input = plan.inputs.first else { return [] }
      plan = input
    }
  }

  @Test(arguments: [
    ("count(*)", AggregateFunction.countRows, DataType.integer), ("count(doc)", .count, .integer),
    ("sum(ms)", .sum, .integer), ("sum(cost)", .sum, .double), ("sum(ts - ts)", .sum, .interval),
    ("avg(ms)", .average, .double), ("min(model)", .minimum, .text),
    ("max(ts)", .maximum, .timestamp),
    ("stddev(ms)", .standardDeviationSample, .double),
    ("stddev_pop(ms)", .standardDeviationPopulation, .double),
    ("variance(ms)", .varianceSample, .double), ("var_pop(ms)", .variancePopulation, .double),
    ("every(ok)", .booleanAnd, .boolean), ("bool_or(ok)", .booleanOr, .boolean),
    ("approx_count_distinct(user_id)", .approximateCountDistinct(precision: 14), .integer),
    ("approx_count_distinct(user_id, 10)", .approximateCountDistinct(precision: 10), .integer),
    ("approx_quantile(ms, 0.95)", .approximateQuantile([0.95], isArray: false), .double),
    (
      "approx_quantile(ms, ARRAY[0.5, 1])", .approximateQuantile([0.5, 1], isArray: true),
      .array(.double)
    ),
    (
      "percentile_cont(0.9) WITHIN GROUP (ORDER BY ms DESC)",
      .percentileContinuous([0.1], isArray: false), .double
    ),
    (
      "percentile_disc(ARRAY[0.5]) WITHIN GROUP (ORDER BY ts)",
      .percentileDiscrete([0.5], isArray: true), .array(.timestamp)
    ),
    (
      "percentile_disc(0.9) WITHIN GROUP (ORDER BY ms DESC)",
      .percentileDiscrete([0.1 + 1e-12], isArray: false), .integer
    ),
    ("count(1)", .countRows, .integer), ("count(NULL)", .count, .integer),
    ("median(ms)", .percentileContinuous([0.5], isArray: false), .double),
    ("mode() WITHIN GROUP (ORDER BY model)", .mode, .text), ("mode(ms)", .mode, .integer),
    ("string_agg(model, ',' ORDER BY ts)", .stringAggregate, .text),
    ("min_by(model, ms)", .argumentOfMinimum, .text),
    ("arg_max(ms, ts)", .argumentOfMaximum, .integer),
    ("any_value(model)", .anyValue, .text),
    ("hll(user_id, 12)", .hyperLogLogState(precision: 12), .hyperLogLog),
    ("hll_merge(visitors)", .hyperLogLogMerge, .hyperLogLog),
    ("tdigest(ms)", .digestState, .digest),
    ("tdigest_merge(latency)", .digestMerge, .digest),
    ("corr(cost, ms)", .regression(.correlation), .double),
    ("regr_count(ms, cost)", .regression(.pairCount), .integer),
    ("retention(ok, ms > 3)", .retention, .array(.integer)),
    (
      "window_funnel(INTERVAL '7 days', ts, ok, ms > 3)",
      .windowFunnel(Interval(days: 7), []), .integer
    ),
    (
      "window_funnel('1 hour', 'strict_order', 'strict_increase', ts, ok)",
      .windowFunnel(Interval(milliseconds: 3_600_000), [.strictOrder, .strictIncrease]), .integer
    ),
    (
      "trailing_distinct(user_id, ts::date, ARRAY[1, 30])", .trailingDistinct(lengths: [1, 30]),
      .array(.integer)
    ),
    (
      "session_count(ts, '30 minutes')", .sessionCount(gap: Interval(milliseconds: 1_800_000)),
      .integer
    ),
  ])
  func `every aggregate is known by name and typed`(
    sql: String, function: AggregateFunction, type: DataType
  ) throws {
    let aggregate = try #require(try aggregates(sql).first)
    #expect(aggregate.function == function)
    #expect(aggregate.type == type)
  }

  @Test func `DISTINCT is dropped where it makes no difference`() throws {
    #expect(try aggregates("max(DISTINCT ms)").first?.isDistinct == false)
    #expect(try aggregates("count(DISTINCT ms)").first?.isDistinct == true)
    #expect(try aggregates("sum(DISTINCT ms)").first?.isDistinct == true)
  }

  @Test func `every name in the tables is a name of its own`() {
    let functions = Set(FunctionTable.all.flatMap(\.names))
    let aggregates = AggregateTable.all.flatMap(\.names) + WindowTable.all.map(\.name)
    #expect(Set(aggregates).count == aggregates.count)
    #expect(functions.isDisjoint(with: aggregates))
    #expect(FunctionTable.all.allSatisfy { $0.summary.hasSuffix(".") })
  }
}
