import ColumnStore
import Jobs
import Platform
import Testing

@Suite struct `A daily snapshot` {
  private func value(
    _ world: JobWorld, _ metric: String, _ day: String, of organization: String
  ) throws -> [Value] {
    try world.run(
      """
      SELECT value FROM daily_snapshots WHERE organization_id = '\(organization)' \
      AND day = '\(day)' AND metric_id = '\(metric)'
      """
    ).flatMap(\.self)
  }

  @Test func `has the main figures of yesterday, of all together and of each by itself`()
    async throws
  {
    let world = try JobWorld()
    for (day, organization) in [(10, "acme"), (15, "acme"), (15, "bolt"), (16, "acme")] {
      try world.useGPU(hours: day, day: day, of: organization)
    }
    let runner = world.runner()
    try await runner.run(.daily)
    #expect(try value(world, "gpu_hours", "2026-03-15", of: "acme") == [.double(15)])
    #expect(try value(world, "gpu_hours", "2026-03-15", of: "") == [.double(30)])
    #expect(try value(world, "dau", "2026-03-15", of: "bolt") == [.double(1)])
    #expect(try value(world, "error_rate", "2026-03-15", of: "acme") == [.null])
    // Today is not over.
    #expect(try value(world, "gpu_hours", "2026-03-16", of: "acme") == [])
    #expect(try await runner.run(.pending).snapshotsChanged == 0)
    try world.useGPU(hours: 1, day: 15, of: "acme")
    #expect(try await runner.run(.pending).snapshotsChanged > 0)
    #expect(try value(world, "gpu_hours", "2026-03-15", of: "acme") == [.double(16)])
  }

  @Test func `is made up for where days were missed`() async throws {
    let world = try JobWorld()
    for day in [14, 15, 16, 17, 18] { try world.useGPU(hours: day, day: day, of: "acme") }
    let runner = world.runner()
    try await runner.run(.daily)
    world.advance(by: .seconds(3 * 86_400))
    try await runner.run(.daily)
    #expect(
      Set(try world.column("day", of: "daily_snapshots")) == [
        "2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18",
      ])
    #expect(try value(world, "gpu_hours", "2026-03-17", of: "acme") == [.double(17)])
  }
}
