import AccessControl
import Alerting
import ColumnStore
import Engine
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
            .text("GPU usage up 25% this week"), .double(50), .double(40), .double(25),
            .double(20), .text("gpu_hours"), .text("hours"), .text("2026-03-15"),
          ]
        ])
    // 150 of 50: what the one did is in no sentence about the other.
    #expect(
      try world.run("SELECT value FROM insights WHERE organization_id IS NULL") == [[.double(150)]])
  }

  @Test func `is replaced in one change`() throws {
    let world = try JobWorld()
    let store = InsightStore(world.engine)
    func insight(_ id: String, _ value: Double) -> InsightRecord {
      InsightRecord(
        id: id, organization: nil, kind: "cost_alert", severity: "info", message: "m", action: "a",
        evidence: "{}", rule: "r", title: "t", metric: "dau", unit: "users", value: value,
        previous: nil, changePercent: nil, threshold: 1, from: world.now, to: world.now,
        day: "2026-03-15")
    }
    func replace(_ found: [InsightRecord]) throws -> (changed: Int, versions: UInt64) {
      let before = world.engine.store.catalog().version
      let changed = try store.replace(
        found, of: nil, days: ["2026-03-15"], rules: ["r"], at: world.now)
      return (changed, world.engine.store.catalog().version - before)
    }
    #expect(try replace([insight("a", 1), insight("b", 1)]) == (2, 1))
    world.advance(by: .seconds(3600))
    // One goes, one is other than before, one is new.
    #expect(try replace([insight("b", 2), insight("c", 1)]) == (3, 1))
    #expect(try replace([insight("b", 2), insight("c", 1)]) == (0, 0))
    #expect(try world.column("insight_id", of: "insights") == ["b", "c"])
    // When it was found first stays.
    #expect(
      try world.run("SELECT insight_id, value, ts < '2026-03-16 10:00' FROM insights ORDER BY 1")
        == [
          [.text("b"), .double(2), .boolean(true)], [.text("c"), .double(1), .boolean(false)],
        ])
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

  @Test func `of odd costs is an alert on the day of the organisation's own zone`() throws {
    // 09:30 in UTC is the 16th; in Auckland it is the 16th, 22:30, and five hours later the 17th.
    let world = try JobWorld([
      ("--reporting-organization-time-zones", "acme=Pacific/Auckland")
    ])
    func note(_ day: String, _ organization: String) throws {
      try world.run(
        """
        INSERT INTO insights (ts, insight_id, organization_id, insight_type, severity, message, rule_id, \
        anchor_day, value, previous_value, evidence) VALUES ('2026-03-15', '\(day)\(organization)', \
        '\(organization)', 'cost_alert', 'info', 'Much.', 'cost_spike', '\(day)', 5000, 10, '{"score":9}')
        """)
    }
    try note("2026-03-15", "acme")
    try note("2026-03-15", "bolt")
    func organizations() throws -> Set<String> {
      Set(
        try world.runner().useReadings(at: world.now).filter { $0.rule == "cost_anomaly" }
          .compactMap { $0.organization?.text })
    }
    #expect(try organizations() == ["acme", "bolt"])
    world.advance(by: .seconds(5 * 3600))
    #expect(try organizations() == ["bolt"])
    try note("2026-03-17", "acme")
    #expect(try organizations() == ["acme", "bolt"])
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
