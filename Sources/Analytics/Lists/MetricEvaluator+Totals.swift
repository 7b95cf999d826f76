internal import ColumnStore
internal import Engine
public import QueryLanguage

extension MetricEvaluator {
  /// By time and `dimensions`, which are the list's. Times before names, in order.
  public mutating func totals(
    of what: ListMeasures, by grain: Grain, and dimensions: [String], limit: Int, offset: Int
  ) throws(QueryError) -> ListTotals {
    precondition(dimensions.allSatisfy(what.dimensions.contains), "the list has no such dimension")
    let list = what.list
    let measures = what.measures.map { "\($0.sql) AS \($0.name)_value" }.joined(separator: ",\n  ")
    let names = dimensions.map { ", \($0)" }.joined()
    let keys = (1...(dimensions.count + 1)).map(String.init).joined(separator: ", ")
    let found = try rows(
      """
      SELECT date_trunc('\(grain.rawValue)', {ts}) AS bucket\(names),
        \(measures),
        count(*) OVER () AS groups
      \(list.rows)
      GROUP BY \(keys) ORDER BY \(keys) LIMIT :limit OFFSET :offset
      """, from: list.source,
      list.arguments.merging(["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))]) {
        first, _ in first
      })
    let sums =
      try rows(
        "SELECT \(measures),\n  count(*) AS rows_counted\n\(list.rows)", from: list.source,
        list.arguments
      ).first ?? []
    var totals = ListTotals(rows: [], total: 0, sums: Array(sums.dropLast()))
    for row in found {
      guard row.count == dimensions.count + what.measures.count + 2, let start = row[0].time,
        let groups = row.last
      else { continue }
      totals.total = groups.count
      totals.rows.append(
        ListTotals.Row(
          start: start, names: row[1..<(dimensions.count + 1)].map(\.name),
          measures: Array(row[(dimensions.count + 1)...].dropLast())))
    }
    // Past the end there is no row to say how many there are.
    if found.isEmpty, offset > 0 {
      totals.total =
        try rows(
          """
          SELECT count(*) FROM (SELECT date_trunc('\(grain.rawValue)', {ts}) AS bucket\(names)
          \(list.rows) GROUP BY \(keys)) AS groups
          """, from: list.source, list.arguments
        ).first?.first?.count ?? 0
    }
    return totals
  }
}
