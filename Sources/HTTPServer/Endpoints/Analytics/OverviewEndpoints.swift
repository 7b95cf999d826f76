internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// The figures, trends and top lists of the overview page.
extension Service {
  static let overviewEndpoints: [Endpoint] = [overviewKPIs, overviewTrends, overviewPage]

  private static let about = """
    All figures are about one state of the tables (`receipt.sequence_number`). A zero denominator gives null. \
    `GET /api/admin/metrics` has the definitions, `.../explain` the SQL.
    """

  private static let overviewKPIs = Endpoint(
    .get, "/api/admin/overview/kpis", "Read the key figures",
    about: "With what they were over the period before. " + about, tag: "overview",
    access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.all + OverviewPart.kpiParameters,
    answers: [
      EndpointAnswer(
        200, "The figures.",
        schema: .object(
          OverviewPart.head + OverviewPart.kpiProperties
            + [.init("receipt", AnalyticsReceipt.schema)]))
    ]
  ) { request, service in
    let part = try OverviewPart(kpis: request.arguments)
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        try part.json(&ground)
      })
  }

  private static let overviewTrends = Endpoint(
    .get, "/api/admin/overview/trends", "Read trends and top lists", about: about,
    tag: "overview", access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.all + OverviewPart.trendParameters,
    answers: [
      EndpointAnswer(
        200, "The trends.",
        schema: .object(
          OverviewPart.head + OverviewPart.trendProperties
            + [.init("receipt", AnalyticsReceipt.schema)]))
    ]
  ) { request, service in
    let part = try OverviewPart(trends: request.arguments)
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        try part.json(&ground)
      })
  }

  private static let overviewPage = Endpoint(
    .get, "/api/admin/overview", "Read the overview",
    about: "Key figures, trends and top lists in one. " + about, tag: "overview",
    access: .scoped(.readAnalytics),
    parameters: AnalyticsParameters.all + OverviewPart.kpiParameters
      + OverviewPart.trendParameters,
    answers: [
      EndpointAnswer(
        200, "The overview.",
        schema: .object(
          OverviewPart.head + OverviewPart.kpiProperties + OverviewPart.trendProperties
            + [.init("receipt", AnalyticsReceipt.schema)]))
    ]
  ) { request, service in
    let part = try OverviewPart(page: request.arguments)
    return .json(
      try await service.answer(request) { ground throws(QueryError) in
        try part.json(&ground)
      })
  }
}

/// What of the overview a request is about.
struct OverviewPart: Sendable {
  var metrics: [MetricDefinition] = []
  var trends: [MetricDefinition] = []
  var grain: Grain?
  var breakdowns: [Breakdown] = []
  var top: Int?
  var hasFigures = false
  var hasTrends = false
  var hasHeatmap = false

  // MARK: - Parameters

  static let kpiParameters: [EndpointParameter] = [
    .query(
      "groups", .text(1...512),
      "Groups of figures, with commas between them; otherwise all: "
        + MetricDefinition.Group.names.joined(separator: ", ") + ".")
  ]

  static let defaultTrends = [
    "active_users", "sessions", "requests", "api_calls", "errors", "error_rate",
    "generation_latency_p50", "generation_latency_p95", "feature_images", "feature_videos",
    "feature_projects", "feature_email", "total_tokens", "total_cost", "gpu_hours",
    "training_completed", "training_failed",
  ]

  static let defaultBreakdowns = ["models", "error_codes", "countries", "features"]

  static let trendParameters: [EndpointParameter] = [
    .query("grain", .choice(Grain.names), "How fine; otherwise what suits the range."),
    .query(
      "metrics", .text(1...2048),
      "What is shown over time, with commas between: metrics over the range. Otherwise "
        + defaultTrends.joined(separator: ", ") + "."),
    .query(
      "breakdowns", .text(1...512),
      "Which top lists, with commas between, of " + Breakdown.ids.joined(separator: ", ")
        + ". Otherwise " + defaultBreakdowns.joined(separator: ", ") + "."),
    .query("top", .integer(Breakdown.limits), "How long top lists are; the rest is `other`."),
    .query("heatmap", .flag, "Whether to count activity by hour of day and day of week as well."),
  ]

  init(kpis arguments: RequestArguments) throws(Problem) { try readFigures(arguments) }

  init(trends arguments: RequestArguments) throws(Problem) { try readTrends(arguments) }

  init(page arguments: RequestArguments) throws(Problem) {
    try readFigures(arguments)
    try readTrends(arguments)
  }

  private mutating func readFigures(_ arguments: RequestArguments) throws(Problem) {
    hasFigures = true
    let names = try AnalyticsParameters.names(
      "groups", arguments, allowed: MetricDefinition.Group.names)
    metrics = MetricCatalogue.metrics.filter { names?.contains($0.group.rawValue) ?? true }
  }

  private mutating func readTrends(_ arguments: RequestArguments) throws(Problem) {
    hasTrends = true
    top = arguments.integer("top")
    hasHeatmap = arguments.flag("heatmap")
    grain = arguments.text("grain").flatMap { Grain(rawValue: $0) }
    let ids = try AnalyticsParameters.names(
      "metrics", arguments, allowed: MetricCatalogue.trendIDs)
    trends = (ids ?? Self.defaultTrends).compactMap { MetricCatalogue.metric($0) }
    let lists = try AnalyticsParameters.names("breakdowns", arguments, allowed: Breakdown.ids)
    breakdowns = (lists ?? Self.defaultBreakdowns).compactMap { Breakdown.named($0) }
  }

  // MARK: - Answer

  static let head: [Schema.Property] = [
    .init("range", AnalyticsJSON.rangeSchema),
    .init("compared_with", .choice(PeriodComparison.names)),
    .init("data_fresh_as_of", .nullable(.string)),
    .init("newest_event_at", .nullable(.string), "Null: there are no events."),
  ]

  static let kpiProperties: [Schema.Property] = [
    .init("kpis", .array(AnalyticsJSON.figureSchema, nil)),
    .init("top_errors", AnalyticsJSON.breakdownSchema),
  ]

  static let trendProperties: [Schema.Property] =
    AnalyticsJSON.trendProperties + [
      .init("breakdowns", .array(AnalyticsJSON.breakdownSchema, nil)),
      .init(
        "heatmap", .array(.array(.count, 24...24), 7...7), isRequired: false,
        "What people did: a row for each day of the week from Monday on, a number for each hour."),
    ]

  func json(_ ground: inout AnalyticsRun.Ground) throws(QueryError) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("range", AnalyticsJSON.range(ground.range)),
      .init("compared_with", .text(ground.evaluator.question.comparison.rawValue)),
      .init("data_fresh_as_of", AnalyticsReceipt.freshness(ground)),
      .init(
        "newest_event_at", ground.extent.map { AnalyticsJSON.time($0.last) } ?? .null),
    ]
    var figures: [MetricFigure] = []
    if hasFigures {
      figures = try ground.evaluator.figures(metrics, first: ground.first)
      members.append(.init("kpis", .array(figures.map(AnalyticsJSON.figure))))
      if let errors = Breakdown.named("error_codes") {
        let answer = try ground.evaluator.answer(errors, limit: top)
        members.append(.init("top_errors", AnalyticsJSON.breakdown(answer)))
      }
    }
    if hasTrends {
      let grain = grain ?? .fitting(ground.range)
      guard let trend = try ground.evaluator.trend(trends, by: grain) else {
        throw ground.tooFine(grain)
      }
      members += AnalyticsJSON.trend(trend.counted(from: ground.first))
      var lists: [JSONValue] = []
      for breakdown in breakdowns {
        lists.append(
          AnalyticsJSON.breakdown(try ground.evaluator.answer(breakdown, limit: top)))
      }
      members.append(.init("breakdowns", .array(lists)))
      if hasHeatmap {
        let counts = try ground.evaluator.heatmap().counts
        members.append(
          .init("heatmap", .array(counts.map { .array($0.map { .integer($0) }) })))
      }
    }
    members.append(
      .init(
        "receipt",
        AnalyticsReceipt.json(
          ground, metrics: metrics + trends.filter { trend in !metrics.contains(trend) },
          leftOut: AnalyticsReceipt.leftOut(figures) + AnalyticsReceipt.daysBefore(ground))))
    return .object(members)
  }
}
