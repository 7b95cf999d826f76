import ColumnStore
import DiskTesting
import Persistence
import Testing

/// A data folder of which anything was changed: it is refused with file and place, or the provable end
/// of an interrupted write is cut off and reported. Other data is never read.
@Suite struct `A damaged data folder` {
  private enum Verdict: Equatable {
    case refused(file: String)
    case cut(file: String)
    case same
    case other
  }

  private func text(_ disk: SimulatedDisk) throws -> (text: String, tail: TornTail?) {
    let database = try DatabaseHarness(disk).open(forChanges: false)
    return (try GoldenData.text(database.store.catalog()), database.recovery.tail)
  }

  private func verdict(
    _ disk: SimulatedDisk, _ whole: String, _ change: (SimulatedDisk) throws -> Void
  ) throws -> Verdict {
    let copy = SimulatedDisk(disk.image)
    try change(copy)
    let before = copy.paths.map { copy.bytes($0) }
    defer { #expect(copy.paths.map { copy.bytes($0) } == before, "it was changed") }
    do {
      let (text, tail) = try text(copy)
      if let tail { return .cut(file: tail.file) }
      return text == whole ? .same : .other
    } catch let error as PersistenceError {
      #expect(!error.description.isEmpty)
      return .refused(file: Self.file(of: error) ?? "")
    }
  }

  private static func file(of error: PersistenceError) -> String? {
    switch error {
    case .damaged(let file, _, _), .damagedJournal(let file, _, _),
      .damagedSnapshot(let file, _, _):
      file
    case .unsupportedVersion(let file, _): file
    case .system(let error): error.path
    default: nil
    }
  }

  @Test(arguments: GoldenData.allCases)
  func `is refused at every byte, by name`(golden: GoldenData) throws {
    let disk = try golden.disk()
    let whole = try text(disk).text
    for path in disk.paths {
      let bytes = try #require(disk.bytes(path))
      for index in bytes.indices {
        for bit: UInt8 in path.hasSuffix(".json") && index % 3 != 0 ? [0] : [0, 7] {
          var changed = bytes
          changed[index] ^= 1 << bit
          let found = try verdict(disk, whole) { $0.put(changed, path) }
          // Only what lies behind the last whole record of the torn one is cut off anyway.
          let isTail = golden == .torn && path.hasSuffix("00000002.journal") && index >= 2_023
          #expect(
            found == (isTail ? .cut(file: path) : .refused(file: path)),
            "\(path), byte \(index), bit \(bit)")
        }
      }
    }
  }

  @Test func `is refused wherever a file is cut, gone, zeros or continued`() throws {
    let disk = try GoldenData.checkpointed.disk()
    let whole = try text(disk).text
    for path in disk.paths {
      let bytes = try #require(disk.bytes(path))
      for cut in bytes.indices {
        #expect(
          try verdict(disk, whole) { $0.put(Array(bytes[..<cut]), path) } == .refused(file: path),
          "\(path) cut at \(cut)")
      }
      for start in stride(from: 0, to: bytes.count, by: 37) {
        let zeros = bytes[..<start] + Array(repeating: 0, count: bytes.count - start)
        #expect(
          try verdict(disk, whole) { $0.put(Array(zeros), path) } == .refused(file: path),
          "\(path) zeros from \(start)")
      }
      let isJournal = path.hasSuffix(".journal")
      for garbage: [UInt8] in [[0], Array(repeating: 0, count: 4_096), Array(bytes.prefix(60))] {
        #expect(
          try verdict(disk, whole) { $0.put(bytes + garbage, path) }
            == (isJournal ? .cut(file: path) : .refused(file: path)), "\(path) continued")
      }
      guard case .refused = try verdict(disk, whole, { $0.put(nil, path) }) else {
        Issue.record("\(path) gone")
        continue
      }
    }
  }

  @Test func `is refused where files of the same kind have each other's names`() throws {
    let disk = try GoldenData.checkpointed.disk()
    let whole = try text(disk).text
    let files = disk.paths.filter { $0.hasSuffix(".lz4") }
    #expect(files.count > 4)
    for first in files {
      for second in files where first < second {
        let found = try verdict(disk, whole) { copy in
          copy.put(disk.bytes(second), first)
          copy.put(disk.bytes(first), second)
        }
        #expect(found == .refused(file: first) || found == .refused(file: second))
      }
    }
  }

  @Test func `is refused where two blocks of a file were exchanged`() throws {
    let disk = try GoldenData.checkpointed.disk()
    let whole = try text(disk).text
    for path in disk.paths where path.hasSuffix(".lz4") || path.hasSuffix(".journal") {
      let bytes = try #require(disk.bytes(path))
      for size in [16, 64, 128] where bytes.count >= 2 * size {
        for start in stride(from: 0, to: bytes.count - 2 * size + 1, by: size) {
          var changed = bytes
          changed.replaceSubrange(
            start..<start + size, with: bytes[(start + size)..<(start + 2 * size)])
          changed.replaceSubrange(
            (start + size)..<(start + 2 * size), with: bytes[start..<start + size])
          guard changed != bytes else { continue }
          #expect(
            try verdict(disk, whole) { $0.put(changed, path) } == .refused(file: path),
            "\(path), \(size) bytes from \(start)")
        }
      }
    }
  }

  /// Two checkpoints, with changes before, between and after them.
  private func history() throws -> (early: SimulatedDisk, late: SimulatedDisk) {
    let harness = DatabaseHarness()
    var options = DatabaseHarness.options
    options.olderSnapshotCount = 5
    let database = try harness.open(options: options)
    let users = TableSchema(
      name: "t", columns: [ColumnDefinition(name: "id", type: .integer)], partitionColumn: nil)
    try database.store.createTable(users)
    func add(_ number: Int64) throws {
      try database.store.append(to: "t") {
        try $0.append(
          RowBatch(rowCount: 1, columns: [ColumnValues(storage: .integers([number]))]))
      }
    }
    try add(1)
    try database.checkpoint()
    try add(2)
    let early = SimulatedDisk(harness.disk.image.crashed(.everything))
    try add(3)
    try database.checkpoint()
    try add(4)
    return (early, SimulatedDisk(harness.disk.image.crashed(.everything)))
  }

  private func put(_ source: SimulatedDisk, _ folder: String, into disk: SimulatedDisk) {
    for path in disk.paths where path.hasPrefix(folder) { disk.put(nil, path) }
    for path in source.paths where path.hasPrefix(folder) { disk.put(source.bytes(path), path) }
  }

  @Test func `is refused where an older snapshot or journal took the place of a newer`() throws {
    let (early, late) = try history()
    let whole = try text(late).text
    #expect(try verdict(late, whole) { _ in } == .same)
    // The older snapshot with the newer journal: records are missing in between.
    let withoutNewest = try verdict(late, whole) { copy in
      try copy.rename("/data/snapshots/0000000002", to: "/data/snapshots/gone")
    }
    guard case .refused(let file) = withoutNewest else {
      Issue.record("an older snapshot with a newer journal: \(withoutNewest)")
      return
    }
    #expect(file.contains("/journal/"))
    // The newer snapshot with the older journal, and with none.
    for journal in [early, SimulatedDisk()] {
      let found = try verdict(late, whole) { put(journal, "/data/journal/", into: $0) }
      guard case .refused = found else {
        Issue.record("a newer snapshot with an older journal: \(found)")
        continue
      }
    }
    // The folder of another database.
    let other = try GoldenData.checkpointed.disk()
    for folder in ["/data/journal/", "/data/snapshots/"] {
      let found = try verdict(late, whole) { put(other, folder, into: $0) }
      #expect(found != .same && found != .other, "\(folder): \(found)")
    }
  }

  @Test func `of a newer version is refused by name, whichever file is newer`() throws {
    let disk = try GoldenData.checkpointed.disk()
    let path = "/data/format.json"
    let json = String(decoding: try #require(disk.bytes(path)), as: UTF8.self)
    let newer = Array(json.replacing("\"version\": 1", with: "\"version\": 9").utf8.dropLast(20))
    let digits = String(JournalChecksum.of(newer[...], seed: 0), radix: 16)
    let checksum = String(repeating: "0", count: 16 - digits.count) + digits
    disk.put(newer + Array((checksum + "\"\n}\n").utf8), path)
    #expect(throws: PersistenceError.unsupportedVersion(file: path, version: 9)) {
      try DatabaseHarness(disk).open(forChanges: false)
    }
  }
}
