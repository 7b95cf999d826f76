internal import Analytics
internal import ColumnStore
internal import Engine
internal import QueryPlanning

/// What an answer rests on.
enum AnalyticsReceipt {
  static func json(
    _ ground: AnalyticsRun.Ground, metrics: [MetricDefinition], leftOut: [JSONValue] = []
  ) -> JSONValue {
    let question = ground.evaluator.question
    let trace = ground.evaluator.trace
    return .members([
      "sequence_number": sequenceNumber(ground),
      "data_fresh_as_of": freshness(ground),
      "time_zone": .text(question.range.zone.name),
      "from": AnalyticsJSON.time(question.range.window.start),
      "to": AnalyticsJSON.time(question.range.window.end),
      "compared_with": .text(question.comparison.rawValue),
      "metric_versions": .object(
        metrics.map { .init($0.id, .integer(Int64($0.version))) }),
      "filters": .object(
        question.filters.applied.map { name, values in
          .init(name, .array(values.map { .text($0) }))
        }),
      "distinct": .text(question.distinct.rawValue),
      "approximate": .array(
        trace.approximations.map { column in
          .members([
            "name": .text(column.name),
            "errors": .array(column.approximation.statedErrors.map(error)),
          ])
        }),
      "source": "raw events",
      "left_out": .array(leftOut),
      "redacted": .array(trace.redacted.map { .text($0) }),
      "statements": .integer(Int64(trace.statementCount)),
      "elapsed_ms": .number(elapsed(since: ground.begun)),
    ])
  }

  private static func error(_ stated: Approximation.StatedError) -> JSONValue {
    .object([
      .init("method", .text(stated.method)), .init(stated.sizeName, .integer(Int64(stated.size))),
      .init(stated.errorName, .number(stated.error)),
    ])
  }

  private static func elapsed(since begun: ContinuousClock.Instant) -> Double {
    ((ContinuousClock.now - begun) / .microseconds(1)).rounded() / 1_000
  }

  static func freshness(_ ground: AnalyticsRun.Ground) -> JSONValue {
    ground.evaluator.session.pinnedFreshAsOf.map { AnalyticsJSON.time($0) } ?? .null
  }

  static func sequenceNumber(_ ground: AnalyticsRun.Ground) -> JSONValue {
    ground.evaluator.session.pinnedSequenceNumber.map { .integer(Int64(clamping: $0)) } ?? .null
  }

  /// What figures do not count, where that is known from other figures.
  static func leftOut(_ figures: [MetricFigure]) -> [JSONValue] {
    func value(_ id: String) -> Double? { figures.first { $0.metric.id == id }?.value }
    var leftOut: [JSONValue] = []
    if let count = value("immature_signups"), count > 0 {
      leftOut.append(
        .members([
          "what": "signups", "count": .integer(Int64(count)),
          "why": "their first week is not over: activation does not count them yet",
        ]))
    }
    if let share = value("unpriced_token_share"), share > 0 {
      leftOut.append(
        .members([
          "what": "tokens", "share": .number(share),
          "why": "no cost is known for them: costs do not have them",
        ]))
    }
    return leftOut
  }

  private static let errorSchema = Schema.named(
    "EstimateError",
    .object([
      .init("method", .choice(["hyperloglog", "t-digest"])),
      .init("precision", .count, isRequired: false, "Of HyperLogLog: 2 to it registers."),
      .init("relative_standard_error", .number, isRequired: false, "Of HyperLogLog."),
      .init("compression", .count, isRequired: false, "Of the t-digest."),
      .init(
        "rank_error", .number, isRequired: false,
        "Of the t-digest: by which share of all values the rank of a quantile is off at most."),
    ]))

  static let schema = Schema.named(
    "AnalyticsReceipt",
    .object([
      .init(
        "sequence_number", .nullable(.count),
        "How many changes the tables had seen: answers with one number are about the same rows."),
      .init(
        "data_fresh_as_of", .nullable(.string),
        "All that was accepted up to this moment is in the answer."),
      .init("time_zone", .string), .init("from", .string), .init("to", .string),
      .init("compared_with", .choice(PeriodComparison.names)),
      .init("metric_versions", .map(.count)), .init("filters", .map(.array(.string, nil))),
      .init("distinct", .choice(MetricQuestion.Distinct.allCases.map(\.rawValue))),
      .init(
        "approximate",
        .array(.object([.init("name", .string), .init("errors", .array(errorSchema, nil))]), nil),
        "What is estimated, with method and error."),
      .init("source", .string), .init("left_out", .array(.any, nil), "What figures do not count."),
      .init("redacted", .array(.string, nil)), .init("statements", .count),
      .init("elapsed_ms", .number),
    ]))
}
