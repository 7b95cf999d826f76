internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// Activities and tokens, row by row and added up.
extension Service {
  static let eventListEndpoints: [Endpoint] = [
    unprocessable(
      Endpoint(
        .get, "/api/admin/activity", "List what was done",
        about: """
          Events, the newest first. Records that only count tokens are left out unless asked for: a chat \
          that has one beside it was done once.
          """,
        tag: "activity", access: .scoped(.readAnalytics),
        parameters: EventListParameters.activity + EventListParameters.page,
        answers: [
          EndpointAnswer(
            200, "A page.",
            schema: EventListJSON.page("activity", .activity(includesTokenUsage: false)))
        ]
      ) { request, service in
        try await service.page(
          EventListParameters.activity(request.arguments), named: "activity", request)
      }),
    unprocessable(
      Endpoint(
        .get, "/api/admin/activity/aggregates", "Count what was done",
        about: "By time, type, person and organisation. All of them add up to `totals`.",
        tag: "activity", access: .scoped(.readAnalytics),
        parameters: EventListParameters.activity
          + [
            EventListParameters.grain(Grain.names),
            EventListParameters.by(
              .activity(includesTokenUsage: false), fallback: "event_type"),
          ] + EventListParameters.page,
        answers: [
          EndpointAnswer(
            200, "A page of counts.",
            schema: EventListJSON.totals(.activity(includesTokenUsage: false)))
        ]
      ) { request, service in
        try await service.totals(EventListParameters.activity(request.arguments), request)
      }),
    unprocessable(
      Endpoint(
        .get, "/api/admin/tokens", "List the tokens of requests",
        about: "The newest first. Costs are estimates.", tag: "tokens",
        access: .scoped(.readAnalytics),
        parameters: EventListParameters.tokens + EventListParameters.page,
        answers: [
          EndpointAnswer(200, "A page.", schema: EventListJSON.page("requests", .tokens))
        ]
      ) { request, service in
        try await service.page(.tokens, named: "requests", request)
      }),
    unprocessable(
      Endpoint(
        .get, "/api/admin/tokens/aggregates", "Add up tokens",
        about: """
          By day, week or month, model, person and organisation. All of them add up to `totals`. Costs are \
          estimates; `unpriced_tokens` are those without one.
          """,
        tag: "tokens", access: .scoped(.readAnalytics),
        parameters: EventListParameters.tokens
          + [
            EventListParameters.grain(Grain.names),
            EventListParameters.by(.tokens, fallback: "model"),
          ] + EventListParameters.page,
        answers: [EndpointAnswer(200, "A page of sums.", schema: EventListJSON.totals(.tokens))]
      ) { request, service in
        try await service.totals(.tokens, request)
      }),
  ]

  private func page(
    _ list: EventList, named name: String, _ request: ServiceRequest
  ) async throws -> ServiceResponse {
    let limit = request.arguments.integer("limit") ?? 50
    let offset = request.arguments.integer("offset") ?? 0
    return .json(
      try await answer(request) { ground throws(QueryError) in
        let page = try ground.evaluator.page(of: list, limit: limit, offset: offset)
        return .members([
          "range": AnalyticsJSON.range(ground.range),
          name: .array(page.rows.map { EventListJSON.row($0, of: list) }),
          "total": .integer(page.total), "limit": .integer(Int64(limit)),
          "offset": .integer(Int64(offset)),
          "receipt": AnalyticsReceipt.json(ground, metrics: []),
        ])
      })
  }

  private func totals(
    _ list: EventList, _ request: ServiceRequest
  ) async throws -> ServiceResponse {
    let limit = request.arguments.integer("limit") ?? 50
    let offset = request.arguments.integer("offset") ?? 0
    let grain = request.arguments.text("grain").flatMap { Grain(rawValue: $0) } ?? .day
    let dimensions = try EventListParameters.dimensions(request.arguments, of: list)
    return .json(
      try await answer(request) { ground throws(QueryError) in
        let totals = try ground.evaluator.totals(
          of: list, by: grain, and: dimensions, limit: limit, offset: offset)
        return .members([
          "range": AnalyticsJSON.range(ground.range), "grain": .text(grain.rawValue),
          "by": .array(dimensions.map { .text($0) }),
          "aggregates": .array(
            totals.rows.map { EventListJSON.total($0, of: list, dimensions, ground.range) }),
          "totals": EventListJSON.measures(totals.sums, of: list),
          "total": .integer(totals.total), "limit": .integer(Int64(limit)),
          "offset": .integer(Int64(offset)),
          "receipt": AnalyticsReceipt.json(ground, metrics: []),
        ])
      })
  }
}
