import DiskTesting
import EngineTesting
import Persistence
import Synchronization
import Testing

/// A journal on a simulated disk, with a clock that stands still and chance that is the same every
/// time.
struct JournalHarness {
  static let folder = "/data/journal"

  let disk: SimulatedDisk
  let clock: ManualClock
  let environment: DiskEnvironment

  init(_ disk: SimulatedDisk = SimulatedDisk()) {
    self.disk = disk
    let clock = ManualClock()
    self.clock = clock
    let salt = Mutex(SplitMix64(seed: 7))
    environment = DiskEnvironment(
      files: disk, now: { clock.now }, random: { salt.withLock { $0.next() } })
  }

  struct Opened {
    var journal: Journal
    var recovery: JournalRecovery
    var records: [[UInt8]]
  }

  func open(
    after start: UInt64 = 0, known: JournalMark? = nil, options: JournalOptions = JournalOptions()
  ) throws -> Opened {
    let records = Mutex<[[UInt8]]>([])
    let positions = Mutex(start)
    let (journal, recovery) = try Journal.open(
      Self.folder, after: start, known: known, options: options, environment: environment
    ) { position, record in
      records.withLock { $0.append(record) }
      let before = positions.withLock { last in
        defer { last = position }
        return last
      }
      #expect(position == before + 1)
    }
    return Opened(journal: journal, recovery: recovery, records: records.withLock { $0 })
  }

  /// What a journal holds, without leaving a trace on this disk.
  func records(after start: UInt64 = 0) throws -> [[UInt8]] {
    try JournalHarness(SimulatedDisk(disk.image.crashed(.everything))).open(after: start).records
  }

  /// A record that names its number, of some size.
  static func record(_ number: Int) -> [UInt8] {
    var generator = SplitMix64(seed: UInt64(number))
    let text = "record \(number) "
    let size = generator.below(4) == 0 ? 300 : generator.below(40)
    // Half of them are worth compressing.
    return Array(text.utf8)
      + (0..<size).map { $0 > 80 ? 0x20 : UInt8(truncatingIfNeeded: generator.next()) }
  }

  static func records(_ range: Range<Int>) -> [[UInt8]] { range.map { record($0) } }

  /// A small journal: a bit-flip and a cut at every byte of it are a test.
  static func written(
    _ count: Int, options: JournalOptions = JournalOptions(), closes: Bool = false
  ) throws -> SimulatedDisk {
    let harness = JournalHarness()
    let opened = try harness.open(options: options)
    for number in 0..<count { try opened.journal.append(record(number)) }
    if closes { try opened.journal.close() }
    return harness.disk
  }
}

final class ManualClock: Sendable {
  private let time = Mutex(Duration.zero)

  var now: Duration { time.withLock { $0 } }

  func pass(_ duration: Duration) { time.withLock { $0 += duration } }
}
