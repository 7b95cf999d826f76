import AccessControl
import Authentication
import Engine
import EngineTesting
import HTTPServer
import HTTPTypes
import Intake
import Logging
import Persistence
import Synchronization
import Testing

/// That the live counters are what SQL says of the same rows: while they are written, after a restart, and
/// with others writing meanwhile.
struct LiveCounterTests {
  private static let scopes: [(query: String, organizations: [String]?)] = [
    ("organizations=all", nil), ("organization_id=acme", ["acme"]),
    ("organization_id=bolt", ["bolt"]), ("", ["acme", "core"]),
  ]

  private func expectAgreement(
    _ harness: AdministrationHarness, _ place: String
  ) async throws {
    let token = try harness.token(.platformAdmin, in: ["acme", "core"])
    for (query, organizations) in Self.scopes {
      let answer = try await harness.ask(
        .get, "/api/admin/live/snapshot?series=true&\(query)", token: token)
      #expect(answer.status == 200)
      let expected = try LiveSQL.expected(
        harness.service.engine, organizations, at: harness.clock.now)
      #expect(
        answer["active_users"]?.integer == expected.activeUsers, "\(place), \(query)")
      #expect(answer["complete"] == .bool(true))
      let counters = try #require(answer["counters"]?.members)
      #expect(counters.count == LiveSQL.counters.count)
      for (index, counter) in LiveSQL.counters.enumerated() {
        let figures = try #require(counters[counter.name]?.members)
        let name = "\(place), \(query), \(counter.name)"
        #expect(figures["today"]?.integer == expected.today[index], "\(name) today")
        #expect(
          figures["last_minute"]?.integer == expected.lastMinute[index], "\(name) minute")
        let series = try #require(figures["per_second"]?.elements).compactMap(\.integer)
        #expect(series.count == 60)
        #expect(series.reduce(0, +) == expected.lastMinute[index], "\(name)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<4)
  func `counters are what SQL says, also after a restart and across midnight`(
    seed: UInt64
  ) async throws {
    var harness = try await AdministrationHarness()
    var random = SplitMix64(seed: seed)
    var events = LiveEvents(seed: seed)
    let emitter = try liveEmitter()
    // Midnight is a minute away.
    harness.clock.advance(by: .seconds(12 * 3600 - 60))
    for step in 0..<30 {
      harness.clock.advance(
        by: .milliseconds(random.pick([0, 130, 4_000, 31_000, 130_000, 299_000])))
      let now = harness.clock.now
      let outcome = try harness.service.intake.accept(
        Array(events.batch(of: 1 + random.below(60), at: now).utf8), .event, from: emitter, at: now)
      #expect(outcome.failed.isEmpty)
      if random.chance(0.3) {
        _ = try harness.service.intake.accept(
          Array(
            "{\"session_id\":\"s\(step)\",\"org_id\":\"acme\",\"user_id\":\"v\(step % 3)\"}".utf8),
          .login, from: emitter, at: now)
        _ = try harness.service.intake.accept(
          Array(
            "{\"id\":\"r\(step)\",\"org_id\":\"bolt\",\"path\":\"/x\",\"status_code\":\(399 + step % 2)}"
              .utf8), .request, from: emitter, at: now)
      }
      if random.chance(0.3) { harness = harness.restarted() }
      if step % 3 == 0 { try await expectAgreement(harness, "seed \(seed), step \(step)") }
    }
    harness.clock.advance(by: .seconds(2 * 86_400))
    try await expectAgreement(harness, "seed \(seed), two days later")
  }

  @Test func `what is not stored is not counted, and what is replayed is`() async throws {
    let harness = try await AdministrationHarness()
    let now = harness.clock.now
    let intake = harness.service.intake
    let body = """
      [{"id":"a","type":"chat","org_id":"acme","user_id":"u1"},{"id":"a","type":"chat","org_id":"acme","user_id":"u1"},
       {"id":"b","type":"nonsense","org_id":"acme"},{"id":"c","type":"upload","user_id":"u2","resource_type":"project","resource_id":"p1"}]
      """
    for _ in 0..<2 {
      _ = try intake.accept(Array(body.utf8), .event, from: try liveEmitter(), at: now)
    }
    try await expectAgreement(harness, "once")
    let token = try harness.token(.platformAdmin)
    func events() async throws -> Int64? {
      try await harness.ask(.get, "/api/admin/live/snapshot", token: token)["counters"]?
        .members?["events"]?.members?["today"]?.integer
    }
    #expect(try await events() == 1)
    // The resource says whose it is, once it is known.
    _ = try intake.accept(
      Array("{\"resource_type\":\"project\",\"resource_id\":\"p1\",\"org_id\":\"acme\"}".utf8),
      .resource, from: try liveEmitter("acme"), at: now)
    let letters = try intake.deadLetters(code: .noOrganization)
    _ = try intake.replay(letters.map(\.id), at: now)
    #expect(try await events() == 2)
    try await expectAgreement(harness, "after a replay")
  }

  @Test func `names that are spelt alike with other bytes are of two organisations`() async throws {
    let harness = try await AdministrationHarness()
    let now = harness.clock.now
    let names = ["caf\u{E9}", "cafe\u{301}"]
    let uploads = (0..<5).map { #"{"id":"e\#($0)","type":"upload","user_id":"u\#($0)"}"# }
    _ = try harness.service.intake.accept(
      Array("[\(uploads.joined(separator: ","))]".utf8), .event, from: try liveEmitter(names[0]),
      at: now)
    _ = try harness.service.intake.accept(
      Array(#"{"session_id":"s","user_id":"u"}"#.utf8), .login, from: try liveEmitter(names[0]),
      at: now)
    for harness in [harness, harness.restarted()] {
      let token = try harness.token(.admin, in: names)
      for (name, expected) in zip(["caf%C3%A9", "cafe%CC%81"], [5, 0] as [Int64]) {
        let answer = try await harness.ask(
          .get, "/api/admin/live/snapshot?organization_id=\(name)", token: token)
        let counters = answer["counters"]?.members
        #expect(counters?["uploads"]?.members?["today"]?.integer == expected)
        #expect(answer["active_users"]?.integer == (expected == 0 ? 0 : 6))
      }
    }
  }

  @Test func `batches that come while the tables are read are counted once`() async throws {
    let harness = try await AdministrationHarness()
    let service = harness.service
    let now = harness.clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask {
          try await onThread {
            let emitter = try liveEmitter("acme", id: "key-\(writer)")
            for batch in 0..<60 {
              let body = (0..<5).map {
                "{\"id\":\"\(writer)-\(batch)-\($0)\",\"type\":\"chat\",\"user_id\":\"u\(batch)\"}"
              }
              _ = try service.intake.accept(
                Array("[\(body.joined(separator: ","))]".utf8), .event, from: emitter, at: now)
            }
          }
        }
      }
      group.addTask {
        try await onThread {
          for _ in 0..<20 { service.live.restore(from: service.database.store, service.log) }
        }
      }
      try await group.waitForAll()
    }
    try await expectAgreement(harness, "with three writers")
  }

  @Test func `an organisation sees nothing of others`() async throws {
    let harness = try await AdministrationHarness()
    let now = harness.clock.now
    _ = try harness.service.intake.accept(
      Array(
        """
        [{"id":"a","type":"chat","org_id":"bolt","user_id":"u1"},
         {"id":"b","type":"chat","org_id":"acme","user_id":"u1"},
         {"id":"c","type":"chat","org_id":"core","user_id":"u1"}]
        """.utf8), .event, from: try liveEmitter(), at: now)
    func chats(_ role: Role, _ organizations: [String], _ query: String = "") async throws
      -> [Int64?]
    {
      let answer = try await harness.ask(
        .get, "/api/admin/live/snapshot" + query,
        token: try harness.token(role, in: organizations))
      return [
        answer["counters"]?.members?["chats"]?.members?["today"]?.integer,
        answer["active_users"]?.integer,
      ]
    }
    #expect(try await chats(.admin, ["bolt"]) == [1, 1])
    #expect(try await chats(.admin, ["none"]) == [0, 0])
    // Somebody who is active in both is one person.
    #expect(try await chats(.admin, ["acme", "bolt"]) == [2, 1])
    #expect(try await chats(.platformAdmin, ["none"], "?organizations=all") == [3, 1])
    let foreign = try await harness.ask(
      .get, "/api/admin/live/snapshot?organization_id=acme",
      token: try harness.token(.admin, in: ["bolt"]))
    #expect(foreign.status == 403)
  }

  @Test func `counters are chosen by name`() async throws {
    let harness = try await AdministrationHarness()
    let token = try harness.token(.admin)
    for query in ["counters=chats,errors", "counters=errors&counters=chats"] {
      let answer = try await harness.ask(.get, "/api/admin/live/snapshot?\(query)", token: token)
      #expect(answer["counters"]?.members?.keys.sorted() == ["chats", "errors"])
    }
    let wrong = try await harness.ask(
      .get, "/api/admin/live/snapshot?counters=chat", token: token)
    #expect(wrong.status == 422)
    #expect(wrong.fields == ["counters"])
  }
}

struct ActivePeopleTests {
  @Test(arguments: UInt64(0)..<16)
  func `people are counted as long as they are active`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var now: Int64 = 1_000_000
    var people = ActivePeople(at: now)
    var latest: [UInt64: Int64] = [:]
    let hashes = (0..<200).map { UInt64($0) &* (seed % 2 == 0 ? 1 : 0x9e37_79b9_7f4a_7c15) }
    for _ in 0..<3_000 {
      if random.chance(0.2) {
        now += Int64(random.pick([0, 1, 1, 2, 30, 299, 300, 1_023, 1_024, 5_000]))
        people.advance(to: now)
      }
      let hash = random.pick(hashes)
      let second = now - Int64(random.below(400)) + Int64(random.below(600))
      let isNoted = people.note(hash, at: second)
      #expect(isNoted)
      // 0 stands for a free place, and is counted as 1.
      let key = max(hash, 1)
      latest[key] = max(latest[key] ?? .min, second)
      latest = latest.filter { $0.value > now - 300 }
      #expect(people.count == latest.count)
      var all: Set<UInt64> = []
      people.collect(into: &all)
      #expect(all == Set(latest.keys))
    }
  }

  @Test func `a table that may not grow says so, and still knows those in it`() {
    var people = ActivePeople(at: 0)
    for hash in 1...8 as ClosedRange<UInt64> { _ = people.note(hash, at: 0) }
    var refused = 0
    for hash in 9...40 as ClosedRange<UInt64> where !people.note(hash, at: 1, mayGrow: false) {
      refused += 1
    }
    #expect(people.count == 40 - refused)
    #expect(refused > 0)
    let isKnown = people.note(3, at: 200, mayGrow: false)
    #expect(isKnown)
    people.advance(to: 400)
    #expect(people.count == 1)
  }
}
