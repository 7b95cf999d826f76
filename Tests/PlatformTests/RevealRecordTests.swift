import AccessControl
import ColumnStore
import Engine
import Platform
import Testing

struct RevealRecordTests {
  let engine: Engine
  let clock = TestClock()
  let register: RevealRegister
  let root: Principal
  let email: SealedColumn

  init() throws {
    engine = try Engine.withBuiltInTables()
    let clock = clock
    let chance = Counter()
    let log = AuditLog(engine, now: { clock.now }, random: { chance.next() })
    let user = try #require(UserID("root"))
    let allowlist = SuperadminAllowlist([user])
    register = RevealRegister(allowlist: allowlist, sink: log) { chance.next() }
    root = try Principal(
      user: user, organizations: [try #require(OrganizationID("acme"))], role: .superadmin,
      allowlist: allowlist)
    email = try #require(SealedColumn("users.email"))
  }

  func grant(
    _ organizations: RequestedOrganizations = .own, for duration: Duration = .seconds(60)
  ) throws -> RevealGrant {
    try register.grant(
      to: root, reason: "ticket 4711 of acme", organizations: organizations, columns: [email],
      duration: duration, at: clock.now)
  }

  func entries() throws -> [[Value]] {
    try engine.run(
      "SELECT action, organization_id, user_id, user_role FROM audit_log ORDER BY audit_id")
  }

  func row(_ action: String, _ organization: String? = "acme") -> [Value] {
    [
      .text(action), organization.map(Value.text) ?? .null, .text("root"), .text("superadmin"),
    ]
  }

  @Test func `grant, use and end of a reveal are in the log of its organisation`() throws {
    let grant = try grant()
    clock.advance(by: .seconds(1))
    let use = RevealUse(columns: [email], organizations: grant.scope.organizations, rowCount: 3)
    let mayOpen = try register.use(
      by: root.revealing(with: grant.id), for: use, at: clock.now
    ) { permit in
      permit.covers(email, of: OrganizationID("acme"))
    }
    #expect(mayOpen)
    clock.advance(by: .seconds(1))
    try register.end(grant.id, by: root, at: clock.now)
    #expect(try entries() == [row("reveal_grant"), row("reveal_use"), row("reveal_end")])
    #expect(
      try engine.run(
        "SELECT description, context, sealed_context FROM audit_log WHERE action = 'reveal_grant'")
        == [
          [
            .text("root was granted a reveal of users.email for 60 seconds"),
            .json(
              #"{"columns":["users.email"],"duration_seconds":60,"organizations":["acme"]}"#),
            .json(#"{"reason":"ticket 4711 of acme"}"#),
          ]
        ])
    #expect(
      try engine.run("SELECT description FROM audit_log WHERE action = 'reveal_use'")
        == [[.text("root used a reveal to see users.email in 3 rows")]])
  }

  @Test func `a reveal that ends by time is recorded as of then`() throws {
    let grant = try grant(for: .seconds(30))
    clock.advance(by: .seconds(300))
    #expect(register.grants(of: root, at: clock.now) == [])
    #expect(throws: RevealUseError<Never>.self) {
      try register.use(
        by: root.revealing(with: grant.id),
        for: RevealUse(columns: [email], organizations: grant.scope.organizations, rowCount: 1),
        at: clock.now
      ) { _ in }
    }
    #expect(try entries() == [row("reveal_grant"), row("reveal_end"), row("reveal_refuse", nil)])
    #expect(
      try engine.run("SELECT ts FROM audit_log WHERE action = 'reveal_end'")
        == [[.timestamp(noon.milliseconds + 30_000)]])
  }

  @Test func `a reveal of several organisations is in the log of each`() throws {
    let names = try Set(["acme", "bolt"].map { try #require(OrganizationID($0)) })
    let grant = try grant(.named(names))
    try register.end(grant.id, by: root, at: clock.now)
    #expect(
      try entries()
        == [
          row("reveal_grant"), row("reveal_grant", "bolt"), row("reveal_end"),
          row("reveal_end", "bolt"),
        ])
  }

  @Test func `a refusal is recorded, without what the caller wrote`() throws {
    #expect(throws: RevealRefusal.badReason) {
      try register.grant(
        to: root, reason: "no", organizations: .own, columns: [email], duration: .seconds(60),
        at: clock.now)
    }
    #expect(try entries() == [row("reveal_refuse", nil)])
  }

  @Test func `nothing is revealed when the log is gone`() throws {
    let log = AuditLog(Engine(threads: 1), now: { noon }, random: { 4 })
    let register = RevealRegister(
      allowlist: SuperadminAllowlist([root.user]), sink: log, random: { 4 })
    #expect(throws: RevealRefusal.notRecorded) {
      try register.grant(
        to: root, reason: "ticket 4711 of acme", organizations: .own, columns: [email],
        duration: .seconds(60), at: noon)
    }
    #expect(register.grants(of: root, at: noon) == [])
  }
}
