import Analytics
import ColumnStore
import Engine
import Testing

/// Every way to say a range, in several zones, with the clock at a fixed moment.
@Suite struct RangeTests {
  private static func instant(_ text: String) -> Int64 {
    Array(text.utf8).withUnsafeBufferPointer {
      (try? DateTimeText.timestampWithTimeZone($0, zone: .utc)) ?? .min
    }
  }

  private static func text(_ instant: Int64) -> String {
    Value.timestampWithTimeZone(instant).formatted(timeZone: .utc)
  }

  /// A Saturday, 21:30 in India.
  private static let now = instant("2026-03-28T16:00:00Z")

  private static func range(
    _ arguments: [String: String], zone: String = "UTC", now: Int64 = now, first: Int64? = nil
  ) throws -> ReportRange {
    let rules = try #require(TimeZoneRules.named(zone))
    return try RangeRequest { arguments[$0] }.range(at: now, in: rules, first: first)
  }

  @Test func `what is about everything takes an end alone`() throws {
    let zone = try #require(TimeZoneRules.named("Europe/Berlin"))
    let range = try RangeRequest(fallback: .all) { ["to": "2026-03-01"][$0] }
      .range(at: Self.now, in: zone)
    #expect(range.preset == .custom && range.window.end == Self.instant("2026-03-01T23:00:00Z"))
    #expect(range.window.start < Self.instant("0002-01-01T00:00:00Z"))
    #expect(range.firstDay.description.hasPrefix("0001-01-0"))
    #expect(throws: QuestionProblem.self) { try Self.range(["to": "2026-03-01"]) }
    #expect(throws: QuestionProblem.self) {
      try RangeRequest(fallback: .all) { ["range": "7d", "to": "2026-03-01"][$0] }
    }
  }

  @Test(
    arguments: [
      (["range": "7d"], "UTC", "2026-03-22 00:00:00+00", "2026-03-29 00:00:00+00", 7),
      (["period": "30d"], "UTC", "2026-02-27 00:00:00+00", "2026-03-29 00:00:00+00", 30),
      (["range": "1m"], "UTC", "2026-02-27 00:00:00+00", "2026-03-29 00:00:00+00", 30),
      (["range": "3m"], "UTC", "2025-12-29 00:00:00+00", "2026-03-29 00:00:00+00", 90),
      (["period": "90d"], "UTC", "2025-12-29 00:00:00+00", "2026-03-29 00:00:00+00", 90),
      (["period": "1y"], "UTC", "2025-03-29 00:00:00+00", "2026-03-29 00:00:00+00", 365),
      ([:], "UTC", "2026-02-27 00:00:00+00", "2026-03-29 00:00:00+00", 30),
      (["range": "24h"], "UTC", "2026-03-27 16:00:00+00", "2026-03-28 16:00:00+00", 2),
      (
        ["range": "24h", "anchor": "2026-03-01"], "UTC", "2026-03-01 00:00:00+00",
        "2026-03-02 00:00:00+00", 1
      ),
      (
        ["range": "7d"], "Asia/Kolkata", "2026-03-21 18:30:00+00", "2026-03-28 18:30:00+00", 7
      ),
      (
        ["range": "7d"], "Asia/Kathmandu", "2026-03-21 18:15:00+00", "2026-03-28 18:15:00+00", 7
      ),
      // Clocks go forward on the 29th: the last day has 23 hours.
      (
        ["range": "7d", "anchor": "2026-03-29"], "Europe/Berlin", "2026-03-22 23:00:00+00",
        "2026-03-29 22:00:00+00", 7
      ),
      (
        ["from": "2026-03-01", "to": "2026-03-01"], "UTC", "2026-03-01 00:00:00+00",
        "2026-03-02 00:00:00+00", 1
      ),
      (
        ["start": "2026-03-01T06:00:00Z", "end": "2026-03-01T07:30:00Z", "range": "custom"], "UTC",
        "2026-03-01 06:00:00+00", "2026-03-01 07:30:00+00", 1
      ),
      (
        ["start_date": "2026-03-01", "end_date": "2026-03-02"], "America/New_York",
        "2026-03-01 05:00:00+00", "2026-03-03 05:00:00+00", 2
      ),
      (["from": "2026-03-27"], "UTC", "2026-03-27 00:00:00+00", "2026-03-29 00:00:00+00", 2),
      (
        ["start": "2026-03-01T06:00:00", "to": "2026-03-02"], "Asia/Kolkata",
        "2026-03-01 00:30:00+00", "2026-03-02 18:30:00+00", 2
      ),
    ] as [([String: String], String, String, String, Int)])
  func `a range has these bounds`(
    arguments: [String: String], zone: String, from: String, to: String, days: Int
  ) throws {
    let range = try Self.range(arguments, zone: zone)
    #expect(Self.text(range.window.start) == from)
    #expect(Self.text(range.window.end) == to)
    #expect(range.dayCount == days)
  }

  @Test func `all begins with the first event`() throws {
    let first = Self.instant("2026-03-10T23:00:00Z")
    let range = try Self.range(["period": "all"], zone: "Asia/Kolkata", first: first)
    #expect(range.firstDay.description == "2026-03-11")
    #expect(range.anchor.description == "2026-03-28")
    #expect(try Self.range(["range": "all"]).dayCount == 1)
  }

  @Test(
    arguments: [
      (["range": "2w"], "range", "choice"), (["period": "7D"], "period", "choice"),
      (["range": "7d", "period": "7d"], "period", "conflict"),
      (["from": "2026-03-01", "start": "2026-03-01"], "start", "conflict"),
      (["range": "7d", "from": "2026-03-01"], "from", "conflict"),
      (["to": "2026-03-01"], "from", "missing"),
      (["end_date": "2026-03-01"], "start_date", "missing"),
      (["range": "custom"], "from", "missing"), (["from": "yesterday"], "from", "type"),
      (["from": "2026-02-30"], "from", "type"), (["from": "20260101"], "from", "type"),
      (["from": "2026-03-02", "to": "2026-03-01"], "to", "range"),
      (["from": "2026-03-02T10:00:00Z", "to": "2026-03-02T10:00:00Z"], "to", "range"),
      (["from": "2030-01-01"], "from", "range"), (["from": "0002-01-01"], "from", "range"),
      (["anchor": "2026-3-1"], "anchor", "type"),
      (["from": "2026-03-01", "anchor": "2026-03-01"], "anchor", "conflict"),
    ] as [([String: String], String, String)])
  func `a range that cannot be is refused with its field`(
    arguments: [String: String], field: String, rule: String
  ) throws {
    do {
      _ = try Self.range(arguments)
      Issue.record("\(arguments) was taken")
    } catch let problem as QuestionProblem {
      #expect(problem.field == field)
      #expect(problem.rule == rule)
      if rule == "choice" { #expect(problem.message.contains("24h, 7d")) }
    }
  }

  // MARK: - Comparison

  private static func bounds(_ window: TimeWindow?) -> [String] {
    window.map { [text($0.start), text($0.end)] } ?? []
  }

  @Test func `a range that is over is compared with the one before`() throws {
    let range = try Self.range(["range": "7d", "anchor": "2026-03-20"])
    #expect(!range.isRunning)
    #expect(
      Self.bounds(range.compared(range.window, with: .previous))
        == ["2026-03-07 00:00:00+00", "2026-03-14 00:00:00+00"])
    let ten = try Self.range(["from": "2026-03-11", "to": "2026-03-20"])
    #expect(
      Self.bounds(ten.compared(ten.window, with: .weekday))
        == ["2026-02-25 00:00:00+00", "2026-03-07 00:00:00+00"])
    #expect(ten.compared(ten.window, with: .none) == nil)
  }

  @Test func `a day that is running is compared as far as it has run`() throws {
    let range = try Self.range(["range": "7d"], zone: "Asia/Kolkata")
    #expect(range.isRunning)
    #expect(
      Self.bounds(range.compared(range.trailing(1), with: .previous))
        == ["2026-03-26 18:30:00+00", "2026-03-27 16:00:00+00"])
    #expect(
      Self.bounds(range.compared(range.window, with: .previous))
        == ["2026-03-14 18:30:00+00", "2026-03-21 16:00:00+00"])
    #expect(
      Self.bounds(range.compared(range.trailing(1), with: .weekday))
        == ["2026-03-20 18:30:00+00", "2026-03-21 16:00:00+00"])
  }

  @Test func `equal time of day is that of clocks where they change`() throws {
    let now = Self.instant("2026-03-29T12:00:00Z")  // 14:00 in Berlin, two hours east.
    let range = try Self.range(["range": "7d"], zone: "Europe/Berlin", now: now)
    #expect(
      Self.bounds(range.compared(range.trailing(1), with: .previous))
        == ["2026-03-27 23:00:00+00", "2026-03-28 13:00:00+00"])
  }

  @Test func `hours are compared with as many hours before`() throws {
    let range = try Self.range(["range": "24h"])
    #expect(
      Self.bounds(range.compared(range.window, with: .previous))
        == ["2026-03-26 16:00:00+00", "2026-03-27 16:00:00+00"])
  }

  @Test func `the last day of 24 hours is running, and compared as far as it has run`() throws {
    let range = try Self.range(["range": "24h"])
    #expect(range.isRunning(range.trailing(1)))
    #expect(
      Self.bounds(range.compared(range.trailing(1), with: .previous))
        == ["2026-03-27 00:00:00+00", "2026-03-27 16:00:00+00"])
  }

  @Test func `part of a day that is over is compared with the same part of the day before`() throws
  {
    let range = try Self.range(["from": "2026-03-19T06:00:00Z", "to": "2026-03-20T12:00:00Z"])
    let question = MetricQuestion(range)
    let metric = try #require(MetricCatalogue.metric("dau"))
    #expect(
      Self.bounds(question.compared(question.window(of: metric), of: metric))
        == ["2026-03-19 00:00:00+00", "2026-03-19 12:00:00+00"])
  }

  // MARK: - Grains

  @Test(
    arguments: [
      "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/Havana",
      "Australia/Lord_Howe",
      "America/Sao_Paulo", "Pacific/Apia",
    ], Grain.allCases)
  func `buckets cover a range without gaps`(zone: String, grain: Grain) throws {
    for (from, to) in [
      ("2026-03-07", "2026-03-30"), ("2026-10-02", "2026-11-03"), ("2018-02-16", "2018-02-19"),
      ("2018-11-03", "2018-11-05"), ("2011-12-28", "2012-01-01"),
    ] {
      let range = try Self.range(["from": from, "to": to], zone: zone)
      let buckets = try #require(grain.buckets(of: range))
      #expect(buckets.first?.window.start == range.window.start)
      #expect(buckets.last?.window.end == range.window.end)
      for (bucket, next) in zip(buckets, buckets.dropFirst()) {
        #expect(bucket.window.end == next.window.start)
        #expect(next.start == next.window.start)
        #expect(bucket.window.start < bucket.window.end)
      }
      if grain == .day { #expect(buckets.count == range.dayCount || zone == "Pacific/Apia") }
    }
  }

  @Test(arguments: ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana"])
  func `hours are those of date_trunc and time_bucket, also where clocks change`(zone: String)
    throws
  {
    let engine = Engine(threads: 1)
    var session = Session()
    session.timeZone = zone
    for (from, to) in [
      ("2026-03-07", "2026-03-09"), ("2026-03-28", "2026-03-30"), ("2026-04-04", "2026-04-06"),
      ("2026-10-03", "2026-10-05"), ("2026-10-24", "2026-10-26"), ("2026-10-31", "2026-11-02"),
    ] {
      let range = try Self.range(["from": from, "to": to], zone: zone)
      for bucket in try #require(Grain.hour.buckets(of: range)) {
        let moments = stride(from: bucket.window.start, to: bucket.window.end, by: 600_000)
        let values = moments.map { "(to_timestamp(\($0 / 1_000)))" }.joined(separator: ",")
        let answer = try engine.execute(
          """
          SELECT DISTINCT date_trunc('hour', t), time_bucket('1 hour', t)
          FROM (VALUES \(values)) AS v(t)
          """, in: &session)
        let start = Value.timestampWithTimeZone(bucket.start)
        #expect(answer.rows == [[start, start]], "\(zone) \(from)")
      }
    }
  }

  @Test func `weeks begin on Monday, and what a range cuts is partial`() throws {
    let range = try Self.range(["from": "2026-03-04", "to": "2026-03-17"])
    let weeks = try #require(Grain.week.buckets(of: range))
    #expect(weeks.map { Self.text($0.start) }.first == "2026-03-02 00:00:00+00")
    #expect(weeks.map(\.isPartial) == [true, false, true])
    let months = try #require(Grain.month.buckets(of: try Self.range(["range": "3m"])))
    #expect(months.map(\.isPartial) == [true, false, false, true])
    let running = try #require(Grain.day.buckets(of: try Self.range(["range": "7d"])))
    #expect(running.map(\.isPartial) == [false, false, false, false, false, false, true])
  }

  @Test func `too many buckets are none`() throws {
    #expect(Grain.hour.buckets(of: try Self.range(["period": "1y"])) == nil)
    #expect(Grain.fitting(try Self.range(["period": "1y"])) == .week)
  }
}
