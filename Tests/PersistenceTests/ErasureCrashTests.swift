import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

/// Whatever happens while somebody is erased: nothing has happened and it can be done again, or it is
/// finished by whoever changes the folder next.
@Suite struct `Erasing a person, interrupted` {
  typealias Scenario = ErasureScenario

  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<4).map { .scattered(seed: $0) }

  private struct States {
    let disk: DiskImage
    let before: CatalogImage
    let after: CatalogImage

    init() throws {
      let harness = DatabaseHarness()
      let database = try harness.open()
      try Scenario().run(database)
      try database.close()
      disk = harness.disk.image
      before = try CatalogImage(database.store.catalog())
      let store = Store()
      for case let step? in Scenario(hasPerson: false).steps() { try step(store) }
      after = try CatalogImage(store.catalog())
    }

    /// True where it was erased.
    @discardableResult
    func check(_ image: DiskImage, _ place: @autoclosure () -> String) -> Bool? {
      do {
        let disk = SimulatedDisk(image)
        let harness = DatabaseHarness(disk)
        let read = try harness.open(forChanges: false)
        let found = try CatalogImage(read.store.catalog())
        #expect(found == before || found == after, "\(place())")
        let database = try harness.open()
        #expect(try CatalogImage(database.store.catalog()) == found, "\(place())")
        let isErased = found == after
        if isErased {
          #expect(Scenario.secrets(on: disk).isEmpty, "\(place())")
          #expect(try database.erasures().count == 1, "\(place())")
          #expect(database.recovery.unfinishedErasure == nil)
        } else {
          #expect(try database.erasures().isEmpty, "\(place())")
          let receipt = try database.erase(Scenario.erasure)
          #expect(receipt.search?.isClean == true, "\(place())")
          #expect(Scenario.secrets(on: disk).isEmpty, "\(place())")
        }
        try database.close()
        let next = DatabaseHarness(SimulatedDisk(disk.image.crashed(.nothingUnsynced)))
        #expect(Scenario.secrets(on: next.disk).isEmpty, "\(place())")
        #expect(try CatalogImage(try next.open().store.catalog()) == after, "\(place())")
        return isErased
      } catch {
        Issue.record("\(place()): \(error)")
        return nil
      }
    }
  }

  @Test func `by a loss of power at any moment has happened or has not`() throws {
    let states = try States()
    let harness = DatabaseHarness(SimulatedDisk(states.disk))
    let database = try harness.open()
    let images = Mutex<[DiskImage]>([])
    harness.disk.observe { image in images.withLock { $0.append(image) } }
    #expect(try database.erase(Scenario.erasure).unfinished == nil)
    harness.disk.observe(nil)
    let all = images.withLock { $0 }
    #expect(all.count > 40)
    var counts = [false: 0, true: 0]
    for (index, image) in all.enumerated() {
      for turn in 0..<3 {
        let outcome = Self.outcomes[(index * 3 + turn) % Self.outcomes.count]
        if let isErased = states.check(image.crashed(outcome), "before change \(index), \(outcome)")
        {
          counts[isErased, default: 0] += 1
        }
      }
    }
    #expect(counts[false] ?? 0 > 10 && counts[true] ?? 0 > 10)
    // Once it was acknowledged, nothing undoes it.
    #expect(states.check(harness.disk.image.crashed(.nothingUnsynced), "at the end") == true)
  }

  @Test(arguments: [false, true])
  func `by any one call that fails has happened or has not`(lasts: Bool) throws {
    let states = try States()
    for call in 1..<10_000 {
      let harness = DatabaseHarness(SimulatedDisk(states.disk))
      let database = try harness.open()
      harness.disk.fail(.init(call: call, lasts: lasts, kind: .error(EIO)))
      var receipt: ErasureReceipt?
      var refusal: ErasureError?
      do throws(ErasureError) {
        receipt = try database.erase(Scenario.erasure)
      } catch {
        refusal = error
      }
      let faults = harness.disk.faultCount
      harness.disk.fail(nil)
      let place = "call \(call)"
      let seen = try CatalogImage(database.store.catalog())
      if let receipt {
        #expect(seen == states.after, "\(place)")
        #expect(receipt.unfinished != nil || faults == 0 || receipt.search != nil, "\(place)")
      } else {
        #expect(seen == states.before, "\(place)")
        #expect(refusal?.reason == .disk || refusal?.reason == .damaged, "\(place)")
      }
      // Who was told that it is done finds it done.
      let isErased = states.check(harness.disk.image.crashed(.nothingUnsynced), place)
      if receipt != nil { #expect(isErased == true, "\(place)") }
      states.check(harness.disk.image.crashed(.everything), place)
      if faults == 0 {
        #expect(receipt?.unfinished == nil)
        return
      }
    }
    Issue.record("it never ends")
  }

  @Test func `by a failure after it has happened is finished by the next snapshot`() throws {
    let states = try States()
    let harness = DatabaseHarness(SimulatedDisk(states.disk))
    let database = try harness.open()
    let calls = {
      harness.disk.fail(nil)
      _ = try database.erase(Scenario.erasure)
      return harness.disk.callCount
    }
    let count = try calls()
    var unfinished = 0
    for call in stride(from: count - 1, to: count - 200, by: -9) {
      let harness = DatabaseHarness(SimulatedDisk(states.disk))
      let database = try harness.open()
      harness.disk.fail(.init(call: call, lasts: true, kind: .error(EIO)))
      guard let receipt = try? database.erase(Scenario.erasure) else { break }
      harness.disk.fail(nil)
      guard receipt.unfinished != nil else { continue }
      unfinished += 1
      try database.store.createDomain("after")
      try database.checkpoint()
      #expect(Scenario.secrets(on: harness.disk).isEmpty, "call \(call)")
      #expect(try database.erasures().map(\.id) == [receipt.id], "call \(call)")
    }
    #expect(unfinished > 2)
  }
}
