internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import QueryLanguage

/// What metrics there are, and how one comes about.
extension Service {
  static let metricEndpoints: [Endpoint] =
    [listMetrics] + [explainMetric]

  private static let listMetrics = Endpoint(
    .get, "/api/admin/metrics", "List the metrics",
    about: "What they mean, in the order in which they are shown.", tag: "overview",
    access: .capable(.readAnalytics),
    answers: [
      EndpointAnswer(
        200, "The catalogue.",
        schema: .object([
          .init(
            "metrics",
            .array(
              .named(
                "Metric",
                .object(
                  AnalyticsJSON.definitionProperties + [
                    .init("window", .string, "Which time it looks at."),
                    .init("has_trend", .boolean, "Whether it can be shown over time."),
                  ])), nil))
        ]))
    ]
  ) { _, _ in
    .json(
      .members([
        "metrics": .array(
          MetricCatalogue.metrics.map { metric in
            .object(
              AnalyticsJSON.definition(metric) + [
                .init("window", .text(metric.window.text)),
                .init("has_trend", .boolean(metric.hasTrend)),
              ])
          })
      ]))
  }

  private static let explainMetric = Endpoint(
    .get, "/api/admin/metrics/{id}/explain", "Explain a metric",
    about: "The SQL that gives the same number, with its values in it, and what went into it.",
    tag: "overview", access: .scoped(.readAnalytics),
    parameters: [.path("id", .text(1...64), "The metric: `dau`.")] + AnalyticsParameters.all,
    answers: [
      EndpointAnswer(
        200, "How it comes about.",
        schema: .object(
          OverviewPart.head + [
            .init("metric", AnalyticsJSON.figureSchema),
            .init(
              "sql", .nullable(.string),
              "One statement, to be run in the session that `session` sets up."),
            .init("session", .string),
            .init("template", .nullable(.string), "The same with named parameters."),
            .init("parameters", .map(.string), "What they are, spelled as SQL."),
            .init("receipt", AnalyticsReceipt.schema),
          ]))
    ]
  ) { request, service in
    guard let metric = MetricCatalogue.metric(request.arguments.text("id") ?? "") else {
      throw Problem.notFound(
        "there is no such metric; there are \(MetricCatalogue.ids.joined(separator: ", "))")
    }
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        let first = ground.first
        let explanation = try ground.evaluator.explain(metric, first: first)
        return .members([
          "range": AnalyticsJSON.range(ground.range),
          "compared_with": .text(ground.evaluator.question.comparison.rawValue),
          "data_fresh_as_of": AnalyticsReceipt.freshness(ground),
          "newest_event_at": ground.extent.map { AnalyticsJSON.time($0.last) } ?? .null,
          "metric": AnalyticsJSON.figure(explanation.figure),
          "sql": explanation.sql.map { .text($0) } ?? .null,
          "session": .text("SET timezone = '\(ground.range.zone.name)'"),
          "template": explanation.template.map { .text($0) } ?? .null,
          "parameters": .object(
            explanation.arguments.map { .init($0.name, .text($0.literal)) }),
          "receipt": AnalyticsReceipt.json(ground, metrics: [metric]),
        ])
      })
  }
}
