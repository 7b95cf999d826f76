import ColumnStore
import DiskTesting
import Engine
import EngineTesting
import Glibc
import Persistence
import QueryLanguage
import Sketches
import Synchronization
import Testing

/// Days go and their roll-up comes in one: whatever happens to the power or the disk, no row is
/// missing from the roll-up, and none is in it twice.
@Suite struct `Retention on a disk` {
  private static let day: Int64 = 86_400_000
  private static let start: Int64 = 1_704_067_200_000

  /// Ingest, late rows, drops, snapshots: what is asked must be as if nothing was ever dropped.
  private struct Step {
    var sql: String?
    /// Drops what is due then.
    var now: Int64?
  }

  private static let making = [
    """
    CREATE TABLE events (ts timestamptz, user_id text, kind text, ms double precision, n bigint) \
    PARTITION BY DAY (ts) WITH (retention_days = 2)
    """,
    """
    CREATE MATERIALIZED VIEW daily WITH (retention_days = 1000) AS \
    SELECT date_trunc('day', ts) AS day, kind, count(*) AS events, sum(n) AS total, \
    sum(ms) AS time, min(n) AS least, max(ms) AS longest, hll(user_id) AS users, \
    tdigest(ms) AS duration FROM events GROUP BY 1, 2
    """,
  ]

  /// Rows of days that never get late rows have the states of one digest, to the last byte.
  private static let question = """
    SELECT day, kind, events, total, time, least, longest, users, duration FROM daily \
    ORDER BY day, kind NULLS LAST
    """

  private static func steps(seed: UInt64, lateRows: Bool) -> [Step] {
    var generator = SplitMix64(seed: seed)
    var steps = making.map { Step(sql: $0) }
    for day in 0..<6 {
      for _ in 0..<2 {
        let rows = (0..<3 + generator.below(12)).map { _ -> String in
          let isLate = lateRows && day > 3 && generator.chance(0.4)
          let when =
            start + (Int64(isLate ? generator.below(day) : day)) * Self.day
            + Int64(generator.below(86_400)) * 1_000
          let kind = generator.chance(0.1) ? "NULL" : "'\(generator.pick(["a", "b"]))'"
          // Sums of quarters are exact in any order.
          let ms = Double(generator.below(4_000)) / 4
          return """
            (to_timestamp(\(when / 1_000)), 'user \(generator.below(40))', \(kind), \(ms), \
            \(generator.below(100)))
            """
        }
        steps.append(Step(sql: "INSERT INTO events VALUES \(rows.joined(separator: ", "))"))
      }
      if generator.chance(0.3) { steps.append(Step(sql: "CHECKPOINT")) }
      // Twice changes nothing.
      for _ in 0..<2 { steps.append(Step(now: start + Int64(day) * Self.day + 1)) }
    }
    return steps
  }

  private static func answer(_ store: Store) throws -> [[Value]] {
    guard store.catalog().tables["daily"] != nil else { return [] }
    var session = Session()
    return try Engine(store: store, threads: 1).execute(question, in: &session).rows
  }

  /// What is asked after each number of steps, where nothing is ever dropped.
  private static func answers(_ steps: [Step]) throws -> [[[Value]]] {
    let store = Store()
    let engine = Engine(store: store, threads: 1)
    var session = Session()
    return try [[]]
      + steps.map { step in
        if let sql = step.sql { _ = try engine.execute(sql, in: &session) }
        return try answer(store)
      }
  }

  private final class Run: Sendable {
    private let counts = Mutex((acknowledged: 0, begun: 0))

    var acknowledged: Int { counts.withLock { $0.acknowledged } }
    var begun: Int { counts.withLock { $0.begun } }

    func run(_ steps: [Step], _ harness: DatabaseHarness) throws {
      let database = try harness.open()
      let engine = Engine(store: database.store, threads: 1)
      var session = Session()
      for step in steps {
        counts.withLock { $0.begun += 1 }
        // Nothing is lost where a snapshot or a drop fails; what else fails ends the run.
        if let now = step.now {
          _ = try? engine.applyRetention(now: now)
        } else if step.sql == "CHECKPOINT" {
          _ = try? engine.execute("CHECKPOINT", in: &session)
        } else if let sql = step.sql {
          _ = try engine.execute(sql, in: &session)
        }
        counts.withLock { $0.acknowledged += 1 }
      }
      try database.close()
    }
  }

  private func check(
    _ image: DiskImage, _ answers: [[[Value]]], acknowledged: Int, begun: Int, _ place: String
  ) {
    do {
      let harness = DatabaseHarness(SimulatedDisk(image))
      let database = try harness.open()
      let found = try Self.answer(database.store)
      #expect(answers[acknowledged...begun].contains(found), "\(place)")
      guard database.store.catalog().tables["daily"] != nil else { return }
      // Whatever was under way, another run drops the rest, and nothing is lost by it.
      let engine = Engine(store: database.store, threads: 1)
      try engine.applyRetention(now: Self.start + 40 * Self.day)
      #expect(database.store.catalog().tables["events"]?.rowCount == 0, "\(place)")
      #expect(try Self.answer(database.store) == found, "\(place): after all was dropped")
    } catch {
      Issue.record("\(place): \(error)")
    }
  }

  @Test func `loses nothing by a loss of power at any moment`() throws {
    let steps = Self.steps(seed: 1, lateRows: false)
    let answers = try Self.answers(steps)
    let harness = DatabaseHarness()
    let run = Run()
    let states = Mutex<[(image: DiskImage, acknowledged: Int, begun: Int)]>([])
    harness.disk.observe { image in
      let state = (image, run.acknowledged, run.begun)
      states.withLock { $0.append(state) }
    }
    try run.run(steps, harness)
    harness.disk.observe(nil)
    let outcomes: [CrashOutcome] = [
      .nothingUnsynced, .everything, .lastHalf, .scattered(seed: 1), .zeros,
    ]
    let all = states.withLock { $0 }
    #expect(all.count > 100)
    for (index, state) in all.enumerated() {
      let outcome = outcomes[index % outcomes.count]
      check(
        state.image.crashed(outcome), answers, acknowledged: state.acknowledged,
        begun: state.begun, "before change \(index), \(outcome)")
    }
    check(
      harness.disk.image.crashed(.nothingUnsynced), answers, acknowledged: steps.count,
      begun: steps.count, "at the end")
  }

  @Test func `loses nothing by any one call that fails`() throws {
    let steps = Self.steps(seed: 2, lateRows: false)
    let answers = try Self.answers(steps)
    for call in 1..<10_000 {
      let harness = DatabaseHarness()
      let run = Run()
      harness.disk.fail(.init(call: call, lasts: call % 2 == 0, kind: .error(EIO)))
      try? run.run(steps, harness)
      let faults = harness.disk.faultCount
      harness.disk.fail(nil)
      check(
        harness.disk.image.crashed(call % 3 == 0 ? .everything : .nothingUnsynced), answers,
        acknowledged: run.acknowledged, begun: run.begun, "call \(call)")
      if faults == 0 { return }
    }
    Issue.record("it never ends")
  }

  @Test(arguments: UInt64(0)..<6)
  func `merges late rows into what was kept`(seed: UInt64) throws {
    let steps = Self.steps(seed: seed, lateRows: true)
    let expected = try #require(try Self.answers(steps).last)
    let harness = DatabaseHarness()
    try Run().run(steps, harness)
    let found = try Self.answer(try harness.open(forChanges: false).store)
    #expect(found.count == expected.count)
    for (row, other) in zip(found, expected) {
      // All but the digest are the same, the states of distinct counts to the last byte.
      #expect(row.dropLast() == other.dropLast())
      guard case .digest(let digest)? = row.last, case .digest(let whole)? = other.last else {
        Issue.record("no digests")
        continue
      }
      #expect(digest.count == whole.count)
      for share in [0, 0.25, 0.5, 0.9, 1] {
        #expect(digest.quantile(share) == whole.quantile(share))
      }
    }
  }

  @Test func `shows what was dropped, also after a restart from a snapshot`() throws {
    let harness = DatabaseHarness()
    try Run().run(Self.steps(seed: 3, lateRows: false), harness)
    var seen: [[[Value]]] = []
    for _ in 0..<2 {
      let database = try harness.open()
      var session = Session()
      seen.append(
        try Engine(store: database.store).execute(
          "SELECT day, rows, dropped_at FROM system.retention_drops WHERE table_name = 'events'",
          in: &session
        ).rows)
      try database.checkpoint()
      try database.close()
    }
    #expect(seen[0].count == 3 && seen[0] == seen[1])
    #expect(seen[0].first?[0] == .date(Self.start / Self.day))
  }
}
