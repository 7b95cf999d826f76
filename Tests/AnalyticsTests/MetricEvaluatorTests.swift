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
  private static let additive = [
    "generations", "generations_failed", "errors", "api_calls", "requests", "activities", "chats",
    "prompt_tokens", "completion_tokens", "total_tokens", "training_jobs", "deployments",
    "page_views", "sessions", "ratings", "threats", "new_signups",
  ]

  @Test func `filters that divide people divide the figures`() throws {
    let world = try MetricWorld()
    let metrics = Self.additive.compactMap(MetricCatalogue.metric)
    let range = try world.range(["range": "30d"])
    func sum(_ filters: [MetricFilters]) throws -> [String: Double] {
      var sums: [String: Double] = [:]
      for filters in filters {
        for (id, figure) in try world.figures(metrics, range, filters: filters) {
          sums[id, default: 0] += figure.value ?? 0
        }
      }
      return sums
    }
    func filters(_ change: (inout MetricFilters) -> Void) -> MetricFilters {
      var filters = MetricFilters()
      change(&filters)
      return filters
    }
    let known = try sum([filters { $0.roles = ["user", "manager", "admin"] }])
    #expect(known.values.contains { $0 > 0 })
    #expect(
      try sum(["user", "manager", "admin"].map { role in filters { $0.roles = [role] } }) == known)
    #expect(
      try sum(["a.example", "b.example"].map { name in filters { $0.domains = [name] } }) == known)
    #expect(
      try sum(["active", "invited"].map { name in filters { $0.statuses = [name] } }) == known)
    #expect(
      try sum((0..<40).map { user in filters { $0.users = ["u\(user)"] } }) == known)
    // Not of who never signed up: neither activated nor not.
    let activated = try sum([true, false].map { flag in filters { $0.isActivated = flag } })
    #expect(activated.allSatisfy { $0.value <= known[$0.key] ?? 0 })
    #expect((activated["chats"] ?? 0) > 0)
  }

  @Test(arguments: zones)
  func `a window cut in two adds up`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    let metrics = Self.additive.compactMap(MetricCatalogue.metric).filter {
      $0.id != "new_signups"
    }
    let whole = try world.figures(
      metrics, try world.range(["from": "2026-02-01", "to": "2026-03-01"]))
    let first = try world.figures(
      metrics, try world.range(["from": "2026-02-01", "to": "2026-02-17"]))
    let second = try world.figures(
      metrics, try world.range(["from": "2026-02-18", "to": "2026-03-01"]))
    for metric in metrics {
      let parts = (first[metric.id]?.value ?? 0) + (second[metric.id]?.value ?? 0)
      #expect(parts == whole[metric.id]?.value ?? 0, "\(metric.id)")
    }
  }

  @Test(arguments: zones, Grain.allCases)
  func `a trend adds up to the figure`(zone: String, grain: Grain) throws {
    let world = try MetricWorld(zone: zone)
    let metrics = MetricCatalogue.metrics.filter { $0.hasTrend && Self.additive.contains($0.id) }
    let range = try world.range(["from": "2026-02-03T05:00:00Z", "to": "2026-03-10"])
    let figures = try world.figures(metrics, range)
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let trend = try #require(try evaluator.trend(metrics, by: grain))
    for series in trend.series where series.metric.id != "new_signups" {
      #expect(
        series.values.reduce(0) { $0 + ($1 ?? 0) } == figures[series.metric.id]?.value ?? 0,
        "\(series.metric.id)")
    }
    // A bucket is what the metric says of its window.
    let bucket = try #require(trend.buckets.dropFirst().first)
    let inner = ReportRange(
      preset: .custom, window: bucket.window, zone: world.zone, now: MetricWorld.now)
    let values = try world.figures(metrics, inner)
    for series in trend.series {
      #expect(series.values[1] ?? 0 == values[series.metric.id]?.value ?? 0, "\(series.metric.id)")
    }
  }

  @Test(arguments: zones)
  func `the hours of a heatmap add up to the activity`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    let range = try world.range(["range": "30d"])
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let heatmap = try evaluator.heatmap()
    var session = Session()
    let bounds = [range.window.start, range.window.end].map { Value.timestamp($0) }
    let rows = try world.engine.execute(
      """
      SELECT count(*) FROM events WHERE ts >= $1 AND ts < $2 AND user_id IS NOT NULL
        AND event_type <> 'email_sent'
      """, parameters: bounds, in: &session
    ).rows
    #expect(rows == [[.integer(heatmap.counts.joined().reduce(0, +))]])
    #expect(heatmap.counts.count == 7 && heatmap.counts.allSatisfy { $0.count == 24 })
  }

  @Test func `a change backwards is the change forwards, turned round`() throws {
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
    let world = try MetricWorld(count: 0)
    let figures = try world.figures(try world.range(["range": "7d"]))
    for (id, figure) in figures {
      #expect(figure.unavailable == nil, "\(id): \(figure.unavailable ?? "")")
      switch figure.metric.unit {
      case .people, .count: #expect(figure.value == 0, "\(id)")
      case .mean where id == "average_dau": break
      case .ratio, .milliseconds, .hours, .gigabytes, .gigabytesPerDay, .dollars, .tokens, .stars,
        .mean:
        #expect(figure.value == nil, "\(id)")
      }
    }
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
