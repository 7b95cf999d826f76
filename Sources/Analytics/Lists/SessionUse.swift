internal import ColumnStore
internal import QueryLanguage

/// What was done in sessions: counted from the events that name them, whenever these came. The table of
/// sessions has it only where whoever filled it knew it beforehand.
extension MetricEvaluator {
  private static let useCounts: [(name: String, sql: String, nothing: Value)] = [
    ("api_calls", "count(*) FILTER (WHERE \(EventRules.isCall))", .integer(0)),
    ("page_views", "count(*) FILTER (WHERE event_type = 'page_view')", .integer(0)),
    ("requests", "count(*) FILTER (WHERE \(EventRules.isModelRequest))", .integer(0)),
    ("tokens", "coalesce(sum(total_tokens), 0)", .integer(0)),
    ("cost_usd", "sum(cost_usd)", .double(0)),
  ]

  /// The same rows of a list of sessions with what it lacks of them: one statement for all of a page.
  mutating func countingUse(
    in page: RowPage, of list: RowList
  ) throws(QueryError) -> RowPage {
    guard let id = list.place(of: "id"), let login = list.place(of: "login_at") else {
      preconditionFailure("a list of sessions has their names and beginnings")
    }
    let wanted = Self.useCounts.compactMap { count in
      list.place(of: count.name).map { (place: $0, sql: count.sql, nothing: count.nothing) }
    }
    let lacking = page.rows.filter { row in wanted.contains { row[$0.place].isNull } }
    let names = lacking.compactMap { $0[id].name }
    let begins = lacking.compactMap { row -> Int64? in
      switch row[login] {
      case .timestamp(let time), .timestampWithTimeZone(let time): time
      default: nil
      }
    }
    guard !names.isEmpty, let first = begins.min() else { return page }
    let (places, arguments) = Self.list(names)
    // An event is of a session of its own organisation.
    let owners = try rows(
      "SELECT session_id, organization_id FROM sessions WHERE session_id IN \(places)",
      from: .sessions, arguments)
    // Clocks of emitters may be behind by some; what is before the day is of no session.
    let found = try rows(
      """
      SELECT session_id, organization_id, \(wanted.map(\.sql).joined(separator: ", "))
      FROM events WHERE ts >= :from AND ts < :to AND session_id IN \(places)
      GROUP BY session_id, organization_id
      """,
      over: TimeWindow(
        start: first - Calendar.millisecondsPerDay,
        end: max(question.range.now, question.range.window.end)), arguments)
    let known = Set(owners)
    var counted: [Value: [Value]] = [:]
    for row in found where known.contains(Array(row.prefix(2))) {
      counted[row[0]] = Array(row.dropFirst(2))
    }
    var page = page
    for row in page.rows.indices {
      let counts = counted[page.rows[row][id]]
      for (index, column) in wanted.enumerated() where page.rows[row][column.place].isNull {
        page.rows[row][column.place] = counts?[index] ?? column.nothing
      }
    }
    return page
  }
}
