import AccessControl
import Alerting
import ColumnStore
import DiskTesting
import Jobs
import Persistence
import Synchronization
import Testing

/// Now is Monday, 2026-03-16, 09:30 UTC.
@Suite struct `A weekly report` {
  let world: JobWorld
  let disk = SimulatedDisk()

  init() throws {
    world = try JobWorld()
    try world.useGPU(hours: 40, day: 2, of: "acme")
    try world.useGPU(hours: 50, day: 10, of: "acme")
    try world.useGPU(hours: 7, day: 10, of: "bolt")
  }

  private var folder: ReportFolder {
    ReportFolder(
      "/reports", disk: DiskEnvironment(files: disk, now: { .zero }, random: { 1 }))
  }

  private func read(_ path: String) throws -> String {
    let file = try disk.open("/reports/" + path, .read)
    return String(decoding: try file.read(0..<(try file.byteCount())), as: UTF8.self)
  }

  private func names(_ path: String) throws -> [String] {
    try disk.names(in: "/reports" + path).sorted()
  }

  @Test func `is written once a week for each organisation and person`() async throws {
    let runner = world.runner(reports: ReportTargets(folder: folder))
    await runner.runDue()
    #expect(try names("") == ["2026-W11"])
    #expect(try names("/2026-W11") == ["acme", "bolt"])
    #expect(
      try names("/2026-W11/acme") == [
        "organization.json", "organization.md", "users", "users.ndjson",
      ])
    #expect(try names("/2026-W11/acme/users") == ["u1.md"])
    let text = try read("2026-W11/acme/users/u1.md")
    #expect(text.contains("u1 of acme, 2026-03-09 to 2026-03-15, days of UTC."))
    #expect(text.contains("| GPU hours | 50 hours | 40 hours | +25% |"))
    let whole = try read("2026-W11/bolt/organization.json")
    #expect(whole.contains(#""metric":"gpu_hours""#) && whole.contains(#""value":7,"#))
    #expect(!whole.contains("50"))
    #expect(
      try world.run("SELECT organization_id, week, people FROM weekly_reports ORDER BY 1") == [
        [.text("acme"), .text("2026-W11"), .integer(1)],
        [.text("bolt"), .text("2026-W11"), .integer(1)],
      ])
    // What somebody did with the files is his business.
    try disk.remove("/reports/2026-W11/acme/users/u1.md")
    try await world.runner(reports: ReportTargets(folder: folder)).run(.weeklyReports)
    #expect(try names("/2026-W11/acme/users").isEmpty)
    world.advance(by: .seconds(7 * 86_400))
    await runner.runDue()
    #expect(try names("") == ["2026-W11", "2026-W12"])
  }

  @Test func `is due by the clocks of its organisation, ahead or behind`() async throws {
    // Monday 09:00 in Los Angeles is 16:00 in UTC, and in Auckland Sunday 20:00.
    let world = try JobWorld([
      ("--reporting-organization-time-zones", "acme=America/Los_Angeles"),
      ("--reporting-organization-time-zones", "bolt=Pacific/Auckland"),
    ])
    try world.useGPU(hours: 50, day: 10, of: "acme")
    try world.useGPU(hours: 7, day: 10, of: "bolt")
    let runner = world.runner(reports: ReportTargets(folder: folder))
    func weeks() throws -> [[Value]] {
      try world.run("SELECT organization_id, week FROM weekly_reports ORDER BY 1, 2")
    }
    await runner.runDue()
    // It is 09:30 in UTC: acme's are those of the week before still.
    let before: [[Value]] = [
      [.text("acme"), .text("2026-W10")], [.text("bolt"), .text("2026-W11")],
    ]
    #expect(try weeks() == before)
    world.advance(by: .seconds(6 * 3600))
    await runner.runDue()
    #expect(try weeks() == before)
    world.advance(by: .seconds(3600))
    await runner.runDue()
    #expect(
      try weeks() == [before[0], [.text("acme"), .text("2026-W11")], before[1]])
  }

  @Test func `of one organisation that cannot be told holds up nobody else's`() async throws {
    let taken = Mutex<[String]>([])
    let refuses = Atomic<Bool>(true)
    let webhook = Webhook(
      try WebhookSettings(url: "http://127.0.0.1:1/", secret: Secret("0123456789abcdef")),
      WebhookTransport { _, headers, _, _ in
        let name = headers.first { $0.name == "Daybook-Delivery" }?.value ?? ""
        taken.withLock { $0.append(name) }
        return refuses.load(ordering: .relaxed) && name.contains("acme") ? 413 : 200
      }, WebhookEnvironment(now: { [world] in world.now }, random: { 0 }, sleep: { _ in }))
    let runner = world.runner(reports: ReportTargets(webhook: webhook))
    let bolts = ["weekly_report:2026-W11:bolt", "weekly_report:2026-W11:bolt:1"]
    await runner.runDue(Job.allCases.filter(\.tells))
    #expect(taken.withLock { $0 } == ["weekly_report:2026-W11:acme"] + bolts)
    let record = try #require(runner.statuses.first { $0.job == .weeklyReports }?.record)
    #expect(record.outcome == .failed && record.detail.contains("acme"))
    #expect(record.detail.contains("413") && !record.detail.contains("bolt"))
    // It is left alone for longer than the job is.
    world.advance(by: JobRunner.retryInterval)
    await runner.runDue()
    #expect(taken.withLock { $0.count } == 3)
    #expect(runner.statuses.first { $0.job == .weeklyReports }?.record?.outcome == .failed)
    refuses.store(false, ordering: .relaxed)
    world.advance(by: JobRunner.retryInterval)
    await runner.runDue()
    #expect(taken.withLock { $0.count } == 5)
    #expect(runner.statuses.first { $0.job == .weeklyReports }?.record?.outcome == .done)
  }

  @Test func `is each person's own, however his name is spelt`() async throws {
    try world.run(
      """
      INSERT INTO events (ts, received_at, event_id, organization_id, user_id, event_type, gpu_seconds)
      VALUES ('2026-03-10 08:00', '2026-03-16', 'e1', 'acme', '\u{E9}', 'training_completed', 3600),
        ('2026-03-10 08:00', '2026-03-16', 'e2', 'acme', 'e\u{301}', 'training_completed', 7200)
      """)
    try await world.runner(reports: ReportTargets(folder: folder)).run(.weeklyReports)
    #expect(try names("/2026-W11/acme/users") == ["%C3%A9.md", "e%CC%81.md", "u1.md"])
    #expect(try read("2026-W11/acme/users/%C3%A9.md").contains("| GPU hours | 1 "))
  }

  @Test func `of a person who is erased goes, and others' stay`() async throws {
    try world.run(
      """
      INSERT INTO events (ts, received_at, event_id, organization_id, user_id, event_type, gpu_seconds)
      VALUES ('2026-03-10 08:00', '2026-03-16', 'e1', 'acme', 'u2', 'training_completed', 3600)
      """)
    let runner = world.runner(reports: ReportTargets(folder: folder))
    try await runner.run(.weeklyReports)
    #expect(try runner.reports(of: "u1", removing: false) == 4)
    #expect(try names("/2026-W11/acme/users") == ["u1.md", "u2.md"])
    // Left behind by a process that died.
    let left = "/2026-W11/acme/users.ndjson.new"
    try Array("a line of u1".utf8).withUnsafeBytes { try disk.writeFile($0, to: "/reports" + left) }
    #expect(try runner.reports(of: "u1", removing: true) == 4)
    #expect(try !names("/2026-W11/acme").contains("users.ndjson.new"))
    #expect(try names("/2026-W11/acme/users") == ["u2.md"])
    let lines = try read("2026-W11/acme/users.ndjson")
    #expect(lines.contains(#""user_id":"u2""#) && !lines.contains(#""user_id":"u1""#))
    #expect(lines.hasSuffix("}\n"))
    #expect(try read("2026-W11/bolt/users.ndjson").isEmpty)
    #expect(try runner.reports(of: "u1", removing: true) == 0)
    #expect(try world.runner().reports(of: "u2", removing: true) == 0)
  }

  @Test func `has a name of file that leads nowhere else`() async throws {
    try world.run("UPDATE events SET user_id = '../../u/1' WHERE organization_id = 'acme'")
    let long = String(repeating: "é", count: 120)
    try world.run("UPDATE events SET user_id = '\(long)' WHERE organization_id = 'bolt'")
    try await world.runner(reports: ReportTargets(folder: folder)).run(.weeklyReports)
    #expect(try names("/2026-W11/acme/users") == ["%2E.%2F..%2Fu%2F1.md"])
    let name = try #require(try names("/2026-W11/bolt/users").first)
    #expect(name.utf8.count < 220)
  }

  @Test func `leaves people out where it is told to`() async throws {
    let targets = ReportTargets(folder: folder, includesPeople: false)
    try await world.runner(reports: targets).run(.weeklyReports)
    #expect(try names("/2026-W11/acme") == ["organization.json", "organization.md"])
  }

  @Test func `is nothing where nobody asked for one`() async throws {
    let outcome = try await world.runner().run(.weeklyReports)
    #expect(outcome.reportCount == 0)
    #expect(try world.run("SELECT count(*) FROM weekly_reports") == [[.integer(0)]])
  }

  @Test func `is sent once, and again where it did not arrive`() async throws {
    let taken = Mutex<[String]>([])
    let isUp = Atomic<Bool>(false)
    var settings = try WebhookSettings(
      url: "http://127.0.0.1:1/", secret: Secret("0123456789abcdef"))
    settings.largestAttemptCount = 2
    let webhook = Webhook(
      settings,
      WebhookTransport { _, headers, body, _ in
        guard isUp.load(ordering: .relaxed) else { return 503 }
        let name = headers.first { $0.name == "Daybook-Delivery" }?.value ?? ""
        #expect(String(decoding: body, as: UTF8.self).contains("acme") == name.contains("acme"))
        taken.withLock { $0.append(name) }
        return 200
      }, WebhookEnvironment(now: { [world] in world.now }, random: { 0 }, sleep: { _ in }))
    let runner = world.runner(reports: ReportTargets(webhook: webhook))
    await #expect(throws: JobFailure.self) { try await runner.run(.weeklyReports) }
    isUp.store(true, ordering: .relaxed)
    try await runner.run(.weeklyReports)
    let all = [
      "weekly_report:2026-W11:acme", "weekly_report:2026-W11:acme:1",
      "weekly_report:2026-W11:bolt", "weekly_report:2026-W11:bolt:1",
    ]
    #expect(taken.withLock { $0 } == all)
    try await runner.run(.weeklyReports)
    #expect(taken.withLock { $0 } == all)
  }
}
