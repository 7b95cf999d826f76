import ColumnStore
import Jobs
import Platform
import Testing

@Suite struct `What rules find` {
  @Test func `is stored of all together and of each organisation by itself`() async throws {
    let world = try JobWorld()
    try world.useGPU(hours: 40, day: 2, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    try world.useGPU(hours: 10, day: 2, of: "bolt")
    try world.useGPU(hours: 100, day: 11, of: "bolt")
    let outcome = try await world.runner().run(.daily)
    #expect(outcome.organizationCount == 2)
    #expect(
      try world.column("insight_id", of: "insights") == [
        "gpu_usage_up:2026-03-15", "gpu_usage_up:2026-03-15:acme", "gpu_usage_up:2026-03-15:bolt",
      ])
    #expect(
      try world.run(
        """
        SELECT organization_id, insight_type, severity, title, value, previous_value, change_percent, \
        threshold, metric_id, metric_unit, anchor_day FROM insights \
        WHERE organization_id = 'acme'
        """) == [
          [
            .text("acme"), .text("cost_alert"), .text("warning"),
            .text("GPU usage up 25 % this week"), .double(50), .double(40), .double(25),
            .double(20), .text("gpu_hours"), .text("hours"), .text("2026-03-15"),
          ]
        ])
    // 150 of 50: what the one did is in no sentence about the other.
    #expect(
      try world.run("SELECT value FROM insights WHERE organization_id IS NULL") == [[.double(150)]])
  }

  @Test func `changes nothing when it is asked again`() async throws {
    let world = try JobWorld()
    try world.useGPU(hours: 40, day: 2, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    let runner = world.runner()
    let first = try await runner.run(.pending)
    #expect(first.insightsChanged == 2)
    let stored = try world.insights
    world.advance(by: .seconds(3600))
    for job in [Job.daily, .costs, .hourly, .pending] {
      #expect(try await runner.run(job).insightsChanged == 0)
    }
    #expect(try world.insights == stored)
  }

  @Test func `follows late events, and goes where it does not hold any more`() async throws {
    let world = try JobWorld()
    try world.useGPU(hours: 40, day: 2, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    let runner = world.runner()
    try await runner.run(.daily)
    try world.useGPU(hours: 10, day: 11, of: "acme")
    #expect(try await runner.run(.daily).insightsChanged == 2)
    #expect(try world.run("SELECT DISTINCT value FROM insights") == [[.double(60)]])
    try world.useGPU(hours: 40, day: 3, of: "acme")
    #expect(try await runner.run(.daily).insightsChanged == 2)
    #expect(try world.insights.isEmpty)
  }

  @Test func `stays of days that are over`() async throws {
    let world = try JobWorld()
    try world.useGPU(hours: 40, day: 2, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    let runner = world.runner()
    try await runner.run(.daily)
    world.advance(by: .seconds(7 * 86_400))
    try await runner.run(.daily)
    #expect(Set(try world.column("anchor_day", of: "insights")) == ["2026-03-15"])
  }

  @Test func `is of the days of the organisation's own zone`() async throws {
    // In Auckland it is the 16th already when the 15th has half a day to go in UTC.
    let world = try JobWorld([
      ("--reporting-organization-time-zones", "acme=Pacific/Auckland")
    ])
    try world.useGPU(hours: 0, day: 1, of: "acme")
    try world.useGPU(hours: 40, day: 3, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    world.advance(by: .seconds(5 * 3600))
    try await world.runner().run(.daily)
    #expect(
      try world.column("insight_id", of: "insights") == [
        "gpu_usage_up:2026-03-15", "gpu_usage_up:2026-03-16:acme",
      ])
  }

  @Test func `of others in the table is left alone`() async throws {
    let world = try JobWorld()
    try world.run(
      """
      INSERT INTO insights (ts, insight_id, organization_id, insight_type, severity, message, rule_id, \
      anchor_day) VALUES ('2026-03-15', 'mine', 'acme', 'custom', 'info', 'A note.', 'mine', '2026-03-15')
      """)
    try world.useGPU(hours: 1, day: 2, of: "acme")
    try await world.runner().run(.daily)
    #expect(try world.column("insight_id", of: "insights") == ["mine"])
  }

  @Test func `rests on roll-ups that agree with their rows`() async throws {
    #expect(Set(RollUpCheck.checked) == Set(BuiltInSchema.rollUps.map(\.name)))
    let world = try JobWorld()
    for day in [14, 15, 16] { try world.useGPU(hours: 1, day: day, of: "acme") }
    // Not among the last 24 hours.
    try world.useGPU(hours: 1, day: 1, of: "acme")
    let outcome = try await world.runner().run(.hourly)
    // Those of yesterday and today, in three roll-ups.
    #expect(outcome.checkedRowCount == 6)
  }
}
