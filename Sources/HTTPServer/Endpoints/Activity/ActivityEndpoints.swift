internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// Activities and tokens, row by row and added up.
extension Service {
  static let activityEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/activity", "List what was done",
      about: """
        Events, the newest first. Records that only count tokens are left out unless asked for: a chat \
        that has one beside it was done once.
        """,
      tag: "activity", access: .scoped(.readAnalytics),
      parameters: ActivityParameters.activity + ListJSON.parameters(),
      answers: [
        EndpointAnswer(
          200, "A page.",
          schema: ListJSON.schema(
            "activity",
            .object(ListJSON.properties(of: .activity(includesTokenUsage: false)))))
      ]
    ) { request, service in
      try await service.page(
        of: .activity(includesTokenUsage: ActivityParameters.includesTokenUsage(request.arguments)),
        named: "activity", request,
        AnalyticsRun.Options(applied: ActivityParameters.applied(request.arguments)))
    },
    Endpoint(
      .get, "/api/admin/activity/aggregates", "Count what was done",
      about: "By time, type, person and organisation. All of them add up to `totals`.",
      tag: "activity", access: .scoped(.readAnalytics),
      parameters: ActivityParameters.activity
        + [
          ActivityParameters.grain(Grain.names),
          ActivityParameters.by(
            .activity(includesTokenUsage: false), fallback: "event_type"),
        ] + ListJSON.parameters(),
      answers: [
        EndpointAnswer(
          200, "A page of counts.",
          schema: ListTotalsJSON.schema(.activity(includesTokenUsage: false)))
      ]
    ) { request, service in
      try await service.totals(
        .activity(includesTokenUsage: ActivityParameters.includesTokenUsage(request.arguments)),
        request)
    },
    Endpoint(
      .get, "/api/admin/tokens", "List the tokens of requests",
      about: "The newest first. Costs are estimates.", tag: "tokens",
      access: .scoped(.readAnalytics),
      parameters: ActivityParameters.tokens + ListJSON.parameters(),
      answers: [
        EndpointAnswer(
          200, "A page.",
          schema: ListJSON.schema("requests", .object(ListJSON.properties(of: .tokens))))
      ]
    ) { request, service in
      try await service.page(
        of: .tokens, named: "requests", request, AnalyticsRun.Options())
    },
    Endpoint(
      .get, "/api/admin/tokens/aggregates", "Add up tokens",
      about: """
        By day, week or month, model, person and organisation. All of them add up to `totals`. Costs are \
        estimates; `unpriced_tokens` are those without one.
        """,
      tag: "tokens", access: .scoped(.readAnalytics),
      parameters: ActivityParameters.tokens
        + [
          ActivityParameters.grain(Grain.names),
          ActivityParameters.by(.tokens, fallback: "model"),
        ] + ListJSON.parameters(),
      answers: [EndpointAnswer(200, "A page of sums.", schema: ListTotalsJSON.schema(.tokens))]
    ) { request, service in
      try await service.totals(.tokens, request)
    },
  ]

  private func totals(
    _ what: ListMeasures, _ request: ServiceRequest
  ) async throws -> ServiceResponse {
    let page = ListJSON.Page(request.arguments)
    let grain = request.arguments.text("grain").flatMap { Grain(rawValue: $0) } ?? .day
    let options = AnalyticsRun.Options(applied: ActivityParameters.applied(request.arguments))
    let dimensions = try ActivityParameters.dimensions(request.arguments, of: what)
    return .json(
      try await answer(request, options) { ground throws(QueryError) in
        let totals = try ground.evaluator.totals(
          of: what, by: grain, and: dimensions, limit: page.limit, offset: page.offset)
        return .members([
          "range": AnalyticsJSON.range(ground.range), "grain": .text(grain.rawValue),
          "by": .array(dimensions.map { .text($0) }),
          "aggregates": .array(
            totals.rows.map { ListTotalsJSON.row($0, of: what, dimensions, ground.range) }),
          "totals": ListTotalsJSON.measures(totals.sums, of: what),
          "total": .integer(totals.total), "limit": .integer(Int64(page.limit)),
          "offset": .integer(Int64(page.offset)),
          "receipt": AnalyticsReceipt.json(ground, metrics: []),
        ])
      })
  }
}
