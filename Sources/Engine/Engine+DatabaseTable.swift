import ColumnStore
import Persistence

extension Engine {
  func dropRow(_ drop: RetentionDrop) -> [Value] {
    [
      .text(drop.table), .date(drop.day), .count(drop.rowCount), .count(drop.byteCount),
      .timestampWithTimeZone(drop.droppedAt),
    ]
  }

  /// `system.database`.
  var databaseRow: [Value] {
    guard let health = health?() else {
      return [.null, .text("memory")] + Array(repeating: .null, count: 14)
    }
    func time(_ time: Int64?) -> Value { time.map(Value.timestampWithTimeZone) ?? .null }
    func count(_ number: UInt64?) -> Value { number.map { .integer(Int64(clamping: $0)) } ?? .null }
    func text(_ text: String?) -> Value { text.map(Value.text) ?? .null }
    return [
      .text(health.folder), .text(health.state.rawValue),
      text(health.failure.map { "\($0.error)" }), text(health.failure?.file),
      time(health.failure?.time), .text(health.durability.rawValue),
      count(health.journalPosition), count(health.durablePosition),
      .count(health.journalByteCount), text(health.snapshot?.description),
      count(health.snapshotPosition), time(health.snapshotTime),
      health.snapshotAge.map { .double($0 / .seconds(1)) } ?? .null,
      .count(health.checkpointFailureCount),
      text(health.checkpointFailure.map { "\($0.error)" }), time(health.checkpointFailure?.time),
    ]
  }
}
