import AccessControl
import ColumnStore
import DiskTesting
import Engine
import EngineTesting
import Glibc
import Intake
import Persistence
import Platform
import Synchronization
import Testing

@Suite struct `The ledger over time` {
  private static let day: Int64 = 86_400_000

  /// A disk with the built-in tables, and the roll-up of the ledger.
  private static func disk() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let database = try Database(
      IntakeHarness.folder, forChanges: true,
      environment: DiskEnvironment(files: disk, now: { .zero }, random: { 7 }))
    try SchemaMigration(Engine(store: database.store, threads: 1), retentionDays: 0).run(
      at: IntakeHarness.now)
    try database.close()
    return disk
  }

  /// Batches of 20 days, some of them again, some wrong, some for nobody.
  private func fill(_ harness: IntakeHarness) throws {
    let any = try IntakeHarness.emitter(nil, id: "key-2")
    for day in 0..<20 {
      harness.now = UnixTime(
        milliseconds: IntakeHarness.now.milliseconds + Int64(day) * Self.day)
      for batch in 0..<3 {
        try harness.accept(
          """
          {"sequence":\(10 * day + batch),"events":[{"id":"\(day)-\(batch / 2)","type":"chat"},
           {"id":"x\(day)-\(batch)","type":"chat"},{"id":"y"}]}
          """, key: batch == 0 ? "key-\(day)" : nil)
      }
      try harness.accept("{\"id\":\"\(day)\",\"type\":\"chat\"}", from: any)
    }
  }

  private func fold(_ harness: IntakeHarness) throws -> Int {
    try Engine(store: harness.database.store, threads: 1)
      .applyRetention(now: harness.now.milliseconds).reduce(0) { $0 + $1.drops.count }
  }

  @Test func `keeps its sums when days are folded, before and after restarts`() throws {
    let harness = try IntakeHarness(try Self.disk())
    try fill(harness)
    let totals = harness.intake.ledgerTotals
    #expect(totals.count == 2)
    #expect(harness.totals.received == 200 && harness.totals.failed == 80)
    let rows = try harness.rows(.ledger).count
    #expect(try harness.restarted().intake.ledgerTotals == totals)
    #expect(try fold(harness) == 11)
    #expect(try harness.rows(.ledger).count == rows / 20 * 9)
    #expect(harness.intake.ledgerTotals == totals)
    let again = try harness.restarted()
    #expect(again.intake.ledgerTotals == totals)
    // The next batch goes on from there.
    again.now = harness.now
    try again.accept("{\"id\":\"new\",\"type\":\"chat\"}")
    #expect(again.totals.received == 201)
    let third = try again.restarted(seed: 3)
    #expect(third.intake.ledgerTotals == again.intake.ledgerTotals)
    #expect(try fold(third) == 0)
    var session = Session()
    #expect(
      try Engine(store: third.database.store, threads: 1).execute(
        "SELECT sum(received), sum(accepted + duplicates + failed), sum(batches) FROM ingest_ledger_daily",
        in: &session
      ).rows == [[.integer(201), .integer(201), .integer(81)]])
  }

  @Test func `loses nothing where folding is interrupted`() throws {
    let harness = try IntakeHarness(try Self.disk())
    try fill(harness)
    let totals = harness.intake.ledgerTotals
    let image = harness.disk.image
    for call in 1..<12 {
      for outcome in [CrashOutcome.nothingUnsynced, .everything, .lastHalf] {
        let disk = SimulatedDisk(image.crashed(.everything))
        let started = try IntakeHarness(disk, at: harness.now)
        disk.fail(.init(call: call, lasts: true, kind: .error(EIO)))
        _ = try? fold(started)
        let again = try IntakeHarness(SimulatedDisk(disk.image.crashed(outcome)), at: harness.now)
        #expect(again.intake.ledgerTotals == totals, "call \(call), \(outcome)")
      }
    }
  }

  @Test func `knows the batches of the days that it has`() throws {
    let harness = try IntakeHarness(try Self.disk())
    try fill(harness)
    #expect(harness.intake.sequenceGaps(of: "key-1").count == 19)
    #expect(try fold(harness) == 11)
    let again = try harness.restarted()
    let missing = (11..<19).map { (day: Int64) -> ClosedRange<Int64> in
      10 * day + 3...10 * day + 9
    }
    #expect(again.intake.sequenceGaps(of: "key-1").map(\.missing) == missing)
    // A key of a batch that is a day old is known, so its answer is that of the first time.
    again.now = harness.now
    let body = """
      {"sequence":180,"events":[{"id":"18-0","type":"chat"},
       {"id":"x18-0","type":"chat"},{"id":"y"}]}
      """
    let answer = try again.accept(body, key: "key-18")
    #expect(answer.isReplay && answer.accepted == ["18-0", "x18-0"])
  }

  @Test func `adds up at every moment, whoever sends and looks`() throws {
    let harness = try IntakeHarness()
    let (intake, now) = (harness.intake, harness.now)
    let emitters = try (0..<4).map { number in
      try IntakeHarness.emitter(number < 2 ? "acme" : nil, id: "key-\(number)")
    }
    let number = Atomic<Int>(0)
    let looks = Atomic<Int>(0)
    let work: @Sendable () throws -> Void = {
      let own = number.add(1, ordering: .relaxed).oldValue
      if own < emitters.count {
        try Self.send(40, from: emitters[own], of: own == 2 ? "beta" : nil, to: intake, at: now)
      } else {
        for _ in 0..<400 { Self.look(at: intake.ledgerBook) }
        looks.add(400, ordering: .relaxed)
      }
    }
    try Threads.run(6, work)
    #expect(looks.load(ordering: .relaxed) == 800)
    #expect(harness.totals.received == 800 && harness.totals.pending == 0)
    // Two keys of one organisation sent the same ids.
    #expect(harness.totals.accepted == 320 && harness.totals.duplicates == 160)
    try harness.expectBalanced()
    #expect(try harness.restarted().intake.ledgerTotals == harness.intake.ledgerTotals)
  }

  private static func look(at book: LedgerBook) {
    for (account, totals) in book.totals {
      #expect(totals.isBalanced, "\(account): \(totals)")
      #expect(totals.pending >= 0 && totals.failed >= 0 && totals.received >= 0)
    }
  }

  /// Batches of five records, of which the last one is wrong.
  private static func send(
    _ count: Int, from emitter: Emitter, of organization: String?, to intake: Intake,
    at now: UnixTime
  ) throws {
    let own = organization.map { ",\"org_id\":\"\($0)\"" } ?? ""
    for batch in 0..<count {
      var events: [String] = []
      for event in 0..<5 {
        let type = event == 4 ? "none" : "chat"
        events.append("{\"id\":\"\(batch)-\(event)\",\"type\":\"\(type)\"\(own)}")
      }
      let body = "[" + events.joined(separator: ",") + "]"
      _ = try intake.accept(Array(body.utf8), .event, from: emitter, at: now)
    }
  }
}
