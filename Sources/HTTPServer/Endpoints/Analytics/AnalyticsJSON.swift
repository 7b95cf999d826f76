internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryPlanning

/// Figures, trends and lists as JSON, and what they look like.
enum AnalyticsJSON {
  static func time(_ milliseconds: Int64) -> JSONValue {
    .text(ISOTime.text(UnixTime(milliseconds: milliseconds)))
  }

  /// Whole numbers without a point, where the unit has no others.
  static func number(_ value: Double?, _ unit: MetricDefinition.Unit? = nil) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    switch unit {
    case .people, .count, .tokens: return .integer(Int64(exactly: value) ?? Int64.max)
    case .ratio, .milliseconds, .hours, .gigabytes, .gigabytesPerDay, .dollars, .stars, .mean, nil:
      return .number(value)
    }
  }

  // MARK: - Range

  static func window(_ window: TimeWindow) -> JSONValue {
    .members([
      "from": window.start == MetricQuestion.beginning ? .null : time(window.start),
      "to": time(window.end),
    ])
  }

  static let windowSchema = Schema.named(
    "TimeWindow",
    .object([
      .init("from", .nullable(.string), "The first moment; null: the beginning."),
      .init("to", .string, "The first moment after it."),
    ]))

  static func range(_ range: ReportRange) -> JSONValue {
    .members([
      "preset": .text(range.preset.rawValue), "from": time(range.window.start),
      "to": time(range.window.end), "first_day": .text(range.firstDay.description),
      "anchor_day": .text(range.anchor.description), "days": .integer(Int64(range.dayCount)),
      "time_zone": .text(range.zone.name), "is_running": .boolean(range.isRunning),
    ])
  }

  static let rangeSchema = Schema.named(
    "ReportRange",
    .object([
      .init("preset", .choice(RangePreset.names)), .init("from", .string),
      .init("to", .string, "The first moment after the range."), .init("first_day", .string),
      .init("anchor_day", .string, "The last day, with which trailing windows end."),
      .init("days", .count), .init("time_zone", .string),
      .init("is_running", .boolean, "Whether the last day is not over yet."),
    ]))

  // MARK: - Figures

  static func figure(_ figure: MetricFigure) -> JSONValue {
    let metric = figure.metric
    let delta = figure.delta
    return .object(
      definition(metric) + [
        .init("value", number(figure.value, metric.unit)),
        .init("numerator", number(figure.current.numerator)),
        .init("denominator", number(figure.current.denominator)),
        .init("window", window(figure.current.window)),
        .init("is_running", .boolean(figure.isRunning)),
        .init("previous", number(figure.previous?.value, metric.unit)),
        .init("previous_window", figure.previous.map { window($0.window) } ?? .null),
        .init(
          "delta",
          .members([
            "absolute": number(delta.absolute, metric.unit), "percent": number(delta.percent),
          ])),
        .init("unavailable", figure.unavailable.map { .text($0) } ?? .null),
      ])
  }

  static func definition(_ metric: MetricDefinition) -> [JSONValue.Member] {
    [
      .init("id", .text(metric.id)), .init("title", .text(metric.title)),
      .init("definition", .text(metric.definition)), .init("group", .text(metric.group.rawValue)),
      .init("unit", .text(metric.unit.rawValue)), .init("better", .text(metric.better.rawValue)),
      .init("version", .integer(Int64(metric.version))),
    ]
  }

  static let definitionProperties: [Schema.Property] = [
    .init("id", .string), .init("title", .string),
    .init("definition", .string, "In plain words."),
    .init("group", .choice(MetricDefinition.Group.names)),
    .init("unit", .choice(MetricDefinition.Unit.allCases.map(\.rawValue))),
    .init("better", .choice(["up", "down", "none"])),
    .init("version", .count, "Raised when the meaning changes."),
  ]

  static let figureSchema = Schema.named(
    "MetricFigure",
    .object(
      definitionProperties + [
        .init("value", .nullable(.number), "Null: no data, or nothing to divide by."),
        .init("numerator", .nullable(.number)), .init("denominator", .nullable(.number)),
        .init("window", windowSchema),
        .init("is_running", .boolean, "Whether the window is not over yet: the value is partial."),
        .init(
          "previous", .nullable(.number),
          "The value over the period compared with; of a window still running, as far as that one has run."
        ),
        .init("previous_window", .nullable(windowSchema)),
        .init(
          "delta",
          .object([
            .init("absolute", .nullable(.number)),
            .init("percent", .nullable(.number), "Null also where the earlier value is 0."),
          ])),
        .init(
          "unavailable", .nullable(.string),
          "Why there is no value, where tables, columns or filters are the reason."),
      ]))

  // MARK: - Lists

  static func breakdown(_ answer: BreakdownAnswer) -> JSONValue {
    .members([
      "id": .text(answer.breakdown.id), "title": .text(answer.breakdown.title),
      "definition": .text(answer.breakdown.definition),
      "entries": .array(
        answer.entries.map {
          .members([
            "name": .text($0.name), "count": .integer($0.count), "share": .number($0.share),
          ])
        }),
      "other": .members([
        "count": .integer(answer.other), "kinds": .integer(answer.otherKinds),
        "share": share(answer.other, of: answer),
      ]),
      "none": .members([
        "count": .integer(answer.none), "share": share(answer.none, of: answer),
      ]),
      "metric": answer.breakdown.metric.map { .text($0) } ?? .null,
      "total": .integer(answer.total),
      "unavailable": answer.unavailable.map { .text($0) } ?? .null,
    ])
  }

  private static func share(_ count: Int64, of answer: BreakdownAnswer) -> JSONValue {
    answer.total == 0 ? .null : .number(Double(count) / Double(answer.total))
  }

  static let breakdownSchema = Schema.named(
    "Breakdown",
    .object([
      .init("id", .choice(Breakdown.ids)), .init("title", .string), .init("definition", .string),
      .init(
        "entries",
        .array(
          .object([.init("name", .string), .init("count", .count), .init("share", .number)]), nil),
        "The most frequent first."),
      .init(
        "other",
        .object([
          .init("count", .count), .init("kinds", .count), .init("share", .nullable(.number)),
        ]), "What is below the top."),
      .init(
        "none", .object([.init("count", .count), .init("share", .nullable(.number))]),
        "What does not say: requests without a country."),
      .init(
        "metric", .nullable(.choice(MetricCatalogue.ids)),
        "The metric whose value `total` is: entries, `other` and `none` add up to it."),
      .init("total", .count), .init("unavailable", .nullable(.string)),
    ]))

  // MARK: - Trends

  static func trend(_ trend: TrendAnswer) -> [JSONValue.Member] {
    [
      .init("grain", .text(trend.grain.rawValue)),
      .init(
        "buckets",
        .array(
          trend.buckets.map {
            .members([
              "start": time($0.start), "from": time($0.window.start), "to": time($0.window.end),
              "is_partial": .boolean($0.isPartial),
            ])
          })),
      .init(
        "series",
        .array(
          trend.series.map { series in
            .object(
              definition(series.metric) + [
                .init(
                  "values", .array(series.values.map { number($0, series.metric.unit) })),
                .init("unavailable", series.unavailable.map { .text($0) } ?? .null),
              ])
          })),
    ]
  }

  private static let bucketSchema = Schema.named(
    "TrendBucket",
    .object([
      .init("start", .string, "When the hour, day, week or month begins."),
      .init("from", .string), .init("to", .string),
      .init("is_partial", .boolean, "The range cuts it, or it is not over yet."),
    ]))

  private static let seriesSchema = Schema.named(
    "TrendSeries",
    .object(
      definitionProperties + [
        .init("values", .array(.nullable(.number), nil), "One for each bucket."),
        .init("unavailable", .nullable(.string)),
      ]))

  static let trendProperties: [Schema.Property] = [
    .init("grain", .choice(Grain.names)), .init("buckets", .array(bucketSchema, nil)),
    .init("series", .array(seriesSchema, nil)),
  ]
}
