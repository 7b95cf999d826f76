internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Engine
internal import Intake
internal import QueryLanguage

/// Reads from the tables what the counters were before the service started.
enum LiveRestoring {
  struct Rows {
    fileprivate var days: [(organization: OrganizationID?, day: Int64, counts: ActivityCounts)] = []
    fileprivate var seconds:
      [(organization: OrganizationID?, second: Int64, counts: ActivityCounts)] = []
    fileprivate var people: [(organization: OrganizationID?, hash: UInt64, second: Int64)] = []

    func add(to board: inout LiveBoard) {
      for row in days { board.add(row.counts, of: row.organization, day: row.day) }
      for row in seconds { board.add(row.counts, of: row.organization, second: row.second) }
      for row in people { board.note(row.hash, of: row.organization, at: row.second) }
    }
  }

  /// Of this very catalog, whatever is stored meanwhile.
  static func rows(of catalog: Catalog, at now: UnixTime) throws(QueryError) -> Rows {
    let engine = Engine(store: Store(adopting: catalog), cacheByteLimit: 0)
    var session = Session()
    var rows = Rows()
    let second = Calendar.floorDivide(now.milliseconds, 1000)
    let midnight =
      Calendar.floorDivide(now.milliseconds, Calendar.millisecondsPerDay)
      * Calendar.millisecondsPerDay
    let counters = ActivityCounter.allCases.map(\.sql).joined(separator: ", ")
    let days = try engine.execute(
      """
      SELECT organization_id, date_trunc('day', ts), \(counters) FROM events
      WHERE ts >= $1 AND ts < $2 GROUP BY 1, 2
      """,
      parameters: [
        .timestamp(midnight), .timestamp(midnight + 2 * Calendar.millisecondsPerDay),
      ], in: &session)
    days.forEachRow { row in
      rows.days.append(
        (
          organization(row[0]), Calendar.floorDivide(number(row[1]), Calendar.millisecondsPerDay),
          counts(row)
        ))
    }
    let seconds = try engine.execute(
      """
      SELECT organization_id, date_trunc('second', received_at), \(counters) FROM events
      WHERE received_at >= $1 GROUP BY 1, 2
      """,
      parameters: [.timestamp((second - LastMinute.secondCount + 1) * 1000)], in: &session)
    seconds.forEachRow { row in
      rows.seconds.append(
        (organization(row[0]), Calendar.floorDivide(number(row[1]), 1000), counts(row)))
    }
    let people = try engine.execute(
      """
      SELECT organization_id, user_id, max(ts) FROM events
      WHERE ts >= $1 AND \(EventRules.isActivity) GROUP BY 1, 2
      """,
      parameters: [.timestamp((second - ActivePeople.window + 1) * 1000)], in: &session)
    people.forEachRow { row in
      guard let user = text(row[1]) else { return }
      rows.people.append(
        (
          organization(row[0]), ActivityBatch.Person.hash(of: user),
          Calendar.floorDivide(number(row[2]), 1000)
        ))
    }
    return rows
  }

  private static func counts(_ row: [Value]) -> ActivityCounts {
    ActivityCounts(row.dropFirst(2).map(number))
  }

  /// Nobody can ask for one that is no identifier: such rows are counted with all.
  private static func organization(_ value: Value) -> OrganizationID? {
    text(value).flatMap { OrganizationID($0) }
  }

  private static func text(_ value: Value) -> String? {
    if case .text(let text) = value { text } else { nil }
  }

  private static func number(_ value: Value) -> Int64 {
    switch value {
    case .integer(let number), .timestamp(let number), .timestampWithTimeZone(let number): number
    default: 0
    }
  }
}

extension ActivityCounter {
  /// An aggregate over `events`. What metrics share is the metrics' own text.
  package var sql: String {
    switch self {
    case .events: "count(*)"
    case .promptTokens: "coalesce(sum(prompt_tokens), 0)"
    case .completionTokens: "coalesce(sum(completion_tokens), 0)"
    case .totalTokens: "coalesce(sum(total_tokens), 0)"
    case .errors: "count(*) FILTER (WHERE \(EventRules.isError))"
    case .outcomes: "count(*) FILTER (WHERE \(EventRules.hasOutcome))"
    case .chats, .uploads, .ragQueries, .generationsRequested, .generationsSucceeded,
      .generationsFailed, .apiCalls, .pageViews, .signIns:
      "count(*) FILTER (WHERE event_type IN (\(eventTypes.map { "'\($0)'" }.joined(separator: ", "))))"
    }
  }
}
