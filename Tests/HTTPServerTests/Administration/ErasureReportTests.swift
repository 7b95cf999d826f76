import AccessControl
import Authentication
import ColumnStore
import DiskTesting
import Engine
import HTTPServer
import HTTPTypes
import QueryPlanning
import Testing

/// What an erasure does to the folder of weekly reports.
struct ErasureReportTests {
  private static let folder = "/reports/2026-W02/acme"

  /// `u_gone` is in the table of users, `u_past` in reports only; so is `u_stays`, who is asked about by nobody.
  private func harness() async throws -> AdministrationHarness {
    let harness = try await AdministrationHarness(hasReports: true)
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(
      "INSERT INTO users (user_id, organization_id) VALUES ('u_gone', 'acme')", in: &session)
    for folder in ["/reports", "/reports/2026-W02", Self.folder, Self.folder + "/users"] {
      try harness.disk.makeFolder(folder)
    }
    var lines = ""
    for user in ["u_gone", "u_past", "u_stays"] {
      harness.disk.put(Array("# \(user)\n".utf8), "\(Self.folder)/users/\(user).md")
      lines += "{\"user_id\":\"\(user)\"}\n"
    }
    harness.disk.put(Array(lines.utf8), Self.folder + "/users.ndjson")
    return harness
  }

  private func reports(_ harness: AdministrationHarness) -> [String: [UInt8]] {
    var reports: [String: [UInt8]] = [:]
    for path in harness.disk.paths where path.hasPrefix("/reports/") {
      reports[path] = harness.disk.bytes(path)
    }
    return reports
  }

  private func erase(
    _ harness: AdministrationHarness, _ body: String
  ) async throws -> HarnessAnswer {
    try await harness.ask(
      .post, ErasureEndpointTests.path, token: try harness.token(.platformAdmin, "pam", in: []),
      body: body)
  }

  @Test func `an erasure that is refused leaves reports as they are`() async throws {
    let harness = try await harness()
    let before = reports(harness)
    #expect(before.count == 4)
    let unknown = try await erase(harness, #"{"user_id":"u_gone","replace":["nosuch.col"]}"#)
    #expect(unknown.status == 409)
    #expect(
      try await erase(harness, #"{"user_id":"u_gone","dry_run":true}"#)["reports"] == .number("2"))
    #expect(try await erase(harness, #"{"user_id":"nobody"}"#).status == 404)
    #expect(reports(harness) == before)
    #expect(try harness.recorded("action", where: "action = 'user_erase'").isEmpty)
    let done = try await erase(harness, #"{"user_id":"u_gone"}"#)
    #expect(done.status == 200 && done["reports"] == .number("2"), "\(done.json)")
    #expect(reports(harness)["\(Self.folder)/users/u_gone.md"] == nil)
  }

  @Test func `who is in reports only is taken out of them, on the record`() async throws {
    let harness = try await harness()
    let plan = try await erase(harness, #"{"user_id":"u_past","dry_run":true}"#)
    #expect(plan.status == 200 && plan["reports"] == .number("2"), "\(plan.json)")
    #expect(plan["erased_at"] == .null && plan.list("tables").isEmpty)
    #expect(reports(harness).count == 4)
    let done = try await erase(harness, #"{"user_id":"u_past"}"#)
    #expect(done.status == 200 && done["reports"] == .number("2"), "\(done.json)")
    #expect(done["id"] == .null && done["erased_at"] != .null)
    let rest = reports(harness)
    #expect(rest["\(Self.folder)/users/u_past.md"] == nil)
    let list = String(decoding: rest[Self.folder + "/users.ndjson"] ?? [], as: UTF8.self)
    #expect(list == "{\"user_id\":\"u_gone\"}\n{\"user_id\":\"u_stays\"}\n")
    #expect(
      try harness.recorded("entity_id, user_id, description", where: "action = 'user_erase'") == [
        [
          .text("reports"), .text("pam"),
          .text("pam took a person out of 2 files of weekly reports"),
        ]
      ])
    #expect(try await erase(harness, #"{"user_id":"u_past"}"#).status == 404)
  }

  @Test func `reports that cannot be written do not hide that rows are gone`() async throws {
    let harness = try await harness()
    // A folder is where the new file of the list would be written.
    let obstacle = Self.folder + "/users.ndjson.new"
    try harness.disk.makeFolder(obstacle)
    harness.disk.put([1], obstacle + "/file")
    let done = try await erase(harness, #"{"user_id":"u_gone"}"#)
    #expect(done.status == 200 && done["reports"] == .null, "\(done.json)")
    #expect(done["clean"] == .bool(true))
    #expect(try harness.recorded("user_id", where: "action = 'user_erase'").count == 1)
    // Asking again does the rest.
    try harness.disk.remove(obstacle + "/file")
    try harness.disk.removeFolder(obstacle)
    let again = try await erase(harness, #"{"user_id":"u_gone"}"#)
    #expect(again.status == 200 && again["reports"] == .number("1"), "\(again.json)")
  }
}
