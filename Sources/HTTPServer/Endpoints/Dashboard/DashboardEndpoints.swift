internal import AccessControl
internal import Analytics
internal import QueryLanguage

/// All that a dashboard shows, in one: under the names that dashboards of requests have for it.
extension Service {
  static let dashboardEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/dashboard/", "Read the dashboard",
      about: """
        Requests over HTTP, errors, models, costs, countries, latency, people, ratings and threats of the range. \
        Costs are estimates.
        """,
      tag: "overview", access: .scoped(.readAnalytics),
      parameters: [
        .query(
          "range", .choice(DashboardJSON.ranges),
          "`7d` unless bounds are given; `1m` is 30 days, `3m` 90."),
        .query("start", .text(1...40), "With `custom`: from this day or time on."),
        .query(
          "end", .text(1...40),
          "With `custom`: up to this day, which belongs to it, or before this time."),
        AnalyticsParameters.zone,
      ],
      answers: [EndpointAnswer(200, "The dashboard.", schema: DashboardJSON.schema)]
    ) { request, service in
      let now = request.time
      if request.arguments.text("range") == RangePreset.custom.rawValue,
        request.arguments.text("start") == nil
      {
        throw Problem.parameter(
          "start", "missing", "is required with custom: a day such as 2024-01-31, or a time")
      }
      return .json(
        try await service.answer(request, AnalyticsRun.Options(fallback: .week)) {
          ground throws(QueryError) in
          try DashboardJSON.json(&ground, at: now)
        })
    }
  ]
}

enum DashboardJSON {
  static let ranges: [String] = [RangePreset.day, .week, .month, .quarter, .custom].map(\.rawValue)

  private static let trends = ["requests", "errors", "total_cost"].compactMap {
    MetricCatalogue.metric($0)
  }

  private static let metrics = [
    "requests", "errors", "error_rate", "total_tokens", "total_cost", "active_users",
    "new_signups", "sessions", "average_session_hours", "ratings", "rating_mean", "threats",
    "threats_open",
  ].compactMap { MetricCatalogue.metric($0) }

  static func json(
    _ ground: inout AnalyticsRun.Ground, at now: UnixTime
  ) throws(QueryError) -> JSONValue {
    let grain = Grain.fitting(ground.range)
    guard let trend = try ground.evaluator.trend(trends, by: grain),
      let latency = try ground.evaluator.requestLatency(by: grain)
    else { throw QueryError(.programLimitExceeded, "the range is too long") }
    var figures: [String: MetricFigure] = [:]
    for figure in try ground.evaluator.figures(metrics, first: nil) {
      figures[figure.metric.id] = figure
    }
    func value(_ id: String) -> JSONValue {
      AnalyticsJSON.number(figures[id]?.value, figures[id]?.metric.unit)
    }
    let codes = try list("status_codes", "statusCode", &ground) {
      Int64($0).map { .integer($0) } ?? .null
    }
    let models = try list("models", "model", &ground) { .text($0) }
    let countries = try list("countries", "country", &ground) { .text($0) }
    let stars = try counts("stars", (1...5).map(String.init), &ground)
    let severities = try counts(
      "threat_severities", ["low", "medium", "high", "critical"], &ground)
    let types = try counts("threat_types", [], &ground)
    let starts = trend.buckets.map { AnalyticsJSON.time($0.start) }
    func points(_ names: [(String, String)]) -> JSONValue {
      let lines = names.map { name, id in (name, trend.series.first { $0.metric.id == id }) }
      return .array(
        starts.indices.map { index in
          .object(
            [.init("timestamp", starts[index])]
              + lines.map { name, line in
                .init(
                  name,
                  AnalyticsJSON.number(line?.values[index] ?? nil, line?.metric.unit))
              })
        })
    }
    return .members([
      "range": .text(ground.range.preset.rawValue),
      "generatedAt": AnalyticsJSON.time(now.milliseconds),
      "requests": points([("count", "requests"), ("errors", "errors")]),
      "errorsBreakdown": codes, "topModels": models,
      "costs": points([("costUsd", "total_cost")]), "topCountries": countries,
      "latency": .array(
        latency.buckets.map { bucket, latency in
          .object([.init("timestamp", AnalyticsJSON.time(bucket.start))] + members(latency))
        }),
      "summary": .object(
        [
          .init("totalRequests", value("requests")), .init("totalErrors", value("errors")),
          .init("errorRate", value("error_rate")), .init("totalTokens", value("total_tokens")),
          .init("totalCostUsd", value("total_cost")), .init("costIsEstimate", true),
        ] + members(latency.all)),
      "users": .members([
        "active": value("active_users"), "new": value("new_signups"),
        "sessions": value("sessions"), "averageSessionHours": value("average_session_hours"),
      ]),
      "feedback": .members([
        "count": value("ratings"), "averageRating": value("rating_mean"), "distribution": stars,
      ]),
      "threats": .members([
        "total": value("threats"), "open": value("threats_open"), "bySeverity": severities,
        "byType": types,
      ]),
      "window": AnalyticsJSON.range(ground.range), "grain": .text(grain.rawValue),
      "receipt": AnalyticsReceipt.json(ground, metrics: metrics),
    ])
  }

  private static func members(_ latency: RequestLatency) -> [JSONValue.Member] {
    [
      .init("meanMs", AnalyticsJSON.number(latency.mean)),
      .init("p50Ms", AnalyticsJSON.number(latency.median)),
      .init("p95Ms", AnalyticsJSON.number(latency.quantile95)),
    ]
  }

  private static func list(
    _ id: String, _ member: String, _ ground: inout AnalyticsRun.Ground,
    _ name: (String) -> JSONValue
  ) throws(QueryError) -> JSONValue {
    guard let breakdown = Breakdown.named(id) else { return .array([]) }
    return .array(
      try ground.evaluator.answer(breakdown).entries.map {
        .object([
          .init(member, name($0.name)), .init("count", .integer($0.count)),
          .init("share", .number($0.share)),
        ])
      })
  }

  /// A number for each name, those that are always there first.
  private static func counts(
    _ id: String, _ names: [String], _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) -> JSONValue {
    guard let breakdown = Breakdown.named(id) else { return .object([]) }
    let entries = try ground.evaluator.answer(breakdown, limit: 20).entries
    func count(_ name: String) -> Int64 { entries.first { $0.name == name }?.count ?? 0 }
    let others = entries.map(\.name).filter { !names.contains($0) }
    return .object((names + others).map { .init($0, .integer(count($0))) })
  }

  private static let latencyProperties: [Schema.Property] = [
    .init("meanMs", .nullable(.number)), .init("p50Ms", .nullable(.number), "Estimated."),
    .init("p95Ms", .nullable(.number), "Estimated."),
  ]

  private static func entrySchema(_ name: String, _ schema: Schema) -> Schema {
    .array(.object([.init(name, schema), .init("count", .count), .init("share", .number)]), nil)
  }

  private static let time = Schema.Property(
    "timestamp", .string, "When the hour, day, week or month begins.")

  static let schema = Schema.object([
    .init("range", .choice(ranges)), .init("generatedAt", .string),
    .init(
      "requests",
      .array(.object([time, .init("count", .count), .init("errors", .count)]), nil)),
    .init("errorsBreakdown", entrySchema("statusCode", .nullable(.integer(nil)))),
    .init("topModels", entrySchema("model", .string)),
    .init("costs", .array(.object([time, .init("costUsd", .nullable(.number))]), nil)),
    .init("topCountries", entrySchema("country", .string)),
    .init("latency", .array(.object([time] + latencyProperties), nil)),
    .init(
      "summary",
      .object(
        [
          .init("totalRequests", .nullable(.count)), .init("totalErrors", .nullable(.count)),
          .init("errorRate", .nullable(.number)), .init("totalTokens", .nullable(.count)),
          .init("totalCostUsd", .nullable(.number)), .init("costIsEstimate", .boolean),
        ] + latencyProperties)),
    .init(
      "users",
      .object([
        .init("active", .nullable(.count)), .init("new", .nullable(.count)),
        .init("sessions", .nullable(.count)), .init("averageSessionHours", .nullable(.number)),
      ])),
    .init(
      "feedback",
      .object([
        .init("count", .nullable(.count)), .init("averageRating", .nullable(.number)),
        .init("distribution", .map(.count)),
      ])),
    .init(
      "threats",
      .object([
        .init("total", .nullable(.count)), .init("open", .nullable(.count)),
        .init("bySeverity", .map(.count)), .init("byType", .map(.count)),
      ])),
    .init("window", AnalyticsJSON.rangeSchema), .init("grain", .choice(Grain.names)),
    .init("receipt", AnalyticsReceipt.schema),
  ])
}
