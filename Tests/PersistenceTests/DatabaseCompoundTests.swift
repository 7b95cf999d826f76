import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

/// Faults on top of faults: calls that fail, and power that goes, while what an earlier loss of power
/// left behind is recovered and the first snapshot after it is written.
@Suite struct `A database that is interrupted while it recovers` {
  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<3).map { .scattered(seed: $0) }

  private struct Start {
    var image: DiskImage
    var acknowledged: Int
    var begun: Int
  }

  /// What a loss of power left at some moments of a script, with what has to be in it.
  private func starts(_ script: ChangeScript, every step: Int) throws -> [Start] {
    let harness = DatabaseHarness()
    let progress = Mutex((acknowledged: 0, begun: 0))
    let states = Mutex<[Start]>([])
    harness.disk.observe { image in
      let (acknowledged, begun) = progress.withLock { $0 }
      let start = Start(image: image, acknowledged: acknowledged, begun: begun)
      states.withLock { $0.append(start) }
    }
    let database = try harness.open()
    for change in script.steps {
      progress.withLock { $0.begun += 1 }
      switch change {
      case .change(let body): try body(database.store)
      case .checkpoint: try database.checkpoint()
      case .checkpointIfDue: database.checkpointIfDue()
      }
      progress.withLock { $0.acknowledged += 1 }
    }
    harness.disk.observe(nil)
    return states.withLock { states in
      stride(from: step / 2, to: states.count, by: step).enumerated().map { number, index in
        var start = states[index]
        start.image = start.image.crashed(Self.outcomes[number % Self.outcomes.count])
        return start
      }
    }
  }

  /// The state that a disk holds, which has to be one of those that there may be.
  private func state(
    _ image: DiskImage, _ images: [CatalogImage], _ start: Start, _ place: @autoclosure () -> String
  ) -> CatalogImage? {
    do {
      let database = try DatabaseHarness(SimulatedDisk(image)).open()
      let read = try CatalogImage(database.store.catalog())
      if images[start.acknowledged...start.begun].contains(read) { return read }
      let found = images.lastIndex(of: read) ?? -1
      Issue.record(
        "\(place()): state \(found), where it was \(start.acknowledged) to \(start.begun)")
    } catch {
      Issue.record("\(place()): \(error)")
    }
    return nil
  }

  /// Recovers, and writes a snapshot: both may fail.
  private func recover(_ disk: SimulatedDisk) {
    guard let database = try? DatabaseHarness(disk).open() else { return }
    try? database.checkpoint()
    try? database.close()
  }

  @Test(
    arguments: [
      SimulatedDisk.Fault.Kind.error(EIO), .error(ENOSPC), .short,
    ], [false, true])
  func `by any one call that fails, then by the power, keeps what was acknowledged`(
    kind: SimulatedDisk.Fault.Kind, lasts: Bool
  ) throws {
    let script = ChangeScript(seed: 4, count: 18)
    let images = try script.images()
    for (number, start) in try starts(script, every: 61).enumerated() {
      for call in 1..<10_000 {
        let disk = SimulatedDisk(start.image)
        disk.fail(.init(call: call, lasts: lasts, kind: kind))
        recover(disk)
        let faults = disk.faultCount
        disk.fail(nil)
        let outcome = Self.outcomes[call % Self.outcomes.count]
        _ = state(
          disk.image.crashed(outcome), images, start,
          "state \(number), call \(call), \(outcome)")
        if faults == 0 { break }
        #expect(call < 9_999)
      }
    }
  }

  @Test func `by the power, and again and again, keeps what was acknowledged`() throws {
    let script = ChangeScript(seed: 5, count: 18)
    let images = try script.images()
    for (number, start) in try starts(script, every: 97).enumerated() {
      let second = SimulatedDisk(start.image)
      let found = Mutex<[DiskImage]>([])
      second.observe { image in found.withLock { $0.append(image) } }
      recover(second)
      second.observe(nil)
      for (index, image) in found.withLock({ $0 }).enumerated() {
        let outcome = Self.outcomes[index % Self.outcomes.count]
        let third = SimulatedDisk(image.crashed(outcome))
        // Once more, a few calls into the third start.
        let later = Mutex<[DiskImage]>([])
        third.observe { image in later.withLock { $0.append(image) } }
        recover(third)
        third.observe(nil)
        let moments = later.withLock { $0 }
        for (moment, image) in moments.enumerated() where moment % 5 == index % 5 {
          let last = Self.outcomes[(index + moment) % Self.outcomes.count]
          _ = state(
            image.crashed(last), images, start,
            "state \(number), \(index) \(outcome), then \(moment) \(last)")
        }
      }
    }
  }

  @Test func `by a full disk goes on where it was once there is room`() throws {
    let script = ChangeScript(seed: 6, count: 18)
    let images = try script.images()
    for (number, start) in try starts(script, every: 89).enumerated() {
      let whole = SimulatedDisk(start.image)
      let used = whole.paths.reduce(0) { $0 + (whole.bytes($1)?.count ?? 0) }
      for room in stride(from: 0, to: 6_000, by: 470) {
        let disk = SimulatedDisk(start.image)
        disk.limit(to: used + room)
        recover(disk)
        disk.limit(to: nil)
        _ = state(disk.image, images, start, "state \(number), room for \(room)")
      }
    }
  }
}
