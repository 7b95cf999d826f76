import AccessControl
import ColumnStore
import DiskTesting
import Glibc
import Intake
import Synchronization
import Testing

@Suite struct `A replay` {
  private static let upload =
    "{\"id\":\"1\",\"type\":\"upload\",\"project_id\":\"p1\",\"user_id\":\"u\"}"

  /// A letter of a record that says no organisation, with a key for all.
  private func lost(
    _ record: String = upload
  ) throws -> (harness: IntakeHarness, any: Emitter, letter: DeadLetter) {
    let harness = try IntakeHarness()
    let any = try IntakeHarness.emitter(nil, id: "key-2")
    #expect(try harness.accept(record, from: any).failed.map(\.problem.code) == [.noOrganization])
    return (harness, any, try #require(try harness.intake.deadLetters().first))
  }

  private func learn(_ harness: IntakeHarness) throws {
    try harness.accept("{\"type\":\"project\",\"id\":\"p1\"}", .resource)
  }

  @Test func `stores a record whose organisation became known, once, and moves it in the books`()
    throws
  {
    let (harness, any, letter) = try lost()
    #expect(
      try harness.intake.replay([letter.id], at: harness.now)
        == [letter.id: .refused(RecordProblem(.noOrganization, "organization_id"))])
    try learn(harness)
    let again = try harness.restarted()
    #expect(try again.intake.replay([letter.id], at: again.now) == [letter.id: .stored])
    #expect(try again.intake.replay([letter.id], at: again.now) == [letter.id: .skipped])
    #expect(try again.rows(.events).map { $0["organization_id"] } == [.text("acme")])
    #expect(try again.accept(Self.upload, from: any).duplicates == ["1"])
    for harness in [again, try again.restarted()] {
      let totals = harness.intake.ledgerTotals
      let nowhere = totals[LedgerAccount(emitter: "key-2", organization: nil)]
      #expect(nowhere?.received == 0 && nowhere?.failed == 0 && nowhere?.accepted == 0)
      let own = totals[
        LedgerAccount(emitter: "key-2", organization: try IntakeHarness.organization("acme"))]
      #expect(own?.received == 2 && own?.accepted == 1 && own?.duplicates == 1 && own?.failed == 0)
      try harness.expectBalanced()
    }
  }

  @Test func `that runs several times at once stores a record once`() throws {
    let (harness, _, letter) = try lost()
    try learn(harness)
    let time = harness.now.milliseconds + 3_600_000
    for id in 2..<8 { try harness.accept("{\"id\":\"\(id)\",\"type\":\"chat\",\"ts\":\(time)}") }
    let ids = try harness.intake.deadLetters().map(\.id)
    #expect(ids.count == 7)
    let stored = Mutex<[String: Int]>([:])
    let (intake, now) = (harness.intake, UnixTime(milliseconds: time))
    try Threads.run(6) {
      for (id, outcome) in try intake.replay(ids, at: now) where outcome == .stored {
        stored.withLock { $0[id, default: 0] += 1 }
      }
    }
    #expect(stored.withLock { $0 } == Dictionary(uniqueKeysWithValues: ids.map { ($0, 1) }))
    #expect(try harness.rows(.events).count == 7)
    #expect(try harness.intake.deadLetters().isEmpty)
    #expect(harness.totals.accepted == 8 && harness.totals.failed == 0)
    #expect(ids.contains(letter.id))
    try harness.expectBalanced()
    try harness.restarted().expectBalanced()
  }

  @Test func `that is refused again waits, with its attempts, also after a restart`() throws {
    var (harness, _, letter) = try lost()
    for attempt in 1...3 {
      #expect(
        try harness.intake.replay([letter.id], at: harness.now)
          == [letter.id: .refused(RecordProblem(.noOrganization, "organization_id"))])
      harness = try harness.restarted(seed: UInt64(attempt + 2))
      let found = try #require(try harness.intake.deadLetters().first)
      #expect(found.attempts == attempt && found.state == .waiting)
      #expect(harness.totals.received == 1 && harness.totals.failed == 1)
    }
    try learn(harness)
    #expect(try harness.intake.replay([letter.id], at: harness.now) == [letter.id: .stored])
  }

  @Test func `is not for a record of which a part could not be read`() throws {
    let harness = try IntakeHarness()
    let any = try IntakeHarness.emitter(nil, id: "key-2")
    let answer = try harness.accept(
      "{\"id\":\"1\",\"type\":\"token_usage\",\"project_id\":\"p1\",\"prompt_tokens\":\"many\"}",
      from: any)
    #expect(answer.failed.map(\.problem) == [RecordProblem(.wrongType, "prompt_tokens")])
    try learn(harness)
    let letter = try #require(try harness.intake.deadLetters().first)
    #expect(try harness.intake.replay([letter.id], at: harness.now) == [letter.id: .skipped])
    #expect(try harness.rows(.events).isEmpty)
  }

  @Test func `takes a type of event that is known by now`() throws {
    let harness = try IntakeHarness()
    try harness.accept("{\"id\":\"1\",\"type\":\"Quiz-Taken\",\"user_id\":\"u\"}")
    // What looks like a key is not kept as a type.
    try harness.accept(
      "{\"id\":\"2\",\"type\":\"sk_live_abcdefghijklmnopqrstuvwx\",\"user_id\":\"u\"}")
    let letters = try harness.intake.deadLetters()
    #expect(letters.map(\.problem.code) == [.unknownEventType, .unknownEventType])
    #expect(letters.filter { $0.payload.contains("quiz_taken") }.count == 1)
    #expect(!letters.contains { $0.payload.contains("sk_live") })
    let again = try harness.restarted {
      $0.eventTypes = EventTypes(additional: ["quiz_taken": "learning"])
    }
    let outcomes = try again.intake.replay(letters.map(\.id), at: again.now)
    #expect(outcomes.values.filter { $0 == .stored }.count == 1)
    #expect(try again.rows(.events).map { $0["event_type"] } == [.text("quiz_taken")])
  }

  @Test func `of what a person sent is held to what people may say`() throws {
    let harness = try IntakeHarness()
    let person = try IntakeHarness.emitter("acme", id: Emitter.people, user: "ann")
    let time = harness.now.milliseconds + 3_600_000
    try harness.accept("{\"id\":\"1\",\"type\":\"training_paid\"}", from: person)
    try harness.accept("{\"id\":\"2\",\"type\":\"page_view\",\"ts\":\(time)}", from: person)
    let ids = try harness.intake.deadLetters().map(\.id)
    harness.now = UnixTime(milliseconds: time)
    let again = try harness.restarted {
      $0.eventTypes = EventTypes(additional: ["training_paid": "training"])
    }
    let outcomes = try again.intake.replay(ids, at: again.now)
    #expect(outcomes.values.filter { $0 == .stored }.count == 1)
    #expect(try again.rows(.events).map { $0["user_id"] } == [.text("ann")])
    #expect(try again.rows(.events).map { $0["event_type"] } == [.text("page_view")])
  }

  @Test func `scrubs by the rules of now`() throws {
    let harness = try IntakeHarness()
    let time = harness.now.milliseconds + 3_600_000
    try harness.accept(
      "{\"id\":\"1\",\"endpoint\":\"/a\",\"ip\":\"8.8.4.4\",\"ts\":\(time)}", .request)
    let letter = try #require(try harness.intake.deadLetters().first)
    harness.now = UnixTime(milliseconds: time)
    let again = try harness.restarted { $0.anonymizesAddresses = true }
    #expect(try again.intake.replay([letter.id], at: again.now) == [letter.id: .stored])
    #expect(try again.rows(.events).map { $0["ip_address"] } == [.text("8.8.4.0")])
  }

  @Test func `that the disk refuses takes nothing, and says which were not tried`() throws {
    let harness = try IntakeHarness()
    let time = harness.now.milliseconds + 3_600_000
    for id in 0..<4 { try harness.accept("{\"id\":\"\(id)\",\"type\":\"chat\",\"ts\":\(time)}") }
    let ids = try harness.intake.deadLetters().map(\.id)
    let now = UnixTime(milliseconds: time)
    harness.disk.fail(.init(call: 1, lasts: true, kind: .error(EIO)))
    #expect(throws: IntakeRefusal.self) { try harness.intake.replay(ids, at: now) }
    try harness.expectBalanced()
    harness.disk.fail(nil)
    let again = try harness.restarted()
    #expect(again.totals.failed == 4)
    #expect(try again.intake.replay([ids[0]], at: now) == [ids[0]: .stored])
  }
}

/// Threads that all do the same.
enum Threads {
  /// Fails with what the first of them threw.
  static func run(_ count: Int, _ body: @escaping @Sendable () throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    let box = Box {
      do { try body() } catch { failure.withLock { $0 = $0 ?? error } }
    }
    var threads: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(box).toOpaque()
      let code = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, argument)
      try #require(code == 0)
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
