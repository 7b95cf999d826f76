import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

/// Figures of tables so small that the answers can be counted by hand.
@Suite struct OverviewTests {
  private static let create = """
    CREATE TABLE events (ts timestamptz, user_id text, event_type text, model text, status text,
      error_code text, status_code bigint, duration_ms bigint) PARTITION BY DAY (ts)
    """

  /// Three days; the last one is the anchor.
  private static let rows = """
    INSERT INTO events VALUES
      ('2026-03-01 08:00Z', 'a', 'login', NULL, 'succeeded', NULL, 200, NULL),
      ('2026-03-01 09:00Z', 'b', 'page_view', NULL, NULL, NULL, NULL, NULL),
      ('2026-03-02 23:59:59.999Z', 'a', 'image_generate_succeeded', 'iris', 'succeeded', NULL, 200, 100),
      ('2026-03-03 00:00Z', 'a', 'image_generate_requested', 'iris', NULL, NULL, NULL, NULL),
      ('2026-03-03 00:01Z', 'a', 'image_generate_succeeded', 'iris', 'succeeded', NULL, 200, 300),
      ('2026-03-03 10:00Z', 'c', 'video_generate_failed', 'reel', 'failed', 'timeout', 504, 900),
      ('2026-03-03 11:00Z', 'c', 'video_generate_succeeded', 'reel', 'succeeded', NULL, 200, 500),
      ('2026-03-03 12:00Z', 'c', 'api_call', NULL, NULL, NULL, 404, 5),
      ('2026-03-03 13:00Z', 'd', 'email_sent', NULL, NULL, NULL, NULL, NULL),
      ('2026-03-03 14:00Z', NULL, 'api_call', NULL, NULL, NULL, 200, 5)
    """

  private func overview(
    _ statements: [String] = [create, rows], anchor: Day? = nil, days: Int = 3,
    timeZone: String = "UTC", clock: Int64 = .max / 2
  ) throws -> Overview? {
    let engine = Engine()
    var session = Session()
    for statement in statements { _ = try engine.execute(statement, in: &session) }
    session.timeZone = timeZone
    return try Overview.compute(engine, session: session, anchor: anchor, days: days, clock: clock)
  }

  private func value(_ overview: Overview, _ id: String) throws -> Double? {
    try #require(overview.figures.first { $0.metric.id == id }).value
  }

  @Test func `active users are distinct, identified and do something themselves`() throws {
    let overview = try #require(try overview())
    #expect(overview.anchor.description == "2026-03-03")
    #expect(overview.eventCount == 10)
    // a and c: d was only sent a mail, and one call has no user.
    #expect(try value(overview, "dau") == 2)
    #expect(try value(overview, "wau") == 3)
    #expect(try value(overview, "mau") == 3)
    #expect(try value(overview, "stickiness") == 2.0 / 3)
    #expect(overview.trend.map(\.users) == [2, 1, 2])
    #expect(overview.trend.map(\.day.description) == ["2026-03-01", "2026-03-02", "2026-03-03"])
  }

  @Test func `rates count what finished, and latency what succeeded`() throws {
    let overview = try #require(try overview())
    // Of four generations that finished, three succeeded; the request is still running.
    #expect(try value(overview, "content_success_rate") == 3.0 / 4)
    // Outcomes: login, three successes, one failure, a 404, a 200.
    #expect(try value(overview, "error_rate") == 2.0 / 7)
    #expect(try value(overview, "generation_latency_p50") == 300)
    // Between 300 and 500, at position 0.95 * 2.
    #expect(try value(overview, "generation_latency_p95") == 480)
  }

  @Test func `top lists have counts and shares`() throws {
    let overview = try #require(try overview())
    #expect(overview.topErrors.map(\.name) == ["http_404", "timeout"])
    #expect(overview.topErrors.map(\.count) == [1, 1])
    #expect(overview.topErrors.map(\.share) == [0.5, 0.5])
    #expect(overview.topModels.map(\.name) == ["iris", "reel"])
    #expect(overview.topModels.map(\.count) == [2, 2])
  }

  @Test func `a figure is compared with the period before where the data cover it`() throws {
    let overview = try #require(try overview(days: 1))
    let figures = Dictionary(uniqueKeysWithValues: overview.figures.map { ($0.metric.id, $0) })
    #expect(figures["dau"]?.previous?.value == 1)
    #expect(figures["content_success_rate"]?.previous?.value == 1)
    // The seven days before that do not all have data.
    #expect(figures["wau"]?.previous == nil)
  }

  @Test func `a day that is running is compared with as much of the day before`() throws {
    // 2026-03-03 12:29:30 UTC.
    let clock: Int64 = 1_772_540_970_000
    let overview = try #require(try overview(days: 1, clock: clock))
    #expect(overview.range.isRunning)
    let figures = Dictionary(uniqueKeysWithValues: overview.figures.map { ($0.metric.id, $0) })
    #expect(figures["dau"]?.value == 2)
    #expect(figures["dau"]?.isRunning == true)
    // The day before has its only event a moment before midnight.
    #expect(figures["dau"]?.previous?.value == 0)
    #expect(figures["content_success_rate"]?.previous?.value == nil)
    // In Auckland the day began at 11:00 UTC, and the day before it has nobody until 12:30.
    let east = try #require(
      try self.overview(days: 1, timeZone: "Pacific/Auckland", clock: clock))
    #expect(east.anchor.description == "2026-03-04")
    #expect(east.range.isRunning)
  }

  @Test func `what time it is does not matter once the day is over`() throws {
    // The end of the anchor, a day before it, and long after.
    for clock: Int64 in [1_772_582_400_000, 1_772_440_000_000, .max / 2] {
      let overview = try #require(try overview(days: 1, clock: clock))
      #expect(!overview.range.isRunning)
      #expect(overview.figures.first { $0.metric.id == "dau" }?.previous?.value == 1)
    }
  }

  @Test func `no attempts is no data, not 0 per cent`() throws {
    let overview = try #require(try overview(anchor: Day("2026-03-01"), days: 1))
    #expect(try value(overview, "dau") == 2)
    #expect(try value(overview, "content_success_rate") == nil)
    #expect(try value(overview, "generation_latency_p50") == nil)
    #expect(try value(overview, "error_rate") == 0)
    #expect(overview.topErrors.isEmpty)
    #expect(overview.topModels.isEmpty)
  }

  @Test func `days are those of the session's time zone`() throws {
    let overview = try #require(
      try overview(anchor: Day("2026-03-03"), days: 2, timeZone: "Asia/Tokyo"))
    // 23:59 UTC on the 2nd is the 3rd in Tokyo.
    #expect(overview.trend.map(\.users) == [0, 2])
    let west = try #require(
      try self.overview(anchor: Day("2026-03-02"), days: 1, timeZone: "America/New_York"))
    // Midnight UTC on the 3rd is still the 2nd in New York, and so is the minute before.
    #expect(try value(west, "dau") == 1)
    #expect(try value(west, "content_success_rate") == 1)
    #expect(try value(west, "generation_latency_p50") == 200)
  }

  @Test func `a day without anybody is a zero in the trend`() throws {
    let overview = try #require(try overview(anchor: Day("2026-03-05"), days: 4))
    #expect(overview.trend.map(\.users) == [1, 2, 0, 0])
    #expect(try value(overview, "dau") == 0)
  }

  @Test func `an empty table has no overview, a missing one is an error`() throws {
    #expect(try overview([Self.create]) == nil)
    #expect {
      try overview([])
    } throws: {
      ($0 as? QueryError)?.code == .undefinedTable
    }
  }
}
