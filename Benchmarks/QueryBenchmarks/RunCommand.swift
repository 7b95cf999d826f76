import ArgumentParser
import ColumnStore
import Engine
import Foundation

/// Fills a table, tells what it takes in memory, and runs the suite.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Fill a table with a sample and time each query on it.")

  @OptionGroup var sample: SampleArguments

  @Option(help: "How often each query runs.")
  var runs = 5

  @Option(help: "Threads per query.")
  var threads = 2

  @Option(help: "Run this query alone. May be repeated.")
  var only: [String] = []

  @Option(help: "Write the figures here too, as JSON.")
  var json: String?

  @Flag(help: "Show the answers.")
  var answers = false

  @Flag(help: "Show what each column takes in memory.")
  var memory = false

  func run() throws {
    let store = Store()
    let clock = ContinuousClock()
    let start = clock.now
    let count = try SampleTable(sample.options).load(into: store, threads: threads)
    let filling = clock.now - start
    let footprint = Footprint(store.catalog())
    print(
      "\(count) events in \(filling), \(footprint.bytesPerRow(count).shortText) bytes each: "
        + "\(footprint.tableBytes) in tables, \(footprint.dictionaryBytes) in dictionaries")
    if memory { print(footprint.columns) }

    let engine = Engine(store: store, threads: threads)
    let timer = QueryTimer(engine: engine, options: sample.options, runs: max(runs, 1))
    print("\n" + Measurement.heading)
    var measurements: [Measurement] = []
    for query in QuerySuite().selected(only) + RollingUsers.selected(only) {
      do {
        let measurement = try timer.measure(query)
        print(measurement.line)
        measurements.append(measurement)
        if answers { try show(query, engine) }
      } catch {
        print(query.name.padded(to: 18), "error: \(error)")
      }
    }
    if let ratio = RollingUsers.ratio(measurements) { print(ratio) }
    guard let json else { return }
    let lines = measurements.map(\.json).joined(separator: ",\n")
    let text =
      "{\"events\":\(count),\"threads\":\(threads),\"table_bytes\":\(footprint.tableBytes),"
      + "\"dictionary_bytes\":\(footprint.dictionaryBytes),\"queries\":[\n\(lines)]}\n"
    try text.write(toFile: json, atomically: true, encoding: .utf8)
  }

  private func show(_ query: QuerySuite.Query, _ engine: Engine) throws {
    var session = Session()
    for row in try engine.execute(query.sql, in: &session).rows { print(row) }
  }
}

/// What the tables of a catalog take in memory.
struct Footprint {
  let tableBytes: Int
  let dictionaryBytes: Int
  /// A line per column and encoding.
  let columns: String

  init(_ catalog: Catalog) {
    tableBytes = catalog.tables.values.reduce(0) { $0 + $1.byteCount }
    dictionaryBytes = catalog.dictionaries.values.reduce(0) { $0 + $1.byteCount }
    var lines = catalog.tables.values.flatMap { $0.memory() }.map {
      "\($0.column.padded(to: 20)) \($0.encoding.padded(to: 24)) "
        + "\($0.chunkCount) chunks, \($0.byteCount) bytes, "
        + "\((Double($0.byteCount) / Double(max($0.rowCount, 1))).shortText) per row"
    }
    for (domain, dictionary) in catalog.dictionaries.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "dictionary \(domain): \(dictionary.view.count) entries, \(dictionary.byteCount) bytes")
    }
    columns = lines.joined(separator: "\n")
  }

  func bytesPerRow(_ rowCount: Int) -> Double {
    Double(tableBytes + dictionaryBytes) / Double(max(rowCount, 1))
  }
}
