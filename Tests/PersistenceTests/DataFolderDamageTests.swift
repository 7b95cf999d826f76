import ColumnStore
import DiskTesting
import EngineTesting
import Persistence
import Testing

/// What else may stand in a data folder: `format.json`, `lock`, and manifests whose checksum is right.
@Suite struct `A data folder that somebody wrote into` {
  private static let format = "/data/format.json"

  private func made() throws -> SimulatedDisk {
    let harness = DatabaseHarness()
    let database = try harness.open()
    try database.store.createDomain("d")
    try database.close()
    return harness.disk
  }

  private func opened(_ disk: SimulatedDisk) throws -> Database {
    try DatabaseHarness(disk).open()
  }

  @Test func `is refused with the file and the place, whatever byte of its format is another one`()
    throws
  {
    let disk = try made()
    let bytes = try #require(disk.bytes(Self.format))
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        disk.put(changed, Self.format)
        try expectRefused(disk, byteCount: bytes.count, "bit \(bit) of byte \(index)")
      }
    }
    for count in bytes.indices {
      disk.put(Array(bytes[..<count]), Self.format)
      try expectRefused(disk, byteCount: count, "cut at \(count)")
    }
    for more in [[0], [10], Array(" ".utf8), bytes] {
      disk.put(bytes + more, Self.format)
      try expectRefused(disk, byteCount: bytes.count + more.count, "\(more.count) more")
    }
    disk.put(nil, Self.format)
    try expectRefused(disk, byteCount: 0, "missing")
    disk.put(bytes, Self.format)
    #expect(try opened(disk).store.catalog().declaredDomains == ["d"])
  }

  @Test(arguments: UInt64(0)..<200)
  func `is opened or refused, whatever its format says under a right checksum`(seed: UInt64) throws
  {
    var generator = SplitMix64(seed: seed)
    let disk = try made()
    let text = mutated(try #require(disk.bytes(Self.format)), &generator)
    disk.put(signed(text), Self.format)
    do {
      _ = try opened(disk)
    } catch let error as PersistenceError {
      #expect(error.file == Self.format, "\(error)")
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func `is opened or refused, whatever a manifest says under a right checksum`(seed: UInt64) throws
  {
    var generator = SplitMix64(seed: seed)
    let disk = SimulatedDisk()
    let snapshots = SnapshotStore.forTest(disk)
    let store = try SmallStore()
    try store.append(0..<12, sealsTails: true)
    try store.store.alterTable("t", [.setRetention(days: 1)])
    _ = try store.store.dropExpiredDays(of: "t", after: 1, now: 2 * 86_400_000 + 1) { _, _ in [] }
    try snapshots.write(catalog: store.store.catalog(), journalPosition: 7)
    let path = "/data/snapshots/0000000001/manifest.json"
    let bytes = try #require(disk.bytes(path))
    #expect(String(decoding: bytes, as: UTF8.self).contains("retentionDrops"))
    disk.put(signed(mutated(bytes, &generator)), path)
    do {
      let catalog = try SnapshotStore.forTest(disk).newest()?.catalog
      for table in catalog?.tables.values ?? [:].values {
        for segment in table.partitions.flatMap(\.segments) {
          for chunk in segment.chunks { _ = try chunk.values() }
        }
      }
    } catch let error as PersistenceError {
      #expect(error.file?.hasPrefix("/data/snapshots/") == true, "\(error)")
    }
  }

  @Test func `says who has it, whatever the lock file holds`() throws {
    let contents: [[UInt8]] = [
      [], [0], [0xFF, 0xFE], Array("process 7\u{1b}[2J\n".utf8),
      Array(repeating: 65, count: 100_000),
      Array("🙂".utf8.dropLast()), Array(repeating: 10, count: 50),
    ]
    for content in contents {
      let harness = DatabaseHarness()
      let database = try harness.open()
      harness.disk.put(content, "/data/lock")
      let error = #expect(throws: PersistenceError.self) { try harness.open() }
      guard case .inUse(let path, let holder)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(path == "/data" && holder?.isEmpty != true)
      #expect((holder ?? "").unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
      #expect((holder ?? "").utf8.count <= 1_200)
      try database.store.createDomain("d")
      try database.close()
      #expect(try opened(harness.disk).store.catalog().declaredDomains == ["d"])
    }
  }

  // MARK: - Texts

  private func expectRefused(
    _ disk: SimulatedDisk, byteCount: Int, _ what: String
  ) throws {
    let error = #expect(throws: PersistenceError.self, "\(what)") { try opened(disk) }
    switch error {
    case .damaged(let file, let offset, let reason)?:
      #expect(file == Self.format && (0...byteCount).contains(offset) && !reason.isEmpty, "\(what)")
    case .unsupportedVersion(let file, _)?: #expect(file == Self.format, "\(what)")
    default: Issue.record("\(what): \(String(describing: error))")
    }
  }

  /// Without its checksum: numbers, signs and whole lines are others.
  private func mutated(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var text = Array(bytes.dropLast(16 + 4))
    for _ in 0...generator.below(3) {
      let place = generator.below(text.count)
      switch generator.below(5) {
      case 0: text[place] = UInt8(truncatingIfNeeded: generator.next())
      case 1: text.removeSubrange(place..<min(text.count, place + generator.below(20)))
      case 2: text.insert(contentsOf: Array("9999999999999999999".utf8), at: place)
      default:
        // Digits and words in place of others: what is still JSON gets furthest.
        let digits = text.indices.filter { text[$0] >= 48 && text[$0] <= 57 }
        guard let digit = digits.isEmpty ? nil : generator.pick(digits) else { continue }
        let words = ["0", "-1", "1", "9223372036854775807", "null", "true", "\"\"", "[]", "{}"]
        text.replaceSubrange(digit...digit, with: Array(generator.pick(words).utf8))
      }
      if text.isEmpty { return text }
    }
    return text
  }

  private func signed(_ text: [UInt8]) -> [UInt8] {
    let checksum = String(JournalChecksum.of(text[...], seed: 0), radix: 16)
    let digits = String(repeating: "0", count: 16 - checksum.count) + checksum
    return text + Array((digits + "\"\n}\n").utf8)
  }
}
