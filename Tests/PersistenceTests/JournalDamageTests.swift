import DiskTesting
import EngineTesting
import Persistence
import Testing

/// A journal whose bytes were changed is refused with file and offset, or what is provably the end
/// of an interrupted write is cut off and reported. Nothing else is ever read.
@Suite struct `A damaged journal` {
  private enum Verdict: Equatable {
    case refused(file: String, offset: Int)
    case cut(records: Int, file: String, offset: Int)
    case whole(records: Int)
  }

  /// Also checks that what is read is a prefix of what was written, and that a refusal changes
  /// nothing.
  private func verdict(
    _ disk: SimulatedDisk, _ change: (SimulatedDisk) -> Void, known: JournalMark? = nil,
    _ place: String = ""
  ) throws -> Verdict {
    let copy = SimulatedDisk(disk.image)
    change(copy)
    let before = copy.paths.map { copy.bytes($0) }
    do {
      let opened = try JournalHarness(copy).open(known: known)
      #expect(opened.records == JournalHarness.records(0..<opened.records.count), "\(place)")
      guard let tail = opened.recovery.tail else { return .whole(records: opened.records.count) }
      #expect(tail.byteCount > 0)
      return .cut(records: opened.records.count, file: name(tail.file), offset: tail.offset)
    } catch PersistenceError.damagedJournal(let file, let offset, _) {
      #expect(copy.paths.map { copy.bytes($0) } == before, "\(place): it was changed")
      return .refused(file: name(file), offset: offset)
    }
  }

  private func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  private func path(_ name: String) -> String { JournalHarness.folder + "/" + name }

  private func bytes(_ disk: SimulatedDisk, _ name: String) throws -> [UInt8] {
    try #require(disk.bytes(path(name)))
  }

  private let file = "00000001.journal"

  /// Where the frames of a file start, and where it ends.
  private func frameStarts(_ bytes: [UInt8]) -> [Int] {
    var starts = [56]
    while let start = starts.last, start < bytes.count {
      let stored = (0..<4).reduce(0) { $0 | Int(bytes[start + 12 + $1]) << (8 * $1) }
      starts.append(start + 56 + stored)
    }
    return starts
  }

  @Test func `with a flipped bit in any byte is refused, or its last record is the torn tail`()
    throws
  {
    let disk = try JournalHarness.written(12)
    for name in [file, "mark"] {
      let bytes = try bytes(disk, name)
      let starts = name == file ? frameStarts(bytes) : []
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        let found = try verdict(disk, { $0.put(changed, path(name)) }, "\(name) \(index)")
        if name == file, index >= starts[11] {
          #expect(found == .cut(records: 11, file: file, offset: starts[11]), "\(index)")
        } else {
          guard case .refused(name, let offset) = found else {
            Issue.record("\(name) \(index): \(found)")
            continue
          }
          if index >= 56 { #expect(offset == starts.last { $0 <= index }) }
        }
      }
    }
  }

  @Test func `with a flipped bit is always refused after an orderly end or with a newer mark`()
    throws
  {
    let closed = try JournalHarness.written(6, closes: true)
    let open = try JournalHarness.written(6)
    let bytes = try bytes(closed, file)
    let mark = try JournalHarness(SimulatedDisk(closed.image)).open().journal.checkpoint()
    let starts = frameStarts(bytes)
    let known = JournalMark(
      fileNumber: 1, byteCount: UInt64(bytes.count), position: 6,
      chain: (0..<8).reduce(0) { $0 | UInt64(bytes[starts[5] + 48 + $1]) << UInt64(8 * $1) })
    #expect(mark.position == 6)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      let first = try verdict(closed, { $0.put(changed, path(file)) })
      let second = try verdict(open, { $0.put(changed, path(file)) }, known: known)
      for found in [first, second] {
        guard case .refused(file, _) = found else {
          Issue.record("\(index): \(found)")
          continue
        }
      }
    }
    for cut in 0..<bytes.count {
      guard case .refused = try verdict(closed, { $0.put(Array(bytes[..<cut]), path(file)) }) else {
        Issue.record("cut at \(cut)")
        continue
      }
    }
    #expect(try verdict(open, { _ in }, known: known) == .whole(records: 6))
  }

  @Test func `cut at any length loses only what was cut`() throws {
    let disk = try JournalHarness.written(12)
    let bytes = try bytes(disk, file)
    let starts = frameStarts(bytes)
    for cut in 0..<bytes.count {
      let found = try verdict(disk, { $0.put(Array(bytes[..<cut]), path(file)) }, "\(cut)")
      if cut < 56 {
        #expect(found == .refused(file: file, offset: cut))
      } else if starts.contains(cut) {
        #expect(found == .whole(records: starts.firstIndex(of: cut) ?? -1))
      } else {
        let whole = (starts.firstIndex { $0 > cut } ?? 0) - 1
        #expect(found == .cut(records: whole, file: file, offset: starts[whole]))
      }
    }
    let mark = try self.bytes(disk, "mark")
    for cut in 0..<mark.count {
      #expect(
        try verdict(disk, { $0.put(Array(mark[..<cut]), path("mark")) })
          == .refused(file: "mark", offset: cut))
    }
    #expect(
      try verdict(disk, { $0.put(nil, path("mark")) }) == .refused(file: "mark", offset: 0))
  }

  @Test func `in a file before the last is refused wherever it is`() throws {
    let disk = try JournalHarness.written(12, options: JournalOptions(fileByteCount: 450))
    let names = disk.paths.map(name).filter { $0.hasSuffix(".journal") }
    #expect(names.count > 2)
    for name in names.dropLast() {
      let bytes = try bytes(disk, name)
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 0x80
        guard case .refused(name, _) = try verdict(disk, { $0.put(changed, path(name)) }) else {
          Issue.record("\(name) \(index)")
          continue
        }
        let cut = try verdict(disk, { $0.put(Array(bytes[..<index]), path(name)) })
        guard case .refused = cut else {
          Issue.record("\(name) cut at \(index): \(cut)")
          continue
        }
      }
    }
    for name in names {
      guard case .refused(name, 0) = try verdict(disk, { $0.put(nil, path(name)) }) else {
        // The first may have been dropped for a snapshot: then its records are missing.
        #expect(
          name == names[0]
            && (try verdict(disk, { $0.put(nil, path(name)) }))
              == .refused(file: names[1], offset: 24)
        )
        continue
      }
    }
  }

  @Test func `with something after its end is cut back to it`() throws {
    let disk = try JournalHarness.written(5)
    let bytes = try bytes(disk, file)
    for garbage in [
      [0], [UInt8](repeating: 0, count: 5_000),
      Array("DBJF".utf8), [UInt8](repeating: 0xFF, count: 300), Array(bytes[..<56]),
    ] {
      #expect(
        try verdict(disk, { $0.put(bytes + garbage, path(file)) })
          == .cut(records: 5, file: file, offset: bytes.count))
    }
    var generator = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let garbage = (0..<generator.below(400) + 1).map { _ in
        UInt8(truncatingIfNeeded: generator.next())
      }
      #expect(
        try verdict(disk, { $0.put(bytes + garbage, path(file)) })
          == .cut(records: 5, file: file, offset: bytes.count))
    }
  }

  @Test func `with frames in another order, twice, or of another journal is refused`() throws {
    let disk = try JournalHarness.written(6)
    let bytes = try bytes(disk, file)
    let starts = frameStarts(bytes)
    func frame(_ index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }
    for index in 0..<6 {
      // Twice in a row, and again at the end.
      for place in Set([index + 1, 6]) {
        let changed = bytes[..<starts[place]] + frame(index) + bytes[starts[place]...]
        #expect(
          try verdict(disk, { $0.put(Array(changed), path(file)) })
            == .refused(file: file, offset: starts[place]))
      }
      // Left out.
      if index < 5 {
        let changed = bytes[..<starts[index]] + bytes[starts[index + 1]...]
        #expect(
          try verdict(disk, { $0.put(Array(changed), path(file)) })
            == .refused(file: file, offset: starts[index]))
      }
      for other in index + 1..<6 {
        let changed =
          bytes[..<starts[index]] + frame(other) + bytes[starts[index + 1]..<starts[other]]
          + frame(index) + bytes[starts[other + 1]...]
        #expect(
          try verdict(disk, { $0.put(Array(changed), path(file)) })
            == .refused(file: file, offset: starts[index]))
      }
    }
    // The same records with another salt.
    let harness = JournalHarness()
    _ = harness.environment.random()
    let opened = try harness.open()
    for number in 0..<6 { try opened.journal.append(JournalHarness.record(number)) }
    let other = try self.bytes(harness.disk, file)
    #expect(other.count == bytes.count && other != bytes)
    #expect(
      try verdict(disk, { $0.put(other, path(file)) }) == .refused(file: file, offset: 56))
    for index in 0..<5 {
      let changed =
        bytes[..<starts[index]] + other[starts[index]..<starts[index + 1]]
        + bytes[starts[index + 1]...]
      #expect(
        try verdict(disk, { $0.put(Array(changed), path(file)) })
          == .refused(file: file, offset: starts[index]))
    }
  }

  @Test func `of a newer version is refused by name`() throws {
    let disk = try JournalHarness.written(1)
    var bytes = try bytes(disk, file)
    // As a newer program would write it: the checksum is right.
    bytes[8] = 2
    let checksum = JournalChecksum.of(bytes[..<48], seed: 0)
    for index in 0..<8 { bytes[48 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
    disk.put(bytes, path(file))
    #expect(
      throws: PersistenceError.unsupportedVersion(file: path(file), version: 2)
    ) { try JournalHarness(disk).open() }
  }

  @Test func `that cannot be read is not changed`() throws {
    let disk = try JournalHarness.written(5)
    disk.put(try bytes(disk, file) + [1, 2, 3], path(file))
    let before = disk.paths.map { disk.bytes($0) }
    for call in 1..<100 {
      let copy = SimulatedDisk(disk.image)
      copy.fail(.init(call: call, lasts: true, kind: .error(5)))
      guard (try? JournalHarness(copy).open()) == nil else { continue }
      let image = SimulatedDisk(copy.image)
      guard image.paths.map({ image.bytes($0) }) == before else { continue }
      #expect(try JournalHarness(image).open().records == JournalHarness.records(0..<5))
    }
  }
}
