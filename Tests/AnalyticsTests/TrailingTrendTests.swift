import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

/// Metrics over days that end with the anchor, over time.
@Suite struct `A trend of what ends with each day` {
  private static func isEqual(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return (left - right).magnitude <= 1e-12
  }

  private static func trend(
    _ world: MetricWorld, _ ids: [String], _ arguments: [String: String], by grain: Grain,
    filters: MetricFilters = MetricFilters(), distinct: MetricQuestion.Distinct = .exact
  ) throws -> TrendAnswer {
    var evaluator = MetricEvaluator(
      world.engine, session: Session(),
      MetricQuestion(try world.range(arguments), filters: filters, distinct: distinct))
    return try #require(
      try evaluator.trend(ids.compactMap { MetricCatalogue.metric($0) }, by: grain))
  }

  private static let ids = ["active_users", "dau", "wau", "mau", "stickiness", "activation_rate"]

  @Test(arguments: ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia"])
  func `has on each day what the figure is with this day as anchor`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    for round in 0..<2 {
      var filters = MetricFilters()
      if round == 1 { filters.domains = ["a.example"] }
      // Clocks change in New York within it.
      let arguments = ["from": "2026-02-27", "to": "2026-03-16"]
      let trend = try Self.trend(world, Self.ids, arguments, by: .day, filters: filters)
      #expect(trend.buckets.count == 18)
      for (index, bucket) in trend.buckets.enumerated() {
        let day = world.zone.day(of: bucket.start).description
        let figures = try world.figures(
          Self.ids.compactMap { MetricCatalogue.metric($0) },
          try world.range(["from": day, "to": day]), filters: filters)
        for series in trend.series {
          #expect(series.unavailable == nil)
          #expect(
            Self.isEqual(series.values[index], figures[series.metric.id]?.value),
            "\(series.metric.id) on \(day)")
        }
      }
    }
  }

  @Test func `has in a week what the figure is on its last day`() throws {
    let world = try MetricWorld()
    let trend = try Self.trend(
      world, ["mau"], ["from": "2026-02-02", "to": "2026-03-04"], by: .week)
    #expect(trend.buckets.count == 5)
    for (bucket, value) in zip(trend.buckets, trend.series[0].values) {
      let day = world.zone.day(of: bucket.window.end - 1).description
      let figure = try world.figures(try world.range(["from": day, "to": day]))["mau"]
      #expect(value == figure?.value, "\(day)")
    }
  }

  @Test func `counts the same with active people beside it and without`() throws {
    let world = try MetricWorld()
    let range = ["from": "2026-02-10", "to": "2026-03-10"]
    let alone = try Self.trend(world, ["active_users"], range, by: .day).series[0].values
    #expect(
      try Self.trend(world, ["active_users", "mau"], range, by: .day).series[0].values == alone)
    // A day that the range cuts has fewer.
    let cut = ["from": "2026-02-10T12:00:00Z", "to": "2026-03-10"]
    let part = try Self.trend(world, ["active_users", "mau"], cut, by: .day).series[0].values
    #expect(part == (try Self.trend(world, ["active_users"], cut, by: .day)).series[0].values)
  }

  @Test(arguments: Grain.allCases)
  func `is near when it is estimated, from the same sketches in all grains`(grain: Grain) throws {
    let world = try MetricWorld(zone: "Asia/Kathmandu")
    let ids = grain == .hour ? ["active_users"] : ["active_users", "wau", "mau"]
    let range = grain == .hour ? ["range": "7d"] : ["range": "90d"]
    let exact = try Self.trend(world, ids, range, by: grain)
    let estimated = try Self.trend(world, ids, range, by: grain, distinct: .approximate)
    for (left, right) in zip(exact.series, estimated.series) {
      for (value, estimate) in zip(left.values, right.values) {
        // So few are counted without an error.
        #expect(value == estimate, "\(left.metric.id)")
      }
    }
  }

  @Test func `says that hours have none`() throws {
    let world = try MetricWorld()
    let trend = try Self.trend(world, ["mau", "stickiness", "errors"], ["range": "24h"], by: .hour)
    #expect(trend.series.map { $0.unavailable == nil } == [false, false, true])
    #expect(trend.series[0].values.allSatisfy { $0 == nil })
  }

  @Test func `is 0 where nobody was there for so long`() throws {
    let world = try MetricWorld(count: 0)
    var session = Session()
    _ = try world.engine.execute(
      "INSERT INTO events (ts, user_id, event_type) VALUES ('2026-02-01 10:00', 'u1', 'chat')",
      in: &session)
    let trend = try Self.trend(
      world, ["wau", "stickiness"], ["from": "2026-01-30", "to": "2026-02-10"], by: .day)
    #expect(trend.series[0].values == [0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    #expect(trend.series[1].values[4] == 0 && trend.series[1].values[0] == nil)
  }
}
