import Analytics
import ColumnStore
import Engine
import Platform
import QueryLanguage
import Testing

/// Metrics over days whose events are gone.
@Suite struct `Days that are gone` {
  /// Events are kept from 2026-02-14 on.
  private static let keptFrom: Int64 = 1_771_027_200_000

  private static func world(zone: String = "UTC") throws -> MetricWorld {
    let world = try MetricWorld(zone: zone)
    var session = Session()
    for rollUp in BuiltInSchema.rollUps where rollUp.source == "events" {
      _ = try world.engine.execute(rollUp.definition, in: &session)
    }
    _ = try world.engine.execute("ALTER TABLE events SET (retention_days = 30)", in: &session)
    return world
  }

  private static func dropDays(_ world: MetricWorld) throws {
    let outcomes = try world.engine.applyRetention(now: MetricWorld.now)
    #expect(outcomes.first?.table == "events" && (outcomes.first?.rowCount ?? 0) > 100)
  }

  private static func evaluator(
    _ world: MetricWorld, _ arguments: [String: String], filters: MetricFilters = MetricFilters()
  ) throws -> MetricEvaluator {
    MetricEvaluator(
      world.engine, session: Session(),
      MetricQuestion(try world.range(arguments), filters: filters))
  }

  /// People are estimated, which is exact for so few; quantiles are those of digests.
  private static func isNear(_ value: Double?, _ before: Double?, _ id: String) -> Bool {
    guard let value, let before else { return value == nil && before == nil }
    let share = id.contains("latency_p") ? 0.05 : 1e-9
    return (value - before).magnitude <= share * max(before.magnitude, 1)
  }

  private static let metrics = MetricCatalogue.metrics.filter {
    $0.source == .events && $0.id != "retention_30d"
  }

  /// What rests on all that was ever stored, of which nobody knows how much is of days that are gone.
  private static let ofStorage: Set = [
    "storage_cost", "total_cost", "cost_per_user", "cost_30d", "cost_growth_rate",
  ]

  /// The last day is over, so that nothing is compared with a part of a day.
  private static let ranges = [
    ["from": "2026-01-05", "to": "2026-02-03"], ["from": "2026-01-20", "to": "2026-03-05"],
    ["from": "2026-02-20", "to": "2026-03-05"],
  ]

  @Test func `have the figures that they had, or none and a reason`() throws {
    let world = try Self.world()
    var answers: [[MetricFigure]] = []
    for round in 0..<4 {
      if round == 2 { try Self.dropDays(world) }
      for arguments in Self.ranges {
        var evaluator = try Self.evaluator(
          world, arguments, filters: round % 2 == 1 ? Self.people : MetricFilters())
        let figures = try evaluator.figures(Self.metrics, first: MetricWorld.start)
        guard round > 1 else {
          answers.append(figures)
          continue
        }
        let before = answers.removeFirst()
        let use = evaluator.rolledUp
        #expect(use?.keptFrom == Self.keptFrom)
        for (now, then) in zip(figures, before) {
          let id = now.metric.id
          if now.unavailable != nil || Self.ofStorage.contains(id) {
            #expect(now.unavailable == nil || now.value == nil, "\(id)")
            #expect(use?.missing[id] != nil, "\(id)")
            continue
          } else {
            #expect(Self.isNear(now.value, then.value, id), "\(id) \(arguments)")
          }
          if now.previous?.value != nil {
            #expect(Self.isNear(now.previous?.value, then.previous?.value, id), "\(id) before")
          }
        }
        let known = figures.filter { $0.unavailable == nil }.map(\.metric.id)
        #expect(known.contains("total_tokens") && known.contains("generations"))
        #expect(known.contains("mau"))
        if round == 2 {
          #expect(known.contains("error_rate") && known.contains("generation_latency_p50"))
          #expect(known.contains("api_error_rate") && known.contains("storage_gb"))
        }
      }
    }
  }

  private static var people: MetricFilters {
    var filters = MetricFilters()
    filters.roles = ["user"]
    return filters
  }

  @Test(arguments: [Grain.day, .week, .month])
  func `have the trends that they had`(grain: Grain) throws {
    let world = try Self.world()
    let metrics = MetricCatalogue.trendIDs.compactMap { MetricCatalogue.metric($0) }
      .filter { $0.source == .events }
    let arguments = ["from": "2026-01-31", "to": "2026-03-05"]
    var before = try Self.evaluator(world, arguments)
    let then = try #require(try before.trend(metrics, by: grain))
    #expect(before.rolledUp == nil)
    try Self.dropDays(world)
    var after = try Self.evaluator(world, arguments)
    let now = try #require(try after.trend(metrics, by: grain))
    let use = try #require(after.rolledUp)
    #expect(use.keptFrom == Self.keptFrom && use.views.contains("events_daily"))
    for (left, right) in zip(now.series, then.series) {
      let id = left.metric.id
      if Self.ofStorage.contains(id) {
        #expect(use.missing["storage_cost"] != nil)
        continue
      }
      for (index, bucket) in now.buckets.enumerated() {
        if left.values[index] == nil, bucket.start < Self.keptFrom, use.missing[id] != nil {
          continue
        }
        #expect(Self.isNear(left.values[index], right.values[index], id), "\(id) \(index)")
      }
    }
    for id in ["active_users", "mau", "total_tokens", "error_rate", "requests"] {
      #expect(use.missing[id] == nil, "\(id)")
    }
    #expect(use.missing["activation_rate"] != nil)
  }

  @Test func `have the top lists that they had`() throws {
    let world = try Self.world()
    let arguments = ["from": "2026-01-20", "to": "2026-03-05"]
    let lists = ["error_codes", "event_types", "models", "users", "features"].compactMap {
      Breakdown.named($0)
    }
    var before = try Self.evaluator(world, arguments)
    let then = try lists.map { list in try before.answer(list) }
    try Self.dropDays(world)
    var after = try Self.evaluator(world, arguments)
    for (list, expected) in zip(lists, then) {
      let now = try after.answer(list)
      if now.unavailable == nil { #expect(now == expected, "\(list.id)") }
    }
    #expect(after.rolledUp?.missing["error_codes"] == nil)
    #expect(after.rolledUp?.missing["event_types"] == nil)
  }

  @Test func `are not split where days begin at other times than in UTC`() throws {
    let world = try Self.world(zone: "Asia/Kolkata")
    try Self.dropDays(world)
    var evaluator = try Self.evaluator(world, ["from": "2026-02-01", "to": "2026-03-05"])
    let tokens = try #require(MetricCatalogue.metric("total_tokens"))
    let figure = try #require(try evaluator.figures([tokens], first: nil).first)
    #expect(figure.value == nil && figure.unavailable?.contains("time_zone=UTC") == true)
    let trend = try #require(try evaluator.trend([tokens], by: .day))
    let isKnown = trend.series[0].values.map { $0 != nil }
    #expect(isKnown.firstIndex(of: true) ?? 0 > 10 && isKnown.last == true)
    #expect(evaluator.rolledUp?.missing["total_tokens"] != nil)
  }
}
