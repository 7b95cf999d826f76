import DiskTesting
import Persistence
import Testing

@Suite struct `A damaged journal that is looked at` {
  private let file = JournalHarness.folder + "/00000001.journal"

  private func damaged(at share: Double, of disk: SimulatedDisk) throws -> Int {
    var bytes = try #require(disk.bytes(file))
    let place = Int(Double(bytes.count) * share)
    bytes[place] ^= 4
    disk.put(bytes, file)
    return place
  }

  private func salvaged(_ disk: SimulatedDisk, _ folder: String, after start: UInt64 = 0) throws
    -> [[UInt8]]
  {
    var records: [[UInt8]] = []
    let environment = JournalHarness(disk).environment
    let opened = try Journal.open(folder, after: start, environment: environment) { _, record in
      records.append(record)
    }
    try opened.journal.close()
    return records
  }

  @Test func `tells what is whole, what is not, and whether it would be opened`() throws {
    let disk = try JournalHarness.written(20)
    let whole = try JournalInspection(of: JournalHarness.folder, files: disk)
    #expect(whole.refusal == nil && whole.tail == nil)
    #expect(whole.files.map(\.recordCount) == [20])
    #expect(whole.files.first?.positions == 1...20)
    #expect(whole.mark?.fileNumber == 1)
    let place = try damaged(at: 0.5, of: disk)
    let found = try JournalInspection(of: JournalHarness.folder, files: disk)
    let first = try #require(found.files.first)
    let problem = try #require(first.problem)
    #expect(problem.offset <= place && problem.offset > 56)
    #expect(first.recordCount + 1 + problem.laterRecordCount == 20)
    #expect(
      found.refusal
        == .damagedJournal(file: file, offset: problem.offset, reason: problem.reason)
        || "\(found.refusal as Any)".contains(problem.reason))
    #expect(try JournalInspection(of: file, files: disk).files.count == 1)
    #expect(throws: PersistenceError.noData(path: "/nowhere")) {
      try JournalInspection(of: "/nowhere", files: disk)
    }
  }

  @Test func `gives what stands before the damage, or all that is whole`() throws {
    let disk = try JournalHarness.written(20)
    _ = try damaged(at: 0.5, of: disk)
    let before = disk.bytes(file)
    let environment = JournalHarness(disk).environment
    let report = try JournalSalvage.copy(file, to: "/saved", environment: environment)
    #expect(report.gaps.count == 1)
    #expect(report.recordCount + 1 + report.laterRecordCount == 20)
    #expect(
      try salvaged(disk, "/saved") == JournalHarness.records(0..<report.recordCount))
    let all = try JournalSalvage.copy(
      JournalHarness.folder, to: "/all", pastDamage: true, environment: environment)
    #expect(all.recordCount == 19 && all.laterRecordCount == 0)
    var expected = JournalHarness.records(0..<20)
    expected.remove(at: report.recordCount)
    #expect(try salvaged(disk, "/all") == expected)
    #expect(disk.bytes(file) == before)
    // Not into something that is there.
    #expect(throws: PersistenceError.self) {
      try JournalSalvage.copy(file, to: "/all", environment: environment)
    }
  }

  @Test func `gives its records without the header of the file`() throws {
    let disk = try JournalHarness.written(7)
    var bytes = try #require(disk.bytes(file))
    for index in 0..<56 { bytes[index] = 0xAA }
    disk.put(bytes, file)
    let environment = JournalHarness(disk).environment
    let report = try JournalSalvage.copy(
      file, to: "/saved", pastDamage: true, environment: environment)
    #expect(report.recordCount == 7)
    #expect(try salvaged(disk, "/saved") == JournalHarness.records(0..<7))
  }

  @Test func `over several files goes on from one to the next`() throws {
    let disk = try JournalHarness.written(60, options: JournalOptions(fileByteCount: 1_000))
    let environment = JournalHarness(disk).environment
    let whole = try JournalSalvage.copy(
      JournalHarness.folder, to: "/whole", environment: environment)
    #expect(whole.recordCount == 60 && whole.gaps.isEmpty)
    #expect(try salvaged(disk, "/whole") == JournalHarness.records(0..<60))
    let files = disk.paths.filter {
      $0.hasPrefix(JournalHarness.folder) && $0.hasSuffix(".journal")
    }
    let third = try JournalInspection(of: files[2], files: disk)
    let start = try #require(third.files.first?.positions?.lowerBound)
    // A file in the middle by itself starts where it starts.
    let part = try JournalSalvage.copy(files[2], to: "/part", environment: environment)
    #expect(part.firstPosition == start)
    #expect(
      try salvaged(disk, "/part", after: start - 1)
        == JournalHarness.records(Int(start - 1)..<Int(start - 1) + part.recordCount))
    // One that is missing ends what can be taken over.
    disk.put(nil, files[1])
    let gap = try JournalSalvage.copy(JournalHarness.folder, to: "/gap", environment: environment)
    #expect(gap.gaps.count == 1 && gap.laterRecordCount > 10)
    #expect(
      try salvaged(disk, "/gap") == JournalHarness.records(0..<gap.recordCount))
  }

  @Test(arguments: 0..<60)
  func `gives nothing that was not written, whatever is damaged`(round: Int) throws {
    let disk = try JournalHarness.written(12)
    var bytes = try #require(disk.bytes(file))
    for index in stride(from: round, to: bytes.count, by: 97) { bytes[index] ^= 0x5A }
    disk.put(bytes, file)
    _ = try JournalInspection(of: JournalHarness.folder, files: disk)
    let written = Set(JournalHarness.records(0..<12))
    for pastDamage in [false, true] {
      let report = try JournalSalvage.copy(
        file, to: "/saved\(pastDamage)", pastDamage: pastDamage,
        environment: JournalHarness(disk).environment)
      let records = try salvaged(
        disk, "/saved\(pastDamage)", after: report.firstPosition - 1)
      #expect(records.count == report.recordCount)
      #expect(written.isSuperset(of: records))
    }
  }
}
