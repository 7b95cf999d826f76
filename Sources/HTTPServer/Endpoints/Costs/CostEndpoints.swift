internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// What use has cost, estimated (`Documentation/costs.md`).
extension Service {
  static let costEndpoints: [Endpoint] = [costBreakdown, cost]

  private static let costBreakdown = Endpoint(
    .get, "/analytics/cost-breakdown", "Read what one's own use has cost",
    about: """
      Estimates: what was sent with events, what tokens cost by the prices of their models, GPU time, \
      storage and requests by their rates. `rate_...` are those in force at the end of the period.
      """,
    tag: "costs", access: .scoped(.readOwnRecords),
    parameters: periodParameters,
    answers: [EndpointAnswer(200, "By what it was for.", schema: CostJSON.breakdownSchema)]
  ) { request, service in
    let period = request.arguments.text("period") ?? "30d"
    let organization = request.scope.organizations.onlyName.flatMap { OrganizationID($0) }
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        let answer = try ground.evaluator.costs()
        let trend = try ground.evaluator.costTrend(
          by: CostJSON.grain(of: ground.range), storage: answer.storage)
        return .members([
          "period": .text(period), "total_cost_usd": CostJSON.dollars(answer.total),
          "breakdown": CostJSON.parts(
            answer, ground.range, ground.evaluator.prices, organization),
          "trend": CostJSON.trend(trend ?? [], ground.range), "is_estimate": true,
          "range": AnalyticsJSON.range(ground.range),
          "receipt": AnalyticsReceipt.json(
            ground, metrics: [], leftOut: CostJSON.leftOut(answer)),
        ])
      })
  }

  private static let cost = Endpoint(
    .get, "/api/admin/cost", "Read what use has cost",
    about: """
      Estimates: no bills. The summary says how each part is known; `anomalies` are days that cost far more \
      or less than the same day of the week of the 8 weeks before (modified z-score by median and MAD, \
      beyond 3.5). Storage is in the summary and over time, and in none of the lists.
      """,
    tag: "costs", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.all + [
      .query(
        "grain", .choice(Grain.names.filter { $0 != Grain.hour.rawValue }),
        fallback: Grain.day.rawValue, "Of `over_time`; weeks begin on Monday."),
      .query("limit", .integer(1...100), fallback: "10", "How long the lists are."),
    ],
    answers: [EndpointAnswer(200, "Sums, lists, days.", schema: CostJSON.schema)]
  ) { request, service in
    let limit = request.arguments.integer("limit") ?? 10
    let grain = request.arguments.text("grain").flatMap { Grain(rawValue: $0) } ?? .day
    let organization = request.scope.organizations.onlyName.flatMap { OrganizationID($0) }
    let metrics = CostJSON.metrics.compactMap { MetricCatalogue.metric($0) }
    let answer = try await service.answer(request) { ground throws(QueryError) -> JSONValue in
      let first = ground.first
      let answer = try ground.evaluator.costs()
      guard let trend = try ground.evaluator.costTrend(by: grain, storage: answer.storage) else {
        throw ground.tooFine(grain)
      }
      var lists: [JSONValue.Member] = []
      for shares in try ground.evaluator.costShares(by: CostDimension.allCases, limit: limit) {
        lists.append(.init(CostJSON.name(of: shares.dimension), CostJSON.shares(shares)))
      }
      let anomalies = try ground.evaluator.costAnomalies(first: first)
      let figures = try ground.evaluator.figures(metrics, first: first)
      return .object(
        [
          .init("range", AnalyticsJSON.range(ground.range)), .init("is_estimate", true),
          .init(
            "summary",
            CostJSON.summary(answer, ground.range, ground.evaluator.prices, organization)),
          .init("metrics", .array(figures.map { AnalyticsJSON.figure($0) })),
        ] + lists + [
          .init("grain", .text(grain.rawValue)),
          .init("over_time", CostJSON.trend(trend, ground.range)),
          .init("anomalies", .array(anomalies.map { CostJSON.anomaly($0) })),
          .init(
            "receipt",
            AnalyticsReceipt.json(ground, metrics: metrics, leftOut: CostJSON.leftOut(answer))),
        ])
    }
    return .json(answer)
  }
}
