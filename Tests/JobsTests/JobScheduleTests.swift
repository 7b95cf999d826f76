import AccessControl
import ColumnStore
import Jobs
import Platform
import Synchronization
import Testing

@Suite struct `A schedule` {
  /// Names with how often they ran.
  private func runs(_ world: JobWorld) throws -> [String: Int64] {
    var runs: [String: Int64] = [:]
    for row in try world.run("SELECT job_name, runs FROM scheduled_jobs") {
      if case .text(let name) = row[0], case .integer(let count) = row[1] { runs[name] = count }
    }
    return runs
  }

  private func status(_ runner: JobRunner, _ job: Job) throws -> JobStatus {
    try #require(runner.statuses.first { $0.job == job })
  }

  @Test func `runs each job once for each moment`() async throws {
    let world = try JobWorld()
    let runner = world.runner()
    // What was never run is due.
    await runner.runDue()
    let once: [String: Int64] = ["hourly": 1, "daily": 1, "costs": 1]
    #expect(try runs(world).filter { once[$0.key] != nil } == once)
    await runner.runDue()
    world.advance(by: .seconds(29 * 60))
    await runner.runDue()
    #expect(try runs(world)["hourly"] == 1)
    // 10:00
    world.advance(by: .seconds(60))
    await runner.runDue()
    #expect(try runs(world)["hourly"] == 2 && runs(world)["daily"] == 1)
    // 02:00 of the next day: hour after hour.
    for _ in 0..<16 {
      world.advance(by: .seconds(3600))
      await runner.runDue()
    }
    #expect(try runs(world)["hourly"] == 18 && runs(world)["daily"] == 2)
    #expect(try runs(world)["costs"] == 1)
    world.advance(by: .seconds(3600))
    await runner.runDue()
    #expect(try runs(world)["costs"] == 2)
  }

  @Test func `gives up what runs when it is stopped, which is due again after a restart`()
    async throws
  {
    let world = try JobWorld()
    try world.useGPU(hours: 1, day: 15, of: "acme")
    // Stopped when the first job has begun.
    let stopping = Mutex<JobRunner?>(nil)
    let runner = world.runner(blocking: { work in
      stopping.withLock { $0 }?.stop()
      return try work()
    })
    stopping.withLock { $0 = runner }
    await runner.runDue()
    #expect(try runs(world).isEmpty)
    #expect(runner.statuses.allSatisfy { !$0.isRunning && $0.record == nil })
    await #expect(throws: JobFailure.stopped) { try await runner.run(.daily) }
    stopping.withLock { $0 = nil }
    await world.runner().runDue()
    #expect(try runs(world)["daily"] == 1)
  }

  @Test func `makes up once for what was missed, also after a restart`() async throws {
    let world = try JobWorld()
    await world.runner().runDue()
    let before = try runs(world)
    // Three days without the service.
    world.advance(by: .seconds(3 * 86_400))
    let restarted = world.runner()
    for _ in 0..<3 { await restarted.runDue() }
    for (job, count) in try runs(world) where job != "weekly-reports" {
      #expect(count == (before[job] ?? 0) + 1, "\(job)")
    }
    let record = try #require(try status(restarted, .daily).record)
    #expect(record.due == Self.time("2026-03-19 02:00", in: world))
    #expect(record.started == world.now && record.outcome == .done)
    #expect(try status(restarted, .daily).next == Self.time("2026-03-20 02:00", in: world))
    // Another restart in the same hour finds nothing to do.
    let again = try runs(world)
    await world.runner().runDue()
    #expect(try runs(world) == again)
  }

  @Test func `runs by the clocks of its zone`() async throws {
    let world = try JobWorld([("--reporting-time-zone", "Asia/Kolkata")])
    let runner = world.runner()
    await runner.runDue()
    #expect(
      try status(runner, .daily).next == Self.time("2026-03-16 20:30", in: world))
  }

  @Test func `leaves what is asked for beside it as it is`() async throws {
    let world = try JobWorld()
    let runner = world.runner()
    try await runner.run(.daily)
    #expect(try status(runner, .daily).record?.due == nil)
    await runner.runDue()
    #expect(try runs(world)["daily"] == 2)
    #expect(try runs(world)["pending"] == nil)
  }

  @Test func `tries again what failed, after a while`() async throws {
    let world = try JobWorld()
    try world.run("DROP MATERIALIZED VIEW events_daily")
    let runner = world.runner()
    await runner.runDue()
    let failed = try status(runner, .hourly)
    #expect(failed.record?.outcome == .failed)
    #expect(failed.record?.failureCount == 1)
    #expect(failed.record?.detail.contains("events_daily") == true)
    await runner.runDue()
    world.advance(by: .seconds(299))
    await runner.runDue()
    #expect(try runs(world)["hourly"] == 1)
    try SchemaMigration(world.engine).run(at: world.now)
    world.advance(by: .seconds(1))
    await runner.runDue()
    let record = try #require(try status(runner, .hourly).record)
    #expect(record.outcome == .done && record.runCount == 2 && record.failureCount == 1)
  }

  @Test func `knows when all rules were last asked, which other jobs do not change`() async throws {
    let world = try JobWorld()
    let runner = world.runner()
    #expect(runner.lastEvaluation == nil)
    for job in [Job.hourly, .costs, .weeklyReports] { try await runner.run(job) }
    #expect(runner.lastEvaluation == nil)
    try await runner.run(.daily)
    let asked = world.now
    world.advance(by: .seconds(60))
    try await runner.run(.hourly)
    #expect(runner.lastEvaluation == asked)
    try await runner.run(.pending)
    #expect(runner.lastEvaluation == world.now)
  }

  @Test func `does not run a job twice at once`() async throws {
    let world = try JobWorld()
    let (starts, start) = AsyncStream.makeStream(of: Void.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    let runner = world.runner { work in
      start.yield()
      for await _ in ends { break }
      return try work()
    }
    async let first = runner.run(.hourly)
    for await _ in starts { break }
    await #expect(throws: JobFailure.isRunning) { try await runner.run(.hourly) }
    #expect(try status(runner, .hourly).isRunning)
    end.yield()
    _ = try await first
    #expect(try status(runner, .hourly).isRunning == false)
  }

  private static func time(_ text: String, in world: JobWorld) -> UnixTime? {
    let rows = try? world.run("SELECT TIMESTAMP '\(text)'")
    if case .timestamp(let time)? = rows?.first?.first { return UnixTime(milliseconds: time) }
    return nil
  }
}
