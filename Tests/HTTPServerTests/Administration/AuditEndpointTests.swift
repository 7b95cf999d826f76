import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Persistence
import Platform
import Testing

struct AuditEndpointTests {
  let harness: AdministrationHarness

  init() async throws {
    harness = try await AdministrationHarness()
    try record("u1", "update", "project", "p1", #""changes":{"name":{"old":"a","new":"b"}}"#)
    try record("u2", "create", "experiment", "e1", #""context":{"project_id":"p1"}"#)
    try record("u1", "create", "dataset", "d1", #""entity_name":"Pets""#)
    try record("u9", "create", "project", "p1", "", of: "bolt")
  }

  func record(
    _ user: String, _ action: String, _ entity: String, _ id: String, _ more: String,
    of organization: String = "acme"
  ) throws {
    try harness.record(
      """
      {"action":"\(action)","entity_type":"\(entity)","entity_id":"\(id)","user_id":"\(user)",
       "user_email":"\(user)@\(organization).test","user_role":"manager"\(more.isEmpty ? "" : ",")\(more)}
      """, of: organization)
    harness.clock.advance(by: .seconds(60))
  }

  // MARK: - One's own

  @Test(arguments: ["/audit/me", "/api/admin/audit/me"])
  func `one's own entries are the newest first, and of nobody else`(path: String) async throws {
    let answer = try await harness.ask(.get, path, token: try harness.token(.user, "u1"))
    #expect(answer.status == 200)
    #expect(answer.values("entity_type") == ["dataset", "project"])
    #expect(answer["total"] == .number("2"))
    #expect(answer["limit"] == .number("100"))
    #expect(answer["offset"] == .number("0"))
    #expect(
      Set(answer.logs[0].keys) == [
        "id", "action", "entity_type", "entity_name", "description", "changes", "timestamp",
      ])
    #expect(answer.values("description")[0] == "User u1 created dataset 'Pets'")
    #expect(answer.values("timestamp")[1] == "2026-01-15T12:00:00.000Z")
    #expect(answer.values("changes")[0] == nil)
    #expect(answer["redacted"]?.elements?.contains(.string("changes")) == true)
    #expect(!answer.json.serializedForTest.contains("@"))
  }

  @Test func `filters, limit and offset are kept to`() async throws {
    let token = try harness.token(.user, "u1")
    func ask(_ query: String) async throws -> HarnessAnswer {
      try await harness.ask(.get, "/audit/me?\(query)", token: token)
    }
    #expect(try await ask("action=update").values("entity_type") == ["project"])
    #expect(try await ask("entity_type=dataset").values("action") == ["create"])
    let page = try await ask("limit=1&offset=1")
    #expect(page.values("entity_type") == ["project"])
    #expect(page["total"] == .number("2"))
    #expect(try await ask("start_date=2026-01-16").logs.isEmpty)
    #expect(try await ask("start_date=2026-01-15&end_date=2026-01-15").logs.count == 2)
    #expect(try await ask("end_date=2026-01-14").logs.isEmpty)
    #expect(try await ask("start_date=2026-01-15T12:01:00Z").logs.count == 1)
    #expect(try await ask("end_date=2026-01-15T12:01:00Z").logs.count == 1)
    #expect(try await ask("range=7d").logs.count == 2)
    #expect(try await ask("period=24h&limit=1").logs.count == 1)
    #expect(try await ask("range=all&anchor=2026-01-14").logs.isEmpty)
    // Midnight in Auckland is 11 o'clock of the day before in UTC: both were on its 16th.
    #expect(try await ask("from=2026-01-16&time_zone=Pacific/Auckland").logs.count == 2)
    #expect(try await ask("limit=1000").status == 200)
  }

  @Test(
    arguments: [
      ("limit=1001", "limit"), ("limit=0", "limit"), ("limit=all", "limit"),
      ("offset=-1", "offset"), ("action=burn", "action"), ("start_date=yesterday", "start_date"),
      ("end_date=2026-13-01", "end_date"),
      ("start_date=2026-01-15&end_date=2026-01-14", "end_date"),
      ("user_email=x%40y.test", "user_email"), ("period=7h", "period"),
      ("range=7d&start_date=2026-01-15", "start_date"), ("time_zone=Mars", "time_zone"),
      ("limit=1&limit=2", "limit"), ("start_date=20000-01-01", "start_date"),
    ])
  func `wrong parameters are named`(query: String, field: String) async throws {
    let answer = try await harness.ask(
      .get, "/audit/me?\(query)", token: try harness.token(.user, "u1"))
    #expect(answer.status == 422)
    #expect(answer.fields == [field])
  }

  // MARK: - Organisations

  @Test(arguments: ["/audit/organization", "/api/admin/audit/organization"])
  func `managers and admins see their organisation's entries`(path: String) async throws {
    for role in [Role.manager, .admin, .organizationAdmin] {
      let answer = try await harness.ask(.get, path, token: try harness.token(role))
      #expect(answer.values("user_id") == ["u1", "u2", "u1"], "\(role)")
      #expect(answer["organization_id"] == .string("acme"))
      #expect(answer.values("user_email") == Array(repeating: "(redacted)", count: 3))
      #expect(answer.values("user_role") == Array(repeating: "manager", count: 3))
      #expect(!answer.json.serializedForTest.contains("@"))
    }
    let user = try await harness.ask(.get, path, token: try harness.token(.user, "u1"))
    #expect(user.status == 403)
    #expect(try await harness.ask(.get, path).status == 401)
  }

  @Test
  func `no parameter, header or token of another organisation gets at an organisation's entries`()
    async throws
  {
    let path = "/audit/organization"
    let acme = try harness.token(.admin)
    for query in ["organization_id=bolt", "company_id=bolt", "org_id=bolt", "organizations=all"] {
      #expect(try await harness.ask(.get, "\(path)?\(query)", token: acme).status == 403)
    }
    for header in ["X-Organization-Id", "X-Org-Id", "X-Company-Id", "X-Tenant-Id"] {
      let answer = try await harness.ask(.get, path, token: acme, headers: [header: "bolt"])
      #expect(answer.status == 403)
    }
    let nobody = try harness.token(.admin, in: [])
    #expect(try await harness.ask(.get, path, token: nobody).status == 403)
    let platform = try harness.token(.platformAdmin, "pam", in: [])
    let bolt = try await harness.ask(.get, "\(path)?organization_id=bolt", token: platform)
    #expect(bolt.values("user_id") == ["u9"])
    let all = try await harness.ask(.get, "\(path)?organizations=all", token: platform)
    #expect(all["total"] == .number("4"))
    #expect(all["organization_id"] == .null)
  }

  @Test func `a mail address is asked for with a reveal only`() async throws {
    let path = "/audit/organization?organization_id=acme"
    let root = try harness.token(.superadmin, "root", in: [])
    let email = "user_email=u2%40acme.test"
    let refused = try await harness.ask(.get, "\(path)&\(email)", token: root)
    #expect(refused.status == 403)
    let made = try await harness.ask(
      .post, "/api/admin/reveal", token: root,
      body: """
        {"reason":"ticket 4711 of acme","organizations":["acme"],"duration_seconds":60,
         "columns":["audit_log.user_email","audit_log.changes","audit_log.sealed_description"]}
        """)
    let id = try #require(made["id"]?.text)
    let header = ["X-Daybook-Reveal": id]
    let shown = try await harness.ask(.get, "\(path)&\(email)", token: root, headers: header)
    #expect(shown.values("user_id") == ["u2"])
    #expect(shown.values("user_email") == ["u2@acme.test"])
    let all = try await harness.ask(.get, path, token: root, headers: header)
    let update = all.logs.first { $0["action"] == .string("update") }
    #expect(
      update?["changes"]?.members?["name"]?.members == ["old": .string("a"), "new": .string("b")])
    #expect(
      update?["description"] == .string("User u1@acme.test updated project 'p1': name: a → b"))
    let uses = try harness.recorded("organization_id", where: "action = 'reveal_use'")
    #expect(uses.count >= 2)
    #expect(uses.allSatisfy { $0 == [.text("acme")] })
    let foreign = try await harness.ask(
      .get, "/audit/organization?organization_id=bolt", token: root, headers: header)
    #expect(foreign.status == 403)
    let other = try await harness.ask(
      .get, path, token: try harness.token(.admin), headers: header)
    #expect(other.status == 403)
    harness.clock.advance(by: .seconds(61))
    let late = try await harness.ask(.get, path, token: root, headers: header)
    #expect(late.status == 403)
  }

  // MARK: - Entities and projects

  @Test(arguments: ["/audit/entity/project/p1", "/api/admin/audit/entity/project/p1"])
  func `an entity's entries are for those who may see it`(path: String) async throws {
    let granted = try harness.token(.user, "u5", entities: ["project:p1"])
    let answer = try await harness.ask(.get, path, token: granted)
    #expect(answer.values("user_id") == ["u1"])
    #expect(answer.values("user_email") == ["(redacted)"])
    #expect(answer["entity_type"] == .string("project"))
    #expect(answer["entity_id"] == .string("p1"))
    #expect(try await harness.ask(.get, path, token: try harness.token(.manager)).logs.count == 1)
    for entities in [[], ["project:p2"], ["dataset:p1"], ["project:"]] {
      let token = try harness.token(.user, "u1", entities: entities)
      #expect(try await harness.ask(.get, path, token: token).status == 403)
    }
    // The grant is for the rows of one's own organisations.
    let elsewhere = try harness.token(.user, "u5", in: ["core"], entities: ["project:p1"])
    #expect(try await harness.ask(.get, path, token: elsewhere).logs.isEmpty)
    let foreign = try await harness.ask(.get, "\(path)?organization_id=bolt", token: granted)
    #expect(foreign.status == 403)
    #expect(try await harness.ask(.get, "\(path)?limit=1001", token: granted).fields == ["limit"])
    // Who sees all is told that it is about all.
    let everywhere = try harness.token(.platformAdmin, "root", in: [])
    let name = try #require(HTTPField.Name("Daybook-Organizations"))
    #expect(try await harness.ask(.get, path, token: everywhere).headers[name] == "all")
  }

  @Test func `a project's entries are those on it and in it`() async throws {
    let token = try harness.token(.user, "u5", entities: ["project:p1"])
    let answer = try await harness.ask(.get, "/audit/project/p1", token: token)
    #expect(answer.values("entity_type") == ["experiment", "project"])
    #expect(answer["project_id"] == .string("p1"))
    #expect(try await harness.ask(.get, "/audit/project/p2", token: token).status == 403)
  }

  // MARK: - Writing

  @Test func `a service's entry belongs to its key's organisation`() async throws {
    let key = try harness.key(of: "acme", kinds: [.audit])
    let body =
      #"{"action":"create","entity_type":"project","entity_id":"p7","user_id":"u3","user_role":"user","user_email":"u3@acme.test","org_id":"acme"}"#
    for path in ["/audit", "/api/admin/audit"] {
      let answer = try await harness.ask(.post, path, token: key, body: body)
      #expect(answer.status == 201)
      #expect(answer["description"] == .string("User u3 created project 'p7'"))
      let id = try #require(answer["id"]?.text)
      #expect(
        try harness.recorded("organization_id", where: "audit_id = '\(id)'") == [[.text("acme")]])
    }
    let foreign = body.replacing(#""org_id":"acme""#, with: #""org_id":"bolt""#)
    #expect(try await harness.ask(.post, "/audit", token: key, body: foreign).status == 403)
  }

  @Test func `only a key for audit entries writes them`() async throws {
    let body =
      #"{"action":"create","entity_type":"project","entity_id":"p7","user_id":"u3","user_role":"user"}"#
    let events = try harness.key(of: "acme", kinds: [.event])
    #expect(try await harness.ask(.post, "/audit", token: events, body: body).status == 403)
    #expect(try await harness.ask(.post, "/audit", body: body).status == 401)
    for role in Role.allCases {
      let token = try harness.token(role, role == .superadmin ? "root" : "ann")
      #expect(try await harness.ask(.post, "/audit", token: token, body: body).status == 403)
    }
    #expect(try harness.recorded("audit_id", where: "entity_id = 'p7'").isEmpty)
  }

  @Test(
    arguments: [
      (#"{"action":"reveal_grant"}"#, "action"), (#"{"entity_type":"reveal"}"#, "entity_type"),
      (#"{"user_id":""}"#, "user_id"), (#"{"changes":{"a":1}}"#, "changes.a"),
      (#"{"timestamp":"2027-01-01T00:00:00Z"}"#, "timestamp"), (#"{"colour":1}"#, "colour"),
    ])
  func `what is wrong with an entry is named`(change: String, field: String) async throws {
    let base =
      #"{"action":"create","entity_type":"project","entity_id":"p7","user_id":"u3","user_role":"user"}"#
    let key = try harness.key(of: "acme", kinds: [.audit])
    let body = try base.changed(by: change)
    let answer = try await harness.ask(.post, "/audit", token: key, body: body)
    #expect(answer.status == 400)
    #expect(answer.fields == [field])
  }

  @Test(
    arguments: [
      ("entity_id", #"{"entity_id":"bob@example.com"}"#),
      ("user_id", #"{"user_id":"carol@example.com"}"#),
      ("user_role", #"{"user_role":"dave@example.com"}"#),
      ("request_id", #"{"request_id":"eve%40example.com"}"#),
    ])
  func `an e-mail address is no identifier`(field: String, change: String) async throws {
    let base =
      #"{"action":"create","entity_type":"project","entity_id":"p7","user_id":"u3","user_role":"user"}"#
    let key = try harness.key(of: "acme", kinds: [.audit])
    for path in ["/audit", "/api/admin/audit"] {
      let answer = try await harness.ask(
        .post, path, token: key, body: try base.changed(by: change))
      #expect(answer.status == 400)
      #expect(answer.fields == [field])
      #expect(!answer.json.serializedForTest.contains("example.com"))
    }
    #expect(try harness.recorded("audit_id", where: "user_role = 'user'").isEmpty)
  }

  @Test func `nothing changes or removes an entry`() async throws {
    let root = try harness.token(.superadmin, "root")
    for path in ["/audit", "/audit/me", "/audit/organization", "/audit/entity/project/p1"] {
      for method: HTTPRequest.Method in [.put, .patch, .delete] {
        #expect(try await harness.ask(method, path, token: root).status == 405)
      }
    }
  }
}
