import ColumnStore
import DiskTesting
import EngineTesting
import Persistence
import Synchronization
import Testing

/// A database on a simulated disk, and what can be asked of it.
final class DatabaseHarness: Sendable {
  static let folder = "/data"

  let disk: SimulatedDisk
  let clock = ManualClock()
  /// The clock on the wall, in milliseconds.
  let time = Mutex<Int64>(1_700_000_000_000)
  private let salt = Mutex(SplitMix64(seed: 11))

  private var environment: DiskEnvironment {
    var environment = DiskEnvironment(
      files: disk, now: { [clock] in clock.now },
      random: { [self] in salt.withLock { $0.next() } })
    environment.time = { [self] in time.withLock { $0 } }
    return environment
  }

  init(_ disk: SimulatedDisk = SimulatedDisk()) {
    self.disk = disk
  }

  static var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.patience = .zero
    options.journalFileByteCount = 2_000
    options.recordByteLimit = 4_000
    options.closingByteCount = 3_000
    options.checkpointByteCount = 6_000
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
    // Their bytes depend on how rows are encoded.
    lines += catalog.retentionDrops.map { "dropped \($0.table) \($0.day) \($0.rowCount)" }
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
