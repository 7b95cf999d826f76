import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

@Suite struct `Cohorts` {
  /// Weeks of 2026: 5, 12, 19 and 26 January are Mondays.
  private static let events = """
    2026-01-05 10:00 ann signup
    2026-01-06 10:00 ann chat
    2026-01-13 10:00 ann chat
    2026-01-27 10:00 ann export
    2026-01-07 10:00 ben signup
    2026-01-20 10:00 ben chat
    2026-01-11 23:30 cid signup
    2026-01-12 00:30 cid chat
    2026-01-14 10:00 dan chat
    2026-01-21 10:00 dan signup
    2026-01-28 10:00 dan chat
    2026-01-20 10:00 eve email_sent
    2026-01-26 10:00 eve chat
    2026-01-22 10:00 - chat
    """

  private static func answer(
    _ question: RetentionQuestion, _ range: [String: String], zone: String = "UTC",
    now: String = "2026-02-01 12:00", filters: MetricFilters = MetricFilters()
  ) throws -> RetentionAnswer {
    let world = try CohortWorld(events, zone: zone, now: now)
    var evaluator = try world.evaluator(range, filters: filters)
    return try #require(try evaluator.retention(question))
  }

  private static let january = ["from": "2026-01-05", "to": "2026-02-01"]

  @Test func `are of the week of the first activity, and periods that are not over are unknown`()
    throws
  {
    let answer = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 3), Self.january)
    #expect(answer.cohorts.map(\.userCount) == [3, 1, 0, 1])
    #expect(
      answer.cohorts.map(\.retained) == [
        [3, 2, 1, nil], [1, 1, nil, nil], [0, nil, nil, nil], [nil, nil, nil, nil],
      ])
    #expect(answer.cohorts[0].rates == [1, 2.0 / 3, 1.0 / 3, nil])
    #expect(answer.cohorts[2].rates == [nil, nil, nil, nil])
    #expect(answer.cohorts.map(\.bucket.isPartial) == [false, false, false, true])
    #expect(answer.averages.map(\.userCount) == [4, 4, 3, 0])
    #expect(answer.averages.map(\.retained) == [4, 3, 1, 0])
    #expect(answer.averages.map(\.rate) == [1, 0.75, 1.0 / 3, nil])
  }

  @Test func `that are over are known to the last cell`() throws {
    let answer = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 3), Self.january, now: "2026-03-01 12:00")
    #expect(answer.cohorts.map { $0.retained[3] } == [1, nil, nil, nil])
    #expect(answer.cohorts[3].retained == [1, nil, nil, nil])
    #expect(!answer.cohorts.contains { $0.bucket.isPartial })
  }

  @Test func `count those who came back then or later, where that is asked`() throws {
    let answer = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 3, mode: .unbounded), Self.january,
      now: "2026-03-01 12:00")
    #expect(answer.cohorts[0].retained == [3, 3, 2, 1])
    #expect(answer.cohorts[1].retained == [1, 1, 1, nil])
  }

  @Test func `can be of signups, and of those who came back for something`() throws {
    let signups = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 1, first: .signup), Self.january)
    #expect(signups.cohorts.map(\.userCount) == [3, 0, 1, 0])
    #expect(signups.cohorts.map(\.retained) == [[3, 2], [0, 0], [1, nil], [nil, nil]])
    let chats = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 3, returnTypes: ["chat", "export"]), Self.january,
      now: "2026-03-01 12:00")
    #expect(chats.cohorts[0].retained == [1, 2, 1, 1])
  }

  @Test func `are of the zone's days, and of what the filters leave`() throws {
    // In India the 11th, 23:30, is the 12th.
    let india = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 1), Self.january, zone: "Asia/Kolkata")
    #expect(india.cohorts.map(\.userCount) == [2, 2, 0, 1])
    var filters = MetricFilters()
    filters.eventTypes = ["chat"]
    let chats = try Self.answer(
      RetentionQuestion(by: .week, periodCount: 1), Self.january, filters: filters)
    #expect(chats.cohorts.map(\.userCount) == [1, 2, 1, 1])
    let day = try Self.answer(
      RetentionQuestion(by: .day, periodCount: 7), ["from": "2026-01-06", "to": "2026-01-15"])
    // Ann was there before the range.
    #expect(day.cohorts.map(\.userCount) == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0])
    #expect(day.cohorts[5].retained == [1, 1, 0, 0, 0, nil, nil, nil])
  }

  @Test func `of no data are empty, and too many are refused`() throws {
    let world = try CohortWorld("")
    var evaluator = try world.evaluator(["range": "7d"])
    let answer = try #require(try evaluator.retention(RetentionQuestion(by: .day)))
    #expect(answer.cohorts.allSatisfy { $0.userCount == 0 && $0.rates.allSatisfy { $0 == nil } })
    #expect(answer.averages.allSatisfy { $0.rate == nil })
    var long = try world.evaluator(["from": "2020-01-01", "to": "2026-01-01"])
    #expect(try long.retention(RetentionQuestion(by: .day)) == nil)
  }

  /// C31: the one figure and the matrix of days are about the same people.
  @Test(arguments: ["UTC", "Asia/Kolkata", "America/New_York"])
  func `of days give the 30-day figure where they count from the 30th day on`(zone: String) throws {
    let world = try MetricWorld(zone: zone)
    let range = try world.range(["from": "2025-12-30", "to": "2026-03-10"])
    var evaluator = MetricEvaluator(world.engine, session: Session(), MetricQuestion(range))
    let figure = try #require(try world.figures(range)["retention_30d"])
    let answer = try #require(
      try evaluator.retention(
        RetentionQuestion(by: .day, periodCount: 30, mode: .unbounded)))
    let average = answer.averages[30]
    #expect(figure.current.denominator == Double(average.userCount))
    #expect(figure.current.numerator == Double(average.retained))
    #expect(figure.value == average.rate)
    #expect(average.userCount > 20)
  }

  @Test(arguments: [Grain.day, .week, .month])
  func `add up over a partition of the people`(grain: Grain) throws {
    let world = try MetricWorld()
    let range = try world.range(["from": "2026-01-01", "to": "2026-03-15"])
    func counts(_ roles: [String]) throws -> [[Int64?]] {
      var filters = MetricFilters()
      filters.roles = roles
      var evaluator = MetricEvaluator(
        world.engine, session: Session(), MetricQuestion(range, filters: filters))
      let answer = try evaluator.retention(RetentionQuestion(by: grain, periodCount: 4))
      return answer?.cohorts.map { [$0.userCount] + $0.retained } ?? []
    }
    let whole = try counts(["user", "manager", "admin"])
    let parts = try ["user", "manager", "admin"].map { try counts([$0]) }
    for (index, cohort) in whole.enumerated() {
      for (place, count) in cohort.enumerated() {
        let sum = parts.reduce(into: Int64?(0)) { sum, part in
          sum = sum.flatMap { sum in part[index][place].map { sum + $0 } }
        }
        #expect(sum == count)
      }
    }
  }
}
