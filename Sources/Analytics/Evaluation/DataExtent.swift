import ColumnStore
public import Engine
public import QueryLanguage

/// From when to when there are events, as far as the session sees them.
public struct DataExtent: Sendable, Equatable {
  /// Milliseconds since 1970-01-01 UTC.
  public var first: Int64
  public var last: Int64
  public var count: Int64

  /// `nil` where there are none. Fails as any query does: `undefinedTable` without events.
  public static func read(_ engine: Engine, _ session: Session) throws(QueryError) -> DataExtent? {
    let rows = try engine.answer("SELECT min(ts), max(ts), count(ts) FROM events", in: session).rows
    guard let row = rows.first, row.count == 3, let first = row[0].time, let last = row[1].time,
      case .integer(let count) = row[2]
    else { return nil }
    return DataExtent(first: first, last: last, count: count)
  }
}

extension DataExtent {
  /// When the first event, session or rating was: where all that is kept begins. `nil`: there is nothing.
  public static func beginning(
    _ engine: Engine, _ session: Session
  ) throws(QueryError) -> Int64? {
    var earliest: Int64?
    for source in [MetricSource.events, .sessions, .feedback] {
      guard let column = source.timeColumn,
        session.pinnedColumns(of: source.rawValue)?[column] != nil
      else { continue }
      let rows = try engine.answer(
        "SELECT min(\(column)) FROM \(source.rawValue)", in: session
      ).rows
      guard let time = rows.first?.first?.time else { continue }
      earliest = min(earliest ?? time, time)
    }
    if let gone = try beginningGone(engine, session) { earliest = min(earliest ?? gone, gone) }
    return earliest
  }

  /// The first day whose events are gone and that roll-ups know; `nil`: none are.
  public static func beginningGone(
    _ engine: Engine, _ session: Session
  ) throws(QueryError) -> Int64? {
    guard session.pinnedDaysGone(of: MetricSource.events.rawValue) != nil else { return nil }
    for rollUp in EventRollUp.known(to: session) {
      do throws(QueryError) {
        let rows = try engine.answer("SELECT min(day) FROM \(rollUp.name)", in: session).rows
        if let time = rows.first?.first?.time { return time }
      } catch {
        guard error.code == .insufficientPrivilege else { throw error }
      }
    }
    return nil
  }
}

extension Value {
  /// Milliseconds since 1970: times of tables without a zone are in UTC.
  var time: Int64? {
    switch self {
    case .timestamp(let time), .timestampWithTimeZone(let time): time
    default: nil
    }
  }
}
