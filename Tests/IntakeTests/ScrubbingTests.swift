import AccessControl
import Authentication
import ColumnStore
import Intake
import Testing

@Suite struct `What must not be stored` {
  @Test func `is dropped by the name of its field, and counted`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      {"id":"e","type":"chat","prompt":"tell me","messages":[{"role":"user","content":"hi"}],
       "password":"pw","email":"a@b.de","phone":"1","access_token":{"a":1}}
      """)
    #expect(outcome.accepted == ["e"])
    #expect(outcome.scrubbed[.neverStored] == 6)
    #expect(harness.intake.scrubCounts[.neverStored] == 6)
    let row = try #require(try harness.rows(.ledger).first)
    #expect(row["scrubbed"] == .integer(6))
  }

  @Test(arguments: [
    ("call +49 170 1234567", "call (phone)"), ("+1 (555) 010-9999 now", "(phone) now"),
    ("+4917012345678.", "(phone)."), ("card 4111 1111 1111 1111", "card (card)"),
    ("4111-1111-1111-1111, 5555555555554444", "(card), (card)"),
    ("amex 378282246310005!", "amex (card)!"),
    ("paid with 2223003122003222", "paid with (card)"),
    ("电话+8613812345678", "电话(phone)"), ("Tel：+8613812345678。", "Tel：(phone)。"),
    ("„+49 170 1234567“", "„(phone)“"), ("call +49 170 1234567…", "call (phone)…"),
    ("+33\u{202F}6\u{202F}12\u{202F}34\u{202F}56\u{202F}78", "(phone)"),
    ("№4111111111111111", "№(card)"), ("4111\u{A0}1111\u{A0}1111\u{A0}1111", "(card)"),
  ])
  func `of numbers of phones and cards within texts is nothing left`(sent: String, stored: String)
    throws
  {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      "{\"id\":\"e\",\"type\":\"chat\",\"feature\":\"\(sent)\"}")
    #expect(outcome.accepted == ["e"])
    #expect(outcome.scrubbed[.replacedPhone] + outcome.scrubbed[.replacedCard] >= 1)
    #expect(try harness.rows(.events).first?["feature"] == .text(stored))
  }

  @Test(arguments: [
    "4111 1111 1111 1112", "order 4111111111111112", "at 1763748000000", "1763748000000000",
    "v2026.11.21-18.00", "2026-11-21 18:00:00+01:00", "+12", "+1 234", "3.14159265358979",
    "x4111111111111111", "4111111111111111_2", "req-4111111111111111", "a 12345678 b",
    "+0123456789",
    "1+12345678", "550e8400-e29b-41d4-a716-446655440000", "20261121 20261122 20261123",
  ])
  func `which are identifiers, times and plain numbers stays as it is`(text: String) throws {
    let harness = try IntakeHarness()
    _ = try harness.accept("{\"id\":\"e\",\"type\":\"chat\",\"feature\":\"\(text)\"}")
    #expect(try harness.rows(.events).first?["feature"] == .text(text))
  }

  @Test func `of metadata is all that no list names, by event type`() throws {
    let harness = try IntakeHarness { rules in
      rules.metadata = MetadataNames(additional: ["chat": ["tone"], "*": ["region"]])
    }
    let outcome = try harness.accept(
      """
      [{"id":"1","type":"chat","metadata":{"topK":3,"turn":2,"tone":"dry","region":"eu","x":1}},
       {"id":"2","type":"rag_query","metadata":{"topK":3,"turn":2,"nested":{"a":1},"tone":"dry"}},
       {"id":"3","type":"chat","metadata":{"turn":[1],"source":{"a":"b"}}}]
      """)
    #expect(outcome.accepted.count == 3)
    #expect(outcome.scrubbed[.unlistedMetadata] == 5)
    #expect(outcome.scrubbed[.unfitMetadata] == 2)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    #expect(rows[0]["metadata"] == .json("{\"region\":\"eu\",\"tone\":\"dry\",\"turn\":2}"))
    #expect(rows[1]["metadata"] == .json("{\"top_k\":3}"))
    #expect(rows[2]["metadata"] == nil)
  }

  @Test func `of file names and tokens is the name, not a hash of it`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      [{"id":"1","type":"upload","file_name":"salaries.xlsx","mime_type":"text/csv","size_bytes":9},
       {"id":"2","type":"upload","file_name":"salaries.xlsx"},
       {"id":"3","type":"upload","metadata":{"fileName":"salaries.xlsx","extension":"xlsx"}}]
      """)
    #expect(outcome.scrubbed[.hashedFileName] == 2)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    guard case .text(let hash)? = rows[0]["file_hash"] else {
      Issue.record("no hash")
      return
    }
    #expect(hash.hasPrefix("p_") && hash.utf8.count == 34)
    #expect(rows[1]["file_hash"] == .text(hash))
    #expect(
      rows[2]["metadata"] == .json("{\"extension\":\"xlsx\",\"file_name_hash\":\"\(hash)\"}"))
    // Another organisation's hash is another one, and what is a hash already stays.
    let other = try IntakeHarness.emitter("other")
    try harness.accept(
      "{\"id\":\"4\",\"type\":\"upload\",\"file_name\":\"salaries.xlsx\"}", from: other)
    try harness.accept("{\"id\":\"5\",\"type\":\"upload\",\"file_name\":\"\(hash)\"}")
    let all = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    #expect(all[3]["file_hash"] != .text(hash) && all[4]["file_hash"] == .text(hash))
  }

  struct Within: Sendable, CustomTestStringConvertible {
    var text: String
    var finding: SensitiveText.Finding?
    var testDescription: String { text }
  }

  static let within = [
    Within(text: "ann@example.com", finding: .mail), Within(text: "a@b", finding: .mail),
    Within(text: "ann%40example.com", finding: .mail), Within(text: "@home", finding: nil),
    Within(text: "10.1.2.3", finding: .address), Within(text: "2001:db8::1", finding: .address),
    Within(text: "::1", finding: .address), Within(text: "1.2.3", finding: nil),
    Within(text: "12:30", finding: nil), Within(text: "v1.2.3.4", finding: nil),
    Within(text: "[::1]:80", finding: .address), Within(text: "10.1.2.3:80", finding: .address),
    Within(text: "sk-abcdefgh12345", finding: .secret),
    Within(text: "ghp_abcdefgh12345", finding: .secret),
    Within(text: "AKIAIOSFODNN7EXAMPLE", finding: .secret),
    Within(text: "eyJhbGciOiJIUzI1NiJ9.e30.abc", finding: .secret),
    Within(text: "aB3dEfGh1jKlMn0pQrStUvWx", finding: .secret),
    Within(text: "550e8400-e29b-41d4-a716-446655440000", finding: nil),
    Within(text: "image_generate_succeeded", finding: nil),
    Within(text: "da39a3ee5e6b4b0d3255bfef95601890afd80709", finding: nil),
    Within(text: "sk-short", finding: nil),
    Within(text: "Meta-Llama-3.1-70B-Instruct-GPTQ", finding: nil),
  ]

  @Test(arguments: within)
  func `is known within a text`(within: Within) {
    var text = within.text
    let found = text.withUTF8 { SensitiveText.finding(in: $0) }
    #expect(found == within.finding)
  }

  @Test func `is not looked for in versions and identifiers`() throws {
    let harness = try IntakeHarness()
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"
    try harness.accept(
      """
      [{"id":"1","type":"chat","metadata":{"appVersion":"1.2.3.4","source":"1.2.3.4",
        "jobId":"aB3dEfGh1jKlMn0pQrStUvWx","projectId":"ann@example.com"}}]
      """)
    try harness.accept("{\"id\":\"2\",\"endpoint\":\"/\",\"user_agent\":\"\(agent)\"}", .request)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    guard case .json(let metadata)? = rows[0]["metadata"] else {
      Issue.record("no metadata")
      return
    }
    #expect(
      metadata.hasPrefix(
        "{\"app_version\":\"1.2.3.4\",\"job_id\":\"aB3dEfGh1jKlMn0pQrStUvWx\",\"source\":\"p_"))
    #expect(rows[1]["user_agent"] == .text(agent))
  }

  @Test func `within other texts is replaced by what stands for it`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept(
      """
      [{"id":"1","type":"page_view","endpoint":"/users/ann@example.com/edit?token=abc",
        "feature":"from 10.1.2.3","metadata":{"source":"ann@example.com, key sk-abcdefgh12345."}}]
      """)
    #expect(outcome.scrubbed[.cutPath] == 1)
    #expect(outcome.scrubbed[.replacedMail] == 2)
    #expect(outcome.scrubbed[.replacedAddress] == 1)
    #expect(outcome.scrubbed[.replacedSecret] == 1)
    let domain = try #require(Identifier("email"))
    let names = try IntakeHarness.pseudonymizer().names(
      in: IntakeHarness.organization("acme"), domain: domain)
    let ann = names.name(of: "ann@example.com")
    let row = try #require(try harness.rows(.events).first)
    #expect(row["endpoint"] == .text("/users/\(ann)/edit"))
    #expect(row["metadata"] == .json("{\"source\":\"\(ann), key (secret).\"}"))
    guard case .text(let feature)? = row["feature"] else {
      Issue.record("no feature")
      return
    }
    #expect(feature.hasPrefix("from p_"))
  }

  @Test func `of an IP address is the host, where the deployment says so`() throws {
    let harness = try IntakeHarness { $0.anonymizesAddresses = true }
    let outcome = try harness.accept(
      """
      [{"id":"1","endpoint":"/a","ip":"93.184.216.34"},
       {"id":"2","endpoint":"/a","ip":"2606:2800:220:1:248:1893:25c8:1946"},
       {"id":"3","endpoint":"/a","ip":"::ffff:93.184.216.34"}]
      """, .request)
    #expect(outcome.scrubbed[.anonymizedAddress] == 3)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    #expect(
      rows.map { $0["ip_address"] } == [
        .text("93.184.216.0"), .text("2606:2800:220::"), .text("93.184.216.0"),
      ])
    #expect(rows.allSatisfy { $0["country"] == .text("unknown") })
  }

  @Test func `is not in the comment of a rating either`() throws {
    let harness = try IntakeHarness()
    try harness.accept(
      """
      {"user_id":"u","request_id":"r","stars":4,"comment":"Write to ann@example.com!\\nThanks"}
      """, .feedback)
    guard case .text(let comment)? = try harness.rows(.feedback).first?["comment"] else {
      Issue.record("no comment")
      return
    }
    #expect(comment.hasPrefix("Write to p_") && comment.hasSuffix("!\nThanks"))
  }
}

@Suite struct `An IP address` {
  @Test(arguments: [
    ("1.2.3.4", "1.2.3.4"), ("1.2.3.4:80", "1.2.3.4"), ("[2001:DB8::1]:443", "2001:db8::1"),
    ("fe80::1%eth0", "fe80::1"), ("::ffff:1.2.3.4", "1.2.3.4"),
  ])
  func `is read as proxies write it`(text: String, expected: String) {
    #expect(NetworkAddress(text)?.text == expected)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "256.1.1.1", "a.b.c.d", "1.2.3.4.5", ":::", "12:30:10", "\u{e9}:1",
  ])
  func `is nothing else`(text: String) {
    #expect(NetworkAddress(text) == nil)
  }

  @Test(arguments: [
    ("10.0.0.1", true), ("172.16.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true),
    ("127.0.0.1", true), ("100.64.0.1", true), ("8.8.8.8", false), ("::1", true), ("::", true),
    ("fd00::1", true), ("fe80::1", true), ("2606:4700::1", false), ("2001:db8::1", true),
    ("::ffff:10.0.0.1", true),
  ])
  func `is private where no country has it`(text: String, isPrivate: Bool) {
    #expect(NetworkAddress(text)?.isPrivate == isPrivate)
  }
}
