internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// What people learn and how that goes, beside what the overview says.
extension Service {
  static let learningEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/analytics", "Read how learning goes",
      about: """
        Figures of the catalogue as `overview`, courses with how many completed them, and lessons with how many \
        stopped there. `overview.data_fresh_as_of`: all that was accepted up to then is in the answer.
        """,
      tag: "overview", access: .scoped(.readAnalytics),
      parameters: AnalyticsParameters.range + AnalyticsParameters.filters + [
        .query("limit", .integer(1...500), fallback: "100", "How long the lists are.")
      ] + AnalyticsParameters.other,
      answers: [EndpointAnswer(200, "The figures.", schema: LearningJSON.schema)]
    ) { request, service in
      let limit = request.arguments.integer("limit") ?? 100
      let organization = request.scope.organizations.onlyName
      return .json(
        try await service.answer(request) { ground throws(QueryError) in
          try LearningJSON.json(&ground, organization, limit: limit)
        })
    }
  ]
}

enum LearningJSON {
  private static let metrics = [
    "active_users", "new_signups", "activities", "sessions", "average_session_hours",
    "course_completion_rate", "error_rate", "rating_mean", "ratings", "total_tokens", "total_cost",
  ].compactMap { MetricCatalogue.metric($0) }

  static func json(
    _ ground: inout AnalyticsRun.Ground, _ organization: String?, limit: Int
  ) throws(QueryError) -> JSONValue {
    let figures = try ground.evaluator.figures(metrics, first: nil)
    let courses = try ground.evaluator.courses(limit: limit)
    let lessons = try ground.evaluator.lessons(limit: limit)
    let overview: [JSONValue.Member] =
      [
        .init("data_fresh_as_of", AnalyticsReceipt.freshness(ground)),
        .init(
          "newest_event_at", ground.extent.map { AnalyticsJSON.time($0.last) } ?? .null),
      ]
      + figures.map { .init($0.metric.id, AnalyticsJSON.number($0.value, $0.metric.unit)) }
    return .members([
      "range": AnalyticsJSON.range(ground.range),
      "organization_id": organization.map { .text($0) } ?? .null,
      "overview": .object(overview), "courses": .array(courses.map(count)),
      "lessons": .array(lessons.map(count)),
      "receipt": AnalyticsReceipt.json(
        ground, metrics: metrics,
        leftOut: figures.compactMap { figure in
          figure.unavailable.map {
            .members(["what": .text(figure.metric.id), "why": .text($0)])
          }
        }),
    ])
  }

  private static func count(_ count: LearningCount) -> JSONValue {
    .members([
      "course_id": .text(count.course), "lesson_id": count.lesson.map { .text($0) } ?? .null,
      "learners": .integer(count.learners), "completed": .integer(count.completed),
      "completion_rate": AnalyticsJSON.number(count.completionRate),
      "drop_off_rate": AnalyticsJSON.number(count.completionRate.map { 1 - $0 }),
    ])
  }

  private static let countSchema = Schema.named(
    "LearningCount",
    .object([
      .init("course_id", .string), .init("lesson_id", .nullable(.string), "Null: the course."),
      .init("learners", .count, "Distinct people with an event in the range."),
      .init("completed", .count, "Of these, those who completed it in the range."),
      .init("completion_rate", .nullable(.number)), .init("drop_off_rate", .nullable(.number)),
    ]))

  static let schema = Schema.object([
    .init("range", AnalyticsJSON.rangeSchema),
    .init("organization_id", .nullable(.string), "Null: several."),
    .init(
      "overview",
      .object(
        [
          .init("data_fresh_as_of", .nullable(.string)),
          .init("newest_event_at", .nullable(.string)),
        ] + metrics.map { .init($0.id, .nullable(.number), $0.definition) })),
    .init("courses", .array(countSchema, nil), "Those with the most people first."),
    .init("lessons", .array(countSchema, nil)), .init("receipt", AnalyticsReceipt.schema),
  ])
}
