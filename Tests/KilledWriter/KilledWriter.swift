import ColumnStore
@preconcurrency import Glibc
import Persistence

/// Writes numbered batches to a database on several threads, with checkpoints between them, and says
/// which were acknowledged, until somebody kills it.
///
///     KilledWriter FOLDER FIRST-BATCH PHASES
///
/// `PHASES` is a file of `Phases.byteCount` zeros.
@main struct KilledWriter {
  static let threadCount = 3

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let first = Int(arguments[2]), let phases = Phases(arguments[3])
    else { exit(64) }
    phases.begin(.started)
    var environment = DiskEnvironment.real
    environment.files = WatchedFiles(phases)
    var options = DatabaseOptions()
    options.journalFileByteCount = 16 << 10
    options.recordByteLimit = 64 << 10
    phases.begin(.recovering)
    let database = try Database(
      arguments[1], forChanges: true, options: options, environment: environment)
    phases.end(.recovering)
    if database.store.catalog().tables["batches"] == nil {
      try database.store.createTable(
        TableSchema(
          name: "batches",
          columns: [
            ColumnDefinition(name: "batch", type: .integer),
            ColumnDefinition(name: "part", type: .integer),
          ], partitionColumn: nil))
    }
    inParallel(threadCount + 1, threads: threadCount + 1) { thread in
      do {
        if thread == threadCount {
          while true {
            usleep(7_000)
            try database.checkpoint()
          }
        }
        var batch = first + thread
        while true {
          let rows = rows(of: batch)
          try database.store.append(to: "batches") { try $0.append(rows) }
          say("\(batch)\n")
          batch += threadCount
        }
      } catch {
        say("failed: \(error)\n")
        exit(1)
      }
    }
  }

  /// Some are more than a record takes.
  static func rows(of batch: Int) -> RowBatch {
    let count = batch % 97 == 0 ? 6_000 : 1 + batch % 7
    return RowBatch(
      rowCount: count,
      columns: [
        ColumnValues(storage: .integers((0..<count).map { _ in Int64(batch) })),
        ColumnValues(storage: .integers((0..<count).map { Int64($0) })),
      ])
  }

  private static func say(_ line: String) {
    var line = line
    line.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
