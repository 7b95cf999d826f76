import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

/// What holds for every metric of the catalogue, whatever it is about.
@Suite struct MetricPropertyTests {
  private static let zones = ["UTC", "Asia/Kolkata", "America/New_York"]

  /// How a metric of rows comes from the same metric of parts of them.
  private enum Merging {
    /// Added up.
    case sum
    /// Of distinct people: those of the larger part at least, and of both together at most.
    case union
    /// Its parts, numerator and denominator, each for itself.
    case share(Share, Share)
    /// A mean or a quantile: not less than that of every part, and not more.
    case between
  }

  private enum Share {
    case sum
    case union
    /// At most those of both: who counts in a part may not count in the whole, which looks at the first signup.
    case atMost
    /// The same for all parts: days.
    case constant
  }

  /// Means and quantiles, whose parts do not say what they are made of.
  private static let means: Set = [
    "generation_latency_p50", "generation_latency_p95", "generation_latency_mean",
    "api_response_time_mean", "training_hours_mean", "gpu_utilization", "members_per_project",
    "rating_mean",
  ]

  /// Shares of people, and of people's courses: who is in two parts is in the whole once.
  private static let sharesOfPeople: Set = ["course_completion_rate"]

  private static func merging(_ metric: MetricDefinition) -> Merging {
    func share(_ id: String) throws -> Share {
      switch merging(try #require(MetricCatalogue.metric(id))) {
      case .sum: .sum
      case .union: .union
      case .share, .between: throw Unexpected()
      }
    }
    switch metric.formula {
    case .quotient(let upper, let lower):
      guard let upper = try? share(upper), let lower = try? share(lower) else { return .between }
      return .share(upper, lower)
    case .growth: return .share(.sum, .sum)
    default: break
    }
    if means.contains(metric.id) { return .between }
    if metric.id == "activation_rate" { return .share(.atMost, .atMost) }
    if sharesOfPeople.contains(metric.id) { return .share(.union, .union) }
    switch metric.unit {
    case .people: return .union
    case .ratio, .mean, .milliseconds, .stars, .gigabytesPerDay: return .share(.sum, .sum)
    case .hours where metric.id == "average_session_hours": return .share(.sum, .sum)
    case .count, .hours, .gigabytes, .dollars, .tokens: return .sum
    }
  }

  private struct Unexpected: Error {}

  private static func near(_ left: Double, _ right: Double, within tolerance: Double = 0) -> Bool {
    (left - right).magnitude <= max(tolerance, 1e-9 * max(left.magnitude, right.magnitude))
  }

  /// `ofPeople`: nobody is in two parts.
  private static func check(
    _ whole: MetricFigure, _ parts: [MetricFigure], ofPeople: Bool, tolerance: Double = 0,
    _ comment: String
  ) {
    let id = whole.metric.id
    #expect(whole.unavailable == nil && parts.allSatisfy { $0.unavailable == nil }, "\(id)")
    let values = parts.compactMap(\.value)
    /// What is not there adds nothing, on either side.
    func compare(
      _ share: Share, _ whole: Double?, _ parts: [Double?], _ name: String
    ) {
      let (whole, known) = (whole ?? 0, parts.compactMap(\.self))
      let sum = known.reduce(0, +)
      switch share {
      case .constant: #expect(known.allSatisfy { $0 == whole }, "\(id) \(name) \(comment)")
      case .sum:
        #expect(near(sum, whole, within: tolerance), "\(id) \(name) \(comment): \(known) \(whole)")
      case .union:
        #expect(whole <= sum && whole >= known.max() ?? 0, "\(id) \(name) \(comment)")
        if ofPeople { #expect(whole == sum, "\(id) \(name) \(comment)") }
      case .atMost:
        #expect(ofPeople ? whole == sum : whole <= sum, "\(id) \(name) \(comment)")
      }
    }
    switch merging(whole.metric) {
    case .sum: compare(.sum, whole.value, parts.map(\.value), "")
    case .union: compare(.union, whole.value, parts.map(\.value), "")
    case .share(let upper, var lower):
      if ofPeople, ["average_dau", "storage_growth_gb_per_day"].contains(id) { lower = .constant }
      compare(upper, whole.current.numerator, parts.map(\.current.numerator), "numerator")
      compare(lower, whole.current.denominator, parts.map(\.current.denominator), "denominator")
      if let value = whole.value, let numerator = whole.current.numerator,
        let denominator = whole.current.denominator
      {
        let expected = numerator / denominator
        if case .growth = whole.metric.formula {
          #expect(near(value, expected - 1, within: 1e-9), "\(id) \(comment)")
        } else {
          #expect(near(value, expected), "\(id) \(comment)")
        }
      }
    case .between:
      #expect((whole.value == nil) == values.isEmpty, "\(id) \(comment)")
      if let value = whole.value, let least = values.min(), let most = values.max() {
        // Quantiles interpolate between two values, which may be of two parts.
        let slack = id.contains("_p") ? 0.1 * most : 1e-9 * most
        #expect(value >= least - slack && value <= most + slack, "\(id) \(comment)")
      }
    }
  }

  private func filters(_ change: (inout MetricFilters) -> Void) -> MetricFilters {
    var filters = MetricFilters()
    change(&filters)
    return filters
  }

  @Test(arguments: zones)
  func `filters that divide people divide the figures`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    let metrics = MetricCatalogue.metrics
    for arguments in [["range": "30d"], ["from": "2026-01-20", "to": "2026-02-25"]] {
      let range = try world.range(arguments)
      let roles = ["user", "manager", "admin"]
      let whole = try world.figures(metrics, range, filters: filters { $0.roles = roles })
      let divisions: [(String, [MetricFilters])] = [
        ("roles", roles.map { role in filters { $0.roles = [role] } }),
        ("domains", ["a.example", "b.example"].map { name in filters { $0.domains = [name] } }),
        ("statuses", ["active", "invited"].map { name in filters { $0.statuses = [name] } }),
        (
          "people",
          (0..<4).map { part in filters { $0.users = (part * 10..<part * 10 + 10).map { "u\($0)" } }
          }
        ),
      ]
      for (name, division) in divisions {
        let parts = try division.map { try world.figures(metrics, range, filters: $0) }
        for metric in metrics {
          let figure = try #require(whole[metric.id])
          // Storage is rounded for each organisation and day, so each part has its own roundings.
          let tolerance = metric.group == .cost ? 0.5e-6 * 4 * 60 * 3 * 4 : 0
          Self.check(
            figure, parts.compactMap { $0[metric.id] }, ofPeople: true, tolerance: tolerance, name)
        }
      }
      #expect(whole.values.count { ($0.value ?? 0) > 0 } > metrics.count * 3 / 4)
    }
    // Not of who never signed up: neither activated nor not.
    let range = try world.range(["range": "30d"])
    let known = try world.figures(metrics, range)
    let activated = try [true, false].map { flag in
      try world.figures(metrics, range, filters: filters { $0.isActivated = flag })
    }
    for metric in metrics where metric.unit == .count {
      let sum = activated.reduce(0) { $0 + ($1[metric.id]?.value ?? 0) }
      #expect(sum <= known[metric.id]?.value ?? 0, "\(metric.id)")
    }
    #expect((activated[0]["chats"]?.value ?? 0) > 0)
  }

  @Test(arguments: zones)
  func `a window cut in two adds up`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    for (from, last, next, to) in [
      ("2026-02-01", "2026-02-17", "2026-02-18", "2026-03-01"),
      // Clocks change in New York.
      ("2026-03-04", "2026-03-08", "2026-03-09", "2026-03-13"),
      // Not at midnight.
      ("2026-02-10T06:30:00Z", "2026-02-12T13:00:00Z", "2026-02-12T13:00:00Z", "2026-02-20"),
    ] {
      let whole = try world.figures(try world.range(["from": from, "to": to]))
      let first = try world.figures(try world.range(["from": from, "to": last]))
      let second = try world.figures(try world.range(["from": next, "to": to]))
      for metric in MetricCatalogue.metrics {
        let figure = try #require(whole[metric.id])
        let parts = [try #require(first[metric.id]), try #require(second[metric.id])]
        guard metric.window == .range else {
          // It looks at days before the anchor, which is that of the second part.
          #expect(figure.value == parts[1].value, "\(metric.id)")
          continue
        }
        // Of several signups of a person the first of a window counts, which may be ripe in the whole alone.
        if metric.id == "immature_signups" { continue }
        // A day that is cut counts in both parts, for those which count days; and is rounded in both.
        if from.contains("T"), ["average_dau", "storage_growth_gb_per_day"].contains(metric.id) {
          continue
        }
        let tolerance = from.contains("T") && metric.group == .cost ? 0.5e-6 * 4 * 2 : 0
        Self.check(figure, parts, ofPeople: false, tolerance: tolerance, "\(from) \(to)")
      }
    }
  }

  /// The question of the earlier period by itself gives what the later one is compared with; and what went up
  /// from the one to the other went down as much from the other to the one.
  @Test(arguments: zones, [PeriodComparison.previous, .weekday])
  func `a change backwards is the change forwards, turned round`(
    zone: String, comparison: PeriodComparison
  ) throws {
    let world = try MetricWorld(zone: zone)
    for arguments in [["range": "30d"], ["from": "2026-02-20", "to": "2026-03-05"]] {
      let range = try world.range(arguments)
      let now = try world.figures(MetricCatalogue.metrics, range, comparison: comparison)
      var compared = 0
      for metric in MetricCatalogue.metrics {
        let figure = try #require(now[metric.id])
        guard let previous = figure.previous else {
          #expect(figure.delta == MetricDelta(nil, nil))
          continue
        }
        compared += 1
        let backwards = MetricDelta(previous.value, figure.value)
        #expect(backwards.absolute == figure.delta.absolute.map { -$0 }, "\(metric.id)")
        if let value = figure.value, let earlier = previous.value, value != 0, earlier != 0 {
          let there = try #require(figure.delta.percent)
          let back = try #require(backwards.percent)
          #expect(there.sign != back.sign || there == 0, "\(metric.id)")
        } else {
          #expect(figure.delta.percent == nil || figure.value == 0, "\(metric.id)")
        }
        // Of a window that is running, the part before it has no end of its own to ask for.
        guard !figure.isRunning else { continue }
        let earlier = ReportRange(
          preset: .custom, window: previous.window, zone: world.zone, now: MetricWorld.now)
        let alone = try world.figures([metric], earlier, comparison: .none)[metric.id]
        #expect(alone?.value == previous.value, "\(metric.id)")
        #expect(alone?.previous == nil)
      }
      #expect(compared > MetricCatalogue.metrics.count / 2)
    }
  }

  @Test func `a difference has a sign, and none in per cent of nothing`() {
    for (left, right) in [(3.0, 5.0), (0, 2), (-1, 4), (7, 7)] {
      let forwards = MetricDelta(right, left)
      let backwards = MetricDelta(left, right)
      #expect(forwards.absolute == backwards.absolute.map { -$0 })
      #expect((forwards.percent == nil) == (left == 0))
    }
    #expect(MetricDelta(nil, 1) == MetricDelta(1, nil))
    #expect(MetricDelta(1, nil).absolute == nil)
    #expect(MetricDelta(1, 4).percent == -75)
    #expect(MetricDelta(-1, -4).percent == 75)
  }

  @Test func `nothing happened is no data for rates, and 0 for counts`() throws {
    let empty = try MetricWorld(count: 0)
    let world = try MetricWorld()
    let nobody = filters { $0.users = ["nobody"] }
    let questions: [(MetricWorld, [String: String], MetricFilters)] = [
      (empty, ["range": "7d"], MetricFilters()), (empty, ["range": "24h"], nobody),
      (world, ["range": "30d"], nobody),
      (world, ["from": "2020-01-01", "to": "2020-01-31"], MetricFilters()),
    ]
    for (world, arguments, filters) in questions {
      let range = try world.range(arguments)
      let figures = try world.figures(MetricCatalogue.metrics, range, filters: filters)
      for (id, figure) in figures {
        // What there is now has no range.
        if figure.metric.window == .now, filters.isEmpty { continue }
        #expect(figure.unavailable == nil, "\(id): \(figure.unavailable ?? "")")
        switch figure.metric.unit {
        case .people, .count: #expect(figure.value == 0, "\(id)")
        case .mean where id == "average_dau": #expect(figure.value ?? 0 == 0)
        case .ratio, .milliseconds, .hours, .gigabytes, .gigabytesPerDay, .dollars, .tokens, .stars,
          .mean:
          #expect(figure.value == nil, "\(id)")
        }
        #expect(figure.delta.percent == nil, "\(id)")
      }
      var evaluator = MetricEvaluator(
        world.engine, session: Session(), MetricQuestion(range, filters: filters))
      let trends = MetricCatalogue.metrics.filter(\.hasTrend)
      let trend = try #require(try evaluator.trend(trends, by: .fitting(range)))
      for series in trend.series {
        let known = series.values.compactMap(\.self)
        #expect(known.allSatisfy { $0 == 0 }, "\(series.metric.id)")
      }
      for breakdown in Breakdown.all {
        let answer = try evaluator.answer(breakdown)
        #expect(answer.unavailable == nil, "\(breakdown.id)")
        #expect(answer.entries.isEmpty && answer.total == 0, "\(breakdown.id)")
        #expect(answer.other == 0 && answer.otherKinds == 0 && answer.none == 0, "\(breakdown.id)")
      }
    }
  }

  /// The values of a trend over its buckets are the metric's over the same windows.
  @Test(arguments: zones, [Grain.day, .week, .month])
  func `a bucket of a trend is what the metric says of its window`(
    zone: String, grain: Grain
  ) throws {
    let world = try MetricWorld(zone: zone)
    let metrics = MetricCatalogue.metrics.filter { $0.hasTrend && $0.window == .range }
    let range = try world.range(["from": "2026-02-03T05:00:00Z", "to": "2026-03-12"])
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let trend = try #require(try evaluator.trend(metrics, by: grain))
    for place in [0, 1, trend.buckets.count - 1] {
      let inner = ReportRange(
        preset: .custom, window: trend.buckets[place].window, zone: world.zone,
        now: MetricWorld.now)
      let values = try world.figures(metrics, inner)
      for series in trend.series {
        let (value, expected) = (series.values[place], values[series.metric.id]?.value)
        let isNear =
          value == nil || expected == nil
          ? value ?? 0 == expected ?? 0 : Self.near(value ?? 0, expected ?? 0)
        #expect(isNear, "\(series.metric.id) \(place): \(value as Any) \(expected as Any)")
      }
    }
  }
}
