import ColumnStore
import DiskTesting
import EngineTesting
import Persistence
import Synchronization
import Testing

/// A database on a simulated disk, and what can be asked of it.
struct DatabaseHarness {
  static let folder = "/data"

  let disk: SimulatedDisk
  private let environment: DiskEnvironment

  init(_ disk: SimulatedDisk = SimulatedDisk()) {
    self.disk = disk
    let clock = ManualClock()
    let salt = Mutex(SplitMix64(seed: 11))
    environment = DiskEnvironment(
      files: disk, now: { clock.now }, random: { salt.withLock { $0.next() } })
  }

  static var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.patience = .zero
    options.journalFileByteCount = 2_000
    options.recordByteLimit = 4_000
    options.closingByteCount = 3_000
    return options
  }

  func open(
    forChanges: Bool = true, options: DatabaseOptions = DatabaseHarness.options
  ) throws(PersistenceError) -> Database {
    try Database(
      Self.folder, forChanges: forChanges, options: options, environment: environment)
  }
}

/// All that one can see of a catalog, in words: rows in their order, by partition.
struct CatalogImage: Equatable, CustomStringConvertible {
  let description: String

  init(_ catalog: Catalog) throws {
    var lines = catalog.declaredDomains.sorted().map { "domain \($0)" }
    lines += catalog.views.values.sorted { $0.name < $1.name }.map {
      "view \($0.name) \($0.definition)"
    }
    for table in catalog.tables.values.sorted(by: { $0.schema.name < $1.schema.name }) {
      lines.append("table \(table.schema)")
      for partition in table.partitions {
        lines.append("  \(partition.key)")
        for segment in partition.segments {
          let columns = try segment.chunks.map { try $0.values() }
          for row in 0..<segment.rowCount where segment.live?[row] ?? true {
            lines.append("    " + columns.map { "\($0[row])" }.joined(separator: " "))
          }
        }
      }
    }
    description = lines.joined(separator: "\n")
  }
}
