import DiskTesting
import Glibc
import Persistence
import Synchronization
import Testing

@Suite struct `A journal` {
  @Test func `gives back what was appended, in order`() throws {
    let harness = JournalHarness()
    let first = try harness.open()
    #expect(first.recovery.recordCount == 0)
    for number in 0..<20 {
      #expect(try first.journal.append(JournalHarness.record(number)) == UInt64(number + 1))
      #expect(first.journal.durablePosition == UInt64(number + 1))
    }
    try first.journal.append([])
    try first.journal.append([UInt8](repeating: 65, count: 100_000))
    try first.journal.close()
    let again = try harness.open()
    #expect(
      again.records
        == JournalHarness.records(0..<20) + [[], [UInt8](repeating: 65, count: 100_000)])
    #expect(again.recovery.tail == nil)
    #expect(try again.journal.append([1]) == 23)
    try again.journal.close()
    #expect(try harness.open(after: 22).records == [[1]])
  }

  @Test func `goes on in another file where one is full, and drops those a snapshot holds`() throws
  {
    let harness = JournalHarness()
    let options = JournalOptions(fileByteCount: 1_000)
    let opened = try harness.open(options: options)
    for number in 0..<40 { try opened.journal.append(JournalHarness.record(number)) }
    let files = harness.disk.paths.filter { $0.hasSuffix(".journal") }
    #expect(files.count > 4)
    #expect(try harness.records() == JournalHarness.records(0..<40))
    let mark = try opened.journal.checkpoint()
    #expect(mark.position == 40)
    try opened.journal.removeFiles(upTo: 20)
    #expect(harness.disk.paths.filter { $0.hasSuffix(".journal") }.count < files.count)
    #expect(throws: PersistenceError.self) { try harness.records() }
    #expect(try harness.records(after: 20) == JournalHarness.records(20..<40))
    try opened.journal.close()
    // The snapshot knows of more than there is.
    #expect(throws: PersistenceError.self) { try harness.records(after: 41) }
  }

  @Test func `syncs once for all that wait`() throws {
    let harness = JournalHarness()
    let journal = try harness.open().journal
    let record = try JournalRecord(JournalHarness.record(1))
    // While the first is being written the others come.
    harness.disk.observe { _ in usleep(200) }
    let before = harness.disk.callCount
    var last: UInt64 = 0
    for _ in 0..<500 { last = try journal.submit(record) }
    try journal.wait(for: last)
    harness.disk.observe(nil)
    let calls = harness.disk.log[before...]
    let syncs = calls.count { $0.operation == .synchronize }
    #expect(syncs == calls.count { $0.operation == .write })
    #expect(syncs < 250)
    #expect(try harness.records().count == 500)
  }

  @Test func `takes records from many threads, each once`() throws {
    let harness = JournalHarness()
    let journal = try harness.open(options: JournalOptions(fileByteCount: 2_000)).journal
    let positions = Mutex<Set<UInt64>>([])
    try onThreads(8) { thread in
      for number in 0..<25 {
        let position = try journal.append([UInt8(thread), UInt8(number)])
        _ = positions.withLock { $0.insert(position) }
      }
    }
    #expect(positions.withLock { $0 } == Set(1...200))
    let records = try harness.records()
    #expect(Set(records).count == 200)
    // Those of one thread keep their order.
    for thread in 0..<8 {
      #expect(records.filter { $0[0] == thread }.map { Int($0[1]) } == Array(0..<25))
    }
  }

  @Test func `is for one process at a time`() throws {
    let harness = JournalHarness()
    let opened = try harness.open()
    #expect(throws: PersistenceError.inUse(path: JournalHarness.folder)) { try harness.open() }
    try opened.journal.close()
    try harness.open().journal.close()
  }

  @Test func `takes nothing once it is closed`() throws {
    let journal = try JournalHarness().open().journal
    try journal.append([1])
    try journal.close()
    #expect(journal.status == .closed)
    #expect(throws: PersistenceError.self) { try journal.append([2]) }
    #expect(throws: PersistenceError.self) { try journal.checkpoint() }
    try journal.close()
  }

  @Test func `loses by its durability what it says`() throws {
    func left(_ durability: Durability, _ body: (Journal, ManualClock) throws -> Void) throws -> Int
    {
      let harness = JournalHarness()
      let journal = try harness.open(options: JournalOptions(durability: durability)).journal
      for number in 0..<5 { try journal.append(JournalHarness.record(number)) }
      try body(journal, harness.clock)
      // A process that dies loses nothing.
      #expect(try harness.records().count >= 5)
      let crashed = SimulatedDisk(harness.disk.image.crashed(.nothingUnsynced))
      return try JournalHarness(crashed).open().records.count
    }
    #expect(try left(.fsync) { _, _ in } == 5)
    #expect(try left(.everysec) { _, _ in } == 0)
    #expect(
      try left(.everysec) { journal, clock in
        clock.pass(.seconds(1))
        try journal.append([6])
        // The sync follows the acknowledgement: the next one is after it.
        try journal.append([7])
      } == 6)
    #expect(
      try left(.os) { journal, clock in
        clock.pass(.seconds(100))
        try journal.append([6])
      } == 0)
    #expect(try left(.os) { journal, _ in _ = try journal.checkpoint() } == 5)
    #expect(try left(.os) { journal, _ in try journal.close() } == 5)
  }

  @Test func `works on the disk of this machine`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/journal"
    var options = JournalOptions()
    options.fileByteCount = 5_000
    for round in 0..<3 {
      let count = Mutex(0)
      let (journal, recovery) = try Journal.open(path, options: options) { _, record in
        let number = count.withLock { count in
          defer { count += 1 }
          return count
        }
        #expect(record == JournalHarness.record(number))
      }
      #expect(recovery.recordCount == UInt64(round * 50))
      for number in 0..<50 { try journal.append(JournalHarness.record(round * 50 + number)) }
      // The second time it ends as a process that dies.
      if round != 1 { try journal.close() }
    }
  }
}

/// Runs `body` on threads of their own; the first error counts.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let failure = Mutex<(any Error)?>(nil)
  var threads: [pthread_t] = []
  for index in 0..<count {
    let work = Work {
      do { try body(index) } catch { failure.withLock { $0 = error } }
    }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      {
        if let argument = $0 { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    try #require(code == 0)
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
  if let error = failure.withLock({ $0 }) { throw error }
}
