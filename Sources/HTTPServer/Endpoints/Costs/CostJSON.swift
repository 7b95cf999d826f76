internal import AccessControl
internal import Analytics
internal import Pricing

/// Costs as JSON: in US dollars, all of them estimates.
enum CostJSON {
  /// Of the catalogue, beside the sums.
  static let metrics = [
    "total_cost", "usage_cost", "gpu_cost", "inference_cost", "storage_cost", "cost_per_user",
    "cost_per_training_job", "cost_growth_rate", "unpriced_token_share",
  ]

  static func dollars(_ microdollars: Int64?) -> JSONValue {
    microdollars.map { .number(Double($0) / 1_000_000) } ?? .null
  }

  /// So that a year has no more points than people look at.
  static func grain(of range: ReportRange) -> Grain {
    switch range.dayCount {
    case ...120: .day
    case ...800: .week
    default: .month
    }
  }

  // MARK: - Sums

  static func parts(
    _ answer: CostAnswer, _ range: ReportRange, _ book: PriceBook, _ organization: OrganizationID?
  ) -> JSONValue {
    let end = UnixTime(milliseconds: min(range.window.end, range.now + 1) - 1)
    func rate(_ resource: Resource) -> JSONValue {
      dollars(book.rate(of: resource, for: organization, at: end))
    }
    return .members([
      "gpu": .members([
        "cost_usd": dollars(answer.gpu), "usage_hours": .number(answer.gpuSeconds / 3600),
        "rate_per_hour": rate(.gpu),
      ]),
      "storage": .members([
        "cost_usd": dollars(answer.storage.microdollars),
        "usage_gb": .number(Double(answer.storage.byteCount) / StorageUse.bytesPerGigabyte),
        "rate_per_gb_month": rate(.storage),
      ]),
      "inference": .members([
        "cost_usd": dollars(answer.inference), "requests": .integer(answer.requestCount),
        "rate_per_1000_requests": rate(.inference),
      ]),
    ])
  }

  static let partsSchema = Schema.named(
    "CostParts",
    .object([
      .init(
        "gpu",
        .object([
          .init("cost_usd", .nullable(.number), "Of events that say GPU time."),
          .init("usage_hours", .number), .init("rate_per_hour", .nullable(.number)),
        ])),
      .init(
        "storage",
        .object([
          .init("cost_usd", .nullable(.number), "GB-days / 30 x rate."),
          .init("usage_gb", .number, "At the end; a GB is 1024^3 bytes."),
          .init("rate_per_gb_month", .nullable(.number)),
        ])),
      .init(
        "inference",
        .object([
          .init("cost_usd", .nullable(.number), "Of all other events: tokens, requests to models."),
          .init("requests", .count, "The metric `model_requests`."),
          .init("rate_per_1000_requests", .nullable(.number)),
        ])),
    ]))

  static func summary(
    _ answer: CostAnswer, _ range: ReportRange, _ book: PriceBook, _ organization: OrganizationID?
  ) -> JSONValue {
    .members([
      "total_cost_usd": dollars(answer.total),
      "breakdown": parts(answer, range, book, organization),
      "by_source": .members([
        "sent": dollars(answer.sent), "model_price": dollars(answer.modelPrice),
        "resource_rate": dollars(answer.resourceRate),
        "storage_rate": dollars(answer.storage.microdollars),
      ]),
      "tokens": .members([
        "total": .integer(answer.tokenCount), "unpriced": .integer(answer.unpricedTokenCount),
        "unpriced_share": answer.unpricedShare.map { .number($0) } ?? .null,
      ]),
      "storage_gb_days": .number(answer.storage.gigabyteDays),
    ])
  }

  /// What sums do not have.
  static func leftOut(_ answer: CostAnswer) -> [JSONValue] {
    var leftOut: [JSONValue] = []
    if answer.unpricedTokenCount > 0 {
      leftOut.append(
        .members([
          "what": "tokens", "count": .integer(answer.unpricedTokenCount),
          "why": "their model has no price: costs do not have them",
        ]))
    }
    if answer.storage.isRateMissing {
      leftOut.append(
        .members([
          "what": "storage", "why": "there was no rate for some of the time: costs do not have it",
        ]))
    }
    return leftOut
  }

  // MARK: - Over time

  static func trend(_ buckets: [CostBucket], _ range: ReportRange) -> JSONValue {
    .array(
      buckets.map {
        .members([
          "date": .text(range.zone.day(of: $0.bucket.start).description),
          "cost_usd": dollars($0.total), "gpu_usd": dollars($0.gpu),
          "storage_usd": dollars($0.storage), "inference_usd": dollars($0.inference),
          "is_partial": .boolean($0.bucket.isPartial),
        ])
      })
  }

  private static let trendSchema = Schema.array(
    .named(
      "CostBucket",
      .object([
        .init("date", .string, "The first day of the day, week or month."),
        .init("cost_usd", .nullable(.number)), .init("gpu_usd", .nullable(.number)),
        .init("storage_usd", .nullable(.number)), .init("inference_usd", .nullable(.number)),
        .init("is_partial", .boolean),
      ])), nil)

  static func anomaly(_ anomaly: CostAnomaly) -> JSONValue {
    .members([
      "date": .text(anomaly.day.description), "cost_usd": dollars(anomaly.cost),
      "median_usd": dollars(anomaly.median), "mad_usd": dollars(anomaly.deviation),
      "weeks": .integer(Int64(anomaly.weekCount)),
      "score": .number(Double(anomaly.score) / 1000),
      "threshold": .number(Double(CostAnomaly.threshold) / 1000),
      "direction": .text(anomaly.direction.rawValue), "is_running": .boolean(anomaly.isRunning),
    ])
  }

  private static let anomalySchema = Schema.named(
    "CostAnomaly",
    .object([
      .init("date", .string), .init("cost_usd", .number),
      .init("median_usd", .number, "Of the same day of the week before."),
      .init("mad_usd", .number, "The median distance from it."), .init("weeks", .count),
      .init("score", .number), .init("threshold", .number),
      .init("direction", .choice(["high", "low"])),
      .init("is_running", .boolean, "The day is not over: it has cost too much already."),
    ]))

  // MARK: - Lists

  static func name(of dimension: CostDimension) -> String {
    switch dimension {
    case .model: "by_model"
    case .user: "by_user"
    case .project: "by_project"
    case .organization: "by_organization"
    case .feature: "by_feature"
    case .category: "by_category"
    }
  }

  static func shares(_ shares: CostShares) -> JSONValue {
    .members([
      "entries": .array(
        shares.shares.map { share in
          .members([
            "name": share.name.map { .text($0) } ?? .null,
            "cost_usd": dollars(share.microdollars), "events": .integer(share.eventCount),
            "tokens": .integer(share.tokenCount),
            "unpriced_tokens": .integer(share.unpricedTokenCount),
          ])
        }),
      "other_cost_usd": dollars(shares.other), "total_cost_usd": dollars(shares.total),
      "kinds": .integer(shares.kindCount),
    ])
  }

  static let sharesSchema = Schema.named(
    "CostShares",
    .object([
      .init(
        "entries",
        .array(
          .object([
            .init("name", .nullable(.string), "Null: events that do not say."),
            .init("cost_usd", .nullable(.number)), .init("events", .count),
            .init("tokens", .count), .init("unpriced_tokens", .count),
          ]), nil), "What cost most."),
      .init("other_cost_usd", .nullable(.number), "Of those below the list."),
      .init("total_cost_usd", .nullable(.number), "Of events: without storage."),
      .init("kinds", .count, "How many there are."),
    ]))

  // MARK: - Schemas

  static let breakdownSchema = Schema.object([
    .init("period", .string), .init("total_cost_usd", .nullable(.number)),
    .init("breakdown", partsSchema), .init("trend", trendSchema),
    .init("is_estimate", .boolean), .init("range", AnalyticsJSON.rangeSchema),
    .init("receipt", AnalyticsReceipt.schema),
  ])

  static let schema = Schema.object(
    [
      .init("range", AnalyticsJSON.rangeSchema), .init("is_estimate", .boolean),
      .init(
        "summary",
        .object([
          .init("total_cost_usd", .nullable(.number)), .init("breakdown", partsSchema),
          .init(
            "by_source",
            .object([
              .init("sent", .nullable(.number), "As the sender said."),
              .init("model_price", .nullable(.number), "Tokens x the price of their model."),
              .init("resource_rate", .nullable(.number), "GPU time and requests x their rates."),
              .init("storage_rate", .nullable(.number)),
            ])),
          .init(
            "tokens",
            .object([
              .init("total", .count), .init("unpriced", .count),
              .init("unpriced_share", .nullable(.number)),
            ])),
          .init("storage_gb_days", .number),
        ])),
      .init("metrics", .array(AnalyticsJSON.figureSchema, nil)),
    ]
      + CostDimension.allCases.map { .init(name(of: $0), sharesSchema) } + [
        .init("grain", .choice(Grain.names)), .init("over_time", trendSchema),
        .init("anomalies", .array(anomalySchema, nil)),
        .init("receipt", AnalyticsReceipt.schema),
      ])
}
