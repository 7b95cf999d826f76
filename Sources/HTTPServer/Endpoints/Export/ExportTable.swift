internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// Few rows that are worked out all at once: the figures, trends and costs of a page.
struct ExportTable: Sendable {
  var columns: [String]
  var rows: [[Value]] = []
  var metrics: [MetricDefinition] = []
  var leftOut: [JSONValue] = []

  // MARK: - Figures

  init(kpis metrics: [MetricDefinition], _ ground: inout AnalyticsRun.Ground) throws(QueryError) {
    self.metrics = metrics
    columns = [
      "id", "title", "group", "unit", "value", "numerator", "denominator", "from", "to",
      "is_running", "previous", "previous_from", "previous_to", "delta_absolute", "delta_percent",
      "unavailable", "version",
    ]
    let figures = try ground.evaluator.figures(metrics, first: ground.first)
    leftOut = AnalyticsReceipt.leftOut(figures) + AnalyticsReceipt.daysBefore(ground)
    for figure in figures {
      let metric = figure.metric
      let (now, before) = (figure.current.window, figure.previous?.window)
      rows.append([
        .text(metric.id), .text(metric.title), .text(metric.group.rawValue),
        .text(metric.unit.rawValue), Self.number(figure.value, metric.unit),
        Self.number(figure.current.numerator), Self.number(figure.current.denominator),
        now.start == MetricQuestion.beginning ? .null : Self.time(now.start), Self.time(now.end),
        .boolean(figure.isRunning), Self.number(figure.previous?.value, metric.unit),
        before.flatMap { $0.start == MetricQuestion.beginning ? nil : Self.time($0.start) }
          ?? .null, before.map { Self.time($0.end) } ?? .null,
        Self.number(figure.delta.absolute, metric.unit), Self.number(figure.delta.percent),
        figure.unavailable.map { .text($0) } ?? .null, .integer(Int64(metric.version)),
      ])
    }
  }

  // MARK: - Trends

  /// A row for each bucket, a column for each metric.
  init(
    trends metrics: [MetricDefinition], by grain: Grain, _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) {
    self.metrics = metrics
    columns = ["start", "from", "to", "is_partial"] + metrics.map(\.id)
    guard
      let trend = try ground.evaluator.trend(metrics, by: grain)?.counted(from: ground.first)
    else { throw ground.tooFine(grain) }
    for (index, bucket) in trend.buckets.enumerated() {
      let values = trend.series.map { series in
        Self.number(series.values[index], series.metric.unit)
      }
      rows.append(
        [
          Self.time(bucket.start), Self.time(bucket.window.start), Self.time(bucket.window.end),
          .boolean(bucket.isPartial),
        ] + values)
    }
    leftOut =
      trend.series.compactMap { series in
        series.unavailable.map {
          .members(["what": .text(series.metric.id), "why": .text($0)])
        }
      } + AnalyticsReceipt.daysBefore(ground)
  }

  // MARK: - Costs

  init(
    costsBy grain: Grain, _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) {
    columns = ["date", "cost_usd", "gpu_usd", "storage_usd", "inference_usd", "is_partial"]
    let answer = try ground.evaluator.costs()
    leftOut = CostJSON.leftOut(answer) + AnalyticsReceipt.daysBefore(ground)
    guard let trend = try ground.evaluator.costTrend(by: grain, storage: answer.storage) else {
      throw ground.tooFine(grain)
    }
    rows = trend.map { cost in
      [
        .text(ground.range.zone.day(of: cost.bucket.start).description), Self.dollars(cost.total),
        Self.dollars(cost.gpu), Self.dollars(cost.storage), Self.dollars(cost.inference),
        .boolean(cost.bucket.isPartial),
      ]
    }
  }

  /// How long a list of costs may be.
  private static let largestCount = 10_000

  init(
    costsOf dimension: CostDimension, _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) {
    columns = ["name", "cost_usd", "events", "tokens", "unpriced_tokens"]
    let shares = try ground.evaluator.costShares(by: dimension, limit: Self.largestCount)
    rows = shares.shares.map { share in
      [
        share.name.map { .text($0) } ?? .null, Self.dollars(share.microdollars),
        .integer(share.eventCount), .integer(share.tokenCount),
        .integer(share.unpricedTokenCount),
      ]
    }
    if shares.kindCount > Int64(rows.count) {
      leftOut = [
        .members([
          "what": "rows", "count": .integer(shares.kindCount - Int64(rows.count)),
          "why": .text("the \(Self.largestCount) that cost most are listed"),
        ])
      ]
    }
  }

  // MARK: - Values

  private static func time(_ milliseconds: Int64) -> Value { .timestampWithTimeZone(milliseconds) }

  /// As the same figure of a page.
  private static func number(
    _ value: Double?, _ unit: MetricDefinition.Unit? = nil
  ) -> Value {
    switch AnalyticsJSON.number(value, unit) {
    case .integer(let number): .integer(number)
    case .number(let number): .double(number)
    default: .null
    }
  }

  private static func dollars(_ microdollars: Int64?) -> Value {
    microdollars.map { .double(Double($0) / 1_000_000) } ?? .null
  }
}
