import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

/// The promise of the whole: after anything that may happen to the disk or the power, the tables are
/// what they were after the last acknowledged change, or after the one that was under way.
@Suite struct `A database that is interrupted` {
  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<4).map { .scattered(seed: $0) }

  /// Runs a script and counts the steps that were begun and acknowledged.
  private final class Run: Sendable {
    private let counts = Mutex((acknowledged: 0, begun: 0))

    var acknowledged: Int { counts.withLock { $0.acknowledged } }
    var begun: Int { counts.withLock { $0.begun } }

    /// Returns when all is done or a change was refused.
    func run(_ script: ChangeScript, _ harness: DatabaseHarness, closes: Bool = true) throws {
      let database = try harness.open()
      for step in script.steps {
        counts.withLock { $0.begun += 1 }
        switch step {
        case .change(let body): try body(database.store)
        // Nothing is lost where it fails.
        case .checkpoint: try? database.checkpoint()
        case .checkpointIfDue: database.checkpointIfDue()
        }
        counts.withLock { $0.acknowledged += 1 }
      }
      if closes { try database.close() }
    }
  }

  private func check(
    _ image: DiskImage, _ images: [CatalogImage], acknowledged: Int, begun: Int,
    goesOn: Bool, _ place: @autoclosure () -> String
  ) {
    do {
      let disk = SimulatedDisk(image)
      let harness = DatabaseHarness(disk)
      let read = try CatalogImage(try harness.open(forChanges: false).store.catalog())
      guard images[acknowledged...begun].contains(read) else {
        let found = images.lastIndex(of: read)
        Issue.record(
          "\(place()): state \(found ?? -1), where it was \(acknowledged) to \(begun)")
        return
      }
      guard goesOn else { return }
      // What was found is found again after it was opened for changes, and what comes next too.
      let database = try harness.open()
      #expect(try CatalogImage(database.store.catalog()) == read, "\(place())")
      try database.store.createDomain("after")
      let expected = try CatalogImage(database.store.catalog())
      let next = SimulatedDisk(disk.image.crashed(.nothingUnsynced))
      let again = try DatabaseHarness(next).open()
      #expect(try CatalogImage(again.store.catalog()) == expected, "\(place())")
    } catch {
      Issue.record("\(place()): \(error)")
    }
  }

  @Test(arguments: UInt64(0)..<3)
  func `by a loss of power at any moment keeps what was acknowledged`(seed: UInt64) throws {
    let script = ChangeScript(seed: seed, count: 30)
    let images = try script.images()
    let harness = DatabaseHarness()
    let run = Run()
    let states = Mutex<[(image: DiskImage, acknowledged: Int, begun: Int)]>([])
    harness.disk.observe { image in
      let state = (image, run.acknowledged, run.begun)
      states.withLock { $0.append(state) }
    }
    try run.run(script, harness)
    harness.disk.observe(nil)
    let all = states.withLock { $0 }
    #expect(all.count > 100)
    for (index, state) in all.enumerated() {
      // A few outcomes at each moment, all of them in turn.
      for turn in 0..<2 {
        let outcome = Self.outcomes[(index * 2 + turn) % Self.outcomes.count]
        check(
          state.image.crashed(outcome), images, acknowledged: state.acknowledged,
          begun: state.begun, goesOn: index % 23 == 0, "before change \(index), \(outcome)")
      }
    }
    check(
      harness.disk.image.crashed(.nothingUnsynced), images, acknowledged: script.steps.count,
      begun: script.steps.count, goesOn: true, "at the end")
  }

  struct Failing: Sendable, CustomTestStringConvertible {
    var kind: SimulatedDisk.Fault.Kind
    var lasts: Bool

    var testDescription: String { "\(kind), \(lasts ? "ever after" : "once")" }
  }

  static let failing = [
    Failing(kind: .error(EIO), lasts: false), Failing(kind: .error(EIO), lasts: true),
    Failing(kind: .error(ENOSPC), lasts: false), Failing(kind: .short, lasts: true),
  ]

  @Test(arguments: failing)
  func `by any one call that fails keeps what was acknowledged`(failing: Failing) throws {
    let script = ChangeScript(seed: 3, count: 10)
    let images = try script.images()
    for call in 1..<10_000 {
      let harness = DatabaseHarness()
      let run = Run()
      harness.disk.fail(.init(call: call, lasts: failing.lasts, kind: failing.kind))
      try? run.run(script, harness)
      let faults = harness.disk.faultCount
      harness.disk.fail(nil)
      for outcome in [CrashOutcome.everything, .nothingUnsynced, .scattered(seed: UInt64(call))] {
        check(
          harness.disk.image.crashed(outcome), images, acknowledged: run.acknowledged,
          begun: run.begun, goesOn: call % 7 == 0, "call \(call), \(outcome)")
      }
      if faults == 0 {
        #expect(run.acknowledged == script.steps.count)
        return
      }
    }
    Issue.record("it never ends")
  }

  @Test func `by a call that fails shows only what was acknowledged, and takes no more`() throws {
    let script = ChangeScript(seed: 3, count: 10)
    let images = try script.images()
    var stopped = 0
    for call in 1..<10_000 {
      let harness = DatabaseHarness()
      harness.disk.fail(.init(call: call, lasts: true, kind: .error(EIO)))
      guard let database = try? harness.open() else { continue }
      var acknowledged = 0
      var isRefused = false
      for step in script.steps {
        guard case .change(let body) = step else {
          try? database.checkpoint()
          if !isRefused { acknowledged += 1 }
          continue
        }
        do {
          try body(database.store)
          #expect(!isRefused, "call \(call): taken after a failure")
          acknowledged += 1
        } catch StoreError.notKept(let refusal) {
          isRefused = true
          #expect(refusal.reason == .diskFailed && refusal.hint != nil)
        }
      }
      #expect(
        try CatalogImage(database.store.catalog()) == images[acknowledged], "call \(call)")
      guard isRefused else { break }
      stopped += 1
    }
    #expect(stopped > 20)
  }

  @Test func `by a loss of power while it is recovered keeps what was acknowledged`() throws {
    let script = ChangeScript(seed: 1, count: 25)
    let images = try script.images()
    let harness = DatabaseHarness()
    try Run().run(script, harness, closes: false)
    let start = harness.disk.image.crashed(.everything)
    let second = SimulatedDisk(start)
    let states = Mutex<[DiskImage]>([])
    second.observe { image in states.withLock { $0.append(image) } }
    let database = try DatabaseHarness(second).open()
    try database.checkpoint()
    second.observe(nil)
    let count = script.steps.count
    for (index, image) in states.withLock({ $0 }).enumerated() {
      for outcome in Self.outcomes {
        check(
          image.crashed(outcome), images, acknowledged: count, begun: count, goesOn: false,
          "before change \(index), \(outcome)")
      }
    }
  }
}
