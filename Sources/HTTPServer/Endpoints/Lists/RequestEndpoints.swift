internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// Requests one by one, and by model.
extension Service {
  static let requestEndpoints: [Endpoint] = [listRequests, listModels]

  private static let listRequests = Endpoint(
    .get, "/api/admin/requests", "List requests",
    about: """
      What was asked over HTTP, and of models, with how it ended. The newest first. A generation of an image or \
      a video is one row, its end; that it was asked for is a row of its own where `event_type` names that type, and \
      with `status=pending` where nothing has ended it. `status` is the request's; that of people is `user_status` \
      here. `stars` is the first rating of the request.
      """,
    tag: "activity", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.range + requestFilters + [
      .query(
        "user_status", .list(largestCount: MetricFilters.largestValueCount),
        "Only of people with this status now. Repeated: any of them."),
      .query(
        "status", .list(largestCount: 8),
        "Only requests that ended so: `succeeded`, `failed`, `cancelled`, `pending`. Repeated: any of them."
      ),
      .query(
        "error_code", .list(largestCount: MetricFilters.largestValueCount),
        "Only requests with this code. Repeated: any of them."),
      .query(
        "min_duration_ms", .integer(0...86_400_000), "Only those that took so long, or longer."
      ),
      .query(
        "sort", .choice(["time", "duration", "cost"]), fallback: "time",
        "The newest first, the slowest, or those that cost most."),
    ] + ListJSON.parameters() + AnalyticsParameters.asOf,
    answers: [
      EndpointAnswer(
        200, "A page.",
        schema: ListJSON.schema(
          "requests",
          .named(
            "Request",
            .object(ListJSON.properties(of: .requests) + [.init("stars", .nullable(.count))]))))
    ]
  ) { request, service in
    let arguments = request.arguments
    var options = AnalyticsRun.Options(showsRows: true)
    options.statuses = arguments.list("user_status")
    let id = RowList.requests.place(of: "request_id") ?? 0
    let organization = RowList.requests.place(of: "organization_id") ?? 0
    return try await service.page(
      of: .requests.restricted(to: try requestConditions(arguments)), named: "requests",
      by: RequestStatus.column(of: arguments.text("sort")), request, options
    ) { ground, found throws(QueryError) in
      let names = found.rows.map { row in
        text(row[id]).map { RequestName(organization: text(row[organization]), id: $0) }
      }
      let stars = try ground.evaluator.stars(of: names.compactMap { $0 })
      return ListAddition(
        toRows: names.map { name in
          [.init("stars", name.flatMap { stars[$0] }.map { .integer($0) } ?? .null)]
        })
    }
  }

  static let requestFilters = AnalyticsParameters.filters([
    "role", "domain", "user_id", "activated", "model", "event_type",
  ])

  /// How requests ended, and how long they took.
  static func requestConditions(
    _ arguments: RequestArguments
  ) throws(Problem) -> [RowCondition] {
    let statuses = arguments.list("status")
    guard statuses.allSatisfy(RequestStatus.all.contains) else {
      throw Problem.parameter(
        "status", "choice",
        "must be one of \(RequestStatus.all.joined(separator: ", ")); that of people is user_status"
      )
    }
    return [
      RowCondition.requests(ended: statuses, ofTypes: arguments.list("event_type")),
      .errorCodes(arguments.list("error_code")),
      arguments.integer("min_duration_ms").map { RowCondition.duration(atLeast: $0) },
    ].compactMap { $0 }
  }

  private static func text(_ value: Value) -> String? {
    if case .text(let text) = value { text } else { nil }
  }

  private enum RequestStatus {
    static let all = ["succeeded", "failed", "cancelled", RowCondition.pending]

    static func column(of sort: String?) -> String? {
      switch sort {
      case "duration": "duration_ms"
      case "cost": "cost_usd"
      default: nil
      }
    }
  }

  private static let listModels = Endpoint(
    .get, "/api/admin/models", "Compare models",
    about: """
      How each model fares over the range, the most used first. Requests are counted where they end, and \
      success and errors among these; latency is that of requests that succeeded, estimated with the error that \
      the receipt states.
      """,
    tag: "activity", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.range + AnalyticsParameters.people
      + AnalyticsParameters.filters(["model"]) + ListJSON.parameters(limits: 1...200)
      + AnalyticsParameters.asOf,
    answers: [
      EndpointAnswer(200, "A page.", schema: ListJSON.schema("models", ModelJSON.schema))
    ]
  ) { request, service in
    let page = ListJSON.Page(request.arguments)
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        let found = try ground.evaluator.models(limit: page.limit, offset: page.offset)
        return ListJSON.page(
          "models", found.models.map(ModelJSON.json), total: found.total, page, ground)
      })
  }
}

/// How models fare, as JSON.
enum ModelJSON {
  static func json(_ model: ModelStatistics) -> JSONValue {
    .members([
      "model": .text(model.model), "requests": .integer(model.requests),
      "success_rate": AnalyticsJSON.number(model.successRate),
      "error_rate": AnalyticsJSON.number(model.errorRate),
      "latency_p50_ms": AnalyticsJSON.number(model.latencyMedian),
      "latency_p95_ms": AnalyticsJSON.number(model.latency95),
      "tokens": model.tokens.map { .integer($0) } ?? .null,
      "cost_usd": AnalyticsJSON.number(model.cost), "users": .integer(model.people),
      "rating_mean": AnalyticsJSON.number(model.ratingMean), "ratings": .integer(model.ratings),
    ])
  }

  static let schema = Schema.named(
    "ModelStatistics",
    .object([
      .init("model", .string), .init("requests", .count, "Counted where they end."),
      .init("success_rate", .nullable(.number), "Of those that succeeded or failed."),
      .init(
        "error_rate", .nullable(.number), "Of the requests that ended, those that ended as errors."),
      .init("latency_p50_ms", .nullable(.number), "Of requests that succeeded."),
      .init("latency_p95_ms", .nullable(.number)), .init("tokens", .nullable(.count)),
      .init("cost_usd", .nullable(.number), "Estimated, of use."), .init("users", .count),
      .init("rating_mean", .nullable(.number), "Of the stars given to its answers."),
      .init("ratings", .count),
    ]))
}
