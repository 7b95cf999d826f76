internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// People, one by one.
extension Service {
  static let personEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/users", "List people",
      about: """
        Those who are known by their profile, and those whom events name. Figures are about the range; \
        `last_active_at` also looks before it. Mail addresses take a reveal.
        """,
      tag: "people", access: .scoped(.readAnalytics),
      parameters: AnalyticsParameters.range + AnalyticsParameters.people + [
        .query(
          "sort", .choice(PersonOrder.names), fallback: PersonOrder.lastActive.rawValue,
          "What they are listed by, the most first."),
        .query("search", .text(0...128), "Only people with this in their `user_id`."),
      ] + ListJSON.parameters(limits: 1...200) + AnalyticsParameters.asOf,
      answers: [
        EndpointAnswer(200, "A page.", schema: ListJSON.schema("users", PersonJSON.schema))
      ]
    ) { request, service in
      let arguments = request.arguments
      let page = ListJSON.Page(arguments)
      let order = arguments.text("sort").flatMap { PersonOrder(rawValue: $0) } ?? .lastActive
      let search = PersonSearch(arguments)
      let options = AnalyticsRun.Options(showsRows: true, applied: search.applied)
      return .json(
        try await service.answer(request, options) { ground throws(QueryError) in
          let found = try ground.evaluator.people(
            by: order, matching: search.text, limit: page.limit, offset: page.offset)
          return ListJSON.page(
            "users", found.people.map { PersonJSON.json($0) }, total: found.total, page, ground)
        })
    },
    Endpoint(
      .get, "/api/admin/users/{user_id}/sessions", "List a person's sessions",
      about: "The newest first.", tag: "people", access: .scoped(.readAnalytics),
      parameters: [PersonJSON.path] + ownSessionParameters,
      answers: [EndpointAnswer(200, "A page.", schema: ownSessionSchema)]
    ) { request, service in
      try await service.page(
        of: .ownSessions, named: "sessions", request,
        AnalyticsRun.Options(
          fallback: .all, person: request.arguments.text("user_id"), showsRows: true))
    },
    Endpoint(
      .get, "/api/admin/users/{user_id}/timeline", "List what a person did",
      about: "The newest \(largestTimeline) events of the range at most.", tag: "people",
      access: .scoped(.readAnalytics),
      parameters: [PersonJSON.path] + AnalyticsParameters.range + timelineParameters
        + AnalyticsParameters.asOf,
      answers: [EndpointAnswer(200, "Events.", schema: timelineSchema)]
    ) { request, service in
      try await service.timeline(
        request,
        AnalyticsRun.Options(person: request.arguments.text("user_id"), showsRows: true))
    },
    Endpoint(
      .get, "/analytics/activity-timeline", "List what one did oneself",
      about: "The newest \(largestTimeline) events of the range at most.", tag: "usage",
      access: .scoped(.readOwnRecords),
      parameters: [
        .query(
          "start_date", .text(1...40), isRequired: true,
          "From this day or time on: `2024-01-31`, `2024-01-31T12:00:00Z`."),
        .query(
          "end_date", .text(1...40), isRequired: true,
          "Up to this day, which belongs to it, or before this time."),
        AnalyticsParameters.zone,
      ] + timelineParameters + AnalyticsParameters.asOf,
      answers: [EndpointAnswer(200, "Events.", schema: timelineSchema)]
    ) { request, service in
      try await service.timeline(request, AnalyticsRun.Options(showsRows: true))
    },
  ]

  private static let largestTimeline = 1_000

  private static let timelineParameters: [EndpointParameter] = [
    .query(
      "event_types", .list(largestCount: MetricFilters.largestValueCount),
      "Only events of this type; otherwise all but records that only count tokens. Repeated: any of them."
    ),
    .query(
      "limit", .integer(1...largestTimeline), fallback: "\(largestTimeline)",
      "How many events at most."),
  ]

  private static let timelineSchema = Schema.object(
    [
      .init("range", AnalyticsJSON.rangeSchema),
      .init(
        "events",
        .array(
          .named("TimelineEvent", .object(ListJSON.properties(of: .timeline))), 0...largestTimeline),
        "The newest first."),
      .init("count", .count, "How many are listed."),
      .init("total", .count, "How many there are in the range."),
    ] + ListJSON.tailProperties)

  private func timeline(
    _ request: ServiceRequest, _ options: AnalyticsRun.Options
  ) async throws -> ServiceResponse {
    let list = RowList.timeline.restricted(
      to: [.types(request.arguments.list("event_types"))])
    let limit = request.arguments.integer("limit") ?? Self.largestTimeline
    var options = options
    options.applied += list.applied
    let isOfPerson = options.person != nil
    let answer = try await answer(request, options) { ground throws(QueryError) -> JSONValue? in
      if isOfPerson, try ground.evaluator.person() == nil { return nil }
      let found = try ground.evaluator.page(of: list, limit: limit, offset: 0)
      return .object(
        [
          .init("range", AnalyticsJSON.range(ground.range)),
          .init("events", .array(ListJSON.rows(found, of: list))),
          .init("count", .integer(Int64(found.rows.count))), .init("total", .integer(found.total)),
        ] + ListJSON.tail(ground))
    }
    guard let answer else { throw Problem.noPerson }
    return .json(answer)
  }
}

/// A part of `user_id` that people are looked for by; an empty one restricts nothing.
struct PersonSearch {
  let text: String?

  init(_ arguments: RequestArguments) {
    text = arguments.text("search").flatMap { $0.isEmpty ? nil : $0 }
  }

  var applied: [AppliedFilter] { text.map { [("search", [$0])] } ?? [] }
}
