package import AccessControl
internal import ColumnStore

/// A question to the dead letters, as a statement of SQL: it is answered by the engine, with what the
/// caller may see, like any other.
package struct DeadLetterQuery: Sendable, Equatable {
  package static let table = "dead_letters"
  package static let largestReplayCount = 1_000

  package var reason: String?
  package var recordKind: String?
  package var state: String?
  package var emitter: String?
  /// Of those that the session may see.
  package var organization: String?
  package var from: UnixTime?
  /// The first moment that is not asked for.
  package var to: UnixTime?
  package var limit = 100
  package var offset = 0

  package init() {}

  package static let columns = [
    "dead_letter_id", "received_at", "organization_id", "user_id", "record_kind",
    "client_event_id", "emitter_key_id", "reason_code", "reason_field", "reason", "state",
    "attempts", "replayed_at",
  ]

  package static let sealedColumn = "payload"

  /// The letters without what is in them, the newest first.
  package var list: SQLStatement {
    let conditions = conditions
    return (
      """
      SELECT \(Self.columns.joined(separator: ", ")) FROM dead_letters\(conditions.sql) \
      ORDER BY received_at DESC, dead_letter_id DESC LIMIT \(limit) OFFSET \(offset)
      """, conditions.parameters
    )
  }

  /// How many there are of each reason, whatever limit and offset are; the most frequent first.
  package var counts: SQLStatement {
    let conditions = conditions
    return (
      """
      SELECT reason_code, count(*) AS letters FROM dead_letters\(conditions.sql) \
      GROUP BY reason_code ORDER BY letters DESC, reason_code
      """, conditions.parameters
    )
  }

  /// One letter with the record.
  package static func one(_ id: String) -> SQLStatement {
    var conditions = Conditions()
    conditions.add("dead_letter_id", "=", .text(id))
    return (
      """
      SELECT \((columns + [sealedColumn]).joined(separator: ", ")) FROM dead_letters\(conditions.sql)
      """, conditions.parameters
    )
  }

  /// Names, organisations and times of those that can be replayed, in the order in which they came,
  /// after the one that `cursor` is about. One more than `limit`, where there is one.
  package func replayable(_ codes: [String], after cursor: DeadLetterCursor?) -> SQLStatement {
    var conditions = conditions
    conditions.add("state", "=", .text("waiting"))
    conditions.add("reason_code", among: codes.map { .text($0) })
    if let cursor {
      conditions.add(
        ("received_at", "dead_letter_id"),
        after: (.timestamp(cursor.received.milliseconds), .text(cursor.id)))
    }
    return (
      """
      SELECT dead_letter_id, organization_id, received_at FROM dead_letters\(conditions.sql) \
      ORDER BY received_at, dead_letter_id LIMIT \(limit + 1)
      """, conditions.parameters
    )
  }

  /// The same of letters that are named.
  package static func named(_ ids: [String]) -> SQLStatement {
    var conditions = Conditions()
    conditions.add("dead_letter_id", among: ids.map { .text($0) })
    return (
      """
      SELECT dead_letter_id, organization_id, received_at FROM dead_letters\(conditions.sql) \
      ORDER BY received_at, dead_letter_id
      """, conditions.parameters
    )
  }

  private var conditions: Conditions {
    var conditions = Conditions()
    if let reason { conditions.add("reason_code", "=", .text(reason)) }
    if let recordKind { conditions.add("record_kind", "=", .text(recordKind)) }
    if let state { conditions.add("state", "=", .text(state)) }
    if let organization { conditions.add("organization_id", "=", .text(organization)) }
    if let emitter { conditions.add("emitter_key_id", "=", .text(emitter)) }
    if let from { conditions.add("received_at", ">=", .timestamp(from.milliseconds)) }
    if let to { conditions.add("received_at", "<", .timestamp(to.milliseconds)) }
    return conditions
  }
}

/// The last letter of a part, where the next one begins: `1768478400000:ID`.
package struct DeadLetterCursor: Sendable, Equatable {
  package var received: UnixTime
  package var id: String

  package init(received: UnixTime, id: String) {
    self.received = received
    self.id = id
  }

  /// `nil` for what `text` never gives.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let milliseconds = Int64(parts[0]), !parts[1].isEmpty else {
      return nil
    }
    let years =
      Calendar.days(year: 1, month: 1, day: 1)...Calendar.days(year: 9999, month: 12, day: 31)
    guard years.contains(milliseconds / Calendar.millisecondsPerDay) else { return nil }
    self.init(received: UnixTime(milliseconds: milliseconds), id: String(parts[1]))
  }

  package var text: String { "\(received.milliseconds):\(id)" }
}
