internal import ColumnStore
internal import Engine
public import QueryLanguage

/// Lists of events over the range of a question, of the rows that its filters leave.
extension MetricEvaluator {
  /// The newest first.
  public mutating func page(
    of list: EventList, limit: Int, offset: Int
  ) throws(QueryError) -> EventPage {
    let source = "FROM events WHERE ts >= :from AND ts < :to\(list.condition){filters}"
    let rows = try eventRows(
      """
      SELECT \(list.columns.joined(separator: ", "))
      \(source)
      ORDER BY ts DESC, event_id DESC LIMIT :limit OFFSET :offset
      """, ["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))])
    let count = try eventRows("SELECT count(*) \(source)").first?.first?.count ?? 0
    return EventPage(rows: rows, total: count)
  }

  /// By time and `dimensions`, which are the list's. Times before names, in order.
  public mutating func totals(
    of list: EventList, by grain: Grain, and dimensions: [String], limit: Int, offset: Int
  ) throws(QueryError) -> EventTotals {
    precondition(dimensions.allSatisfy(list.dimensions.contains), "the list has no such dimension")
    let source = "FROM events WHERE ts >= :from AND ts < :to\(list.condition){filters}"
    let measures = list.measures.map { "\($0.sql) AS \($0.name)_value" }.joined(separator: ",\n  ")
    let names = dimensions.map { ", \($0)" }.joined()
    let keys = (1...(dimensions.count + 1)).map(String.init).joined(separator: ", ")
    let found = try eventRows(
      """
      SELECT date_trunc('\(grain.rawValue)', {ts}) AS bucket\(names),
        \(measures),
        count(*) OVER () AS groups
      \(source)
      GROUP BY \(keys) ORDER BY \(keys) LIMIT :limit OFFSET :offset
      """, ["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))])
    let sums =
      try eventRows("SELECT \(measures),\n  count(*) AS rows_counted\n\(source)").first ?? []
    var totals = EventTotals(rows: [], total: 0, sums: Array(sums.dropLast()))
    for row in found {
      guard row.count == dimensions.count + list.measures.count + 2, let start = row[0].time,
        let groups = row.last
      else { continue }
      totals.total = groups.count
      totals.rows.append(
        EventTotals.Row(
          start: start,
          names: row[1..<(dimensions.count + 1)].map { value in
            if case .text(let text) = value { text } else { nil }
          }, measures: Array(row[(dimensions.count + 1)...].dropLast())))
    }
    // Past the end there is no row to say how many there are.
    if found.isEmpty, offset > 0 {
      totals.total =
        try eventRows(
          """
          SELECT count(*) FROM (SELECT date_trunc('\(grain.rawValue)', {ts}) AS bucket\(names)
          \(source) GROUP BY \(keys)) AS groups
          """
        ).first?.first?.count ?? 0
    }
    return totals
  }

  /// Any statement over events in the range, with `{filters}` where the conditions on its rows belong.
  mutating func eventRows(
    _ sql: String, _ arguments: [String: Value] = [:]
  ) throws(QueryError) -> [[Value]] {
    let statement: MetricStatement
    do throws(InapplicableFilter) {
      statement = try MetricStatement(
        sql: sql, from: .events, over: question.range.window, arguments, context)
    } catch {
      preconditionFailure("every filter applies to events")
    }
    return try execute(statement.template, statement.arguments).rows
  }
}
