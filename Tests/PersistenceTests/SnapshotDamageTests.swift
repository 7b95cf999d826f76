import ColumnStore
import DiskTesting
import Persistence
import Testing

/// Two snapshots of a small store: days, one with deleted rows, open tails, a dictionary in parts.
private func smallDisk() throws -> SimulatedDisk {
  let disk = SimulatedDisk()
  let snapshots = SnapshotStore.forTest(disk)
  let store = try SmallStore()
  try store.append(0..<12, sealsTails: true)
  try snapshots.write(catalog: store.store.catalog(), journalPosition: 7)
  try store.append(10..<14)
  try store.delete(day: 1, row: 2)
  try snapshots.write(catalog: store.store.catalog(), journalPosition: 8)
  return disk
}

@Suite struct `A damaged snapshot` {
  private let newest = "/data/snapshots/0000000002/"

  @Test func `is refused with file and place, whatever byte is another one`() throws {
    let disk = try smallDisk()
    let paths = disk.paths.filter { $0.hasPrefix(newest) }
    #expect(paths.count == 5)
    for path in paths {
      let bytes = try #require(disk.bytes(path))
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        disk.put(changed, path)
        try expectRefused(disk, path, byteCount: bytes.count, "byte \(index)")
      }
      disk.put(bytes, path)
    }
    #expect(try SnapshotStore.forTest(disk).newest()?.journalPosition == 8)
  }

  @Test func `is refused with file and place, wherever it is cut or continued`() throws {
    let disk = try smallDisk()
    for path in disk.paths where path.hasPrefix(newest) {
      let bytes = try #require(disk.bytes(path))
      for count in bytes.indices {
        disk.put(Array(bytes[..<count]), path)
        try expectRefused(disk, path, byteCount: count, "cut at \(count)")
      }
      for more: [UInt8] in [[0], [10], Array(repeating: 0, count: 300), bytes] {
        disk.put(bytes + more, path)
        try expectRefused(
          disk, path, byteCount: bytes.count + more.count, "\(more.count) more")
      }
      disk.put(Array(repeating: 0, count: bytes.count), path)
      try expectRefused(disk, path, byteCount: bytes.count, "zeros")
      disk.put(nil, path)
      try expectRefused(disk, path, byteCount: 0, "missing")
      disk.put(bytes, path)
    }
  }

  @Test func `is not mixed up with another one`() throws {
    let disk = try smallDisk()
    let manifest = try #require(disk.bytes("/data/snapshots/0000000001/manifest.json"))
    disk.put(manifest, newest + "manifest.json")
    try expectRefused(disk, newest + "manifest.json", byteCount: manifest.count, "older manifest")
  }

  @Test func `of a newer version is refused by name`() throws {
    let disk = try smallDisk()
    let path = newest + "manifest.json"
    let text = String(decoding: try #require(disk.bytes(path)), as: UTF8.self)
    let newer = text.split(separator: "\"version\": 1,", maxSplits: 1).joined(
      separator: "\"version\": 3,")
    // The checksum of the newer text takes the place of the old one.
    let prefix = Array(newer.utf8.dropLast(16 + 4))
    let checksum = String(JournalChecksum.of(prefix[...], seed: 0), radix: 16)
    let digits = String(repeating: "0", count: 16 - checksum.count) + checksum
    disk.put(prefix + Array((digits + "\"\n}\n").utf8), path)
    #expect(throws: PersistenceError.unsupportedVersion(file: path, version: 3)) {
      try SnapshotStore.forTest(disk).newest()
    }
  }

  private func expectRefused(
    _ disk: SimulatedDisk, _ path: String, byteCount: Int, _ what: String
  ) throws {
    let snapshots = SnapshotStore.forTest(disk)
    let error = #expect(throws: PersistenceError.self, "\(path), \(what)") {
      try snapshots.newest()
    }
    let place = Self.place(of: try #require(error))
    #expect(place?.file == path, "\(what)")
    #expect((0...byteCount).contains(place?.offset ?? -1), "\(what)")
    let problems = try snapshots.check(SnapshotID(number: 2)).problems
    #expect(problems.compactMap { Self.place(of: $0)?.file } == [path], "\(what)")
  }

  private static func place(of error: PersistenceError) -> (file: String, offset: Int)? {
    switch error {
    case .damagedSnapshot(let file, let offset, let reason): reason.isEmpty ? nil : (file, offset)
    default: nil
    }
  }
}
