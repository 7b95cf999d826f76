import AccessControl
import ArgumentParser
import Engine
import Persistence
import SampleData
import SampleTables

extension GenerateCommand {
  func fillTables(in folder: String) throws {
    var dataOptions = try DataOptions.parse([])
    dataOptions.data = folder
    let database = try dataOptions.openForChanges("generate")
    let outcome = Result { try fillTables(of: database, folder) }
    try database.close(after: outcome)
  }

  private func fillTables(of database: Database, _ folder: String) throws {
    let engine = Engine(store: database.store)
    do throws(SampleFillingError) {
      if clear || clearOnly || !clearTable.isEmpty {
        let cleared = try SampleClearing(engine).run(named: Set(clearTable))
        for (table, count) in cleared {
          StandardError.write("took \(Readable.count(Int(count), "row")) out of \(table)\n")
        }
        if cleared.isEmpty { StandardError.write("there was nothing to take out\n") }
      }
      if !clearOnly { try fill(engine, folder) }
    } catch {
      throw CommandFailure("\(error)", hint: error.hint)
    }
  }

  private func fill(_ engine: Engine, _ folder: String) throws(SampleFillingError) {
    let start = ContinuousClock.now
    guard let generator = try? SampleGenerator(options) else { return }
    let line = ProgressLine(title: folder, terminal: .error)
    defer { line.clear() }
    let outcome = try SampleFilling(
      engine, generator, threads: threads ?? CoreCount.available
    ).run(at: UnixTime(milliseconds: DiskEnvironment.systemTime())) {
      line.show(rows: $0.eventCount, part: $0.dayCount, of: $0.days)
    }
    line.clear()
    for (table, count) in outcome.rowCounts {
      StandardError.write("\(table): \(Readable.count(count, "row"))\n")
    }
    let days = generator.options
    StandardError.write(
      """
      filled \(folder) with the days from \(days.start) on, \(Readable.count(days.days, "day")) in all, \
      in \(Readable.duration(.now - start))\n
      """)
  }
}
