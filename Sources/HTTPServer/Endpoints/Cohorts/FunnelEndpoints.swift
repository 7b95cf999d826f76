internal import AccessControl
internal import Analytics
internal import Authentication
internal import ColumnStore
internal import QueryLanguage

/// How far people get (`Documentation/http-api.md`).
extension Service {
  static let funnelEndpoints: [Endpoint] = [
    Endpoint(
      .post, "/api/admin/funnel", "Count how far people get through steps",
      about: """
        The steps in this order, all in the range, the last at most `within_seconds` after the first; other \
        events between them do not matter. The chain that gets furthest counts, and medians are about the \
        one that got there first.
        """,
      tag: "cohorts", access: .scoped(.readAnalytics),
      parameters: AnalyticsParameters.range + AnalyticsParameters.filters
        + AnalyticsParameters.asOf,
      body: .json(FunnelBody.schema, largestByteCount: 1 << 16),
      answers: [EndpointAnswer(200, "The steps.", schema: FunnelJSON.schema)]
    ) { request, service in
      let body = FunnelBody(request.json)
      let words = body.funnel.steps.enumerated().flatMap { index, step in
        EventWord.types([step.eventType], as: "steps[\(index)].event_type")
      }
      return .json(
        try await service.answer(request, AnalyticsRun.Options(words: words)) {
          ground throws(QueryError) in
          let total = try ground.evaluator.funnel(body.funnel)
          let groups = try body.dimension.map { dimension throws(QueryError) in
            try ground.evaluator.funnel(body.funnel, by: dimension, limit: body.limit)
          }
          return .object(
            [
              .init("range", AnalyticsJSON.range(ground.range)),
              .init("within_seconds", .integer(Int64(body.funnel.seconds))),
            ] + FunnelJSON.members(total, body.funnel.steps) + [
              .init("by", body.dimension.map { .text($0.rawValue) } ?? .null),
              .init(
                "groups", .array((groups ?? []).map { FunnelJSON.group($0, body.funnel.steps) })),
              .init(
                "receipt",
                AnalyticsReceipt.json(ground, metrics: [], leftOut: FunnelJSON.leftOut(total))),
            ])
        })
    }.asQuestion.findingBodyUnprocessable,
    Endpoint(
      .get, "/api/admin/completion", "Count how far people get with courses and other things",
      about: """
        The steps of one person with one thing are a chain of their own. Steps are types of events; hosts \
        name theirs.
        """,
      tag: "cohorts", access: .scoped(.readAnalytics),
      parameters: completionParameters,
      answers: [EndpointAnswer(200, "The things.", schema: FunnelJSON.completionSchema)]
    ) { request, service in
      let arguments = request.arguments
      let types = arguments.list("step").isEmpty ? completionSteps : arguments.list("step")
      guard FunnelQuestion.stepCounts.contains(types.count) else {
        throw Problem.parameter(
          "step", "count",
          "must be given \(FunnelQuestion.stepCounts.lowerBound) to \(FunnelQuestion.stepCounts.upperBound) times"
        )
      }
      let steps = types.map { FunnelStep(name: $0, eventType: $0) }
      let funnel = FunnelQuestion(
        steps,
        within: arguments.integer("within_seconds") ?? FunnelQuestion.secondCounts.upperBound)
      let subject =
        arguments.text("by").flatMap { CompletionSubject(rawValue: $0) }
        ?? (arguments.list("resource_id").isEmpty ? .course : .resource)
      let limit = arguments.integer("limit") ?? 20
      return .json(
        try await service.answer(request) { ground throws(QueryError) in
          let answer = try ground.evaluator.completion(funnel, of: subject, limit: limit)
          return .object(
            [
              .init("range", AnalyticsJSON.range(ground.range)),
              .init("by", .text(subject.rawValue)),
              .init("within_seconds", .integer(Int64(funnel.seconds))),
            ] + FunnelJSON.members(answer.total, steps) + [
              .init("things", .array(answer.things.map { FunnelJSON.group($0, steps) })),
              .init("total", .integer(answer.thingCount)), .init("limit", .integer(Int64(limit))),
              .init(
                "receipt",
                AnalyticsReceipt.json(
                  ground, metrics: [], leftOut: FunnelJSON.leftOut(answer.total))),
            ])
        })
    },
  ]

  private static let completionSteps = ["course_start", "lesson_complete", "course_complete"]

  private static let completionParameters: [EndpointParameter] =
    [
      .query(
        "step", .list(largestCount: FunnelQuestion.stepCounts.upperBound),
        "Types of events in their order; otherwise \(completionSteps.joined(separator: ", "))."),
      .query(
        "by", .choice(CompletionSubject.names),
        "What a thing is; otherwise `resource_id` where one is asked for, and `course_id`."),
      .query(
        "within_seconds", .integer(FunnelQuestion.secondCounts),
        "From the first step to the last, at most; otherwise as long as the range."),
      .query("limit", .integer(1...100), fallback: "20", "How many things are listed."),
    ] + AnalyticsParameters.range + AnalyticsParameters.filters + AnalyticsParameters.asOf
}

/// What `POST /api/admin/funnel` is asked: the schema was checked before.
private struct FunnelBody: Sendable {
  var funnel: FunnelQuestion
  var dimension: FunnelDimension?
  var limit: Int

  static let largestGroupCount = 100

  static let schema = Schema.named(
    "Funnel",
    .object([
      .init(
        "steps",
        .array(
          .object([
            .init("event_type", .text(1...128)),
            .init("name", .text(1...128), isRequired: false, "Otherwise its type."),
            .init(
              "where",
              .object(
                FunnelStep.columns.map {
                  .init(
                    $0,
                    .either([
                      .text(1...128),
                      .array(.text(1...128), 1...MetricFilters.largestValueCount),
                    ]), isRequired: false)
                } + [
                  .init("status_code", .integer(100...599), isRequired: false)
                ]), isRequired: false, "All of it; of a list, any."),
          ]), FunnelQuestion.stepCounts), "In their order."),
      .init(
        "within_seconds", .integer(FunnelQuestion.secondCounts),
        "From the first step to the last, at most."),
      .init(
        "by", .choice(FunnelDimension.names), isRequired: false,
        "Role, status and domain are what people are now; others are what the event was with which each began first."
      ),
      .init(
        "limit", .integer(1...largestGroupCount), isRequired: false,
        "Groups, at most; otherwise 20."
      ),
    ]))

  init(_ json: StrictJSON?) {
    let members = json?.members ?? [:]
    let steps = (members["steps"]?.elements ?? []).map { step in
      let type = step.members?["event_type"]?.text ?? ""
      let conditions = (step.members?["where"]?.members ?? [:]).sorted { $0.key < $1.key }.map {
        column, value in
        FunnelStep.Condition(
          column,
          value.integer.map { [.integer($0)] }
            ?? (value.elements ?? [value]).compactMap(\.text).map { .text($0) })
      }
      return FunnelStep(
        name: step.members?["name"]?.text ?? type, eventType: type, conditions: conditions)
    }
    funnel = FunnelQuestion(steps, within: Int(clamping: members["within_seconds"]?.integer ?? 1))
    dimension = members["by"]?.text.flatMap { FunnelDimension(rawValue: $0) }
    limit = Int(clamping: members["limit"]?.integer ?? 20)
  }
}

/// Funnels as JSON.
private enum FunnelJSON {
  static func members(_ answer: FunnelAnswer, _ steps: [FunnelStep]) -> [JSONValue.Member] {
    let last = answer.shares(of: steps.count - 1).ofFirst
    return [
      .init(
        "steps",
        .array(
          steps.enumerated().map { index, step in
            let shares = answer.shares(of: index)
            return .members([
              "name": .text(step.name), "event_type": .text(step.eventType),
              "users": .integer(answer.steps[index].userCount),
              "of_previous": shares.ofPrevious.map { .number($0) } ?? .null,
              "of_first": shares.ofFirst.map { .number($0) } ?? .null,
              "dropped": .integer(answer.dropped(at: index)),
              "median_seconds": answer.steps[index].medianMilliseconds.map { .number($0 / 1_000) }
                ?? .null,
            ])
          })),
      .init("completion_rate", last.map { .number($0) } ?? .null),
      .init("open", .integer(answer.openCount)),
    ]
  }

  static func group(_ answer: FunnelAnswer, _ steps: [FunnelStep]) -> JSONValue {
    .object([.init("name", answer.name.map { .text($0) } ?? .null)] + members(answer, steps))
  }

  static func leftOut(_ answer: FunnelAnswer) -> [JSONValue] {
    guard answer.openCount > 0 else { return [] }
    return [
      .members([
        "what": "people", "count": .integer(answer.openCount),
        "why": "their time for the steps is not over at the end of the range: they may still go on",
      ])
    ]
  }

  private static let properties: [Schema.Property] = [
    .init(
      "steps",
      .array(
        .named(
          "FunnelStep",
          .object([
            .init("name", .string), .init("event_type", .string),
            .init("users", .count, "Who took this step and those before it."),
            .init("of_previous", .nullable(.number), "Null of the first, and of nobody."),
            .init("of_first", .nullable(.number)),
            .init("dropped", .count, "Who took the step before and not this one."),
            .init("median_seconds", .nullable(.number), "From the step before."),
          ])), nil)),
    .init("completion_rate", .nullable(.number), "Who took all steps, of those who began."),
    .init("open", .count, "Who began, and whose time was not over at the end of the range."),
  ]

  private static let groupSchema = Schema.array(
    .named(
      "FunnelGroup", .object([.init("name", .nullable(.string), "Null: unknown.")] + properties)),
    nil)

  static let schema = Schema.object(
    [.init("range", AnalyticsJSON.rangeSchema), .init("within_seconds", .count)] + properties + [
      .init("by", .nullable(.choice(FunnelDimension.names))),
      .init("groups", groupSchema, "Those with most people first."),
      .init("receipt", AnalyticsReceipt.schema),
    ])

  static let completionSchema = Schema.object(
    [
      .init("range", AnalyticsJSON.rangeSchema), .init("by", .choice(CompletionSubject.names)),
      .init("within_seconds", .count),
    ] + properties + [
      .init("things", groupSchema, "Those that most people began first."),
      .init("total", .count, "How many things somebody began."), .init("limit", .count),
      .init("receipt", AnalyticsReceipt.schema),
    ])
}
