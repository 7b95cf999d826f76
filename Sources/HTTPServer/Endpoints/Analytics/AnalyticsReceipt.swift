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
        ground.applied.map { name, values in
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
      "source": .text(
        ground.evaluator.trace.rolledUp?.views.isEmpty == false
          ? "raw events and roll-ups" : "raw events"),
      "rolled_up": ground.evaluator.rolledUp.map { rolledUp($0, question.range) } ?? .null,
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

  /// Which days rest on roll-ups, and what has no value for them.
  private static func rolledUp(_ use: RolledUpUse, _ range: ReportRange) -> JSONValue {
    .members([
      "from": AnalyticsJSON.time(range.window.start),
      "to": AnalyticsJSON.time(min(use.keptFrom, max(range.window.end, range.window.start))),
      "events_kept_from": AnalyticsJSON.time(use.keptFrom),
      "views": .array(use.views.sorted().map { .text($0) }),
      "missing": .array(
        use.missing.sorted { $0.key < $1.key }.map { name, reason in
          .members(["what": .text(name), "why": .text(reason)])
        }),
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

  /// Days of the range on which nothing was counted yet, because events begin later. Means have them below.
  static func daysBefore(_ ground: AnalyticsRun.Ground) -> [JSONValue] {
    let range = ground.range
    guard let first = ground.first.map({ range.zone.day(of: $0) }), range.firstDay < first else {
      return []
    }
    let count = min(Int(first.number - range.firstDay.number), range.dayCount)
    return [
      .members([
        "what": "days", "count": .integer(Int64(count)), "first_day": .text(first.description),
        "why": .text("the data begin on \(first), and the days before it count as 0"),
      ])
    ]
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
      .init("source", .choice(["raw events", "raw events and roll-ups"])),
      .init(
        "rolled_up",
        .nullable(
          .object([
            .init("from", .string), .init("to", .string),
            .init("events_kept_from", .string, "Days before are gone as events."),
            .init("views", .array(.string, nil), "The roll-ups that were read for them."),
            .init(
              "missing", .array(.object([.init("what", .string), .init("why", .string)]), nil),
              "What roll-ups do not have: it has no value for these days, or leaves them out."),
          ])), "Null: all days of the range are there as events."),
      .init("left_out", .array(.any, nil), "What figures do not count."),
      .init("redacted", .array(.string, nil)), .init("statements", .count),
      .init("elapsed_ms", .number),
    ]))
}
