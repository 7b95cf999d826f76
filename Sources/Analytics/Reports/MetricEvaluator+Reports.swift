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
    // By the values of the column, which are equal if their bytes are, as names of people must be.
    var current: [Value: [String: Double]] = [:]
    var previous: [Value: [String: Double]] = [:]
    let window = question.range.window
    try people(metrics, over: window, &current)
    let zone = question.range.zone
    if let first, let earlier = question.range.compared(window, with: .previous),
      earlier.start >= zone.start(of: zone.day(of: first))
    {
      try people(metrics, over: earlier, &previous)
    }
    var people: [(user: String, lines: [WeeklyReport.Line])] = []
    for key in Set(current.keys).union(previous.keys) {
      guard case .text(let user) = key else { continue }
      let lines = metrics.map { WeeklyReport.Line($0, current[key]?[$0.id], previous[key]?[$0.id]) }
      people.append((user, lines))
    }
    return people.sorted { $0.user.utf8.lexicographicallyPrecedes($1.user.utf8) }
  }

  private mutating func people(
    _ metrics: [MetricDefinition], over window: TimeWindow,
    _ values: inout [Value: [String: Double]]
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
        guard let user = row.first, row.count == metrics.count + 1 else { continue }
        for (metric, value) in zip(metrics, row.dropFirst()) {
          values[user, default: [:]][metric.id] = value.number
        }
      }
    }
  }
}
