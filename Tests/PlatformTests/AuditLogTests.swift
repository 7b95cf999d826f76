import AccessControl
import Authentication
import ColumnStore
import Engine
import Platform
import Testing

struct AuditLogTests {
  let engine: Engine
  let clock = TestClock()
  let log: AuditLog

  init() throws {
    engine = try Engine.withBuiltInTables()
    let clock = clock
    let chance = Counter()
    log = AuditLog(engine, now: { clock.now }, random: { chance.next() })
  }

  func entry(_ json: String) throws -> AuditEntry {
    let draft = try AuditDraft(try StrictJSON(Array(json.utf8)), at: noon)
    return draft.entry(for: try #require(OrganizationID("acme")))
  }

  @Test func `an entry is a row, its names and values in sealed columns`() throws {
    let ids = try log.append([
      try entry(
        """
        {"action": "update", "entity_type": "project", "entity_id": "p1", "entity_name": "Cats",
         "user_id": "u1", "user_email": "ann@acme.test", "user_role": "manager",
         "changes": {"name": {"old": "Dogs", "new": "Cats"}, "size": {"old": null, "new": 3}},
         "context": {"reason": "asked by bob", "ip_address": "10.1.2.3", "num_members": 4},
         "request_id": "r1", "timestamp": "2026-01-15T11:00:00Z"}
        """)
    ])
    #expect(
      try engine.run(
        """
        SELECT audit_id, ts, recorded_at, organization_id, user_id, user_email, user_role, action,
          entity_type, entity_id, entity_name, project_id, request_id FROM audit_log
        """)
        == [
          [
            .text(ids[0]), .timestamp(noon.milliseconds - 3_600_000), .timestamp(noon.milliseconds),
            .text("acme"), .text("u1"), .text("ann@acme.test"), .text("manager"), .text("update"),
            .text("project"), .text("p1"), .text("Cats"), .text("p1"), .text("r1"),
          ]
        ])
    #expect(
      try engine.run(
        "SELECT description, sealed_description, changes, context, sealed_context FROM audit_log")
        == [
          [
            .text("User u1 updated project 'Cats': name, size"),
            .text("User ann@acme.test updated project 'Cats': name: Dogs → Cats, size: null → 3"),
            .json(#"{"name":{"new":"Cats","old":"Dogs"},"size":{"new":3,"old":null}}"#),
            .json(#"{"num_members":4}"#),
            .json(#"{"ip_address":"10.1.2.3","reason":"asked by bob"}"#),
          ]
        ])
  }

  /// What hosts write down, each with the sentence for all and that of a reveal.
  static let cases: [(name: String, json: String, open: String, full: String)] = [
    (
      "user registered",
      #""action":"create","entity_type":"user","entity_id":"u1","entity_name":"ann@acme.test","context":{"invitation_id":"i1","role":"user"}"#,
      "User u1 registered as user", "User ann@acme.test registered as user"
    ),
    (
      "user deleted",
      #""action":"delete","entity_type":"user","entity_id":"u2","entity_name":"bob@acme.test","context":{"reason":"left the company"}"#,
      "User u1 deleted user 'u2', with a reason",
      "User ann@acme.test deleted user 'bob@acme.test': left the company"
    ),
    (
      "role changed",
      #""action":"grant_role","entity_type":"user","entity_id":"u2","entity_name":"bob@acme.test","changes":{"role":{"old":"user","new":"manager"}}"#,
      "User u1 changed role of u2 from user to manager",
      "User ann@acme.test changed role of bob@acme.test from user to manager"
    ),
    (
      "role revoked",
      #""action":"revoke_role","entity_type":"user","entity_id":"u2","changes":{"role":{"old":"manager","new":null}}"#,
      "User u1 revoked role manager of u2", "User ann@acme.test revoked role manager of u2"
    ),
    (
      "profile updated",
      #""action":"update","entity_type":"user","entity_id":"u1","entity_name":"ann@acme.test","changes":{"phone":{"old":"1","new":"2"}}"#,
      "User u1 updated their profile: phone",
      "User ann@acme.test updated their profile: phone: 1 → 2"
    ),
    (
      "project created",
      #""action":"create","entity_type":"project","entity_id":"p1","entity_name":"Cats""#,
      "User u1 created project 'Cats'", "User ann@acme.test created project 'Cats'"
    ),
    (
      "project updated",
      #""action":"update","entity_type":"project","entity_id":"p1","entity_name":"Cats","changes":{"name":{"old":"Dogs","new":"Cats"}}"#,
      "User u1 updated project 'Cats': name",
      "User ann@acme.test updated project 'Cats': name: Dogs → Cats"
    ),
    (
      "project deleted",
      #""action":"delete","entity_type":"project","entity_id":"p1","entity_name":"Cats","context":{"num_experiments":4,"num_members":3}"#,
      "User u1 deleted project 'Cats' (4 experiments, 3 members)",
      "User ann@acme.test deleted project 'Cats' (4 experiments, 3 members)"
    ),
    (
      "project member invited",
      #""action":"invite","entity_type":"project","entity_id":"p1","entity_name":"Cats","context":{"invitee_email":"cy@bolt.test","role":"editor"}"#,
      "User u1 invited (redacted) to project 'Cats' as editor",
      "User ann@acme.test invited cy@bolt.test to project 'Cats' as editor"
    ),
    (
      "project member removed",
      #""action":"remove","entity_type":"project_member","entity_id":"p1:u2","entity_name":"Cats - bob@acme.test","context":{"project_id":"p1","removed_user_id":"u2"}"#,
      "User u1 removed u2 from project 'Cats'",
      "User ann@acme.test removed bob@acme.test from project 'Cats'"
    ),
    (
      "experiment created",
      #""action":"create","entity_type":"experiment","entity_id":"e1","entity_name":"run 1","context":{"project_id":"p1","mlflow_experiment_id":"7"}"#,
      "User u1 created experiment 'run 1'", "User ann@acme.test created experiment 'run 1'"
    ),
    (
      "experiment deleted",
      #""action":"delete","entity_type":"experiment","entity_id":"e1","entity_name":"run 1","context":{"project_id":"p1","num_runs":12}"#,
      "User u1 deleted experiment 'run 1' (12 runs)",
      "User ann@acme.test deleted experiment 'run 1' (12 runs)"
    ),
    (
      "dataset created",
      #""action":"create","entity_type":"dataset","entity_id":"d1","entity_name":"Pets","context":{"visibility":"private","num_images":90}"#,
      "User u1 created dataset 'Pets' (90 images)",
      "User ann@acme.test created dataset 'Pets' (90 images)"
    ),
    (
      "dataset updated",
      #""action":"update","entity_type":"dataset","entity_id":"d1","entity_name":"Pets","changes":{"visibility":{"old":"private","new":"public"}}"#,
      "User u1 updated dataset 'Pets': visibility",
      "User ann@acme.test updated dataset 'Pets': visibility: private → public"
    ),
    (
      "dataset deleted",
      #""action":"delete","entity_type":"dataset","entity_id":"d1","entity_name":"Pets","context":{"num_images":90,"size_bytes":1048576}"#,
      "User u1 deleted dataset 'Pets' (90 images, 1048576 bytes)",
      "User ann@acme.test deleted dataset 'Pets' (90 images, 1048576 bytes)"
    ),
    (
      "dataset member invited",
      #""action":"invite","entity_type":"dataset","entity_id":"d1","entity_name":"Pets","context":{"invitee_email":"cy@bolt.test","role":"viewer"}"#,
      "User u1 invited (redacted) to dataset 'Pets' as viewer",
      "User ann@acme.test invited cy@bolt.test to dataset 'Pets' as viewer"
    ),
  ]

  @Test(arguments: cases.indices) func `what hosts write down reads well`(index: Int) throws {
    let example = Self.cases[index]
    let entry = try entry(
      #"{"user_id":"u1","user_email":"ann@acme.test","user_role":"admin",\#(example.json)}"#)
    #expect(entry.description == example.open, "\(example.name)")
    #expect(entry.sealedDescription ?? entry.description == example.full, "\(example.name)")
    let open = [entry.description, entry.entityName ?? ""] + entry.context.map(\.value.serialized)
    #expect(open.allSatisfy { !$0.contains("@") })
  }

  @Test func `a mail or IP address is in no open column, wherever it was sent`() throws {
    for hidden in ["eve@evil.test", "192.168.7.9", "2001:db8::7"] {
      let fields = ["entity_name", "context.note", "context.role", "context.project_id"]
      for field in fields {
        let name = field == "entity_name" ? hidden : "Cats"
        let member = field.split(separator: ".").last ?? ""
        let context = field == "entity_name" ? "" : #""\#(member)":"x \#(hidden)""#
        let entry = try entry(
          """
          {"user_id":"u1","user_role":"admin","action":"create","entity_type":"project",
           "entity_id":"p1","entity_name":"\(name)","context":{\(context)}}
          """)
        let open =
          [entry.description, entry.entityName ?? "", entry.projectID ?? ""]
          + entry.context.map { $0.key + $0.value.serialized }
        #expect(open.allSatisfy { !$0.contains(hidden) }, "\(field): \(open)")
      }
    }
  }

  static let base =
    #""user_id":"u1","user_role":"admin","action":"create","entity_type":"project","entity_id":"p1""#

  @Test(
    arguments: [
      (#"{}"#, ["action", "entity_type", "entity_id", "user_id", "user_role"]),
      (#"[]"#, [""]),
      (#"{\#(base),"colour":"red"}"#, ["colour"]),
      (#"{\#(base),"action":"reveal_grant"}"#, ["?"]),
      (#"{\#(base),"user_email":"ann"}"#, ["user_email"]),
      (#"{\#(base),"user_email":"a@b@c"}"#, ["user_email"]),
      (#"{\#(base),"timestamp":"2026-01-15T12:06:00Z"}"#, ["timestamp"]),
      (#"{\#(base),"timestamp":"2025-12-01T12:00:00Z"}"#, ["timestamp"]),
      (#"{\#(base),"timestamp":"soon"}"#, ["timestamp"]),
      (#"{\#(base),"timestamp":1768478400}"#, ["timestamp"]),
      (#"{\#(base),"entity_name":7}"#, ["entity_name"]),
      (#"{\#(base),"changes":[1]}"#, ["changes"]),
      (#"{\#(base),"changes":{"a":{"old":1}}}"#, ["changes"]),
      (#"{\#(base),"changes":{"a":{"old":1,"new":2,"why":3}}}"#, ["changes"]),
      (#"{\#(base),"context":"x"}"#, ["context"]),
      (#"{\#(base),"context":{"project_id":5}}"#, ["context.project_id"]),
      (#"{\#(base),"organization_id":"acme","org_id":"bolt"}"#, ["org_id"]),
      (#"{\#(base),"organization_id":""}"#, ["organization_id"]),
      (
        #"{"user_id":"u1","user_role":"a","action":"grant_role","entity_type":"user","entity_id":"u2"}"#,
        ["changes.role"]
      ),
      (
        #"{"user_id":"u1","user_role":"a","action":"invite","entity_type":"project","entity_id":"p"}"#,
        ["context.role", "context.invitee_email"]
      ),
      (
        #"{"user_id":"u1","user_role":"a","action":"remove","entity_type":"user","entity_id":"u2"}"#,
        ["entity_type"]
      ),
      (
        #"{"user_id":"u\u0001","user_role":"a","action":"burn","entity_type":"house","entity_id":""}"#,
        ["action", "entity_type", "entity_id", "user_id"]
      ),
    ])
  func `what is wrong with an entry is said field by field`(json: String, fields: [String]) {
    do {
      _ = try AuditDraft(try StrictJSON(Array(json.utf8)), at: noon)
      Issue.record("\(json) was taken")
    } catch let problem as AuditDraftProblem {
      #expect(problem.fields.map(\.name) == fields, "\(problem)")
    } catch {
      #expect(fields == ["?"], "\(error)")
    }
  }

  @Test func `an entry that is too large is refused`() throws {
    let json =
      #"{\#(Self.base),"context":{"a":"\#(String(repeating: "x", count: 70_000))"}}"#
    let problem = #expect(throws: AuditDraftProblem.self) {
      try AuditDraft(try StrictJSON(Array(json.utf8)), at: noon)
    }
    #expect(problem?.fields.first?.rule == "an entry has at most 65536 bytes")
  }

  @Test func `names of entries are UUIDs in the order of time`() throws {
    let first = try log.append([try entry("{\(Self.base)}")])
    clock.advance(by: .seconds(1))
    let second = try log.append([try entry("{\(Self.base)}")])
    #expect(first[0] < second[0])
    #expect(first[0].split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    #expect(first[0].split(separator: "-")[2].first == "7")
  }

  @Test func `without the table nothing is written, and who asks is told`() throws {
    let log = AuditLog(Engine(threads: 1), now: { noon }, random: { 4 })
    #expect(throws: AuditLogError.self) { try log.append([try entry("{\(Self.base)}")]) }
  }
}
