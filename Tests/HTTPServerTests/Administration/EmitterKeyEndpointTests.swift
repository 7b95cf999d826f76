import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Persistence
import Platform
import Testing

struct EmitterKeyEndpointTests {
  static let path = "/api/admin/emitter-keys"
  static let body = #"{"label":"web","kinds":["audit","event"]}"#

  @Test func `a key is made, shown once, used, listed and revoked, all on the record`()
    async throws
  {
    let harness = try await AdministrationHarness()
    let admin = try harness.token(.organizationAdmin)
    let made = try await harness.ask(.post, Self.path, token: admin, body: Self.body)
    #expect(made.status == 201)
    #expect(made.headers[.cacheControl] == "no-store")
    let key = try #require(made["key"]?.text)
    let id = try #require(made["emitter_key"]?.members?["id"]?.text)
    #expect(key.hasPrefix("dbk_\(id)_"))
    let list = try await harness.ask(.get, Self.path, token: admin)
    #expect(list["keys"]?.elements?.count == 1)
    #expect(!list.json.serializedForTest.contains(key.suffix(64)))
    let entry =
      #"{"action":"create","entity_type":"project","entity_id":"p1","user_id":"u1","user_role":"user"}"#
    #expect(try await harness.ask(.post, "/audit", token: key, body: entry).status == 201)
    let revoked = try await harness.ask(.delete, "\(Self.path)/\(id)", token: admin)
    #expect(revoked.status == 204)
    #expect(try await harness.ask(.post, "/audit", token: key, body: entry).status == 401)
    #expect(try await harness.ask(.delete, "\(Self.path)/\(id)", token: admin).status == 409)
    #expect(
      try harness.recorded("action, entity_id", where: "entity_type = 'emitter_key'")
        == [
          [.text("emitter_key_create"), .text(id)], [.text("emitter_key_revoke"), .text(id)],
        ])
  }

  @Test func `keys of others are neither seen nor revoked`() async throws {
    let harness = try await AdministrationHarness()
    let acme = try harness.token(.organizationAdmin)
    let bolt = try harness.token(.organizationAdmin, "bob", in: ["bolt"])
    let made = try await harness.ask(.post, Self.path, token: acme, body: Self.body)
    let id = try #require(made["emitter_key"]?.members?["id"]?.text)
    #expect(try await harness.ask(.get, Self.path, token: bolt)["keys"]?.elements == [])
    #expect(try await harness.ask(.delete, "\(Self.path)/\(id)", token: bolt).status == 404)
    #expect(
      try await harness.ask(.get, "\(Self.path)?organization_id=acme", token: bolt).status == 403)
    let platform = try harness.token(.platformAdmin, "pam", in: [])
    #expect(
      try await harness.ask(.get, "\(Self.path)?organizations=all", token: platform)["keys"]?
        .elements?.count == 1)
  }

  @Test(arguments: [Role.user, .manager, .admin])
  func `other roles have no business with keys`(role: Role) async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.token(role)
    #expect(try await harness.ask(.get, Self.path, token: token).status == 403)
    #expect(try await harness.ask(.post, Self.path, token: token, body: Self.body).status == 403)
    #expect(try await harness.ask(.delete, "\(Self.path)/0", token: token).status == 403)
  }

  @Test(
    arguments: [
      (#"{"kinds":["event"]}"#, "label"), (#"{"label":"web","kinds":[]}"#, "kinds"),
      (#"{"label":"web","kinds":["everything"]}"#, "kinds[0]"),
      (#"{"label":" web","kinds":["event"]}"#, "label"),
      (#"{"label":"web","kinds":["event"],"secret":"mine"}"#, "secret"),
    ])
  func `what is wrong with the request is named`(body: String, field: String) async throws {
    let harness = try await AdministrationHarness()
    let answer = try await harness.ask(
      .post, Self.path, token: try harness.token(.organizationAdmin), body: body)
    #expect(answer.status == 400)
    #expect(answer.fields == [field])
  }

  @Test func `a key is of one organisation`() async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.token(.organizationAdmin, in: ["acme", "bolt"])
    let answer = try await harness.ask(.post, Self.path, token: token, body: Self.body)
    #expect(answer.fields == ["organization_id"])
    let named = try await harness.ask(
      .post, "\(Self.path)?organization_id=bolt", token: token, body: Self.body)
    #expect(named["emitter_key"]?.members?["organization_id"] == .string("bolt"))
  }

  @Test func `a key whose making cannot be recorded does not work`() async throws {
    let harness = try await AdministrationHarness()
    let admin = try harness.token(.organizationAdmin)
    try harness.breakAuditLog()
    let answer = try await harness.ask(.post, Self.path, token: admin, body: Self.body)
    #expect(answer.status == 503)
    #expect(answer["key"] == nil)
    let keys = try await harness.ask(.get, Self.path, token: admin)["keys"]?.elements ?? []
    #expect(keys.allSatisfy { $0.members?["revoked_at"]?.text != nil })
  }
}
