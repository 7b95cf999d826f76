import AccessControl
import ColumnStore
import Intake
import Persistence
import Testing

@Suite struct `A record` {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var kind = IntakeKind.event
    var json: String
    var code: ProblemCode
    var field: String?
    var testDescription: String { "\(kind.rawValue) \(json)" }

    init(_ kind: IntakeKind, _ json: String, _ code: ProblemCode, _ field: String?) {
      self.kind = kind
      self.json = json
      self.code = code
      self.field = field
    }

    /// An event.
    init(_ json: String, _ code: ProblemCode, _ field: String?) {
      self.init(.event, json, code, field)
    }
  }

  private static func event(_ more: String) -> String {
    "{\"client_event_id\":\"e-1\",\"event_type\":\"chat\",\(more)}"
  }

  static let wrong: [Wrong] = [
    Wrong("[3]", .notAnObject, nil), Wrong("[null]", .notAnObject, nil),
    Wrong("[[]]", .notAnObject, nil),
    Wrong("{\"event_type\":\"chat\"}", .missingField, "client_event_id"),
    Wrong("{\"client_event_id\":\"a\"}", .missingField, "event_type"),
    Wrong("{\"client_event_id\":\"\",\"event_type\":\"chat\"}", .missingField, "client_event_id"),
    Wrong("{\"client_event_id\":null,\"event_type\":\"chat\"}", .missingField, "client_event_id"),
    Wrong("{\"client_event_id\":7,\"event_type\":\"chat\"}", .wrongType, "client_event_id"),
    Wrong("{\"client_event_id\":\" a\",\"event_type\":\"chat\"}", .invalidID, "client_event_id"),
    Wrong(
      "{\"client_event_id\":\"a\\u0000b\",\"event_type\":\"chat\"}", .invalidID, "client_event_id"),
    Wrong(
      "{\"client_event_id\":\"\(String(repeating: "x", count: 129))\",\"event_type\":\"chat\"}",
      .tooLong, "client_event_id"),
    Wrong("{\"client_event_id\":\"a\",\"event_type\":\"chatt\"}", .unknownEventType, "event_type"),
    Wrong("{\"client_event_id\":\"a\",\"event_type\":[]}", .wrongType, "event_type"),
    Wrong(event("\"usr_id\":\"u\""), .unknownField, "user_id"),
    Wrong(event("\"zzzzzz\":\"u\""), .unknownField, nil),
    Wrong(event("\"user_id\":\"u\",\"userId\":\"u\""), .repeatedField, nil),
    Wrong(event("\"org_id\":\"acme\",\"company_id\":\"acme\""), .repeatedField, nil),
    Wrong(event("\"user_id\":\"ann@example.com\""), .mailAsID, "user_id"),
    Wrong(event("\"session_id\":\"eyJhbGciOiJIUzI1NiJ9.e30.x\""), .secretAsID, "session_id"),
    Wrong(event("\"user_id\":\"\""), .invalidID, "user_id"),
    Wrong(event("\"organization_id\":\"\""), .invalidID, "organization_id"),
    Wrong(event("\"ip_address\":\"999.8.8.8\""), .invalidAddress, "ip_address"),
    Wrong(event("\"prompt_tokens\":-1"), .outOfRange, "prompt_tokens"),
    Wrong(event("\"prompt_tokens\":1.5"), .wrongType, "prompt_tokens"),
    Wrong(event("\"prompt_tokens\":\"12\""), .wrongType, "prompt_tokens"),
    Wrong(event("\"prompt_tokens\":99999999999999999999999"), .outOfRange, "prompt_tokens"),
    Wrong(event("\"prompt_tokens\":true"), .wrongType, "prompt_tokens"),
    Wrong(event("\"duration_ms\":1e400"), .outOfRange, "duration_ms"),
    Wrong(event("\"duration_ms\":-0.6"), .outOfRange, "duration_ms"),
    Wrong(event("\"cost_usd\":-0.01"), .outOfRange, "cost_usd"),
    Wrong(event("\"gpu_utilization\":1.01"), .outOfRange, "gpu_utilization"),
    Wrong(event("\"status_code\":99"), .outOfRange, "status_code"),
    Wrong(event("\"status_code\":600"), .outOfRange, "status_code"),
    Wrong(event("\"status\":\"maybe\""), .unknownValue, "status"),
    Wrong(event("\"method\":\"FETCH\""), .unknownValue, "method"),
    Wrong(event("\"country\":\"DEU\""), .invalidCountry, "country"),
    Wrong(event("\"country\":\"1A\""), .invalidCountry, "country"),
    Wrong(event("\"feature\":\"a\\u0001b\""), .invalidText, "feature"),
    Wrong(event("\"feature\":\"\(String(repeating: "x", count: 129))\""), .tooLong, "feature"),
    Wrong(event("\"metadata\":[1]"), .wrongType, "metadata"),
    Wrong(event("\"ts\":\"yesterday\""), .invalidTime, "ts"),
    Wrong(event("\"ts\":\"2025-13-01T00:00:00Z\""), .invalidTime, "ts"),
    Wrong(event("\"ts\":-5"), .invalidTime, "ts"), Wrong(event("\"ts\":true"), .invalidTime, "ts"),
    // 600 s are let pass.
    Wrong(event("\"ts\":1760000600001"), .timeInFuture, "ts"),
    Wrong(event("\"ts\":1725439999999"), .timeTooOld, "ts"),
    Wrong(event("\"organization_id\":\"other\""), .organizationMismatch, "organization_id"),
    Wrong(event("\"organization_id\":5"), .wrongType, "organization_id"),
    Wrong(event("\"organization_id\":\"a\\nb\""), .invalidID, "organization_id"),
    Wrong(
      .request, "{\"id\":\"r\",\"endpoint\":\"/a\",\"ip\":\"1.2.3\"}", .invalidAddress, "ip_address"
    ),
    Wrong(
      .request, "{\"id\":\"r\",\"endpoint\":\"/a\",\"authenticated\":1}", .wrongType,
      "authenticated"),
    Wrong(.request, "{\"id\":\"r\"}", .missingField, "endpoint"),
    Wrong(.feedback, "{\"user_id\":\"u\",\"request_id\":\"r\",\"stars\":0}", .outOfRange, "stars"),
    Wrong(.feedback, "{\"user_id\":\"u\",\"request_id\":\"r\",\"rating\":6}", .outOfRange, "stars"),
    Wrong(.feedback, "{\"user_id\":\"u\",\"request_id\":\"r\"}", .missingField, "stars"),
    Wrong(
      .threat, "{\"id\":\"t\",\"type\":\"custom\",\"severity\":\"severe\"}", .unknownValue,
      "severity"),
    Wrong(
      .threat, "{\"id\":\"t\",\"type\":\"boredom\",\"severity\":\"low\"}", .unknownValue,
      "threat_type"),
    Wrong(.user, "{\"id\":\"u\",\"email\":\"not an address\"}", .invalidMail, "email"),
    Wrong(.user, "{\"email\":\"a@b.cd\"}", .missingField, "user_id"),
    Wrong(.resource, "{\"id\":\"p\"}", .missingField, "resource_type"),
    Wrong(.login, "{\"session_id\":\"s\"}", .missingField, "user_id"),
    Wrong(.login, "{\"user_id\":\"u\"}", .missingField, "session_id"),
  ]

  @Test(arguments: wrong)
  func `that is wrong is refused by its own code, and kept as a dead letter`(wrong: Wrong) throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(wrong.json, wrong.kind)
    #expect(outcome.accepted.isEmpty)
    let failure = try #require(outcome.failed.first)
    #expect(failure.problem == RecordProblem(wrong.code, wrong.field))
    #expect(!failure.message.isEmpty)
    let letters = try harness.intake.deadLetters()
    #expect(letters.map(\.problem) == [failure.problem])
    #expect(letters[0].kind == wrong.kind && letters[0].emitter == "key-1")
    try harness.expectBalanced()
    #expect(harness.totals.failed == 1)
  }

  @Test func `that is wrong leaves the others of its batch alone`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      {"events": [{"id":"a","type":"chat"}, {"id":"b","type":"chat","stars":5}, 7,
                  {"id":"c","type":"page_view"}]}
      """)
    #expect(outcome.accepted == ["a", "c"])
    #expect(outcome.failed.map(\.index) == [1, 2])
    #expect(outcome.failed.map(\.id) == ["b", nil])
    #expect(try harness.rows(.events).count == 2)
  }

  @Test func `is known by all names that the seeds have for its fields`() throws {
    let harness = try IntakeHarness()
    let any = try IntakeHarness.emitter(nil)
    let spellings = [
      "{\"clientEventId\":\"1\",\"eventType\":\"chat\",\"organizationId\":\"acme\",\"userId\":\"u\"}",
      "{\"id\":\"2\",\"action_type\":\"chat\",\"company_id\":\"acme\",\"user_id\":\"u\"}",
      "{\"event_id\":\"3\",\"type\":\"CHAT\",\"org_id\":\"acme\",\"userId\":\"u\"}",
      "{\"client_event_id\":\"4\",\"event\":\"chat\",\"orgId\":\"acme\",\"user_id\":\"u\"}",
      "{\"id\":\"5\",\"event_name\":\"chat-message\",\"companyId\":\"acme\",\"user_id\":\"u\"}",
    ]
    for spelling in spellings { try harness.accept(spelling, from: any) }
    let rows = try harness.rows(.events)
    #expect(rows.count == 5)
    for row in rows {
      #expect(row["event_type"] == .text("chat") && row["organization_id"] == .text("acme"))
      #expect(row["user_id"] == .text("u") && row["category"] == .text("inference"))
    }
  }

  @Test func `has what was sent, in its columns`() throws {
    let harness = try IntakeHarness()
    try harness.accept(
      """
      {"id":"e","ts":"2025-10-09T10:00:00.250+02:00","type":"image_generate_succeeded",
       "user_id":"u-1","session_id":"s-1","feature":"images","model":"ember","framework":"timm",
       "status":"Success","duration_ms":12.6,"prompt_tokens":10,"completion_tokens":5,
       "cost_usd":0.0012344,"endpoint":"https://host/api/gen?key=1#x","method":"post",
       "status_code":200,"resource_type":"image","resource_id":"i-1","trace_id":"t",
       "country":"de","gpu_seconds":1.5,"metadata":{"width":512,"quality":"high","format":"png"}}
      """)
    let row = try #require(try harness.rows(.events).first)
    #expect(row["ts"] == .timestamp(1_759_996_800_250))
    #expect(row["received_at"] == .timestamp(1_760_000_000_000))
    #expect(row["status"] == .text("succeeded") && row["duration_ms"] == .integer(13))
    #expect(row["total_tokens"] == .integer(15) && row["tokens_conflict"] == .boolean(false))
    #expect(row["cost_usd"] == .double(0.001234) && row["cost_source"] == .text("sent"))
    #expect(row["endpoint"] == .text("/api/gen") && row["method"] == .text("POST"))
    #expect(row["country"] == .text("DE") && row["gpu_seconds"] == .double(1.5))
    #expect(row["category"] == .text("inference"))
    #expect(row["metadata"] == .json("{\"format\":\"png\",\"quality\":\"high\",\"width\":512}"))
    #expect(row["emitter_key_id"] == .text("key-1"))
  }

  @Test func `of tokens keeps a total that contradicts its parts, and says so`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      [{"id":"1","model":"m","prompt_tokens":10,"completion_tokens":5,"total_tokens":20},
       {"id":"2","model":"m","prompt_tokens":10},
       {"id":"3","model":"m","total_tokens":7}]
      """, .tokenUsage)
    #expect(outcome.scrubbed[.conflictingTokens] == 1)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    #expect(rows.map { $0["total_tokens"] } == [.integer(20), .integer(10), .integer(7)])
    #expect(rows.map { $0["tokens_conflict"] } == [.boolean(true), nil, nil])
    #expect(rows.allSatisfy { $0["event_type"] == .text("token_usage") })
  }

  @Test func `that comes late goes to its day`() throws {
    let harness = try IntakeHarness()
    try harness.accept(
      """
      [{"id":"1","type":"chat","ts":1760000000},{"id":"2","type":"chat","ts":"2025-09-01T23:59:59Z"},
       {"id":"3","type":"chat","ts":1760000600000}]
      """)
    let events = harness.database.store.catalog().tables["events"]
    let days = try #require(events).partitions.map(\.key)
    #expect(days == [.day(20_332), .day(20_370)])
  }

  @Test func `too large is refused by itself, a batch too large as a whole`() throws {
    let harness = try IntakeHarness { rules in
      rules.limits.recordByteCount = 200
      rules.limits.recordCount = 3
      rules.limits.bodyByteCount = 2_000
    }
    let long =
      "{\"id\":\"a\",\"type\":\"chat\",\"prompt\":\"\(String(repeating: "x", count: 300))\"}"
    let outcome = try harness.accept("[\(long),{\"id\":\"b\",\"type\":\"chat\"}]")
    #expect(outcome.accepted == ["b"])
    #expect(outcome.failed.map(\.problem.code) == [.recordTooLarge])
    func refusal(_ body: String) throws -> IntakeRefusal.Code? {
      do {
        _ = try harness.accept(body)
        return nil
      } catch let refusal as IntakeRefusal {
        return refusal.code
      }
    }
    let record = "{\"id\":\"a\",\"type\":\"chat\"}"
    #expect(try refusal("[\(record),\(record),\(record),\(record)]") == .tooMany)
    #expect(try refusal(String(repeating: " ", count: 2_001)) == .tooLarge)
    #expect(try refusal("{\"events\":[],\"more\":1}") == .invalidEnvelope)
    #expect(try refusal("{\"events\":[],\"sequence\":-1}") == .invalidEnvelope)
    #expect(try harness.rows(.events).count == 1)
  }

  @Test func `of a kind that the key is not for is refused`() throws {
    let harness = try IntakeHarness()
    var emitter = try IntakeHarness.emitter()
    emitter.kinds = [.feedback]
    #expect(throws: IntakeRefusal.self) { try harness.accept("{}", .event, from: emitter) }
  }

  struct Malformed: Sendable, CustomTestStringConvertible {
    var body: String
    var position: Int
    var testDescription: String { body }
  }

  static let malformed = [
    Malformed(body: "", position: 0), Malformed(body: "   ", position: 3),
    Malformed(body: "17", position: 0), Malformed(body: "\"text\"", position: 0),
    Malformed(body: "[{\"id\":\"a\"", position: 10), Malformed(body: "[{\"id\":tru}]", position: 7),
    Malformed(body: "[{\"id\":\"a\"}] x", position: 13),
    Malformed(body: "[{\"id\":\"a\"}{\"id\":\"b\"}]", position: 11),
    Malformed(body: "[{\"id\" \"a\"}]", position: 7), Malformed(body: "[{\"id\":01}]", position: 7),
    Malformed(body: "[{\"id\":\"\u{0}\"}]", position: 8),
    Malformed(body: "[{\"zz\":{\"a\":[[[[[[[[[[1]]]]]]]]]]}}]", position: 17),
    Malformed(body: "[{\"prompt\":\"\\x\"}]", position: 12),
    Malformed(body: "{\"events\":[],\"events\":[]}", position: 14),
  ]

  @Test(arguments: malformed)
  func `in a body that is no JSON is not looked at`(malformed: Malformed) throws {
    let harness = try IntakeHarness()
    let refusal = try #require(throws: IntakeRefusal.self) { try harness.accept(malformed.body) }
    #expect(refusal.code == .malformed)
    let position = try #require(refusal.position)
    #expect(position == malformed.position, "\(refusal)")
    #expect(harness.intake.ledgerTotals.isEmpty)
  }

  @Test func `in a body that is not UTF-8 is refused with the place`() throws {
    let harness = try IntakeHarness()
    let body = Array("[{\"id\":\"a".utf8) + [0xFF] + Array("\"}]".utf8)
    let refusal = try #require(throws: IntakeRefusal.self) {
      try harness.intake.accept(body, .event, from: IntakeHarness.emitter(), at: harness.now)
    }
    #expect(refusal.code == .malformed && refusal.position == 9)
  }
}
