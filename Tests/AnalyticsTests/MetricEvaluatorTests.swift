import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

@Suite struct MetricEvaluatorTests {
  private static let zones = ["UTC", "Asia/Kolkata", "America/New_York"]

  private static func isEqual(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return (left - right).magnitude <= 1e-12 * max(left.magnitude, right.magnitude)
  }

  @Test(arguments: zones)
  func `a metric alone is what it is among all`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    for arguments in [["range": "30d"], ["range": "24h"], ["period": "all"]] {
      let range = try world.range(arguments)
      let together = try world.figures(MetricCatalogue.metrics, range)
      for metric in MetricCatalogue.metrics {
        let alone = try world.figures([metric], range)[metric.id]
        #expect(Self.isEqual(alone?.value, together[metric.id]?.value), "\(metric.id) \(arguments)")
        #expect(
          Self.isEqual(alone?.previous?.value, together[metric.id]?.previous?.value),
          "\(metric.id) \(arguments) before")
        #expect(alone?.unavailable == nil)
      }
    }
  }

  @Test(arguments: zones, ["timestamp", "timestamptz"])
  func `the SQL of a metric gives its value`(zone: String, timeType: String) throws {
    let world = try MetricWorld(zone: zone, timeType: timeType)
    var filters = MetricFilters()
    for round in 0..<2 {
      if round == 1 {
        filters.roles = ["user", "ma'nager"]
        filters.domains = ["a.example"]
      }
      let range = try world.range(["range": "7d"])
      var evaluator = MetricEvaluator(
        world.engine, session: Session(), MetricQuestion(range, filters: filters))
      for metric in MetricCatalogue.metrics {
        let explanation = try evaluator.explain(metric, first: nil)
        let sql = try #require(explanation.sql, "\(metric.id)")
        #expect(explanation.arguments.isEmpty == (metric.window == .now && round == 0))
        var session = Session()
        session.timeZone = zone
        let result = try world.engine.execute(sql, in: &session)
        let names = result.columns.map(\.name)
        let column = try #require(names.firstIndex(of: metric.id) ?? names.firstIndex(of: "value"))
        let value: Double? =
          switch try #require(result.rows.first)[column] {
          case .integer(let number): Double(number)
          case .double(let number): number
          default: nil
          }
        #expect(Self.isEqual(value, explanation.figure.value), "\(metric.id): \(sql)")
      }
    }
  }

  @Test func `times with and without a zone in the table are the same`() throws {
    for zone in Self.zones {
      let plain = try MetricWorld(zone: zone, timeType: "timestamp")
      let zoned = try MetricWorld(zone: zone, timeType: "timestamptz")
      let range = try plain.range(["range": "30d"])
      let (left, right) = (try plain.figures(range), try zoned.figures(range))
      for (id, figure) in left {
        #expect(figure.value == right[id]?.value, "\(id)")
        #expect(figure.previous?.value == right[id]?.previous?.value, "\(id)")
      }
    }
  }

  /// Metrics whose values add up where rows are divided.
  private static let additive = MetricCatalogue.metrics.filter { metric in
    switch (metric.unit, metric.formula) {
    case (_, .quotient): false
    case (.count, _), (.tokens, _), (.dollars, _): true
    default: ["gpu_hours", "cpu_hours"].contains(metric.id)
    }
  }

  @Test(arguments: zones, Grain.allCases)
  func `a trend adds up to the figure`(zone: String, grain: Grain) throws {
    let world = try MetricWorld(zone: zone)
    let metrics = Self.additive.filter { $0.hasTrend }
    #expect(metrics.count > 30)
    for arguments in [
      ["from": "2026-02-03T05:00:00Z", "to": "2026-03-10"],
      // As far as it has run.
      ["range": "30d"],
    ] {
      let range = try world.range(arguments)
      let figures = try world.figures(metrics, range)
      var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
      let trend = try #require(try evaluator.trend(metrics, by: grain))
      for series in trend.series {
        let sum = series.values.reduce(0) { $0 + ($1 ?? 0) }
        let whole = figures[series.metric.id]?.value ?? 0
        #expect((sum - whole).magnitude <= 1e-9 * max(1, whole), "\(series.metric.id)")
      }
    }
  }

  @Test(arguments: zones)
  func `the hours of a heatmap add up to the activity`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    let range = try world.range(["range": "30d"])
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let heatmap = try evaluator.heatmap()
    let activities = try #require(try world.figures(range)["activities"]?.value)
    #expect(heatmap.counts.joined().reduce(0, +) == Int64(activities))
    #expect(heatmap.counts.count == 7 && heatmap.counts.allSatisfy { $0.count == 24 })
  }

  @Test func `an estimate says so, and is near`() throws {
    let world = try MetricWorld()
    let range = try world.range(["range": "30d"])
    let exact = try world.figures(range)
    var evaluator = MetricEvaluator(
      world.engine, session: Session(), MetricQuestion(range, distinct: .approximate))
    let figures = try evaluator.figures(
      [MetricCatalogue.metric("mau")].compactMap { $0 }, first: nil)
    let (value, expected) = (try #require(figures[0].value), try #require(exact["mau"]?.value))
    #expect((value - expected).magnitude <= expected * 0.05)
    #expect(!evaluator.trace.approximations.isEmpty)
  }

  @Test func `activation counts generations within 7 times 24 hours of the first signup`() throws {
    let engine = Engine()
    var session = Session()
    for statement in [
      """
      CREATE TABLE events (ts timestamp NOT NULL, user_id text, event_type text NOT NULL, status text,
        error_code text, status_code bigint, duration_ms bigint) PARTITION BY DAY (ts)
      """,
      """
      INSERT INTO events VALUES
        ('2026-03-01 10:00', 'in time', 'signup', NULL, NULL, NULL, NULL),
        ('2026-03-08 09:59:59.999', 'in time', 'image_generate_succeeded', NULL, NULL, NULL, 5),
        ('2026-03-01 10:00', 'too late', 'signup', NULL, NULL, NULL, NULL),
        ('2026-03-08 10:00', 'too late', 'image_generate_succeeded', NULL, NULL, NULL, 5),
        ('2026-03-01 10:00', 'failed', 'signup', NULL, NULL, NULL, NULL),
        ('2026-03-01 11:00', 'failed', 'image_generate_failed', NULL, NULL, NULL, 5),
        ('2026-03-01 09:00', 'before', 'video_generate_succeeded', NULL, NULL, NULL, 5),
        ('2026-03-01 10:00', 'before', 'signup', NULL, NULL, NULL, NULL),
        ('2026-03-15 10:00', 'immature', 'signup', NULL, NULL, NULL, NULL),
        ('2026-03-15 11:00', 'immature', 'image_generate_succeeded', NULL, NULL, NULL, 5)
      """,
    ] { _ = try engine.execute(statement, in: &session) }
    let range = try RangeRequest { ["range": "30d"][$0] }.range(at: MetricWorld.now, in: .utc)
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    let metrics = ["activation_rate", "immature_signups", "new_signups"]
      .compactMap(MetricCatalogue.metric)
    let figures = try evaluator.figures(metrics, first: nil)
    #expect(figures.map(\.value) == [0.25, 1, 5])
    #expect(figures[0].current.numerator == 1)
    #expect(figures[0].current.denominator == 4)
  }

  @Test func `what tables lack is said, and the rest computed`() throws {
    let engine = Engine()
    var session = Session()
    _ = try engine.execute(
      "CREATE TABLE events (ts timestamptz, user_id text, event_type text)", in: &session)
    let range = try RangeRequest { _ in nil }.range(at: MetricWorld.now, in: .utc)
    var evaluator = MetricEvaluator(engine, session: session, MetricQuestion(range))
    let figures = try evaluator.figures(MetricCatalogue.metrics, first: nil)
    func figure(_ id: String) -> MetricFigure? { figures.first { $0.metric.id == id } }
    #expect(figure("dau")?.value == 0)
    #expect(figure("average_dau")?.unavailable == nil)
    #expect(figure("gpu_hours")?.unavailable == "events has no column gpu_seconds")
    #expect(figure("sessions")?.unavailable == "there is no table sessions")
    #expect(figure("cost_growth_rate")?.unavailable == "events has no column cost_usd")
  }

  @Test func `all figures are about one state of the tables`() throws {
    let world = try MetricWorld()
    let range = try world.range(["range": "30d"])
    let session = world.engine.pinned(Session())
    let number = try #require(session.pinnedSequenceNumber)
    let metric = [MetricCatalogue.metric("chats")].compactMap { $0 }
    var evaluator = MetricEvaluator(world.engine, session: session, MetricQuestion(range))
    let before = try evaluator.figures(metric, first: nil)
    var writing = Session()
    _ = try world.engine.execute(
      "INSERT INTO events (ts, user_id, event_type) VALUES ('2026-03-01', 'u1', 'chat')",
      in: &writing)
    #expect(try evaluator.figures(metric, first: nil) == before)
    let again = try #require(world.engine.pinned(Session(), at: number))
    var later = MetricEvaluator(world.engine, session: again, MetricQuestion(range))
    #expect(try later.figures(metric, first: nil) == before)
    var newest = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    #expect(try newest.figures(metric, first: nil)[0].value == before[0].value.map { $0 + 1 })
    #expect(world.engine.pinned(Session(), at: number + 10) == nil)
    var pinned = session
    #expect(throws: QueryError.self) {
      _ = try world.engine.execute("DELETE FROM events", in: &pinned)
    }
  }
}
