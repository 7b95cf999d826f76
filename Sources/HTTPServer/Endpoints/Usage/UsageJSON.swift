internal import AccessControl
internal import Analytics
internal import Pricing
internal import QueryLanguage

/// Reports of use as JSON.
enum UsageJSON {
  // MARK: - A person

  static func report(
    _ ground: inout AnalyticsRun.Ground, of person: String, found: [PersonInsight] = []
  ) throws(QueryError) -> [JSONValue.Member] {
    let usage = try ground.evaluator.usage()
    let grain = grain(of: ground.range)
    // Such a grain has few buckets for each range there may be.
    let series = try ground.evaluator.usageSeries(by: grain, usage.costs) ?? []
    let models = try top("models", 5, &ground)
    let features = try top("features", 5, &ground)
    let frameworks = try entries(UsageReport.frameworks, &ground)
    let endpoints = try entries(UsageReport.endpoints, &ground)
    let insights = try ground.evaluator.insights(of: person)
    return [
      .init("range", AnalyticsJSON.range(ground.range)),
      .init("summary", .object(summary(usage))), .init("grain", .text(grain.rawValue)),
      .init("timeseries", .array(series.map { bucket($0, ground.range) })),
      .init(
        "insights", .array(found.map { insight($0, ground.range) } + insights.map(insight))),
      .init("top_models", models),
      .init("top_features", features), .init("top_frameworks", frameworks),
      .init(
        "api_usage",
        .members([
          "total_calls": figure(usage, "api_calls"), "error_rate": figure(usage, "api_error_rate"),
          "top_endpoints": endpoints,
        ])),
      .init("usage", totals(usage)),
      .init("is_estimate", true),
      .init("redacted", .array(ground.evaluator.trace.redacted.map { .text($0) })),
      .init(
        "receipt",
        AnalyticsReceipt.json(
          ground, metrics: UsageReport.metrics, leftOut: CostJSON.leftOut(usage.costs))),
    ]
  }

  /// A year has a point for each day, more have one for each week or month.
  static func grain(of range: ReportRange) -> Grain {
    switch range.dayCount {
    case ...366: .day
    case ...2_000: .week
    default: .month
    }
  }

  private static func figure(_ usage: UsageReport, _ id: String) -> JSONValue {
    AnalyticsJSON.number(usage[id], usage.figures[id]?.metric.unit)
  }

  private static func hours(_ seconds: Double?) -> JSONValue {
    AnalyticsJSON.number(seconds.map { $0 / 3600 })
  }

  private static func summary(_ usage: UsageReport) -> [JSONValue.Member] {
    [
      .init("total_sessions", figure(usage, "sessions")),
      .init("total_active_hours", hours(usage.time.active)),
      .init("total_training_jobs", figure(usage, "training_jobs")),
      .init("training_success_rate", figure(usage, "training_success_rate")),
      .init("total_gpu_hours", figure(usage, "gpu_hours")),
      .init("total_storage_gb", figure(usage, "storage_gb")),
      .init("estimated_cost_usd", CostJSON.dollars(usage.costs.total)),
      .init("projects_owned", .integer(usage.projectsOwned)),
      .init("datasets_owned", .integer(usage.datasetsOwned)),
      .init("users_invited", figure(usage, "invitations")),
    ]
  }

  private static let summaryProperties: [Schema.Property] = [
    .init("total_sessions", .nullable(.count)), .init("total_active_hours", .nullable(.number)),
    .init("total_training_jobs", .nullable(.count)),
    .init(
      "training_success_rate", .nullable(.number),
      "Completed, divided by completed and failed; null: none has ended."),
    .init("total_gpu_hours", .nullable(.number)), .init("total_storage_gb", .nullable(.number)),
    .init("estimated_cost_usd", .nullable(.number)), .init("projects_owned", .count),
    .init("datasets_owned", .count), .init("users_invited", .nullable(.count)),
  ]

  private static func bucket(_ bucket: UsageBucket, _ range: ReportRange) -> JSONValue {
    func count(_ id: String) -> JSONValue {
      .integer(Int64(exactly: bucket.values[id] ?? 0) ?? .max)
    }
    func whole(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return .members([
      "date": .text(range.zone.day(of: bucket.bucket.start).description),
      "sessions": count("sessions"), "api_calls": count("api_calls"),
      "gpu_hours": AnalyticsJSON.number(bucket.values["gpu_hours"]),
      "training_jobs": count("training_jobs"), "cost_usd": CostJSON.dollars(bucket.microdollars),
      "active_hours": hours(bucket.activeSeconds),
      "training_completed": count("training_completed"),
      "training_failed": count("training_failed"),
      "training_hours_mean": AnalyticsJSON.number(bucket.values["training_hours_mean"]),
      "peak_concurrent_jobs": whole(bucket.largestJobCount),
      "storage_bytes_change": whole(bucket.storedBytes),
      "top_model": bucket.topModel.map { .text($0) } ?? .null,
      "is_partial": .boolean(bucket.bucket.isPartial),
    ])
  }

  private static let bucketSchema = Schema.named(
    "UsageBucket",
    .object([
      .init("date", .string, "The first day of the day, week or month."),
      .init("sessions", .count), .init("api_calls", .count),
      .init("gpu_hours", .nullable(.number)), .init("training_jobs", .count, "Started."),
      .init("cost_usd", .nullable(.number)), .init("active_hours", .nullable(.number)),
      .init("training_completed", .count), .init("training_failed", .count),
      .init("training_hours_mean", .nullable(.number)),
      .init(
        "peak_concurrent_jobs", .nullable(.count),
        "Trainings at one moment: those that ended in the range, and those that began and did not end within 7 days; null: none began or ended."
      ),
      .init("storage_bytes_change", .nullable(.integer(nil))),
      .init("top_model", .nullable(.string)), .init("is_partial", .boolean),
    ]))

  /// Of the range, as its last moment shows it.
  private static func insight(_ insight: PersonInsight, _ range: ReportRange) -> JSONValue {
    .members([
      "type": .text(insight.rule.rawValue), "severity": .text(insight.severity.rawValue),
      "title": .text(insight.rule.title), "message": .text(insight.message),
      "action": insight.action.map { .text($0) } ?? .null,
      "created_at": AnalyticsJSON.time(min(range.now, range.window.end)),
      "value": AnalyticsJSON.number(insight.value),
      "previous": AnalyticsJSON.number(insight.previous),
      "evidence": .object(
        insight.evidence.map { .init($0.name, AnalyticsJSON.number($0.value)) }),
    ])
  }

  private static func insight(_ insight: StoredInsight) -> JSONValue {
    .members([
      "type": .text(insight.type), "severity": .text(insight.severity),
      "message": .text(insight.message), "action": insight.action.map { .text($0) } ?? .null,
      "created_at": AnalyticsJSON.time(insight.time),
    ])
  }

  private static let insightSchema = Schema.object([
    .init("type", .string), .init("severity", .string),
    .init("title", .string, isRequired: false, "Of rules about a person: a few words."),
    .init("message", .string), .init("action", .nullable(.string), "Null: nothing is to be done."),
    .init("created_at", .string),
    .init(
      "value", .nullable(.number), isRequired: false, "Of rules about a person: what was measured."),
    .init("previous", .nullable(.number), isRequired: false, "What it was compared with."),
    .init("evidence", .map(.number), isRequired: false, "What both were made of, by name."),
  ])

  // MARK: - Top lists

  private static func top(
    _ id: String, _ limit: Int, _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) -> JSONValue {
    guard let breakdown = Breakdown.named(id) else { return .array([]) }
    return try entries(breakdown, limit: limit, &ground)
  }

  private static func entries(
    _ breakdown: Breakdown, limit: Int? = nil, _ ground: inout AnalyticsRun.Ground
  ) throws(QueryError) -> JSONValue {
    .array(
      try ground.evaluator.answer(breakdown, limit: limit).entries.map {
        .members(["name": .text($0.name), "count": .integer($0.count)])
      })
  }

  private static let topSchema = Schema.array(
    .named("TopEntry", .object([.init("name", .string), .init("count", .count)])), nil)

  // MARK: - Totals

  private static func totals(_ usage: UsageReport) -> JSONValue {
    func whole(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    let (time, counts) = (usage.time, usage.counts)
    return .members([
      "login_hours": hours(time.total), "active_hours": hours(time.active),
      "idle_hours": hours(time.idle),
      "last_login_at": time.lastLogin.map { AnalyticsJSON.time($0) } ?? .null,
      "last_activity_at": time.lastActivity.map { AnalyticsJSON.time($0) } ?? .null,
      "activities": figure(usage, "activities"), "generations": figure(usage, "generations"),
      "tokens": figure(usage, "total_tokens"), "gpu_hours": figure(usage, "gpu_hours"),
      "cpu_hours": figure(usage, "cpu_hours"),
      "gpu_utilization": figure(usage, "gpu_utilization"),
      "dataset_bytes": whole(usage.storage.datasets),
      "checkpoint_bytes": whole(usage.storage.checkpoints),
      "export_bytes": whole(usage.storage.exports),
      "training_completed": figure(usage, "training_completed"),
      "training_failed": figure(usage, "training_failed"),
      "training_cancelled": figure(usage, "training_cancelled"),
      "training_hours_mean": figure(usage, "training_hours_mean"),
      "test_runs": .integer(counts.testRuns), "inference_jobs": .integer(counts.inferences),
      "export_jobs": .integer(counts.exports), "deployments": figure(usage, "deployments"),
      "projects_created": figure(usage, "projects_created"),
      "projects_joined": .integer(counts.projectsJoined),
      "datasets_created": .integer(counts.datasetsCreated),
      "datasets_shared": .integer(counts.datasetsShared),
      "gpu_cost_usd": CostJSON.dollars(usage.costs.gpu),
      "storage_cost_usd": CostJSON.dollars(usage.costs.storage.microdollars),
      "inference_cost_usd": CostJSON.dollars(usage.costs.inference),
      "api_errors": .integer(counts.failedCalls),
    ])
  }

  private static let totalsSchema: Schema = {
    let numbers = [
      "login_hours", "active_hours", "idle_hours", "gpu_hours", "cpu_hours", "gpu_utilization",
      "training_hours_mean", "gpu_cost_usd", "storage_cost_usd", "inference_cost_usd",
    ]
    let texts = ["last_login_at", "last_activity_at"]
    let names = [
      "login_hours", "active_hours", "idle_hours", "last_login_at", "last_activity_at",
      "activities", "generations", "tokens", "gpu_hours", "cpu_hours", "gpu_utilization",
      "dataset_bytes", "checkpoint_bytes", "export_bytes", "training_completed",
      "training_failed", "training_cancelled", "training_hours_mean", "test_runs",
      "inference_jobs", "export_jobs", "deployments", "projects_created", "projects_joined",
      "datasets_created", "datasets_shared", "gpu_cost_usd", "storage_cost_usd",
      "inference_cost_usd", "api_errors",
    ]
    return .named(
      "UsageTotals",
      .object(
        names.map { name in
          .init(
            name,
            .nullable(
              numbers.contains(name) ? .number : texts.contains(name) ? .string : .integer(nil)))
        }))
  }()

  // MARK: - An organisation

  static func organization(
    _ ground: inout AnalyticsRun.Ground, _ organization: String?
  ) throws(QueryError) -> [JSONValue.Member] {
    let usage = try ground.evaluator.usage()
    let people = try ground.evaluator.people(by: .events, limit: 10, offset: 0)
    let byUser = try ground.evaluator.costShares(by: .user, limit: 10)
    let byProject = try ground.evaluator.costShares(by: .project, limit: 10)
    let byModel = try ground.evaluator.costShares(by: .model, limit: 10)
    let summary: [JSONValue.Member] =
      [
        .init("total_users", .integer(usage.profiles)),
        .init("active_users", figure(usage, "active_users")),
      ] + summary(usage) + [
        .init("total_api_calls", figure(usage, "api_calls")),
        .init("api_error_rate", figure(usage, "api_error_rate")),
        .init("error_rate", figure(usage, "error_rate")),
        .init("generations", figure(usage, "generations")),
        .init("total_tokens", figure(usage, "total_tokens")),
      ]
    let resources: JSONValue = .members([
      "gpu_hours": figure(usage, "gpu_hours"), "cpu_hours": figure(usage, "cpu_hours"),
      "gpu_utilization": figure(usage, "gpu_utilization"),
      "storage_gb": figure(usage, "storage_gb"),
      "storage_growth_gb_per_day": figure(usage, "storage_growth_gb_per_day"),
      "training_hours_mean": figure(usage, "training_hours_mean"),
    ])
    let allocation: JSONValue = .members([
      "total_cost_usd": CostJSON.dollars(usage.costs.total),
      "breakdown": CostJSON.parts(
        usage.costs, ground.range, ground.evaluator.prices,
        organization.flatMap { OrganizationID($0) }),
      "by_user": CostJSON.shares(byUser), "by_project": CostJSON.shares(byProject),
      "by_model": CostJSON.shares(byModel),
    ])
    return [
      .init("range", AnalyticsJSON.range(ground.range)), .init("summary", .object(summary)),
      .init("top_users", .array(people.people.filter { $0.activities > 0 }.map(user))),
      .init("resource_utilization", resources), .init("cost_allocation", allocation),
      .init("is_estimate", true),
      .init(
        "receipt",
        AnalyticsReceipt.json(
          ground, metrics: UsageReport.metrics, leftOut: CostJSON.leftOut(usage.costs))),
    ]
  }

  private static func user(_ person: Person) -> JSONValue {
    .members([
      "user_id": .text(person.id), "events": .integer(person.activities),
      "sessions": .integer(person.sessions), "generations": .integer(person.generations),
      "tokens": person.tokens.map { .integer($0) } ?? .null,
      "cost_usd": AnalyticsJSON.number(person.cost),
    ])
  }

  // MARK: - Schemas

  private static let reportProperties: [Schema.Property] = [
    .init("range", AnalyticsJSON.rangeSchema), .init("summary", .object(summaryProperties)),
    .init("grain", .choice(Grain.names), "Of `timeseries`."),
    .init("timeseries", .array(bucketSchema, nil)),
    .init("insights", .array(insightSchema, nil), "The newest first."),
    .init("top_models", topSchema), .init("top_features", topSchema),
    .init("top_frameworks", topSchema),
    .init(
      "api_usage",
      .object([
        .init("total_calls", .nullable(.count)), .init("error_rate", .nullable(.number)),
        .init("top_endpoints", topSchema),
      ])),
    .init("usage", totalsSchema, "More totals of the period."), .init("is_estimate", .boolean),
  ]

  static let ownSchema = Schema.object(
    [.init("user_id", .string), .init("period", .choice(RangePreset.names))] + reportProperties
      + ListJSON.tailProperties)

  static let personSchema = Schema.object(
    [
      .init("user", PersonJSON.schema), .init("user_id", .string),
      .init("period", .choice(RangePreset.names)),
    ] + reportProperties + ListJSON.tailProperties)

  static let organizationSchema = Schema.object([
    .init("organization_id", .nullable(.string)), .init("period", .choice(Service.periods)),
    .init("range", AnalyticsJSON.rangeSchema),
    .init(
      "summary",
      .object(
        [
          .init("total_users", .count, "With a profile."), .init("active_users", .nullable(.count)),
        ] + summaryProperties + [
          .init("total_api_calls", .nullable(.count)),
          .init("api_error_rate", .nullable(.number)), .init("error_rate", .nullable(.number)),
          .init("generations", .nullable(.count)), .init("total_tokens", .nullable(.count)),
        ])),
    .init(
      "top_users",
      .array(
        .object([
          .init("user_id", .string), .init("events", .count), .init("sessions", .count),
          .init("generations", .count), .init("tokens", .nullable(.count)),
          .init("cost_usd", .nullable(.number), "Of what they did, without storage."),
        ]), 0...10), "Those who did most."),
    .init(
      "resource_utilization",
      .object(
        [
          "gpu_hours", "cpu_hours", "gpu_utilization", "storage_gb", "storage_growth_gb_per_day",
          "training_hours_mean",
        ].map { .init($0, .nullable(.number)) })),
    .init(
      "cost_allocation",
      .object([
        .init("total_cost_usd", .nullable(.number)), .init("breakdown", CostJSON.partsSchema),
        .init("by_user", CostJSON.sharesSchema), .init("by_project", CostJSON.sharesSchema),
        .init("by_model", CostJSON.sharesSchema),
      ])), .init("is_estimate", .boolean), .init("receipt", AnalyticsReceipt.schema),
  ])
}
