import AccessControl
import Authentication
import ColumnStore
import DiskTesting
import Glibc
import Intake
import Persistence
import Testing

@Suite struct `Threats` {
  private func harness() throws -> (IntakeHarness, [String]) {
    let harness = try IntakeHarness()
    for organization in ["acme", "beta"] {
      for id in 0..<3 {
        try harness.accept(
          "{\"id\":\"\(id)\",\"type\":\"custom\",\"severity\":\"low\"}", .threat,
          from: try IntakeHarness.emitter(organization))
      }
    }
    let ids = try harness.rows(.threats).sorted { row(row: $0) < row(row: $1) }.compactMap {
      if case .text(let id)? = $0["threat_id"] { id } else { nil }
    }
    return (harness, ids)
  }

  private func row(row: [String: Value]) -> String { "\(row["organization_id"] ?? .null)" }

  @Test func `of one's organisation are resolved as one change, and opened again`() throws {
    let (harness, ids) = try harness()
    let acme = OrganizationScope.only([try IntakeHarness.organization("acme")])
    let resolved = try harness.intake.resolveThreats(
      ids + ["none"], true, by: "ann", within: acme, at: harness.now)
    #expect(
      ids.map { resolved[$0] } == [.resolved, .resolved, .resolved, .unknown, .unknown, .unknown])
    #expect(resolved["none"] == .unknown)
    let later = harness.now.advanced(by: .seconds(60))
    let again = try harness.intake.resolveThreats(ids, true, by: "bob", within: .all, at: later)
    #expect(
      ids.map { again[$0] } == [
        .unchanged, .unchanged, .unchanged, .resolved, .resolved, .resolved,
      ])
    let rows = try harness.restarted().rows(.threats)
    #expect(rows.count == 6)
    for row in rows {
      let isFirst = row["organization_id"] == .text("acme")
      #expect(row["resolved"] == .boolean(true))
      #expect(row["resolved_by"] == .text(isFirst ? "ann" : "bob"))
      #expect(row["resolved_at"] == .timestamp((isFirst ? harness.now : later).milliseconds))
    }
    let opened = try harness.intake.resolveThreats(
      [ids[0]], false, by: "bob", within: acme, at: later)
    #expect(opened == [ids[0]: .unresolved])
    let row = try #require(try harness.rows(.threats).first { $0["threat_id"] == .text(ids[0]) })
    #expect(
      row["resolved"] == .boolean(false) && row["resolved_by"] == nil && row["resolved_at"] == nil)
  }

  @Test func `have names that nobody finds a second time`() throws {
    let (_, ids) = try harness()
    let names = ["acme", "beta"].flatMap { organization in
      (0..<3).map { NameUUID.text(of: [organization, "\($0)"]) }
    }
    #expect(Set(ids) == Set(names))
  }

  @Test func `stay as they are where nothing can be stored`() throws {
    let (harness, ids) = try harness()
    harness.disk.fail(.init(call: 1, lasts: true, kind: .error(EIO)))
    #expect(throws: IntakeRefusal.self) {
      try harness.intake.resolveThreats(ids, true, by: "ann", within: .all, at: harness.now)
    }
    harness.disk.fail(nil)
    #expect(try harness.restarted().rows(.threats).allSatisfy { $0["resolved"] == .boolean(false) })
  }
}

@Suite struct `A session that was erased` {
  private static let minute: Int64 = 60_000

  private func erase(_ harness: IntakeHarness) throws {
    let erasure = Erasure(
      identity: "u",
      columns: [
        Erasure.Column(table: "sessions", column: "user_id"),
        Erasure.Column(table: "events", column: "user_id"),
      ])
    _ = try harness.database.erase(erasure)
  }

  @Test func `does not come back by a heartbeat, a logout or its end`() throws {
    let harness = try IntakeHarness()
    for id in ["a", "b", "c"] { try harness.accept("{\"id\":\"\(id)\",\"user_id\":\"u\"}", .login) }
    try harness.accept("{\"id\":\"d\",\"user_id\":\"v\"}", .login)
    try erase(harness)
    harness.now = UnixTime(milliseconds: harness.now.milliseconds + Self.minute)
    #expect(try harness.accept("{\"id\":\"a\"}", .heartbeat).ignored == ["a"])
    #expect(try harness.accept("{\"id\":\"b\"}", .logout).ignored == ["b"])
    #expect(harness.intake.openSessionCount == 2)
    harness.now = UnixTime(milliseconds: harness.now.milliseconds + 40 * Self.minute)
    #expect(try harness.intake.closeInactiveSessions(at: harness.now) == 1)
    #expect(harness.intake.openSessionCount == 0)
    let users =
      try harness.rows(.sessions).map { $0["user_id"] }
      + harness.rows(.events).map { $0["user_id"] }
    #expect(Set(users) == [.text("v")])
    try harness.expectBalanced()
  }

  @Test func `is forgotten at once where it is said`() throws {
    let harness = try IntakeHarness()
    try harness.accept("{\"id\":\"a\",\"user_id\":\"u\"}", .login)
    try harness.accept("{\"id\":\"d\",\"user_id\":\"v\"}", .login)
    try erase(harness)
    harness.intake.forgetSessions(of: try #require(UserID("u")))
    #expect(harness.intake.openSessionCount == 1)
  }
}
