internal import AccessControl
internal import Analytics

/// Sessions, of an organisation or of oneself.
extension Service {
  static let sessionEndpoints: [Endpoint] = [
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
      try await service.page(
        of: .sessions.restricted(to: sessionConditions(request.arguments)), named: "sessions",
        request)
    },
    Endpoint(
      .get, "/analytics/sessions", "List one's own sessions", about: "The newest first.",
      tag: "usage", access: .scoped(.readOwnRecords), parameters: ownSessionParameters,
      answers: [EndpointAnswer(200, "A page.", schema: ownSessionSchema)]
    ) { request, service in
      try await service.page(
        of: .ownSessions, named: "sessions", request,
        AnalyticsRun.Options(fallback: .all, showsRows: true))
    },
  ]

  static func sessionConditions(_ arguments: RequestArguments) -> [RowCondition] {
    arguments.text("is_active").map { [.isOpen($0 == "true")] } ?? []
  }

  static let ownSessionParameters: [EndpointParameter] =
    AnalyticsParameters.wholeRange + ListJSON.parameters(limits: 1...100) + AnalyticsParameters.asOf

  static let ownSessionSchema = ListJSON.schema(
    "sessions", .named("OwnSession", .object(ListJSON.properties(of: .ownSessions))))
}

extension Problem {
  /// Also where there is one in somebody else's organisation: nobody learns of that.
  static let noPerson = Problem.notFound("there is nobody of this name in the organisation")
}
