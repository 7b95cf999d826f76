import ColumnStore
@preconcurrency import Glibc
import Persistence

/// Writes numbered batches to a database on several threads, with checkpoints between them, and says
/// which were acknowledged, until somebody kills it.
///
///     KilledWriter FOLDER FIRST-BATCH
@main struct KilledWriter {
  static let threadCount = 3

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let first = Int(arguments[2]) else { exit(64) }
    var options = DatabaseOptions()
    options.journalFileByteCount = 16 << 10
    options.recordByteLimit = 64 << 10
    let database = try Database(arguments[1], forChanges: true, options: options)
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
