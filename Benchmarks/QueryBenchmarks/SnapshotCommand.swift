import ArgumentParser
import ColumnStore
import Persistence

/// Times writing and reading a snapshot of the sample, beside what LZ4 itself reaches on its files.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshots",
    abstract: "Time writing and reading a snapshot of the sample, beside LZ4 alone.",
    discussion: """
      Rates are bytes of columns and texts, decompressed, by the least time of all rounds. LZ4 alone \
      is liblz4's frame API over the same frames with as many threads, once from memory into a buffer \
      that is used again, and once from the files into memory that is kept, as a reader of columns \
      needs it; both check what the frames have to be checked.
      """)

  @OptionGroup var sample: SampleArguments

  @Option(help: "Threads.")
  var threads = 2

  @Option(help: "How often each; the best counts.")
  var rounds = 5

  @Flag(help: "Leave the snapshot in the folder and load it --rounds times, for a profiler.")
  var onlyLoads = false

  @Argument(help: "A folder for the snapshots, which stay there; new or empty.")
  var folder: String

  func run() throws {
    let clock = ContinuousClock()
    let isEmpty = try SnapshotStore(folder, threads: threads).ids().isEmpty
    if !onlyLoads || isEmpty {
      let store = Store()
      _ = try SampleTable(sample.options).load(into: store, threads: threads)
      try SnapshotStore(folder, threads: threads).write(
        catalog: store.catalog(), journalPosition: 0)
    }
    guard let id = try SnapshotStore(folder, threads: threads).ids().last else { return }
    let frames = try SnapshotFrames(folder + "/" + id.description)
    let opened = try SnapshotStore(folder, threads: threads).open(id)
    let rowCount = opened.catalog.tables.values.reduce(0) { $0 + $1.rowCount }
    print(
      "\(rowCount) events, \(frames.plainByteCount) bytes of columns and texts;",
      "\(frames.byteCount) bytes in \(frames.files.count) files,",
      "\((Double(frames.byteCount) / Double(rowCount)).shortText) per event;",
      "\(threads) threads")
    var times = [[Duration]](repeating: [], count: 5)
    // In turns, so that noise hits all.
    for _ in 0..<max(rounds, 1) {
      if !onlyLoads {
        // A store of its own knows of no snapshot to link to.
        let other = SnapshotStore(folder + "/written", threads: threads)
        times[0].append(
          try clock.measure { try other.write(catalog: opened.catalog, journalPosition: 0) })
        _ = try other.prune(keeping: 1)
      }
      times[1].append(
        try clock.measure { _ = try SnapshotStore(folder, threads: threads).open(id) })
      if !onlyLoads {
        times[2].append(try clock.measure { try frames.compress(threads: threads) })
        times[3].append(try clock.measure { try frames.decompress(threads: threads) })
        times[4].append(try clock.measure { try frames.load(threads: threads) })
      }
    }
    let best = times.map { $0.min() }
    func line(_ name: String, _ index: Int, against references: [Int]) {
      guard let time = best[index] else { return }
      let rate = Double(frames.plainByteCount) / 1e6 / (time / .seconds(1))
      let ratios = references.compactMap { best[$0] }.map { ($0 / time).shortText }
      print(
        "| \(name) | \(time.milliseconds.shortText) | \(Int(rate))",
        "| \(ratios.joined(separator: " / ")) |")
    }
    print("\n| | ms | MB/s of columns | of LZ4's |\n| --- | ---: | ---: | ---: |")
    line("snapshot written, synced, read back", 0, against: [2])
    line("LZ4 alone, compressing in memory", 2, against: [])
    line("snapshot loaded", 1, against: [4, 3])
    line("LZ4 alone, files to memory that is kept", 4, against: [])
    line("LZ4 alone, memory to a buffer used again", 3, against: [])
  }
}
