import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Persistence
import Platform
import Testing

struct RevealEndpointTests {
  static let path = "/api/admin/reveal"
  static let body =
    #"{"reason":"ticket 4711 of acme","columns":["users.email"],"duration_seconds":60}"#

  @Test func `a superadmin is granted a reveal, lists it and ends it, all on the record`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let root = try harness.token(.superadmin, "root")
    let made = try await harness.ask(.post, Self.path, token: root, body: Self.body)
    #expect(made.status == 201)
    #expect(made["columns"]?.elements == [.string("users.email")])
    #expect(made["organizations"]?.elements == [.string("acme")])
    #expect(made["starts_at"] == .string("2026-01-15T12:00:00.000Z"))
    #expect(made["ends_at"] == .string("2026-01-15T12:01:00.000Z"))
    let id = try #require(made["id"]?.text)
    let list = try await harness.ask(.get, Self.path, token: root)
    #expect(list["reveals"]?.elements?.count == 1)
    let ended = try await harness.ask(.delete, "\(Self.path)?id=\(id)", token: root)
    #expect(ended.status == 200)
    #expect(ended["ended"] == .number("1"))
    #expect(try await harness.ask(.get, Self.path, token: root)["reveals"]?.elements == [])
    #expect(try await harness.ask(.delete, "\(Self.path)?id=\(id)", token: root).status == 404)
    #expect(
      try harness.recorded("action, user_id, organization_id")
        == [
          [.text("reveal_grant"), .text("root"), .text("acme")],
          [.text("reveal_end"), .text("root"), .text("acme")],
          [.text("reveal_refuse"), .text("root"), .null],
        ])
  }

  @Test func `a reveal ends by itself`() async throws {
    let harness = try await AdministrationHarness()
    let root = try harness.token(.superadmin, "root")
    _ = try await harness.ask(.post, Self.path, token: root, body: Self.body)
    harness.clock.advance(by: .seconds(61))
    #expect(try await harness.ask(.get, Self.path, token: root)["reveals"]?.elements == [])
    let ended = try await harness.ask(.delete, Self.path, token: root)
    #expect(ended["ended"] == .number("0"))
  }

  @Test(arguments: Role.allCases.filter { $0 != .superadmin })
  func `nobody else may ask, and the attempt is on the record`(role: Role) async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.token(role)
    let refused = try await harness.ask(.post, Self.path, token: token, body: Self.body)
    #expect(refused.status == 403)
    #expect(try await harness.ask(.get, Self.path, token: token).status == 403)
    #expect(try await harness.ask(.delete, Self.path, token: token).status == 403)
    #expect(
      try harness.recorded("action, user_id, user_role")
        == [[.text("reveal_refuse"), .text("ann"), .text(role.rawValue)]])
    #expect(try await harness.ask(.post, Self.path, body: Self.body).status == 401)
  }

  @Test func `nobody fills the audit log by asking again and again`() async throws {
    let harness = try await AdministrationHarness()
    let ann = try harness.token(.user)
    let unknown = String(repeating: "0", count: 32)
    func refusals() throws -> Int {
      try harness.recorded("audit_id", where: "action = 'reveal_refuse'").count
    }
    for number in 0..<30 {
      let answer =
        number % 2 == 0
        ? try await harness.ask(.post, Self.path, token: ann, body: Self.body)
        : try await harness.ask(
          .get, "/analytics/me", token: ann, headers: ["X-Daybook-Reveal": unknown])
      #expect(answer.status == 403)
    }
    #expect(try refusals() == 10)
    // Others are recorded all the same, and so is she an hour later.
    let ben = try harness.token(.admin, "ben")
    #expect(try await harness.ask(.post, Self.path, token: ben, body: Self.body).status == 403)
    #expect(try refusals() == 11)
    harness.clock.advance(by: .seconds(3600))
    let later = try harness.token(.user)
    #expect(try await harness.ask(.post, Self.path, token: later, body: Self.body).status == 403)
    #expect(try refusals() == 12)
  }

  @Test(
    arguments: [
      (#"{"columns":["users.email"]}"#, "reason"),
      (#"{"reason":"short","columns":["users.email"]}"#, "reason"),
      (#"{"reason":"ticket 4711 of acme"}"#, "columns"),
      (#"{"reason":"ticket 4711 of acme","columns":[]}"#, "columns"),
      (#"{"reason":"ticket 4711 of acme","columns":["email"]}"#, "columns[0]"),
      (#"{"reason":"ticket 4711 of acme","columns":["users.role"]}"#, "columns"),
      (#"{"reason":"ticket 4711 of acme","columns":["users.email","nix.nix"]}"#, "columns"),
      (
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"duration_seconds":901}"#,
        "duration_seconds"
      ),
      (
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"duration_seconds":0}"#,
        "duration_seconds"
      ),
      (
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"duration_seconds":1.5}"#,
        "duration_seconds"
      ),
      (
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"organizations":[""]}"#,
        "organizations[0]"
      ),
      (
        #"{"reason":"ticket 4711 of acme","columns":["users.email"],"organizations":["a"],"all_organizations":true}"#,
        "all_organizations"
      ),
      (#"{"reason":"ticket 4711 of acme","columns":["users.email"],"why":1}"#, "why"),
    ])
  func `what is wrong with the request is named`(body: String, field: String) async throws {
    let harness = try await AdministrationHarness()
    let answer = try await harness.ask(
      .post, Self.path, token: try harness.token(.superadmin, "root"), body: body)
    #expect(answer.status == 400)
    #expect(answer.fields == [field])
  }

  @Test func `columns that are open or not there are named, with those that are sealed`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let answer = try await harness.ask(
      .post, Self.path, token: try harness.token(.superadmin, "root"),
      body: #"{"reason":"ticket 4711 of acme","columns":["users.role","nix.nix"]}"#)
    let detail = answer["detail"]?.text ?? ""
    #expect(detail.contains("nix.nix, users.role is no sealed column"))
    #expect(detail.contains("users.email") && detail.contains("threats.ip_address"))
    #expect(try harness.recorded("action") == [])
  }

  @Test
  func `a reveal that does not hold is refused wherever it is named, also where nothing is sealed`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let root = try harness.token(.superadmin, "root")
    let made = try await harness.ask(.post, Self.path, token: root, body: Self.body)
    let id = try #require(made["id"]?.text)
    let kpis = "/api/admin/overview/kpis"
    let export = "/api/admin/analytics/export?list=threats&format=json"
    for (path, reveal, status) in [
      (kpis, id, 200), (kpis, "bogus", 400), (kpis, String(repeating: "0", count: 32), 403),
      (export, id, 403), (export, String(repeating: "0", count: 32), 403),
    ] {
      let answer = try await harness.ask(
        .get, path, token: root, headers: ["X-Daybook-Reveal": reveal])
      #expect(answer.status == status, "\(path) \(reveal)")
    }
    #expect(try await harness.ask(.get, export, token: root).status == 200)
  }

  @Test func `nothing is granted when the log cannot be written`() async throws {
    let harness = try await AdministrationHarness()
    let root = try harness.token(.superadmin, "root")
    try harness.breakAuditLog()
    let answer = try await harness.ask(.post, Self.path, token: root, body: Self.body)
    #expect(answer.status == 503)
    #expect(answer.code == "not_recorded")
    #expect(try await harness.ask(.get, Self.path, token: root)["reveals"]?.elements == [])
  }
}
