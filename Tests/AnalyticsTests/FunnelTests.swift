import Analytics
import ColumnStore
import Engine
import QueryLanguage
import Testing

@Suite struct `A funnel` {
  private static let events = """
    2026-01-05 10:00:00 ann login country=DE
    2026-01-05 10:10:00 ann chat model=iris
    2026-01-05 10:30:00 ann export
    2026-01-05 10:00:00 ben login country=DE
    2026-01-05 11:00:00 ben chat model=reel
    2026-01-06 11:00:01 ben export
    2026-01-05 10:00:00 cid login country=IN
    2026-01-05 09:00:00 cid chat
    2026-01-07 10:00:00 cid login country=DE
    2026-01-07 10:20:00 cid chat model=iris
    2026-01-31 20:00:00 dan login
    2026-01-05 10:00:00 eve chat
    2026-01-05 10:00:00 - login
    """

  private static let steps = ["login", "chat", "export"].map {
    FunnelStep(name: $0, eventType: $0)
  }

  private static func counts(_ answer: FunnelAnswer) -> [Int64] { answer.steps.map(\.userCount) }

  @Test func `counts people by how far they get in time`() throws {
    let world = try CohortWorld(Self.events)
    var evaluator = try world.evaluator(["from": "2026-01-01", "to": "2026-01-31"])
    let answer = try evaluator.funnel(FunnelQuestion(Self.steps, within: 86_400))
    #expect(Self.counts(answer) == [4, 3, 1])
    #expect(answer.shares(of: 0) == (nil, 1))
    #expect(answer.shares(of: 2).ofPrevious == 1.0 / 3)
    #expect(answer.shares(of: 2).ofFirst == 0.25)
    #expect(answer.dropped(at: 1) == 1 && answer.dropped(at: 2) == 2)
    // 10, 60 and 20 minutes; 20 of the one who exported.
    #expect(answer.steps.map(\.medianMilliseconds) == [nil, 1_200_000, 1_200_000])
    // Dan's day is not over.
    #expect(answer.openCount == 1)
    let longer = try evaluator.funnel(FunnelQuestion(Self.steps, within: 2 * 86_400))
    #expect(Self.counts(longer) == [4, 3, 2])
    let shorter = try evaluator.funnel(FunnelQuestion(Self.steps, within: 1_200))
    #expect(Self.counts(shorter) == [4, 2, 0])
    #expect(shorter.steps[2].medianMilliseconds == nil)
  }

  @Test func `takes conditions on steps`() throws {
    let world = try CohortWorld(Self.events)
    var evaluator = try world.evaluator(["from": "2026-01-01", "to": "2026-01-31"])
    var steps = Self.steps
    steps[1].conditions = [.init("model", [.text("iris"), .text("o'hara")])]
    #expect(
      Self.counts(try evaluator.funnel(FunnelQuestion(steps, within: 86_400))) == [4, 2, 1])
    steps[0].conditions = [.init("country", [.text("IN")])]
    #expect(
      Self.counts(try evaluator.funnel(FunnelQuestion(steps, within: 86_400))) == [1, 0, 0])
    // One type may be several steps.
    let twice = [steps[0].conditions, []].map {
      FunnelStep(name: "login", eventType: "login", conditions: $0)
    }
    #expect(
      Self.counts(try evaluator.funnel(FunnelQuestion(twice, within: 3 * 86_400))) == [1, 1])
  }

  @Test func `is divided by what people are or began with`() throws {
    let world = try CohortWorld(Self.events)
    try world.add(
      "INSERT INTO users (user_id, role) VALUES ('ann', 'admin'), ('ben', 'user'), ('cid', 'user')")
    var evaluator = try world.evaluator(["from": "2026-01-01", "to": "2026-01-31"])
    let funnel = FunnelQuestion(Self.steps, within: 86_400)
    let roles = try evaluator.funnel(funnel, by: .role, limit: 10)
    #expect(roles.map(\.name) == ["user", "admin", nil])
    #expect(roles.map(Self.counts) == [[2, 2, 0], [1, 1, 1], [1, 0, 0]])
    let countries = try evaluator.funnel(funnel, by: .country, limit: 10)
    #expect(countries.map(\.name) == ["DE", "IN", nil])
    #expect(countries.map(Self.counts) == [[2, 2, 1], [1, 1, 0], [1, 0, 0]])
    #expect(try evaluator.funnel(funnel, by: .country, limit: 1).map(\.name) == ["DE"])
    let whole = try evaluator.funnel(funnel)
    for dimension in FunnelDimension.allCases {
      let groups = try evaluator.funnel(funnel, by: dimension, limit: 100)
      for step in 0..<3 {
        #expect(
          groups.reduce(0) { $0 + $1.steps[step].userCount } == whole.steps[step].userCount,
          "\(dimension)")
      }
    }
  }

  @Test func `of nobody is zero, and its shares are unknown`() throws {
    let world = try CohortWorld("")
    var evaluator = try world.evaluator(["range": "7d"])
    let answer = try evaluator.funnel(FunnelQuestion(Self.steps, within: 60))
    #expect(Self.counts(answer) == [0, 0, 0])
    #expect(answer.shares(of: 1) == (nil, nil) && answer.shares(of: 0).ofFirst == nil)
    #expect(
      try evaluator.funnel(FunnelQuestion(Self.steps, within: 60), by: .role, limit: 5).isEmpty)
  }

  @Test func `of courses counts each course of a person for itself`() throws {
    let world = try CohortWorld(
      """
      2026-01-05 10:00 ann course_start course_id=c1
      2026-01-05 11:00 ann lesson_complete course_id=c1
      2026-01-09 10:00 ann course_complete course_id=c1
      2026-01-05 10:00 ann course_start course_id=c2
      2026-01-05 10:00 ben course_start course_id=c1
      2026-01-06 10:00 ben lesson_complete course_id=c2
      2026-01-06 10:00 cid lesson_complete course_id=c3
      2026-01-06 10:00 cid course_start
      """)
    var evaluator = try world.evaluator(["from": "2026-01-01", "to": "2026-01-31"])
    let steps = ["course_start", "lesson_complete", "course_complete"].map {
      FunnelStep(name: $0, eventType: $0)
    }
    let answer = try evaluator.completion(
      FunnelQuestion(steps, within: 30 * 86_400), of: .course, limit: 10)
    #expect(Self.counts(answer.total) == [3, 1, 1])
    #expect(answer.things.map(\.name) == ["c1", "c2"])
    #expect(answer.things.map(Self.counts) == [[2, 1, 1], [1, 0, 0]])
    #expect(answer.thingCount == 2)
  }
}
