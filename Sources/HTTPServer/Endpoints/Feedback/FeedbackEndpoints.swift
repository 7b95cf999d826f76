internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// Ratings and answers of surveys.
extension Service {
  static let feedbackEndpoints: [Endpoint] = [listFeedback, summariseFeedback]

  static let feedbackFilters = AnalyticsParameters.people + AnalyticsParameters.filters(["model"])

  private static let parameters: [EndpointParameter] =
    AnalyticsParameters.range + feedbackFilters + [
      .query(
        "kind", .choice(["rating", "survey"]), "Only ratings of requests, or answers of surveys."),
      .query(
        "survey_id", .list(largestCount: MetricFilters.largestValueCount),
        "Only answers of this survey. Repeated: any of them."),
      .query(
        "question_id", .list(largestCount: MetricFilters.largestValueCount),
        "Only answers to this question. Repeated: any of them."),
    ]

  private static func conditions(_ arguments: RequestArguments) -> [RowCondition] {
    [
      .kinds([arguments.text("kind")].compactMap { $0 }),
      .surveys(arguments.list("survey_id")), .questions(arguments.list("question_id")),
    ].compactMap { $0 }
  }

  /// Of the list: also by what was written and how many stars there are.
  static func feedbackConditions(_ arguments: RequestArguments) -> [RowCondition] {
    var all = conditions(arguments)
    if let stars = arguments.integer("stars") { all.append(.stars(stars)) }
    if arguments.flag("with_comment") { all.append(.hasComment) }
    return all
  }

  private static let listFeedback = Endpoint(
    .get, "/api/admin/feedback", "List feedback",
    about: """
      The newest first. What people wrote is for administrators of the organisation (`org_admin`), and takes \
      a reveal for others.
      """,
    tag: "feedback", access: .scoped(.readAnalytics),
    parameters: parameters + [
      .query("stars", .integer(1...5), "Only with so many stars."),
      .query("with_comment", .flag, "Only where somebody wrote something."),
    ] + ListJSON.parameters() + AnalyticsParameters.asOf,
    answers: [
      EndpointAnswer(
        200, "A page.",
        schema: ListJSON.schema(
          "feedback", .named("Feedback", .object(ListJSON.properties(of: .feedback)))))
    ]
  ) { request, service in
    try await service.page(
      of: .feedback.restricted(to: feedbackConditions(request.arguments)), named: "feedback",
      request)
  }

  private static let summariseFeedback = Endpoint(
    .get, "/api/admin/feedback/summary", "Sum feedback up",
    about: """
      How many stars there were, by themselves, over time, and by question of surveys: `count` and `mean` are the \
      metrics `ratings` and `rating_mean`.
      """,
    tag: "feedback", access: .scoped(.readAnalytics),
    parameters: parameters + AnalyticsParameters.asOf,
    answers: [EndpointAnswer(200, "The summary.", schema: FeedbackJSON.schema)]
  ) { request, service in
    let all = conditions(request.arguments)
    let options = AnalyticsRun.Options(applied: all.compactMap(\.applied))
    return .json(
      try await service.answer(request, options) { ground throws(QueryError) in
        let grain = UsageJSON.grain(of: ground.range)
        let summary =
          try ground.evaluator.feedback(by: grain, where: all) ?? FeedbackSummary()
        return FeedbackJSON.json(summary, by: grain, ground)
      })
  }
}

enum FeedbackJSON {
  static func distribution(_ stars: FeedbackSummary.Stars) -> JSONValue {
    .object(zip(1..., stars).map { .init("\($0)", .integer($1)) })
  }

  static let distributionSchema = Schema.object(
    (1...5).map { .init("\($0)", .count) })

  static func json(
    _ summary: FeedbackSummary, by grain: Grain, _ ground: AnalyticsRun.Ground
  ) -> JSONValue {
    let stars = summary.stars
    return .members([
      "range": AnalyticsJSON.range(ground.range),
      "count": .integer(FeedbackSummary.count(stars)),
      "mean": AnalyticsJSON.number(FeedbackSummary.mean(stars)),
      "distribution": distribution(stars), "comments": .integer(summary.comments),
      "grain": .text(grain.rawValue),
      "by_day": .array(
        summary.buckets.map { bucket, stars in
          .members([
            "date": .text(ground.range.zone.day(of: bucket.start).description),
            "count": .integer(FeedbackSummary.count(stars)),
            "mean": AnalyticsJSON.number(FeedbackSummary.mean(stars)),
          ])
        }),
      "surveys": .array(summary.questions.map(question)),
      "receipt": AnalyticsReceipt.json(
        ground, metrics: ["ratings", "rating_mean"].compactMap { MetricCatalogue.metric($0) }),
    ])
  }

  private static func question(_ question: FeedbackSummary.Question) -> JSONValue {
    .members([
      "survey_id": .text(question.survey),
      "question_id": question.question.map { .text($0) } ?? .null,
      "answers": .integer(question.answers), "ratings": .integer(question.ratings),
      "mean": AnalyticsJSON.number(question.mean), "comments": .integer(question.comments),
    ])
  }

  static let schema = Schema.object([
    .init("range", AnalyticsJSON.rangeSchema), .init("count", .count, "Ratings with stars."),
    .init("mean", .nullable(.number), "Null: nobody gave any."),
    .init("distribution", distributionSchema), .init("comments", .count, "Those in words."),
    .init("grain", .choice(Grain.names), "Of `by_day`: days, up to a year."),
    .init(
      "by_day",
      .array(
        .object([
          .init("date", .string), .init("count", .count), .init("mean", .nullable(.number)),
        ]), nil)),
    .init(
      "surveys",
      .array(
        .object([
          .init("survey_id", .string), .init("question_id", .nullable(.string)),
          .init("answers", .count), .init("ratings", .count), .init("mean", .nullable(.number)),
          .init("comments", .count),
        ]), 0...FeedbackSummary.largestQuestionCount), "The most answered first."),
    .init("receipt", AnalyticsReceipt.schema),
  ])
}
