import AccessControl
import Authentication
import ColumnStore
import DiskTesting
import Engine
import HTTPServer
import HTTPTypes
import Intake
import QueryPlanning
import Testing

struct ErasureEndpointTests {
  static let path = "/api/admin/erasures"

  private func harness() async throws -> AdministrationHarness {
    let harness = try await AdministrationHarness()
    var session = Session()
    session.access = .unrestricted
    _ = try harness.service.engine.execute(
      """
      INSERT INTO users (user_id, organization_id, email) VALUES
      ('u_gone', 'acme', 'gone@acme.example'), ('u_stays', 'acme', 'stays@acme.example')
      """, in: &session)
    return harness
  }

  @Test func `a person is erased after a look at what would go, and nothing says who it was`()
    async throws
  {
    let harness = try await harness()
    let pam = try harness.token(.platformAdmin, "pam", in: [])
    let plan = try await harness.ask(
      .post, Self.path, token: pam, body: #"{"user_id":"u_gone","dry_run":true}"#)
    #expect(plan.status == 200 && plan["id"] == .null)
    let tables = plan["tables"]?.elements?.map { $0.members?["table"]?.text }
    #expect(tables == ["users"])
    let body = #"{"user_id":"u_gone"}"#
    let done = try await harness.ask(.post, Self.path, token: pam, body: body)
    #expect(done.status == 200 && done["clean"] == .bool(true))
    let id = try #require(done["id"]?.text)
    #expect(try await harness.ask(.post, Self.path, token: pam, body: body).status == 404)
    var session = Session()
    session.access = .unrestricted
    #expect(
      try harness.service.engine.execute("SELECT user_id FROM users", in: &session).rows
        == [[.text("u_stays")]])
    let list = try await harness.ask(.get, Self.path, token: pam)
    #expect(list["erasures"]?.elements?.compactMap { $0.members?["id"]?.text } == [id])
    #expect(
      try harness.recorded("action, entity_id, user_id", where: "action = 'user_erase'")
        == [[.text("user_erase"), .text(id), .text("pam")]])
    #expect(
      try harness.recorded("description", where: "position('u_gone' in description) > 0") == [])
  }

  @Test
  func `built-in columns that name a person in another part have erased instead, others are told`()
    async throws
  {
    let harness = try await harness()
    var session = Session()
    session.access = .unrestricted
    for statement in [
      """
      INSERT INTO threats (threat_id, ts, organization_id, user_id, threat_type, severity, resolved_by)
      VALUES ('t1', timestamp '2026-01-15 10:00', 'acme', 'u_stays', 'custom', 'low', 'u_gone'),
      ('t2', timestamp '2026-01-15 10:00', 'acme', 'u_stays', 'custom', 'low', 'u_stays')
      """, "CREATE TABLE notes (id bigint, author text)",
      "INSERT INTO notes VALUES (1, 'u_gone')",
    ] { _ = try harness.service.engine.execute(statement, in: &session) }
    let pam = try harness.token(.platformAdmin, "pam", in: [])
    let plan = try await harness.ask(
      .post, Self.path, token: pam, body: #"{"user_id":"u_gone","dry_run":true}"#)
    #expect(plan.list("remaining").map { $0["table"]?.text } == ["notes"], "\(plan.json)")
    #expect(plan.list("remaining").first?["column"]?.text == "author")
    let wrong = try await harness.ask(
      .post, Self.path, token: pam, body: #"{"user_id":"u_gone","replace":["notes"]}"#)
    #expect(wrong.status == 400 && wrong.fields == ["replace[0]"])
    let done = try await harness.ask(
      .post, Self.path, token: pam, body: #"{"user_id":"u_gone","replace":["notes.author"]}"#)
    #expect(done.status == 200 && done["clean"] == .bool(true), "\(done.json)")
    #expect(done["remaining"]?.elements == [])
    let resolvers = try harness.service.engine.execute(
      "SELECT resolved_by FROM threats ORDER BY threat_id", in: &session)
    #expect(resolvers.rows == [[.text("erased")], [.text("u_stays")]])
    let authors = try harness.service.engine.execute("SELECT author FROM notes", in: &session)
    #expect(authors.rows == [[.text("erased")]])
  }

  @Test(arguments: [Role.user, .manager, .admin, .organizationAdmin])
  func `who does not run the platform erases nobody`(role: Role) async throws {
    let harness = try await harness()
    let answer = try await harness.ask(
      .post, Self.path, token: try harness.token(role), body: #"{"user_id":"u_gone"}"#)
    #expect(answer.status == 403)
  }

  @Test func `a body that names nobody is refused by field`() async throws {
    let harness = try await harness()
    let token = try harness.token(.platformAdmin, "pam", in: [])
    for (body, field) in [
      ("{}", "user_id"), (#"{"user_id":""}"#, "user_id"), (#"{"user_id":"u","dry":1}"#, "dry"),
      (#"{"user_id":"u","dry_run":"yes"}"#, "dry_run"),
    ] {
      let answer = try await harness.ask(.post, Self.path, token: token, body: body)
      #expect(answer.status == 400 && answer.fields == [field], "\(body)")
    }
  }

  @Test func `a person goes from dead letters and open sessions too, and stays away`() async throws
  {
    let harness = try await harness()
    let later = harness.clock.now.milliseconds + 3_600_000
    try harness.send("{\"id\":\"u_gone\",\"email\":\"not one\"}", .user)
    try harness.send(
      """
      [{"id":"e1","type":"chat","user_id":"u_gone","resource_id":"only-hers","ts":\(later)},
       {"id":"e2","type":"chat","user_id":"u_stays","ts":\(later)}]
      """)
    try harness.send("{\"id\":\"s1\",\"user_id\":\"u_gone\",\"token\":\"t\"}", .login)
    try harness.send("{\"id\":\"s2\",\"user_id\":\"u_stays\"}", .login)
    harness.clock.advance(by: .seconds(7200))
    // A letter that was taken has earlier versions, and an event.
    let letters = try harness.service.intake.deadLetters().map(\.id)
    #expect(letters.count == 3)
    _ = try harness.service.intake.replay(letters, at: harness.clock.now)
    try harness.send("{\"id\":\"s1\"}", .heartbeat)
    try harness.send("{\"id\":\"s3\",\"user_id\":\"u_gone\"}", .login)
    let pam = try harness.token(.platformAdmin, "pam", in: [])
    let done = try await harness.ask(
      .post, Self.path, token: pam, body: #"{"user_id":"u_gone"}"#)
    #expect(done.status == 200 && done["clean"] == .bool(true), "\(done.json)")
    #expect(done.list("tables").contains { $0["table"]?.text == "dead_letters" })
    #expect(harness.service.intake.openSessionCount == 1)
    harness.clock.advance(by: .seconds(60))
    try harness.send("{\"id\":\"s3\"}", .heartbeat)
    harness.clock.advance(by: .seconds(3600))
    harness.service.closeInactiveSessions()
    #expect(try harness.service.intake.deadLetters(state: nil).allSatisfy { $0.clientID != "e1" })
    for text in ["u_gone", "only-hers"] {
      for path in harness.disk.paths where path.hasPrefix("/data") {
        let bytes = harness.disk.bytes(path) ?? []
        #expect(bytes.firstRange(of: Array(text.utf8)) == nil, "\(text) is in \(path)")
      }
      for dictionary in harness.service.engine.store.catalog().dictionaries.values {
        #expect(dictionary.view.code(of: text) == nil, "\(text) is in \(dictionary.domain)")
      }
    }
    let again = try await harness.ask(
      .post, Self.path, token: try harness.token(.platformAdmin, "pam", in: []),
      body: #"{"user_id":"u_gone"}"#)
    #expect(again.status == 404)
    for (account, totals) in harness.service.intake.ledgerTotals {
      #expect(totals.isBalanced, "\(account)")
    }
    // Nothing that comes anew is kept from her organisation.
    try harness.send("{\"id\":\"e9\",\"type\":\"chat\",\"user_id\":\"u_stays\"}")
  }
}
