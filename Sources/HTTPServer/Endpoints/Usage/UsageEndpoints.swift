internal import AccessControl
internal import Analytics
internal import Pricing
internal import QueryLanguage

/// What people use: oneself, somebody of the organisation, and the organisation.
extension Service {
  static let usageEndpoints: [Endpoint] = [ownUsage, personUsage, organizationUsage]

  static let periods = ["7d", "30d", "90d", "1y", "all"]

  static let periodParameters: [EndpointParameter] = [
    .query("period", .choice(periods), fallback: "30d", "N days end with today."),
    AnalyticsParameters.zone,
  ]

  private static let about = """
    All values are about the period: `all` is all that is kept. Costs are estimates, storage included. What is \
    owned and stored is what there is at its end.
    """

  private static let ownUsage = Endpoint(
    .get, "/analytics/me", "Read what one used oneself", about: about, tag: "usage",
    access: .scoped(.readOwnRecords), parameters: AnalyticsParameters.range,
    answers: [EndpointAnswer(200, "The report.", schema: UsageJSON.ownSchema)]
  ) { request, service in
    let person = request.principal.user.text
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        .object(
          [
            .init("user_id", .text(person)),
            .init("period", .text(ground.range.preset.rawValue)),
          ]
            + (try UsageJSON.report(&ground, of: person)))
      })
  }

  private static let personUsage = Endpoint(
    .get, "/api/admin/users/{user_id}", "Read what a person used", about: about, tag: "people",
    access: .scoped(.readAnalytics),
    parameters: [PersonJSON.path] + AnalyticsParameters.range + AnalyticsParameters.asOf,
    answers: [EndpointAnswer(200, "The report.", schema: UsageJSON.personSchema)]
  ) { request, service in
    let id = request.arguments.text("user_id") ?? ""
    let answer = try await service.answer(
      request, AnalyticsRun.Options(person: id, showsRows: true)
    ) { ground throws(QueryError) -> JSONValue? in
      guard let person = try ground.evaluator.person() else { return nil }
      return .object(
        [
          .init("user", PersonJSON.json(person)), .init("user_id", .text(id)),
          .init("period", .text(ground.range.preset.rawValue)),
        ]
          + (try UsageJSON.report(
            &ground, of: id,
            found: try ground.evaluator.personInsights(comparedWith: person.organization))))
    }
    guard let answer else { throw Problem.noPerson }
    return .json(answer)
  }

  private static let organizationUsage = Endpoint(
    .get, "/analytics/organization", "Read what an organisation used",
    about: about + " `organization_id` is null where the answer is about several.",
    tag: "usage", access: .scoped(.readAnalytics), parameters: periodParameters,
    answers: [EndpointAnswer(200, "The report.", schema: UsageJSON.organizationSchema)]
  ) { request, service in
    let organization = request.scope.organizations.onlyName
    let period = request.arguments.text("period") ?? "30d"
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        .object(
          [
            .init("organization_id", organization.map { .text($0) } ?? .null),
            .init("period", .text(period)),
          ] + (try UsageJSON.organization(&ground, organization)))
      })
  }
}
