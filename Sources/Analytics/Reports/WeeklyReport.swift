public import ColumnStore

/// What an organisation, or a person in it, did in a week (ISO 8601, from Monday to Sunday), and in the one
/// before: metrics of the catalogue.
public struct WeeklyReport: Sendable {
  public struct Line: Sendable, Equatable {
    public var metric: MetricDefinition
    /// `nil`: no data, or nothing to divide by.
    public var value: Double?
    public var previous: Double?

    public init(_ metric: MetricDefinition, _ value: Double?, _ previous: Double?) {
      self.metric = metric
      self.value = value
      self.previous = previous
    }

    public var delta: MetricDelta { MetricDelta(value, previous) }
  }

  public var week: ReportWeek
  public var organization: String
  /// `nil`: the organisation.
  public var user: String?
  public var lines: [Line]

  public init(week: ReportWeek, organization: String, user: String?, lines: [Line]) {
    self.week = week
    self.organization = organization
    self.user = user
    self.lines = lines
  }

  /// Of an organisation.
  public static let metrics = named([
    "active_users", "new_signups", "sessions", "activities", "generations",
    "content_success_rate", "generation_latency_p95", "error_rate", "training_jobs",
    "training_success_rate", "gpu_hours", "total_tokens", "unpriced_token_share", "total_cost",
    "cost_per_user", "rating_mean",
  ])

  /// Of a person: those that are counted over events alone.
  public static let personalMetrics = named([
    "activities", "generations", "content_success_rate", "training_jobs", "training_success_rate",
    "gpu_hours", "total_tokens", "usage_cost",
  ])

  private static func named(_ ids: [String]) -> [MetricDefinition] {
    ids.map { MetricCatalogue.known($0) }
  }
}

/// A week with the zone whose days it has.
public struct ReportWeek: Sendable {
  public let monday: Day
  public let zone: TimeZoneRules

  /// The last week that is over at a moment.
  public init(before now: Int64, in zone: TimeZoneRules) {
    let today = zone.day(of: now).number
    monday = Day(Calendar.startOfWeek(days: today) - 7)
    self.zone = zone
  }

  public var sunday: Day { monday.advanced(by: 6) }

  /// `2026-W03`.
  public var name: String {
    let (year, week) = Calendar.isoWeek(days: monday.number)
    return "\(year)-W\(week < 10 ? "0" : "")\(week)"
  }

  /// As of its end, so that it is the same whenever it is asked for.
  public var range: ReportRange {
    let window = zone.window(monday...sunday)
    return ReportRange(preset: .custom, window: window, zone: zone, now: window.end)
  }
}
