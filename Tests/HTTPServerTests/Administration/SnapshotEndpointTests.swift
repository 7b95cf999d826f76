import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import HTTPTypes
import Persistence
import Synchronization
import Testing

struct SnapshotEndpointTests {
  static let path = "/api/admin/snapshots"

  @Test func `a snapshot is written for who runs the platform, on the record`() async throws {
    let harness = try await AdministrationHarness()
    let pam = try harness.token(.platformAdmin, "pam", in: [])
    let first = try await harness.ask(.post, Self.path, token: pam)
    #expect(first.status == 201, "\(first.json)")
    let second = try await harness.ask(.post, Self.path, token: pam)
    let numbers = [first, second].compactMap { $0["snapshot"]?.text }
    #expect(numbers.count == 2 && numbers[0] < numbers[1])
    #expect(harness.service.database.health.snapshot?.description == numbers[1])
    #expect(
      try harness.recorded("action, entity_type, user_id", where: "action = 'snapshot_create'")
        == Array(
          repeating: [.text("snapshot_create"), .text("snapshot"), .text("pam")], count: 2))
  }

  @Test func `a snapshot is written while all threads of queries are taken, and takes none`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let work = harness.service.work
    let end = Answers()
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { end.set([]) }
      for _ in 0..<work.threadCount {
        group.addTask {
          try await work.run {
            while end.bytes == nil { Pause.milliseconds(1) }
          }
        }
      }
      while work.count < work.threadCount { await Task.yield() }
      let answer = try await harness.ask(
        .post, Self.path, token: try harness.token(.platformAdmin, "pam", in: []))
      #expect(answer.status == 201, "\(answer.json)")
      end.set([])
      try await group.waitForAll()
    }
  }

  @Test func `nothing is written where it cannot be recorded`() async throws {
    let harness = try await AdministrationHarness()
    let pam = try harness.token(.platformAdmin, "pam", in: [])
    try harness.breakAuditLog()
    let answer = try await harness.ask(.post, Self.path, token: pam)
    #expect(answer.status == 503 && answer.code == "not_recorded")
  }

  @Test func `a path is the same with and without a slash at its end`() async throws {
    let harness = try await AdministrationHarness()
    let pam = try harness.token(.platformAdmin, "pam")
    for path in ["/api/dashboard/health", "/api/dashboard/health/", "/api/health/", "/ready/"] {
      #expect(try await harness.ask(.get, path, token: pam).status == 200, "\(path)")
    }
    #expect(try await harness.ask(.get, "/api/health/x", token: pam).status == 404)
  }

  @Test func `the token of a person where records of emitters are taken is known, and not enough`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let ann = try harness.token(.admin)
    for (token, status) in [(ann, 403), (ann + "x", 401), ("dbk_nothing", 401)] {
      let answer = try await harness.ask(
        .post, "/api/analytics/threats", token: token, body: "[]")
      #expect(answer.status == status, "\(answer.json)")
    }
  }
}
