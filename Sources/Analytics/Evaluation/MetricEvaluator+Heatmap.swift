import ColumnStore
import Engine
public import QueryLanguage

/// What people did by day of the week and hour of the day, on clocks of the range's zone.
public struct Heatmap: Sendable, Equatable {
  /// Seven rows from Monday on, each with 24 hours.
  public var counts = Array(repeating: Array(repeating: Int64(0), count: 24), count: 7)
  /// Distinct people in the same shape, where they were asked for.
  public var people: [[Int64]]?
  public var unavailable: String?
}

extension MetricEvaluator {
  public mutating func heatmap(
    countsPeople: Bool = false
  ) throws(QueryError) -> Heatmap {
    try remembered("heatmap \(countsPeople)", byteCount: 4_096) { evaluator throws(QueryError) in
      try evaluator.computedHeatmap(countsPeople: countsPeople)
    }
  }

  private mutating func computedHeatmap(countsPeople: Bool) throws(QueryError) -> Heatmap {
    var heatmap = Heatmap()
    if countsPeople {
      heatmap.people = Array(repeating: Array(repeating: 0, count: 24), count: 7)
    }
    let people = countsPeople ? ", count(DISTINCT user_id) AS people" : ""
    let sql = """
      SELECT date_part('isodow', {ts}) AS weekday, date_part('hour', {ts}) AS hour,
        count(*) AS events\(people)
      FROM events WHERE ts >= :from AND ts < :to AND \(EventRules.isCountedActivity){filters}
      GROUP BY 1, 2
      """
    let statement: MetricStatement
    do throws(InapplicableFilter) {
      statement = try MetricStatement(
        sql: sql, from: .events, over: question.range.window, [:], context)
    } catch {
      heatmap.unavailable = "the filter \(error.name) does not apply to events"
      return heatmap
    }
    if let reason = context.missing(for: statement.template, from: .events) {
      heatmap.unavailable = reason
      return heatmap
    }
    for row in try execute(statement.template, statement.arguments).rows {
      guard row.count >= 3, let weekday = row[0].number.flatMap({ Int(exactly: $0) }),
        let hour = row[1].number.flatMap({ Int(exactly: $0) }), case .integer(let count) = row[2],
        (1...7).contains(weekday), (0...23).contains(hour)
      else { continue }
      heatmap.counts[weekday - 1][hour] = count
      if row.count > 3 { heatmap.people?[weekday - 1][hour] = row[3].count }
    }
    return heatmap
  }
}
