import ColumnStore
import Engine
public import QueryLanguage

extension MetricEvaluator {
  /// Metrics of each person with events in the range or the period before it: one pass for all people, not
  /// one for each. The metrics are counted over events.
  ///
  /// `first` is when data begin: what is compared with must not lie before.
  public mutating func figuresByPerson(
    _ metrics: [MetricDefinition], first: Int64?
  ) throws(QueryError) -> [(user: String, lines: [WeeklyReport.Line])] {
    var current: [String: [String: Double]] = [:]
    var previous: [String: [String: Double]] = [:]
    let window = question.range.window
    try people(metrics, over: window, &current)
    let zone = question.range.zone
    if let first, let earlier = question.range.compared(window, with: .previous),
      earlier.start >= zone.start(of: zone.day(of: first))
    {
      try people(metrics, over: earlier, &previous)
    }
    let users = Set(current.keys).union(previous.keys).sorted()
    return users.map { user in
      (
        user,
        metrics.map {
          WeeklyReport.Line($0, current[user]?[$0.id], previous[user]?[$0.id])
        }
      )
    }
  }

  private mutating func people(
    _ metrics: [MetricDefinition], over window: TimeWindow,
    _ values: inout [String: [String: Double]]
  ) throws(QueryError) {
    var passes: [String: [MetricDefinition]] = [:]
    for metric in metrics {
      switch metric.formula {
      case .aggregate(.events, let condition, _, _, _):
        passes[condition ?? "", default: []].append(metric)
      case .byType: passes["", default: []].append(metric)
      case .aggregate, .statement, .quotient, .growth, .sum, .storageCost:
        preconditionFailure("\(metric.id) is not counted over events")
      }
    }
    for (condition, metrics) in passes.sorted(by: { $0.key < $1.key }) {
      let columns = metrics.flatMap { $0.columns.prefix(1) }.map(TypeCounts.plain)
      let statement: MetricStatement
      do throws(InapplicableFilter) {
        statement = try MetricStatement(
          sql: """
            SELECT user_id, \(columns.joined(separator: ",\n  ")) FROM events
            WHERE ts >= :from AND ts < :to AND user_id IS NOT NULL\
            \(condition.isEmpty ? "" : " AND \(condition)"){filters}
            GROUP BY user_id
            """, from: .events, over: window, [:], context)
      } catch {
        preconditionFailure("every filter applies to events")
      }
      for row in try execute(statement.template, statement.arguments).rows {
        guard case .text(let user)? = row.first, row.count == metrics.count + 1 else { continue }
        for (metric, value) in zip(metrics, row.dropFirst()) {
          values[user, default: [:]][metric.id] = value.number
        }
      }
    }
  }
}
