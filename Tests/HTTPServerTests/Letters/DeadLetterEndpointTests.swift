import AccessControl
import Authentication
import ColumnStore
import Engine
import HTTPServer
import HTTPTypes
import Intake
import Platform
import Testing

struct DeadLetterEndpointTests {
  static let path = "/api/admin/dead-letters"

  /// Four letters of acme, one of beta, one of nobody.
  private func harness() async throws -> AdministrationHarness {
    let harness = try await AdministrationHarness()
    let later = harness.clock.now.milliseconds + 3_600_000
    try harness.send("{\"id\":\"f1\",\"type\":\"chat\",\"user_id\":\"u_secret\",\"ts\":\(later)}")
    try harness.send("[{\"id\":\"f2\",\"type\":\"chat\",\"ts\":\(later)},{\"id\":\"m1\"}]")
    harness.clock.advance(by: .seconds(60))
    try harness.send("{\"id\":\"t\",\"severity\":\"low\"}", .threat)
    try harness.send(
      "{\"id\":\"b1\",\"type\":\"chat\",\"user_id\":\"u_beta\",\"ts\":\(later)}", of: "beta")
    try harness.send(
      "{\"id\":\"n1\",\"type\":\"chat\",\"project_id\":\"p1\",\"user_id\":\"u_lost\"}", of: nil,
      by: "00000000000000bb")
    return harness
  }

  private func ids(_ answer: HarnessAnswer) -> [String?] {
    answer.list("dead_letters").map { $0["client_event_id"]?.text }
  }

  @Test func `are listed with counts by reason, filtered and by pages`() async throws {
    let harness = try await harness()
    let olga = try harness.token(.organizationAdmin, "olga")
    let all = try await harness.ask(.get, Self.path, token: olga)
    #expect(all.status == 200 && all["total"]?.integer == 4)
    #expect(ids(all).first == "t" && Set(ids(all)) == ["t", "f1", "f2", "m1"])
    #expect(
      all.list("counts").map { "\($0["reason_code"]?.text ?? "") \($0["letters"]?.integer ?? 0)" }
        == ["missing_field 2", "time_in_future 2"])
    let first = try #require(all.list("dead_letters").first { $0["client_event_id"]?.text == "f1" })
    #expect(first["reason_code"]?.text == "time_in_future" && first["reason_field"]?.text == "ts")
    #expect(first["record_kind"]?.text == "event" && first["state"]?.text == "waiting")
    #expect(first["user_id"]?.text == "u_secret" && first["replayable"] == .bool(true))
    #expect(first["received_at"]?.text == "2026-01-15T12:00:00.000Z" && first["payload"] == nil)
    for (query, expected) in [
      ("reason=time_in_future", 2), ("reason=id_conflict", 0), ("record_kind=threat", 1),
      ("state=replayed", 0), ("state=waiting", 4), ("emitter_key_id=none", 0),
      ("from=2026-01-15T12:00:30Z", 1), ("to=2026-01-15T12:00:30Z", 3), ("to=2026-01-15", 4),
      ("from=2026-01-16", 0), ("range=7d", 4), ("range=7d&anchor=2026-01-14", 0),
    ] {
      let answer = try await harness.ask(.get, "\(Self.path)?\(query)", token: olga)
      #expect(answer["total"]?.integer == Int64(expected), "\(query)")
      #expect(ids(answer).count == expected, "\(query)")
    }
    var pages: [String?] = []
    for offset in 0..<4 {
      let page = try await harness.ask(.get, "\(Self.path)?limit=1&offset=\(offset)", token: olga)
      #expect(page["total"]?.integer == 4)
      pages += ids(page)
    }
    #expect(pages == ids(all))
    for (query, field) in [
      ("reason=none", "reason"), ("limit=0", "limit"), ("limit=1001", "limit"),
      ("state=x", "state"),
      ("from=yesterday", "from"), ("from=2026-01-16&to=2026-01-14", "to"), ("kind=event", "kind"),
    ] {
      let answer = try await harness.ask(.get, "\(Self.path)?\(query)", token: olga)
      #expect(answer.status == 422 && answer.fields == [field], "\(query)")
    }
  }

  @Test func `of others are as good as not there`() async throws {
    let harness = try await harness()
    let olga = try harness.token(.organizationAdmin, "olga")
    let root = try harness.token(.superadmin, "root", in: [])
    let every = try await harness.ask(.get, "\(Self.path)?organizations=all", token: root)
    #expect(every["total"]?.integer == 6)
    let foreign = every.list("dead_letters").filter { $0["organization_id"]?.text != "acme" }
    #expect(foreign.count == 2)
    for letter in foreign {
      let id = try #require(letter["id"]?.text)
      #expect(try await harness.ask(.get, "\(Self.path)/\(id)", token: olga).status == 404)
      let replay = try await harness.ask(
        .post, "\(Self.path)/replay", token: olga, body: "{\"ids\":[\"\(id)\"]}")
      #expect(replay.list("outcomes").first?["outcome"]?.text == "unknown")
      #expect(
        try await harness.ask(.get, "\(Self.path)/\(id)?organizations=all", token: root).status
          == 200)
    }
    #expect(try harness.recorded("action", where: "action = 'dead_letter_replay'").isEmpty)
    for query in ["organization_id=beta", "organizations=all"] {
      for path in [Self.path, "\(Self.path)/x"] {
        #expect(try await harness.ask(.get, "\(path)?\(query)", token: olga).status == 403)
      }
      let replay = try await harness.ask(
        .post, "\(Self.path)/replay?\(query)", token: olga, body: #"{"matching":{}}"#)
      #expect(replay.status == 403)
    }
    harness.clock.advance(by: .seconds(7200))
    let mine = try await harness.ask(
      .post, "\(Self.path)/replay", token: try harness.token(.organizationAdmin, "olga"),
      body: #"{"matching":{}}"#)
    #expect(mine["stored"]?.integer == 2)
    let beta = try await harness.ask(
      .get, "\(Self.path)?organization_id=beta",
      token: try harness.token(.superadmin, "root", in: []))
    #expect(beta.list("dead_letters").map { $0["state"]?.text } == ["waiting"])
  }

  @Test func `show what was sent by a reveal alone, on the record`() async throws {
    let harness = try await harness()
    let olga = try harness.token(.organizationAdmin, "olga")
    let list = try await harness.ask(.get, Self.path, token: olga)
    let id = try #require(
      list.list("dead_letters").first { $0["client_event_id"]?.text == "f1" }?["id"]?.text)
    let masked = try await harness.ask(.get, "\(Self.path)/\(id)", token: olga)
    #expect(masked["payload"] == .string("(redacted)"))
    #expect(masked["redacted"]?.elements == [.string("payload")])
    let (root, headers) = try await harness.reveal("dead_letters.payload")
    #expect(
      try await harness.ask(.get, "\(Self.path)/\(id)", token: root)["payload"]
        == .string("(redacted)"))
    let open = try await harness.ask(.get, "\(Self.path)/\(id)", token: root, headers: headers)
    #expect(open["payload"]?.members?["user_id"]?.text == "u_secret")
    #expect(open["redacted"]?.elements == [])
    #expect(
      try harness.recorded("action, user_id", where: "action IN ('reveal_use', 'reveal_show')")
        == [[.text("reveal_use"), .text("root")], [.text("reveal_show"), .text("root")]])
    // A reveal for acme does not open the letters of others, and ends by itself.
    let foreign = try await harness.ask(
      .get, "\(Self.path)/\(id)?organizations=all", token: root, headers: headers)
    #expect(foreign.status == 403)
    harness.clock.advance(by: .seconds(1000))
    let late = try await harness.ask(.get, "\(Self.path)/\(id)", token: root, headers: headers)
    #expect(late.status == 403)
  }

  @Test func `do not give away what was sent by statements and their errors`() async throws {
    let harness = try await harness()
    let olga = try harness.token(.organizationAdmin, "olga")
    for sql in [
      "SELECT payload FROM dead_letters", "SELECT payload::text FROM dead_letters",
      "SELECT payload ->> 'ts' FROM dead_letters",
      "SELECT (payload ->> 'ts')::date FROM dead_letters",
      "SELECT count(*) FROM dead_letters WHERE payload::text LIKE '%f1%'",
      "SELECT max(payload::text) FROM dead_letters",
      "SELECT payload::text::bigint FROM dead_letters",
      "SELECT string_agg(payload::text, ',') FROM dead_letters",
    ] {
      let answer = try await harness.ask(
        .post, "/api/query", token: olga, body: "{\"sql\":\"\(sql)\"}")
      #expect(answer.status < 500, "\(sql)")
      #expect(!"\(answer.json)".contains("1768482"), "\(sql)")
      #expect(!"\(answer.json)".contains("chat"), "\(sql): \(answer.json)")
    }
    let count = try await harness.ask(
      .post, "/api/query", token: olga,
      body: #"{"sql":"SELECT count(*) AS n FROM dead_letters WHERE organization_id = 'beta'"}"#)
    #expect(count["rows"]?.elements == [.array([.number("0")])])
  }

  @Test func `are taken again once, in parts, on the record`() async throws {
    let harness = try await harness()
    var olga = try harness.token(.organizationAdmin, "olga")
    let replay = "\(Self.path)/replay"
    let early = try await harness.ask(
      .post, replay, token: olga, body: #"{"matching":{"reason":"time_in_future"}}"#)
    #expect(early["refused"]?.integer == 2 && early["stored"]?.integer == 0)
    #expect(
      early.list("outcomes").map { $0["code"]?.text } == ["time_in_future", "time_in_future"])
    #expect(early.list("outcomes").map { $0["field"]?.text } == ["ts", "ts"])
    harness.clock.advance(by: .seconds(7200))
    olga = try harness.token(.organizationAdmin, "olga")
    let first = try await harness.ask(
      .post, replay, token: olga, body: #"{"matching":{},"limit":1}"#)
    #expect(first["stored"]?.integer == 1)
    let next = try #require(first["next"]?.text)
    let second = try await harness.ask(
      .post, replay, token: olga, body: "{\"matching\":{},\"limit\":1,\"after\":\"\(next)\"}")
    #expect(second["stored"]?.integer == 1 && second["next"] == .null)
    let none = try await harness.ask(.post, replay, token: olga, body: #"{"matching":{}}"#)
    #expect(none["stored"]?.integer == 0 && none.list("outcomes").isEmpty)
    let list = try await harness.ask(.get, Self.path, token: olga)
    let ids = list.list("dead_letters").compactMap { $0["id"]?.text }
    let again = try await harness.ask(
      .post, replay, token: olga,
      body: "{\"ids\":[\((ids + ids).map { "\"\($0)\"" }.joined(separator: ","))]}")
    #expect(
      again.list("outcomes").map { $0["outcome"]?.text } == Array(repeating: "skipped", count: 4))
    var session = Session()
    let events = try harness.service.engine.execute(
      "SELECT event_id FROM events WHERE event_id IN ('f1', 'f2')", in: &session
    ).rows
    #expect(events.count == 2)
    #expect(
      try harness.recorded(
        "organization_id, user_id, entity_type, description", where: "action = 'dead_letter_replay'"
      )
        == [2, 1, 1, 4].map {
          [
            .text("acme"), .text("olga"), .text("dead_letter"),
            .text("olga took \($0) dead letter\($0 == 1 ? "" : "s") again"),
          ]
        })
  }

  @Test(arguments: [
    ("{}", "ids"), (#"{"ids":[]}"#, "ids"), (#"{"ids":[7]}"#, "ids[0]"),
    (#"{"ids":["a"],"matching":{}}"#, "ids"), (#"{"ids":["a"],"limit":3}"#, "limit"),
    (#"{"matching":{"reason":"none"}}"#, "matching.reason"),
    (#"{"matching":{"organization_id":"beta"}}"#, "matching.organization_id"),
    (#"{"matching":{},"limit":1001}"#, "limit"), (#"{"matching":{},"after":"x"}"#, "after"),
    (#"{"matching":{},"after":"99999999999999999999:a"}"#, "after"),
  ])
  func `are not taken by a body that is wrong`(body: String, field: String) async throws {
    let harness = try await AdministrationHarness()
    let answer = try await harness.ask(
      .post, "\(Self.path)/replay", token: try harness.token(.organizationAdmin, "olga"), body: body
    )
    #expect(answer.status == 400 && answer.fields == [field], "\(answer.json)")
  }

  @Test func `reach an organisation that becomes known, over a socket, once`() async throws {
    try await TestService.run { service in
      let token = try service.token(.platformAdmin, organizations: ["acme"])
      func send(_ body: String, _ kind: IntakeKind, of organization: String?) throws
        -> IntakeOutcome
      {
        try service.service.intake.accept(
          Array(body.utf8), kind,
          from: Emitter(
            id: "00000000000000bb", organization: organization.flatMap { OrganizationID($0) },
            kinds: Set(RecordKind.allCases)), at: ServiceEnvironment.real.now())
      }
      let event = "{\"id\":\"e1\",\"type\":\"chat\",\"project_id\":\"p1\",\"user_id\":\"u\"}"
      #expect(try send(event, .event, of: nil).failed.map(\.problem.code) == [.noOrganization])
      func replay() async throws -> String {
        try await service.ask(
          "POST", "\(Self.path)/replay?organizations=all", token: token,
          headers: ["Content-Type: application/json"],
          body: #"{"matching":{"reason":"no_organization"}}"#
        ).body
      }
      func count(_ path: String) async throws -> String {
        try await service.ask("GET", path, token: token).body
      }
      #expect(try await replay().contains(#""refused":1,"#))
      #expect(
        try send("{\"type\":\"project\",\"id\":\"p1\"}", .resource, of: "acme").failed.isEmpty)
      #expect(try await replay().contains(#""stored":1,"duplicates":0,"refused":0,"others":0"#))
      #expect(try await replay().contains(#""stored":0,"duplicates":0,"refused":0,"others":0"#))
      #expect(try send(event, .event, of: nil).duplicates == ["e1"])
      let rows = try await service.ask(
        "POST", "/api/query", token: token, headers: ["Content-Type: application/json"],
        body: #"{"sql":"SELECT count(*) AS n FROM events WHERE event_id = 'e1'"}"#)
      #expect(rows.body.contains("[1]"), "\(rows.body)")
      let ledger = try await count("/api/admin/ingest/ledger")
      #expect(
        ledger.contains(#""received":3,"accepted":2,"duplicates":1,"failed":0,"pending":0"#),
        "\(ledger)")
    }
  }
}
