import AccessControl
import Authentication
import ColumnStore
import HTTPServer
import HTTPTypes
import Intake
import Testing

struct ThreatEndpointTests {
  static let path = "/api/admin/threats"

  private func harness() async throws -> AdministrationHarness {
    let harness = try await AdministrationHarness()
    for (id, type, severity) in [
      ("1", "custom", "low"), ("2", "prompt_injection", "critical"), ("3", "custom", "critical"),
    ] {
      try harness.send(
        """
        {"id":"\(id)","type":"\(type)","severity":"\(severity)","ip":"8.8.4.4","description":"words"}
        """, .threat)
      harness.clock.advance(by: .seconds(60))
    }
    try harness.send("{\"id\":\"9\",\"type\":\"custom\",\"severity\":\"low\"}", .threat, of: "beta")
    return harness
  }

  private func change(
    _ harness: AdministrationHarness, _ word: String, _ ids: [String], _ token: String
  ) async throws -> HarnessAnswer {
    try await harness.ask(
      .patch, "\(Self.path)/\(word)", token: token,
      body: "{\"ids\":[\(ids.map { "\"\($0)\"" }.joined(separator: ","))]}")
  }

  @Test func `are listed with filters, and without what is hidden`() async throws {
    let harness = try await harness()
    let ann = try harness.token(.admin)
    let all = try await harness.ask(.get, Self.path, token: ann)
    #expect(all.status == 200 && all["total"]?.integer == 3)
    let first = try #require(all.list("threats").first)
    #expect(first["type"]?.text == "custom" && first["severity"]?.text == "critical")
    #expect(first["resolved"] == .bool(false) && first["resolved_by"] == .null)
    #expect(first["ip_address"]?.text == "(redacted)" && first["description"]?.text == "(redacted)")
    #expect(
      Set((all["redacted"]?.elements ?? []).compactMap(\.text)) == ["ip_address", "description"])
    let olga = try harness.token(.organizationAdmin, "olga")
    let open = try await harness.ask(.get, Self.path, token: olga)
    #expect(open.list("threats").first?["description"]?.text == "words")
    for (query, count) in [
      ("type=custom", 2), ("severity=critical", 2), ("type=custom&severity=critical", 1),
      ("resolved=true", 0), ("resolved=false", 3), ("from=2026-01-15T12:00:30Z", 2), ("limit=1", 3),
      ("range=7d", 3), ("period=24h", 3), ("range=7d&anchor=2026-01-14", 0), ("to=2026-01-15", 3),
      ("to=2026-01-15T12:00:30Z", 1), ("from=2026-01-14&to=2026-01-14", 0), ("limit=1&offset=7", 3),
    ] {
      let answer = try await harness.ask(.get, "\(Self.path)?\(query)", token: ann)
      #expect(answer.status == 200 && answer["total"]?.integer == Int64(count), "\(query)")
    }
    func bySeverity(_ answer: HarnessAnswer) -> [String: [Int64?]] {
      (answer["by_severity"]?.members ?? [:]).mapValues {
        [$0.members?["count"]?.integer, $0.members?["open"]?.integer]
      }
    }
    let none: [Int64?] = [0, 0]
    let counts = bySeverity(
      try await harness.ask(.get, "\(Self.path)?severity=low&type=custom&limit=1", token: ann))
    #expect(counts == ["critical": [2, 2], "high": none, "medium": none, "low": [1, 1]])
    for (query, field) in [
      ("severity=urgent", "severity"), ("type=x", "type"), ("resolved=1", "resolved"),
      ("limit=1001", "limit"), ("offset=-1", "offset"), ("range=7h", "range"),
      ("range=7d&to=2026-01-15", "to"),
    ] {
      let answer = try await harness.ask(.get, "\(Self.path)?\(query)", token: ann)
      #expect(answer.status == 422 && answer.fields == [field])
    }
    let root = try harness.token(.superadmin, "root", in: [])
    #expect(
      try await harness.ask(.get, "\(Self.path)?organizations=all", token: root)["total"]?.integer
        == 4)
  }

  @Test func `are resolved and opened again in bulk, on the record, within one's organisation`()
    async throws
  {
    let harness = try await harness()
    let ann = try harness.token(.admin)
    let root = try harness.token(.superadmin, "root", in: [])
    let all = try await harness.ask(.get, "\(Self.path)?organizations=all", token: root)
    let ids = all.list("threats").compactMap { $0["id"]?.text }
    let foreign = try #require(
      all.list("threats").first { $0["organization_id"]?.text == "beta" }?["id"]?.text)
    let done = try await change(harness, "resolve", ids + ["none"], ann)
    #expect(done["resolved"]?.integer == 3 && done["unknown"]?.integer == 2)
    #expect(
      done.list("outcomes").first { $0["id"]?.text == foreign }?["outcome"]?.text == "unknown")
    let again = try await change(harness, "resolve", ids, ann)
    #expect(again["resolved"]?.integer == 0 && again["unchanged"]?.integer == 3)
    let list = try await harness.ask(.get, "\(Self.path)?resolved=true", token: ann)
    #expect(list["total"]?.integer == 3)
    #expect(list["by_severity"]?.members?["critical"]?.members?["open"]?.integer == 0)
    #expect(list.list("threats").first?["resolved_by"]?.text == "ann")
    #expect(list.list("threats").first?["resolved_at"]?.text == "2026-01-15T12:03:00.000Z")
    let opened = try await change(
      harness, "unresolve", Array(ids.filter { $0 != foreign }.prefix(1)), ann)
    #expect(opened["unresolved"]?.integer == 1)
    #expect(
      try harness.recorded(
        "action, organization_id, user_id, entity_type, description",
        where: "entity_type = 'threat'")
        == [
          [
            .text("threat_resolve"), .text("acme"), .text("ann"), .text("threat"),
            .text("ann resolved 3 threats"),
          ],
          [
            .text("threat_unresolve"), .text("acme"), .text("ann"), .text("threat"),
            .text("ann opened 1 threat again"),
          ],
        ])
    let platform = try await harness.ask(
      .patch, "\(Self.path)/resolve?organizations=all", token: root,
      body: "{\"ids\":[\"\(foreign)\"]}")
    #expect(platform["resolved"]?.integer == 1)
  }

  @Test func `are changed by few, and not by bodies that are wrong`() async throws {
    let harness = try await harness()
    for role in [Role.user, .manager] {
      #expect(try await change(harness, "resolve", ["x"], try harness.token(role)).status == 403)
    }
    let ann = try harness.token(.admin)
    for (body, field) in [
      ("{}", "ids"), (#"{"ids":[]}"#, "ids"), (#"{"ids":[1]}"#, "ids[0]"),
      ("{\"ids\":[\((0...200).map { "\"\($0)\"" }.joined(separator: ","))]}", "ids"),
    ] {
      let answer = try await harness.ask(.patch, "\(Self.path)/resolve", token: ann, body: body)
      #expect(answer.status == 400 && answer.fields == [field], "\(body)")
    }
  }
}

struct SessionScheduleTests {
  @Test func `sessions end by themselves, by the service's clock`() async throws {
    let harness = try await AdministrationHarness()
    try harness.send("{\"id\":\"a\",\"user_id\":\"u\"}", .login)
    harness.clock.advance(by: .seconds(60))
    try harness.send("{\"id\":\"a\"}", .heartbeat)
    harness.clock.advance(by: .seconds(1799))
    harness.service.closeInactiveSessions()
    #expect(harness.service.intake.openSessionCount == 1)
    #expect(harness.service.metrics.registry.text.contains("daybook_ingest_open_sessions 1\n"))
    harness.clock.advance(by: .seconds(1))
    harness.service.closeInactiveSessions()
    #expect(harness.service.intake.openSessionCount == 0)
    let root = try harness.token(.superadmin, "root")
    let rows = try await harness.ask(
      .post, "/api/query", token: root,
      body:
        #"{"sql":"SELECT is_active, total_seconds, logout_at, last_activity_at::text FROM sessions"}"#
    )
    #expect(
      rows["rows"]?.elements
        == [.array([.bool(false), .number("60"), .null, .string("2026-01-15 12:01:00")])])
  }
}
