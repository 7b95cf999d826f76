import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

/// The promise: what was acknowledged is there after anything that may happen to the disk or the
/// power, what was not is there whole or not at all, and nothing else is.
@Suite struct `A journal that is interrupted` {
  private static let options = JournalOptions(fileByteCount: 1_500)

  /// Appends records in groups of 1 to 3, with a checkpoint in the middle; counts those that were
  /// acknowledged and those that were brought.
  private final class Script: Sendable {
    private let counts = Mutex((acknowledged: 0, brought: 0))

    var acknowledged: Int { counts.withLock { $0.acknowledged } }
    var brought: Int { counts.withLock { $0.brought } }

    func run(_ harness: JournalHarness, count: Int, options: JournalOptions) throws {
      let journal = try harness.open(options: options).journal
      var group = 0
      while brought < count {
        group += 1
        let start = brought
        let size = min(count - start, 1 + group % 3)
        let records = try (start..<start + size).map {
          try JournalRecord(JournalHarness.record($0))
        }
        counts.withLock { $0.brought += size }
        do {
          try journal.wait(for: try journal.submit(records))
          counts.withLock { $0.acknowledged += size }
          if start < count / 2, start + size >= count / 2 {
            let mark = try journal.checkpoint()
            #expect(mark.position == UInt64(start + size))
          }
        } catch {
          // From now on it says no, for that reason.
          for _ in 0..<3 {
            #expect(throws: PersistenceError.self) { try journal.append([1]) }
          }
          guard case .stopped = journal.status else {
            Issue.record("it fails and goes on: \(journal.status)")
            return
          }
          throw error
        }
      }
      try journal.close()
    }
  }

  /// Opens what is left of a disk, and holds it against the promise.
  private func check(
    _ image: DiskImage, acknowledged: Int, brought: Int, goesOn: Bool,
    _ place: @autoclosure () -> String
  ) {
    do {
      let harness = JournalHarness(SimulatedDisk(image))
      let opened = try harness.open(options: Self.options)
      let count = opened.records.count
      guard opened.records == JournalHarness.records(0..<count), count >= acknowledged,
        count <= brought
      else {
        Issue.record("\(place()): \(count) records, of \(acknowledged) to \(brought)")
        return
      }
      guard goesOn else { return }
      // What was found is durable now, and what comes next.
      let found = SimulatedDisk(harness.disk.image.crashed(.nothingUnsynced))
      #expect(try JournalHarness(found).open().records == opened.records, "\(place())")
      try opened.journal.append([1, 2, 3])
      let next = SimulatedDisk(harness.disk.image.crashed(.nothingUnsynced))
      #expect(
        try JournalHarness(next).open().records == opened.records + [[1, 2, 3]], "\(place())")
    } catch {
      Issue.record("\(place()): \(error)")
    }
  }

  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<4).map { .scattered(seed: $0) }

  @Test(arguments: Durability.allCases)
  func `by a loss of power at any moment keeps what was acknowledged`(durability: Durability) throws
  {
    let harness = JournalHarness()
    let script = Script()
    let states = Mutex<[(image: DiskImage, acknowledged: Int, brought: Int)]>([])
    harness.disk.observe { image in
      let state = (image, script.acknowledged, script.brought)
      states.withLock { $0.append(state) }
    }
    var options = Self.options
    options.durability = durability
    try script.run(harness, count: 200, options: options)
    var number = 0
    for (index, state) in states.withLock({ $0 }).enumerated() {
      for outcome in Self.outcomes {
        number += 1
        check(
          state.image.crashed(outcome),
          acknowledged: durability == .fsync || outcome == .everything ? state.acknowledged : 0,
          brought: state.brought, goesOn: number % 17 == 0, "before change \(index), \(outcome)")
      }
    }
    #expect(number > 1_000)
    check(
      harness.disk.image.crashed(.nothingUnsynced), acknowledged: 200, brought: 200, goesOn: true,
      "at the end")
  }

  @Test func `by a loss of power while it is being opened keeps what was acknowledged`() throws {
    for durability in [Durability.fsync, .os] {
      let harness = JournalHarness()
      let journal = try harness.open(options: JournalOptions(durability: durability)).journal
      for number in 0..<5 { try journal.append(JournalHarness.record(number)) }
      if durability == .os { _ = try journal.checkpoint() }
      let torn = try #require(harness.disk.bytes(JournalHarness.folder + "/00000001.journal"))
      harness.disk.put(torn + [1, 2, 3], JournalHarness.folder + "/00000001.journal")
      let start = harness.disk.image
      // Not acknowledged as durable, but there: whoever saw it must see it again.
      let second = SimulatedDisk(start)
      let states = Mutex<[DiskImage]>([])
      second.observe { image in states.withLock { $0.append(image) } }
      _ = try JournalHarness(second).open()
      for (index, state) in states.withLock({ $0 }).enumerated() {
        for outcome in Self.outcomes {
          check(
            state.crashed(outcome), acknowledged: 5, brought: 5, goesOn: true,
            "before change \(index), \(outcome)")
        }
      }
    }
  }

  struct Failing: Sendable, CustomTestStringConvertible {
    var kind: SimulatedDisk.Fault.Kind
    var lasts: Bool
    var count: Int

    var testDescription: String { "\(kind), \(lasts ? "ever after" : "once")" }
  }

  static let failing: [Failing] = [
    Failing(kind: .error(EIO), lasts: false, count: 200),
    Failing(kind: .error(EIO), lasts: true, count: 200),
    Failing(kind: .error(ENOSPC), lasts: false, count: 40),
    Failing(kind: .error(ENOSPC), lasts: true, count: 40),
    Failing(kind: .error(EMFILE), lasts: true, count: 40),
    Failing(kind: .short, lasts: false, count: 40),
    Failing(kind: .short, lasts: true, count: 40),
  ]

  @Test(arguments: failing)
  func `by any one call that fails keeps what was acknowledged`(failing: Failing) throws {
    for call in 1..<10_000 {
      let harness = JournalHarness()
      let script = Script()
      harness.disk.fail(.init(call: call, lasts: failing.lasts, kind: failing.kind))
      var failed = false
      do {
        try script.run(harness, count: failing.count, options: Self.options)
      } catch is PersistenceError {
        failed = true
      }
      let faults = harness.disk.faultCount
      harness.disk.fail(nil)
      // A short write is no failure where the next one goes on from it.
      #expect(failed == (faults > 0) || failing.kind == .short, "call \(call)")
      for outcome in [CrashOutcome.everything, .nothingUnsynced, .lastHalf, .scattered(seed: 1)] {
        check(
          harness.disk.image.crashed(outcome), acknowledged: script.acknowledged,
          brought: script.brought, goesOn: outcome == .everything || call % 5 == 0,
          "call \(call), \(outcome)")
      }
      // The same machine goes on, with what it believes to be on disk.
      check(
        harness.disk.image, acknowledged: script.acknowledged, brought: script.brought,
        goesOn: true, "call \(call), opened again")
      if faults == 0 { return }
    }
    Issue.record("it never ends")
  }

  @Test func `by any call that fails while it is opened loses nothing`() throws {
    let disk = try JournalHarness.written(9, options: Self.options)
    let path = try #require(disk.paths.last { $0.hasSuffix(".journal") })
    disk.put(try #require(disk.bytes(path)) + [9, 9, 9], path)
    for lasts in [false, true] {
      for call in 1..<1_000 {
        let copy = SimulatedDisk(disk.image)
        copy.fail(.init(call: call, lasts: lasts, kind: .error(EIO)))
        let opened = try? JournalHarness(copy).open(options: Self.options)
        let faults = copy.faultCount
        copy.fail(nil)
        if let opened { #expect(opened.records == JournalHarness.records(0..<9)) }
        for outcome in Self.outcomes {
          check(
            copy.image.crashed(outcome), acknowledged: 9, brought: 9, goesOn: true,
            "call \(call), \(outcome)")
        }
        if faults == 0 { break }
        #expect(call < 999)
      }
    }
  }

  @Test func `by a full disk goes on when it is opened again with room`() throws {
    let harness = JournalHarness()
    let script = Script()
    harness.disk.limit(to: 5_000)
    #expect(throws: PersistenceError.self) {
      try script.run(harness, count: 200, options: Self.options)
    }
    #expect(script.acknowledged > 10)
    harness.disk.limit(to: nil)
    let opened = try harness.open(options: Self.options)
    #expect(opened.recovery.tail == nil)
    #expect(opened.records == JournalHarness.records(0..<script.acknowledged))
    try opened.journal.append([1])
  }
}
