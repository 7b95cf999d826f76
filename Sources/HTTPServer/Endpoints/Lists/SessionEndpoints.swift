internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// Sessions, of an organisation or of oneself.
extension Service {
  static let sessionEndpoints: [Endpoint] = [
    unprocessable(
      Endpoint(
        .get, "/api/admin/sessions", "List sessions",
        about: "Those that began in the range, the newest first.", tag: "activity",
        access: .scoped(.readAnalytics),
        parameters: AnalyticsParameters.range + AnalyticsParameters.people + [
          .query("is_active", .choice(["true", "false"]), "Only those that are open, or are not.")
        ] + ListJSON.parameters() + AnalyticsParameters.asOf,
        answers: [
          EndpointAnswer(
            200, "A page.",
            schema: ListJSON.schema(
              "sessions", .named("Session", .object(ListJSON.properties(of: .sessions)))))
        ]
      ) { request, service in
        try await service.sessions(
          .sessions, where: sessionConditions(request.arguments), request,
          AnalyticsRun.Options(showsRows: true))
      }),
    unprocessable(
      Endpoint(
        .get, "/analytics/sessions", "List one's own sessions", about: "The newest first.",
        tag: "usage", access: .scoped(.readOwnRecords), parameters: ownSessionParameters,
        answers: [EndpointAnswer(200, "A page.", schema: ownSessionSchema)]
      ) { request, service in
        try await service.sessions(
          .ownSessions, request, AnalyticsRun.Options(fallback: .all, showsRows: true))
      }),
  ]

  static func sessionConditions(_ arguments: RequestArguments) -> [RowCondition] {
    arguments.text("is_active").map { [.isOpen($0 == "true")] } ?? []
  }

  static let ownSessionParameters: [EndpointParameter] =
    AnalyticsParameters.range + ListJSON.parameters(limits: 1...100) + AnalyticsParameters.asOf

  static let ownSessionSchema = ListJSON.schema(
    "sessions", .named("OwnSession", .object(ListJSON.properties(of: .ownSessions))))

  func sessions(
    _ list: RowList, where conditions: [RowCondition] = [], _ request: ServiceRequest,
    _ options: AnalyticsRun.Options
  ) async throws -> ServiceResponse {
    let page = ListJSON.Page(request.arguments)
    let answer = try await answer(request, options) { ground throws(QueryError) -> JSONValue? in
      if options.person != nil, try ground.evaluator.person() == nil { return nil }
      let listed = try ground.evaluator.page(
        of: list, where: conditions, limit: page.limit, offset: page.offset)
      let found = try ground.evaluator.countingUse(in: listed, of: list)
      return ListJSON.page(
        "sessions", ListJSON.rows(found, of: list), total: found.total, page, ground)
    }
    guard let answer else { throw Problem.noPerson }
    return .json(answer)
  }
}

extension Problem {
  /// Also where there is one in somebody else's organisation: nobody learns of that.
  static let noPerson = Problem.notFound("there is nobody of this name in the organisation")
}
