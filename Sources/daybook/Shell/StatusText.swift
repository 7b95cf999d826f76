import ColumnStore
import Persistence

/// How a data folder fares, for people: `\\status`.
enum StatusText {
  static func text(_ health: DatabaseHealth) -> String {
    var lines = [("folder", health.folder), ("state", state(health))]
    if let failure = health.failure {
      lines.append(("since", "\(time(failure.time)): \(failure.error)"))
    }
    lines.append(("durability", health.durability.rawValue))
    lines.append(("journal", journal(health)))
    lines.append(("snapshot", snapshot(health)))
    if let failure = health.checkpointFailure {
      lines.append(
        (
          "failed",
          "\(Readable.count(health.checkpointFailureCount, "snapshot")), the last at "
            + "\(time(failure.time)): \(failure.error)"
        ))
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, text in
      name + String(repeating: " ", count: width + 2 - name.count) + text + "\n"
    }.joined()
  }

  private static func state(_ health: DatabaseHealth) -> String {
    switch health.state {
    case .reading: "reading; the first change locks the folder"
    case .open: "open for changes"
    case .readOnly: "read only: restart once the disk is well; what was acknowledged is kept"
    case .closed: "closed"
    }
  }

  private static func journal(_ health: DatabaseHealth) -> String {
    var text = "change \(health.journalPosition)"
    if let durable = health.durablePosition, durable < health.journalPosition {
      text += ", on disk up to \(durable)"
    }
    return text + "; \(Readable.bytes(health.journalByteCount)) that no snapshot has"
  }

  private static func snapshot(_ health: DatabaseHealth) -> String {
    guard let id = health.snapshot else { return "none; CHECKPOINT writes one" }
    return "\(id), up to change \(health.snapshotPosition)"
      + (health.snapshotTime.map { ", written \(time($0))" } ?? "")
      + (health.snapshotAge.map { ", \(Readable.duration($0)) ago" } ?? "")
  }

  private static func time(_ milliseconds: Int64) -> String {
    ClockText.instant(milliseconds, in: .utc)
  }
}
