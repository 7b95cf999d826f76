import ColumnStore
import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

/// Three states of a store, to be told apart by what is in them.
private struct Script {
  let catalogs: [Catalog]
  let contents: [CatalogContent]

  init() throws {
    let store = try SmallStore()
    try store.append(0..<12, sealsTails: true)
    var catalogs = [store.store.catalog()]
    try store.append(10..<15)
    catalogs.append(store.store.catalog())
    try store.delete(day: 1, row: 3)
    try store.store.createDomain("declared")
    catalogs.append(store.store.catalog())
    self.catalogs = catalogs
    contents = try catalogs.map { try Self.content($0) }
  }

  /// Without the texts, which grow behind a catalog.
  static func content(_ catalog: Catalog) throws -> CatalogContent {
    var content = try CatalogContent(catalog)
    content.dictionaries = content.dictionaries.mapValues { _ in [] }
    return content
  }

  /// Which of the states is the newest one on the disk; fails where it is none of them.
  func newest(_ disk: SimulatedDisk) throws -> Int? {
    guard let opened = try SnapshotStore.forTest(disk).newest() else { return nil }
    let state = Int(opened.journalPosition)
    #expect(try Self.content(opened.catalog) == contents[state])
    return state
  }
}

@Suite struct `Writing a snapshot` {
  private static let outcomes: [CrashOutcome] =
    [.nothingUnsynced, .everything, .namesOnly, .contentOnly, .lastHalf, .zeros]
    + (0..<3).map { CrashOutcome.scattered(seed: $0) }

  @Test func `leaves the older one whole whenever the power goes`() throws {
    let script = try Script()
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk)
    try snapshots.write(catalog: script.catalogs[0], journalPosition: 0)
    let images = Mutex<[(image: DiskImage, atLeast: Int)]>([])
    for state in 1...2 {
      disk.observe { image in images.withLock { $0.append((image, state - 1)) } }
      try snapshots.write(catalog: script.catalogs[state], journalPosition: UInt64(state))
      if state == 2 { try snapshots.prune(keeping: 1) }
      images.withLock { $0.append((disk.image, state)) }
    }
    disk.observe(nil)
    let all = images.withLock { $0 }
    #expect(all.count > 40)
    var seen: Set<Int> = []
    for (number, (image, atLeast)) in all.enumerated() {
      for outcome in Self.outcomes {
        let crashed = SimulatedDisk(image.crashed(outcome))
        let state = try #require(try script.newest(crashed), "operation \(number), \(outcome)")
        #expect((atLeast...2).contains(state), "operation \(number), \(outcome)")
        seen.insert(state)
        guard number % 5 == 0 else { continue }
        // And it can go on.
        let again = SnapshotStore.forTest(crashed)
        try again.write(catalog: script.catalogs[2], journalPosition: 2)
        #expect(try script.newest(crashed) == 2)
        #expect(crashed.paths.allSatisfy { !$0.contains(".new/") })
      }
    }
    #expect(seen == [0, 1, 2])
  }

  @Test(arguments: [false, true])
  func `fails or succeeds as a whole whichever call fails`(lasts: Bool) throws {
    let script = try Script()
    let start = SimulatedDisk()
    let first = SnapshotStore.forTest(start)
    try first.write(catalog: script.catalogs[0], journalPosition: 0)
    let kinds: [SimulatedDisk.Fault.Kind] = [.error(EIO), .short]
    for kind in kinds {
      var call = 0
      while true {
        call += 1
        let disk = SimulatedDisk(start.image)
        let snapshots = SnapshotStore.forTest(disk)
        _ = try snapshots.newest()
        disk.fail(SimulatedDisk.Fault(call: call, lasts: lasts, kind: kind))
        var succeeded = false
        do throws(PersistenceError) {
          try snapshots.write(catalog: script.catalogs[1], journalPosition: 1)
          succeeded = true
        } catch {}
        let faultCount = disk.faultCount
        disk.fail(nil)
        let crashed = SimulatedDisk(disk.image.crashed(.nothingUnsynced))
        for disk in [disk, crashed] {
          let state = try #require(try script.newest(disk), "call \(call), \(kind)")
          #expect(succeeded ? state == 1 : state <= 1, "call \(call), \(kind)")
        }
        // The disk is well again, the process goes on.
        try snapshots.write(catalog: script.catalogs[2], journalPosition: 2)
        #expect(try script.newest(SimulatedDisk(disk.image.crashed(.nothingUnsynced))) == 2)
        if faultCount == 0 { break }
      }
      #expect(call > 25)
    }
  }

  @Test func `that fills the disk leaves the older one`() throws {
    let script = try Script()
    let start = SimulatedDisk()
    try SnapshotStore.forTest(start).write(catalog: script.catalogs[0], journalPosition: 0)
    let used = start.paths.reduce(0) { $0 + (start.bytes($1)?.count ?? 0) }
    for room in stride(from: 0, to: used, by: 97) {
      let disk = SimulatedDisk(start.image)
      disk.limit(to: used + room)
      let snapshots = SnapshotStore.forTest(disk)
      _ = try? snapshots.write(catalog: script.catalogs[1], journalPosition: 1)
      #expect(try #require(try script.newest(disk)) <= 1)
      disk.limit(to: nil)
      try snapshots.write(catalog: script.catalogs[2], journalPosition: 2)
      #expect(try script.newest(disk) == 2)
    }
  }

  @Test func `is read whole or not at all whichever call fails`() throws {
    let script = try Script()
    let start = SimulatedDisk()
    try SnapshotStore.forTest(start).write(catalog: script.catalogs[1], journalPosition: 1)
    var call = 0
    while true {
      call += 1
      let disk = SimulatedDisk(start.image)
      disk.fail(SimulatedDisk.Fault(call: call, lasts: false, kind: .error(EIO)))
      do {
        #expect(try script.newest(disk) == 1)
        #expect(disk.faultCount == 0)
        break
      } catch PersistenceError.system(let error) {
        #expect(error.code == EIO)
      }
    }
    #expect(call > 10)
  }
}
