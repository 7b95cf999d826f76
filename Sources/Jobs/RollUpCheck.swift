package import AccessControl
internal import ColumnStore
package import Engine
package import QueryExecution
internal import QueryLanguage
internal import QueryPlanning

/// Compares what roll-ups say of some days with the rows that they are about. Both are asked of one state of
/// the tables, so that they agree to the row or something is wrong.
package struct RollUpCheck: Sendable {
  /// A roll-up with what of it must be equal to what of its table.
  struct Pair: Sendable {
    var rollUp: String
    var measure: String
    var table: String
    var time: String
    var count: String
  }

  static let pairs = [
    Pair(rollUp: "events_daily", measure: "events", table: "events", time: "ts", count: "count(*)"),
    Pair(rollUp: "usage_daily", measure: "events", table: "events", time: "ts", count: "count(*)"),
    Pair(rollUp: "errors_daily", measure: "events", table: "events", time: "ts", count: "count(*)"),
    Pair(
      rollUp: "feedback_daily", measure: "ratings", table: "feedback", time: "ts",
      count: "count(*)"),
    Pair(
      rollUp: "dead_letters_daily", measure: "records", table: "dead_letters", time: "received_at",
      count: "count(*)"),
    Pair(
      rollUp: "ingest_ledger_daily", measure: "received", table: "ingest_ledger",
      time: "received_at", count: "sum(received)"),
  ]

  package static var checked: [String] { pairs.map(\.rollUp) }

  package struct Mismatch: Error, Sendable, Equatable, CustomStringConvertible {
    package var rollUp: String
    package var expected: Int64
    package var found: Int64

    package var description: String {
      "roll-up '\(rollUp)' has \(found) where its rows give \(expected)"
    }
  }

  private let engine: Engine

  package init(_ engine: Engine) { self.engine = engine }

  /// Of the UTC days that the 24 hours up to `now` touch, as roll-ups have whole days. Returns how many rows
  /// were compared.
  package func run(
    lastDayUpTo now: UnixTime, _ cancellation: CancellationToken? = nil
  ) throws -> Int {
    let day = Calendar.millisecondsPerDay
    let end = (Calendar.floorDivide(now.milliseconds, day) + 1) * day
    let start = Calendar.floorDivide(now.milliseconds - day, day) * day
    let parameters: [Value] = [.timestamp(start), .timestamp(end)]
    var session = Session()
    session.access = .unrestricted
    session.cancellation = cancellation
    session = engine.pinned(session)
    var rows: Int64 = 0
    for pair in Self.pairs {
      let expected = try number(
        """
        SELECT coalesce(\(pair.count), 0) FROM \(pair.table) \
        WHERE \(pair.time) >= $1 AND \(pair.time) < $2
        """, parameters, session)
      let found = try number(
        "SELECT coalesce(sum(\(pair.measure)), 0) FROM \(pair.rollUp) WHERE day >= $1 AND day < $2",
        parameters, session)
      guard found == expected else {
        throw Mismatch(rollUp: pair.rollUp, expected: expected, found: found)
      }
      rows += expected
    }
    return Int(clamping: rows)
  }

  private func number(
    _ sql: String, _ parameters: [Value], _ session: Session
  ) throws(QueryError) -> Int64 {
    var session = session
    let row = try engine.execute(sql, parameters: parameters, in: &session).rows.first
    if case .integer(let number)? = row?.first { return number }
    return 0
  }
}
