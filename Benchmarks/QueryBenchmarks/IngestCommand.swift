import ArgumentParser
import ColumnStore
import Foundation
import Persistence
import SampleData
import Synchronization

/// Times durable ingest: writers that each wait until their batch is kept before they bring the next.
struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Time batches that are acknowledged when they are kept.",
    discussion: """
      Each line has a new data folder. A batch is events of the sample, appended to a table of days \
      as rows in columns: what a server has once it has read a request. Snapshots are written as in \
      daily use, when a batch is more than the journal takes.
      """)

  @Option(help: "Events per batch. May be repeated.")
  var batch: [Int] = []

  @Option(help: "Writers at a time. May be repeated.")
  var writers: [Int] = []

  @Option(help: "fsync, everysec or os. May be repeated.")
  var mode: [String] = []

  @Option(help: "Seconds per line.")
  var seconds = 1.0

  @Argument(help: "A folder on the disk that is to be measured; what is made in it is removed.")
  var folder: String

  func validate() throws {
    for mode in mode where Durability(rawValue: mode) == nil {
      throw ValidationError("--mode is '\(mode)', which is none of fsync, everysec, os")
    }
    guard (batch + writers).allSatisfy({ $0 > 0 }), seconds > 0 else {
      throw ValidationError("--batch, --writers and --seconds are above 0")
    }
  }

  func run() throws {
    let sizes = batch.isEmpty ? [1, 100, 1_000, 10_000] : batch
    let counts = writers.isEmpty ? [1, 4, 16, 64] : writers
    let modes = mode.isEmpty ? [Durability.fsync] : mode.compactMap { Durability(rawValue: $0) }
    print("| mode | events per batch | writers | events/s | batches/s | p50 ms | p99 ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for mode in modes {
      for size in sizes {
        let source = try SampleBatches(size: size)
        for count in counts {
          let times = try measure(mode, source, writers: count)
          let total = times.latencies.sorted()
          guard !total.isEmpty else { continue }
          let perSecond = Double(total.count) / (times.elapsed / .seconds(1))
          let middle = total[total.count / 2]
          let late = total[min(total.count - 1, total.count * 99 / 100)]
          print(
            "| \(mode) | \(size) | \(count) | \(Int(perSecond * Double(size)))",
            "| \(Int(perSecond)) | \(middle.milliseconds.shortText)",
            "| \(late.milliseconds.shortText) |")
        }
      }
    }
  }

  private func measure(
    _ mode: Durability, _ source: SampleBatches, writers: Int
  ) throws -> (latencies: [Duration], elapsed: Duration) {
    let path = folder + "/ingest-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = DatabaseOptions()
    options.durability = mode
    let database = try Database(path, forChanges: true, options: options)
    try database.store.createTable(SampleTable.schema)
    let clock = ContinuousClock()
    let all = Mutex<[Duration]>([])
    let failure = Mutex<(any Error)?>(nil)
    let store = database.store
    let end = clock.now + .seconds(seconds)
    let start = clock.now
    let threads = (0..<writers).map { number in
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        defer { done.signal() }
        var latencies: [Duration] = []
        var next = number
        do {
          while clock.now < end {
            let batch = source.batches[next % source.batches.count]
            let before = clock.now
            try store.append(to: SampleTable.schema.name) { try $0.append(batch) }
            latencies.append(clock.now - before)
            next += writers
          }
        } catch {
          failure.withLock { $0 = error }
        }
        all.withLock { $0 += latencies }
      }
      thread.stackSize = 1 << 20
      thread.start()
      return done
    }
    for done in threads { done.wait() }
    let elapsed = clock.now - start
    try database.close()
    if let error = failure.withLock({ $0 }) { throw error }
    return (all.withLock { $0 }, elapsed)
  }
}

/// Events of the sample in batches of one size, over and over.
struct SampleBatches: Sendable {
  let batches: [RowBatch]

  init(size: Int) throws {
    // Enough days that batches are not the same all the time.
    let table = try SampleTable(
      SampleOptions(days: 10, users: 5_000, events: max(100_000, size * 12)))
    var batches: [RowBatch] = []
    for day in 0..<10 where batches.count < 500 {
      batches += table.batches(ofDay: day, size: size, limit: 50)
    }
    self.batches = batches
  }
}
