import AccessControl
import ColumnStore
import DiskTesting
import EngineTesting
import Glibc
import Intake
import Persistence
import Testing

/// The promise of the whole: whatever is sent, again and again, and whenever the power fails, each id is
/// stored once, what was acknowledged is there, and the books add up.
@Suite struct `Intake that is interrupted` {
  private struct Sent {
    var body: String
    var emitter: Emitter
    var key: String?
  }

  /// What emitters were told, by organisation and id: the content that was accepted.
  private struct Told {
    var accepted: [String: String] = [:]
  }

  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<6).map { .scattered(seed: $0) }

  private func record(_ random: inout SplitMix64, _ emitter: Emitter) -> String {
    if random.chance(0.08) {
      return random.pick(["{}", "7", "{\"id\":\"x\"}", "{\"id\":\"y\",\"type\":\"none\"}"])
    }
    let organization = random.pick(["acme", "beta"])
    let named =
      emitter.organization == nil && !random.chance(0.1) ? ",\"org_id\":\"\(organization)\"" : ""
    return
      "{\"id\":\"id-\(random.below(40))\",\"type\":\"chat\",\"user_id\":\"u\(random.below(2))\"\(named)}"
  }

  private func check(
    _ harness: IntakeHarness, _ told: Told, _ place: String
  ) throws {
    let rows = try harness.rows(.events)
    var stored: [String: String] = [:]
    for row in rows {
      let key = "\(row["organization_id"] ?? .null) \(row["event_id"] ?? .null)"
      #expect(stored[key] == nil, "\(place): \(key) is there twice")
      stored[key] = "\(row["user_id"] ?? .null)"
    }
    for (key, content) in told.accepted {
      #expect(stored[key] == content, "\(place): \(key) is not as it was accepted")
    }
    try harness.expectBalanced()
    let totals = harness.totals
    #expect(totals.accepted == rows.count, "\(place)")
    #expect(totals.pending == 0, "\(place)")
    #expect(totals.failed == (try harness.rows(.deadLetters).count), "\(place)")
    // The same from the rows alone.
    let ledger = try harness.rows(.ledger)
    for name in ["received", "accepted", "duplicates", "failed"] {
      let sum = ledger.reduce(0) { sum, row in
        if case .integer(let value)? = row[name] { sum + Int(value) } else { sum }
      }
      let known =
        switch name {
        case "received": totals.received
        case "accepted": totals.accepted
        case "duplicates": totals.duplicates
        default: totals.failed
        }
      #expect(sum == known, "\(place): \(name)")
    }
  }

  @Test(arguments: UInt64(0)..<12)
  func `stores each id once, and the books add up`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &* 77 &+ 5)
    var harness = try IntakeHarness(seed: seed)
    let emitters = [
      try IntakeHarness.emitter("acme", id: "key-1"), try IntakeHarness.emitter(nil, id: "key-2"),
    ]
    var told = Told()
    var sent: [Sent] = []
    for step in 0..<60 {
      let place = "step \(step)"
      let isRetry = !sent.isEmpty && random.chance(0.3)
      let next: Sent
      if isRetry {
        next = random.pick(sent)
      } else {
        let emitter = random.pick(emitters)
        let records = (0..<(1 + random.below(8))).map { _ in record(&random, emitter) }
        next = Sent(
          body: "[\(records.joined(separator: ","))]", emitter: emitter,
          key: random.chance(0.3) ? "batch-\(step)" : nil)
        sent.append(next)
      }
      if random.chance(0.25) {
        // The disk fails in the middle of it, or of one soon after.
        harness.disk.fail(
          .init(call: 1 + random.below(6), lasts: true, kind: .error(random.pick([EIO, ENOSPC]))))
      }
      do {
        let outcome = try harness.accept(next.body, from: next.emitter, key: next.key)
        note(outcome, &told, in: harness, next)
      } catch let refusal as IntakeRefusal {
        #expect(refusal.code == .notStored, "\(place)")
        try harness.expectBalanced()
        harness.disk.fail(nil)
        harness = try harness.restarted(
          random.pick(Self.outcomes), seed: seed &+ UInt64(step) &* 1_000)
        try check(harness, told, place)
        // Whoever was told nothing sends it again, and then all is certain.
        let outcome = try harness.accept(next.body, from: next.emitter, key: next.key)
        note(outcome, &told, in: harness, next)
      }
      if random.chance(0.1) {
        harness.disk.fail(nil)
        harness = try harness.restarted(
          random.pick(Self.outcomes), seed: seed &+ UInt64(step) &* 1_000 &+ 1)
        try check(harness, told, place)
      }
      if random.chance(0.05), harness.disk.faultCount == 0 {
        try? harness.database.checkpoint()
      }
    }
    harness.disk.fail(nil)
    try check(try harness.restarted(), told, "at the end")
  }

  /// What was accepted must be there from now on, as it was.
  private func note(
    _ outcome: IntakeOutcome, _ told: inout Told, in harness: IntakeHarness, _ sent: Sent
  ) {
    guard let rows = try? harness.rows(.events) else { return }
    var stored: [String: String] = [:]
    for row in rows {
      stored["\(row["organization_id"] ?? .null) \(row["event_id"] ?? .null)"] =
        "\(row["user_id"] ?? .null)"
    }
    for id in outcome.accepted + outcome.duplicates {
      let keys = ["acme", "beta"].map { "text(\"\($0)\") text(\"\(id)\")" }
      let found = keys.filter { stored[$0] != nil }
      #expect(!found.isEmpty, "\(id) was accepted and is not there")
      for key in found where told.accepted[key] == nil { told.accepted[key] = stored[key] }
    }
  }

  @Test func `by many threads at once stores each id once`() async throws {
    let harness = try IntakeHarness()
    let intake = harness.intake
    let now = harness.now
    let emitter = try IntakeHarness.emitter()
    let bodies = (0..<8).map { part in
      "["
        + (0..<50).map { "{\"id\":\"\(($0 * 7 + part * 13) % 100)\",\"type\":\"chat\"}" }
        .joined(separator: ",") + "]"
    }
    let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for body in bodies + bodies {
        group.addTask {
          let outcome = try intake.accept(Array(body.utf8), .event, from: emitter, at: now)
          return (outcome.accepted.count, outcome.duplicates.count)
        }
      }
      return try await group.reduce(into: (0, 0)) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
    }
    #expect(counts.0 == 100 && counts.0 + counts.1 == 800)
    #expect(try harness.rows(.events).count == 100)
    try harness.expectBalanced()
    #expect(harness.totals.received == 800)
  }
}

@Suite struct `A body from a stranger` {
  private static let secret = "S3CRET"

  private static let seeds: [(IntakeKind, String)] = [
    (
      .event,
      """
      {"sequence":3,"stream":"s","events":[{"id":"a","type":"chat","user_id":"u","prompt":"\(secret)1",
      "messages":[{"role":"user","content":"\(secret)2"}],"metadata":{"turn":1,"note":"\(secret)3",
      "deep":{"x":["\(secret)4"]}},"password":"\(secret)5","prompt_tokens":12,"cost_usd":0.5,
      "file_name":"\(secret)6.pdf","endpoint":"/a/b","ts":1760000000},
      {"id":"b","type":"upload","metadata":{"file_name":"\(secret)8.txt","size_bytes":5}}]}
      """
    ),
    (
      .request,
      """
      [{"id":"r","endpoint":"https://h/a","body":"\(secret)1","method":"GET","status_code":200,"ip":"1.2.3.4",
      "user_agent":"Mozilla/5.0","authorization":"Bearer \(secret)2","headers":{"cookie":"\(secret)3"}}]
      """
    ),
    (
      .login,
      "{\"id\":\"s\",\"user_id\":\"u\",\"token\":\"\(secret)1\",\"refresh_token\":\"\(secret)2\"}"
    ),
    (.feedback, "{\"user_id\":\"u\",\"request_id\":\"r\",\"stars\":3,\"prompt\":\"\(secret)1\"}"),
    (
      .threat,
      "{\"id\":\"t\",\"type\":\"custom\",\"severity\":\"low\",\"content\":\"\(secret)1\",\"input\":\"\(secret)2\"}"
    ),
    (
      .user,
      "{\"id\":\"u\",\"email\":\"a@b.cd\",\"password\":\"\(secret)1\",\"phone\":\"\(secret)2\"}"
    ),
    (.resource, "{\"id\":\"p\",\"type\":\"project\",\"content\":[[\"\(secret)1\"]]}"),
  ]

  private func expectNoSecret(_ harness: IntakeHarness, _ words: [String], _ place: String) throws {
    for word in words { #expect(!word.contains(Self.secret), "\(place): \(word)") }
    for table in IntakeTable.allCases {
      for row in try harness.rows(table) {
        #expect(!"\(row)".contains(Self.secret), "\(place): \(table) \(row)")
      }
    }
    // Texts of changes that came to nothing stay in the dictionaries.
    for dictionary in harness.database.store.catalog().dictionaries.values {
      let view = dictionary.view
      for code in 0..<view.count {
        let text = view.string(UInt32(code))
        #expect(!text.contains(Self.secret), "\(place): \(dictionary.domain) \(text)")
      }
    }
  }

  @Test func `leaves nothing that is never stored`() throws {
    let harness = try IntakeHarness()
    for (kind, body) in Self.seeds {
      let outcome = try harness.accept(body, kind)
      #expect(outcome.failed.isEmpty, "\(outcome.failed)")
      #expect(!outcome.accepted.isEmpty)
    }
    try harness.accept(
      "{\"id\":\"p\",\"endpoint\":\"https://h/a?token=\(Self.secret)#\(Self.secret)\"}", .request)
    try expectNoSecret(harness, [], "whole")
  }

  @Test(arguments: UInt64(0)..<6)
  func `that was damaged neither stops the service nor leaves a secret`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 400)
    let harness = try IntakeHarness()
    let emitter = try IntakeHarness.emitter()
    var words: [String] = []
    var acceptedCount = 0
    for _ in 0..<600 {
      let (kind, text) = random.pick(Self.seeds)
      var body = Array(text.utf8)
      for _ in 0..<(1 + random.below(3)) {
        let place = random.below(body.count)
        switch random.below(4) {
        case 0: body[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: body.remove(at: place)
        case 2: body.insert(random.pick(Array("\"\\{}[],:0e-x\u{0}".utf8)), at: place)
        default: body.removeSubrange(place...)
        }
        if body.isEmpty { body = [UInt8(ascii: "[")] }
      }
      do {
        let outcome = try harness.intake.accept(body, kind, from: emitter, at: harness.now)
        acceptedCount += outcome.accepted.count
        words += outcome.failed.map { "\($0.problem) \($0.message)" }
      } catch {
        let refusal = error
        #expect(refusal.code != .notStored, "\(refusal) \(String(decoding: body, as: UTF8.self))")
        words.append(refusal.message)
      }
    }
    #expect(acceptedCount > 5)
    try expectNoSecret(harness, words, "seed \(seed)")
    try harness.expectBalanced()
    try harness.restarted().expectBalanced()
  }

  @Test(arguments: UInt64(0)..<4)
  func `that is random JSON is answered`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let harness = try IntakeHarness()
    let emitter = try IntakeHarness.emitter(nil)
    func value(_ depth: Int) -> String {
      switch random.below(depth > 3 ? 7 : 9) {
      case 0: return "null"
      case 1: return random.pick(["true", "false"])
      case 2: return random.pick(["0", "-1", "1e999", "3.25", "9223372036854775808", "1760000000"])
      case 3...6:
        return "\"" + random.pick(["", "a", "chat", "\\u00e9", "x@y", "1.2.3.4", "🙂"]) + "\""
      case 7:
        return "[" + (0..<random.below(4)).map { _ in value(depth + 1) }.joined(separator: ",")
          + "]"
      default: return object(depth + 1)
      }
    }
    func object(_ depth: Int) -> String {
      let names = [
        "id", "type", "org_id", "user_id", "metadata", "ts", "prompt", "stars", "severity", "email",
        "endpoint", "ip", "events", "session_id", "request_id", "zzz", "duration_ms", "",
      ]
      return "{"
        + (0..<random.below(7)).map { _ in "\"\(random.pick(names))\":\(value(depth))" }
        .joined(separator: ",") + "}"
    }
    for _ in 0..<500 {
      let body = random.chance(0.3) ? value(0) : object(0)
      let kind = random.pick(IntakeKind.allCases)
      do {
        _ = try harness.intake.accept(Array(body.utf8), kind, from: emitter, at: harness.now)
      } catch {
        #expect(error.code != .notStored, "\(error) \(body)")
      }
    }
    try harness.expectBalanced()
  }
}
