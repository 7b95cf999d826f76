internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// Who comes back (`Documentation/http-api.md`).
extension Service {
  static let retentionEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/retention", "Read who comes back",
      about: """
        People by the day, week or month of their first activity or signup in the range, and how many of \
        them came back in the periods after it. Periods that are not over at the end of the range are null. \
        The range is 30d by day, 90d by week and 1y by month unless it is sent.
        """,
      tag: "cohorts", access: .scoped(.readAnalytics),
      parameters: retentionParameters,
      answers: [EndpointAnswer(200, "The cohorts.", schema: RetentionJSON.schema)]
    ) { request, service in
      let asked = try retentionQuestion(request.arguments)
      let metric = MetricCatalogue.metrics.filter { $0.id == RetentionJSON.metric }
      let answer = try await service.answer(
        request, AnalyticsRun.Options(fallback: RetentionQuestion.fallbackRange(asked.grain))
      ) { ground throws(QueryError) -> JSONValue? in
        guard let answer = try ground.evaluator.retention(asked) else { return nil }
        let figures = try ground.evaluator.figures(metric, first: ground.first)
        return .object(
          RetentionJSON.members(answer, ground.extent) + [
            .init("range", AnalyticsJSON.range(ground.range)),
            .init(RetentionJSON.metric, figures.first.map(AnalyticsJSON.figure) ?? .null),
            .init(
              "receipt",
              AnalyticsReceipt.json(
                ground, metrics: metric, leftOut: RetentionJSON.leftOut(answer))),
          ])
      }
      guard let answer else {
        throw Problem.parameter(
          "grain", "range",
          """
          would give more than \(RetentionQuestion.largestCohortCount) cohorts: a coarser one of \
          \(RetentionQuestion.grains.joined(separator: ", ")), or a shorter range
          """
        )
      }
      return .json(answer)
    }
  ]

  private static let retentionParameters: [EndpointParameter] =
    [
      .query(
        "grain", .choice(RetentionQuestion.grains), fallback: Grain.week.rawValue,
        "How long a period is; weeks begin on Monday."),
      .query(
        "periods", .integer(RetentionQuestion.periodCounts), fallback: "12",
        "How many periods after the first."),
      .query(
        "first", .choice(RetentionQuestion.First.names),
        fallback: RetentionQuestion.First.firstActivity.rawValue,
        "What puts a person into a cohort."),
      .query(
        "return", .list(largestCount: MetricFilters.largestValueCount),
        "What counts as coming back: `any` activity, or types of events, repeated."),
      .query(
        "mode", .choice(RetentionQuestion.Mode.names),
        fallback: RetentionQuestion.Mode.bounded.rawValue,
        "`bounded`: back in this period; `unbounded`: in this or any later one."),
    ] + AnalyticsParameters.range(otherwise: "30d by day, 90d by week, 1y by month")
    + AnalyticsParameters.filters + AnalyticsParameters.asOf

  private static func retentionQuestion(
    _ arguments: RequestArguments
  ) throws(Problem) -> RetentionQuestion {
    let types = arguments.list("return")
    guard types == ["any"] || !types.contains("any") else {
      throw .parameter("return", "conflict", "any activity takes in all types: give it alone")
    }
    return RetentionQuestion(
      by: arguments.text("grain").flatMap { Grain(rawValue: $0) } ?? .week,
      periodCount: arguments.integer("periods") ?? 12,
      first: arguments.text("first").flatMap { .init(rawValue: $0) } ?? .firstActivity,
      returnTypes: types.contains("any") ? [] : types,
      mode: arguments.text("mode").flatMap { .init(rawValue: $0) } ?? .bounded)
  }
}

/// Cohorts as JSON.
private enum RetentionJSON {
  /// The one figure beside the matrix (C31).
  static let metric = "retention_30d"

  static func members(_ answer: RetentionAnswer, _ extent: DataExtent?) -> [JSONValue.Member] {
    let asked = answer.question
    return [
      .init("grain", .text(asked.grain.rawValue)),
      .init("periods", .integer(Int64(asked.periodCount))),
      .init("first", .text(asked.first.rawValue)),
      .init(
        "return", .array(asked.returnTypes.isEmpty ? ["any"] : asked.returnTypes.map { .text($0) })),
      .init("mode", .text(asked.mode.rawValue)),
      .init("data_begin_at", extent.map { AnalyticsJSON.time($0.first) } ?? .null),
      .init("cohorts", .array(answer.cohorts.map { cohort($0) })),
      .init(
        "average",
        .array(
          answer.averages.enumerated().map { period, average in
            .members([
              "period": .integer(Int64(period)), "users": .integer(average.userCount),
              "retained": .integer(average.retained),
              "rate": average.rate.map { .number($0) } ?? .null,
            ])
          })),
    ]
  }

  private static func cohort(_ cohort: RetentionCohort) -> JSONValue {
    .members([
      "cohort": AnalyticsJSON.time(cohort.bucket.start),
      "from": AnalyticsJSON.time(cohort.bucket.window.start),
      "to": AnalyticsJSON.time(cohort.bucket.window.end),
      "is_partial": .boolean(cohort.bucket.isPartial), "users": .integer(cohort.userCount),
      "retained": .array(cohort.retained.map { $0.map { .integer($0) } ?? .null }),
      "rate": .array(cohort.rates.map { $0.map { .number($0) } ?? .null }),
    ])
  }

  static func leftOut(_ answer: RetentionAnswer) -> [JSONValue] {
    let immature = answer.cohorts.reduce(0) { $0 + $1.retained.count { $0 == nil } }
    guard immature > 0 else { return [] }
    return [
      .members([
        "what": "cells", "count": .integer(Int64(immature)),
        "why": "their period is not over at the end of the range",
      ])
    ]
  }

  static let schema = Schema.object([
    .init("grain", .choice(RetentionQuestion.grains)), .init("periods", .count),
    .init("first", .choice(RetentionQuestion.First.names)),
    .init("return", .array(.string, nil)), .init("mode", .choice(RetentionQuestion.Mode.names)),
    .init(
      "data_begin_at", .nullable(.string),
      "The first event that is kept: by first activity, people who were there before it seem new."),
    .init(
      "cohorts",
      .array(
        .named(
          "RetentionCohort",
          .object([
            .init("cohort", .string, "When its day, week or month begins."),
            .init("from", .string), .init("to", .string),
            .init("is_partial", .boolean, "The range cuts it, or it is not over yet."),
            .init("users", .count),
            .init(
              "retained", .array(.nullable(.count), nil),
              "In the first period and in those after it; null: not over yet."),
            .init("rate", .array(.nullable(.number), nil), "Divided by `users`."),
          ])), nil), "By time."),
    .init(
      "average",
      .array(
        .object([
          .init("period", .count), .init("users", .count), .init("retained", .count),
          .init("rate", .nullable(.number)),
        ]), nil), "Of all cohorts for which the period is over."),
    .init("range", AnalyticsJSON.rangeSchema),
    .init(metric, AnalyticsJSON.figureSchema),
    .init("receipt", AnalyticsReceipt.schema),
  ])
}
