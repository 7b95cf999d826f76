import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import HTTPTypes
import Testing

/// Entries of the host that are sent again because the answer was lost.
struct AuditRetryTests {
  static let body =
    #"{"action":"update","entity_type":"project","entity_id":"p7","user_id":"u3","user_email":"u3@acme.test","user_role":"user","changes":{"name":{"old":"a","new":"b"}}}"#

  @Test func `an entry with an idempotency key is written once`() async throws {
    let harness = try await AdministrationHarness()
    let key = try harness.key(of: "acme", kinds: [.audit])
    let headers = ["Idempotency-Key": "request-1"]
    let first = try await harness.ask(
      .post, "/audit", token: key, body: Self.body, headers: headers)
    #expect(first.status == 201)
    let id = try #require(first["id"]?.text)
    // Later, by the other path, and by another key of the organisation.
    harness.clock.advance(by: .seconds(60))
    let other = try harness.key(of: "acme", kinds: [.audit])
    for (token, path) in [(key, "/audit"), (key, "/api/admin/audit"), (other, "/audit")] {
      let again = try await harness.ask(
        .post, path, token: token, body: Self.body, headers: headers)
      #expect(again.status == 200)
      #expect(again["id"]?.text == id)
      #expect(again["description"] == first["description"])
    }
    #expect(try harness.recorded("audit_id", where: "entity_id = 'p7'") == [[.text(id)]])
    // Without one, each is its own.
    for _ in 0..<2 {
      let answer = try await harness.ask(.post, "/audit", token: key, body: Self.body)
      #expect(answer.status == 201)
    }
    #expect(try harness.recorded("audit_id", where: "entity_id = 'p7'").count == 3)
  }

  @Test func `an entry that was written before a restart is known after it`() async throws {
    let harness = try await AdministrationHarness()
    func ask(_ harness: AdministrationHarness, _ name: String) async throws -> HarnessAnswer {
      let key = try harness.key(of: "acme", kinds: [.audit])
      return try await harness.ask(
        .post, "/audit", token: key, body: Self.body, headers: ["Idempotency-Key": name])
    }
    let first = try await ask(harness, "request-1")
    let restarted = harness.restarted()
    #expect(try await ask(restarted, "request-2").status == 201)
    let again = try await ask(restarted, "request-1")
    #expect(again.status == 200 && again["id"] == first["id"])
    #expect(try await ask(restarted, "request-2").status == 200)
  }

  @Test func `a key is for one entry, of one organisation`() async throws {
    let harness = try await AdministrationHarness()
    let acme = try harness.key(of: "acme", kinds: [.audit])
    let bolt = try harness.key(of: "bolt", kinds: [.audit])
    let headers = ["Idempotency-Key": "request-1"]
    func ask(_ key: String, _ body: String) async throws -> HarnessAnswer {
      try await harness.ask(.post, "/audit", token: key, body: body, headers: headers)
    }
    let first = try await ask(acme, Self.body)
    for change in [
      #"{"entity_id":"p8"}"#, #"{"user_email":"u4@acme.test"}"#,
      #"{"changes":{"name":{"old":"a","new":"c"}}}"#,
    ] {
      let answer = try await ask(acme, try Self.body.changed(by: change))
      #expect(answer.status == 422)
      #expect(answer.code == "idempotency_conflict")
      #expect(!answer.json.serializedForTest.contains("@"))
    }
    let elsewhere = try await ask(bolt, Self.body)
    #expect(elsewhere.status == 201)
    #expect(elsewhere["id"] != first["id"])
    #expect(try harness.recorded("audit_id", where: "entity_type = 'project'").count == 2)
  }

  @Test(arguments: ["", "two words", "caf\u{e9}", String(repeating: "a", count: 129)])
  func `a key that is none is refused`(key: String) async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.key(of: "acme", kinds: [.audit])
    let answer = try await harness.ask(
      .post, "/audit", token: token, body: Self.body, headers: ["Idempotency-Key": key])
    #expect(answer.status == 400)
    #expect(answer.fields == ["Idempotency-Key"])
  }

  @Test func `names give a UUID of version 8, each its own`() {
    let id = NameUUID.text(of: ["a", "bc"])
    #expect(id == NameUUID.text(of: ["a", "bc"]))
    #expect(
      id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
        != nil)
    for other in [["ab", "c"], ["abc"], ["a", "bc", ""], ["", "a", "bc"], ["a", "b"]] {
      #expect(NameUUID.text(of: other) != id)
    }
  }
}
