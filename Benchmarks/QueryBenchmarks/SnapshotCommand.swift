import ArgumentParser
import ColumnStore
import Foundation
import Persistence

/// Times writing and reading a snapshot of the sample.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshots", abstract: "Time writing and reading a snapshot of the sample.")

  @OptionGroup var sample: SampleArguments

  @Option(help: "Threads.")
  var threads = 2

  @Option(help: "How often; the best counts.")
  var rounds = 3

  @Argument(help: "A folder for the snapshots, which stay there; new or empty.")
  var folder: String

  func run() throws {
    let store = Store()
    let table = try SampleTable(sample.options)
    let rowCount = try table.load(into: store, threads: threads)
    let catalog = store.catalog()
    let chunkBytes = catalog.tables.values.reduce(0) { sum, table in
      sum + table.memory().reduce(0) { $0 + $1.byteCount }
    }
    let textBytes = catalog.dictionaries.values.reduce(0) { $0 + $1.textByteCount }
    let columnBytes = chunkBytes + textBytes
    print("\(rowCount) events, \(columnBytes) bytes of columns and texts")
    var writing: [Duration] = []
    var reading: [Duration] = []
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      // A store of its own knows of no snapshot to link to.
      let snapshots = SnapshotStore(folder, threads: threads)
      writing.append(
        try clock.measure { try snapshots.write(catalog: catalog, journalPosition: 0) })
      reading.append(try clock.measure { _ = try snapshots.newest() })
    }
    let snapshots = SnapshotStore(folder, threads: threads)
    if let id = try snapshots.ids().last {
      let summary = try snapshots.summary(id)
      print(
        "\(summary.byteCount) bytes in \(summary.fileCount) files,",
        "\(String(format: "%.2f", Double(summary.byteCount) / Double(rowCount))) bytes per event")
    }
    for (name, times) in [("write", writing), ("read", reading)] {
      guard let best = times.min() else { continue }
      let seconds = best / .seconds(1)
      print(
        "\(name): \(String(format: "%.3f", seconds)) s,",
        "\(Int(Double(columnBytes) / seconds / 1e6)) MB/s of columns")
    }
  }
}
