import ColumnStore
import Persistence

/// What the commands tell of snapshots.
enum SnapshotText {
  static let heading = cells("snapshot", "time", "tables", "rows", "size", "shared")

  /// One line of the list; the manifest is read.
  static func line(_ id: SnapshotID, _ store: SnapshotStore) -> String {
    do throws(PersistenceError) {
      let summary = try store.summary(id)
      return cells(
        "\(id)", ClockText.timestamp(summary.createdAt / 1_000 * 1_000),
        Readable.grouped(Int64(summary.tableCount)), Readable.grouped(Int64(summary.rowCount)),
        Readable.bytes(summary.byteCount), Readable.bytes(summary.sharedByteCount))
    } catch {
      return "\(id)  \(error)\n"
    }
  }

  private static func cells(
    _ id: String, _ time: String, _ tables: String, _ rows: String, _ size: String,
    _ shared: String
  ) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return id + String(repeating: " ", count: max(0, 12 - id.count)) + time
      + String(repeating: " ", count: max(0, 19 - time.count)) + padded(tables, 8)
      + padded(rows, 15) + padded(size, 10) + padded(shared, 10) + "\n"
  }

  static func text(_ check: SnapshotCheck) -> String {
    var text = "snapshot \(check.id): "
    if let summary = check.summary {
      text += "\(Readable.count(summary.fileCount, "file")), \(Readable.bytes(summary.byteCount)): "
    }
    guard !check.problems.isEmpty else { return text + "whole\n" }
    text += "damaged\n"
    for problem in check.problems { text += "  \(problem)\n" }
    return text
  }

  /// What is safe, and what to do next.
  static func advice(damaged: [SnapshotID], whole: [SnapshotID], checkedAll: Bool) -> String {
    if let newest = whole.last {
      return """
        hint: snapshot \(newest) is whole; 'daybook snapshot restore \(newest) --to FOLDER' makes a \
        new data folder of it

        """
    }
    return checkedAll
      ? "hint: restore a backup, or load the files again\n"
      : "hint: 'daybook snapshot verify --all' says whether an older one is whole\n"
  }

  static func text(_ pruning: SnapshotPruning, isDryRun: Bool) -> String {
    func list(_ ids: [SnapshotID]) -> String { ids.map(\.description).joined(separator: ", ") }
    guard !pruning.removed.isEmpty else { return "nothing to remove: \(list(pruning.kept))\n" }
    return (isDryRun ? "would remove " : "removed ") + list(pruning.removed)
      + (isDryRun ? ", freeing " : ", which freed ") + Readable.bytes(pruning.freedByteCount)
      + "; kept " + list(pruning.kept) + "\n"
  }
}
