import ColumnStore
import Engine
public import QueryLanguage

/// How far people get through steps, all of them within the range of the question.
extension MetricEvaluator {
  public mutating func funnel(_ funnel: FunnelQuestion) throws(QueryError) -> FunnelAnswer {
    let statement = FunnelStatement(funnel, question.range)
    let rows = try rows(
      "SELECT NULL AS name, \(statement.figures)\nFROM (\n\(statement.chains(by: "user_id"))) AS chains",
      arguments(statement))
    return rows.first.map(statement.answer) ?? statement.none
  }

  /// By what people are now, or by what the event was with which each began for the first time. Those with
  /// most people first.
  public mutating func funnel(
    _ funnel: FunnelQuestion, by dimension: FunnelDimension, limit: Int
  ) throws(QueryError) -> [FunnelAnswer] {
    let statement = FunnelStatement(funnel, question.range)
    let column = dimension.rawValue
    let name =
      dimension.isOfPeople
      ? "" : ", arg_min(\(column), ts) FILTER (WHERE \(statement.first)) AS name"
    let people =
      dimension.isOfPeople
      ? "\nLEFT JOIN (SELECT user_id AS person, \(column) AS name FROM users) AS people ON person = user_id"
      : ""
    return try rows(
      """
      SELECT name, \(statement.figures)
      FROM (
      \(statement.chains(by: "user_id", name))) AS chains\(people)
      WHERE t[1] IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit
      """, arguments(statement, limit: limit)
    ).map(statement.answer)
  }

  /// By course or resource: the steps of one person with one thing are a chain of their own.
  public mutating func completion(
    _ funnel: FunnelQuestion, of subject: CompletionSubject, limit: Int
  ) throws(QueryError) -> CompletionAnswer {
    let statement = FunnelStatement(funnel, question.range)
    let chains = statement.chains(
      by: "\(subject.rawValue), user_id", "", where: " AND \(subject.rawValue) IS NOT NULL")
    let total = try rows(
      """
      SELECT NULL AS name, \(statement.figures), count(DISTINCT thing) FILTER (WHERE t[1] IS NOT NULL)
      FROM (SELECT \(subject.rawValue) AS thing, t, began FROM (
      \(chains)) AS chains) AS things
      """, arguments(statement)
    ).first
    let things = try rows(
      """
      SELECT \(subject.rawValue) AS name, \(statement.figures)
      FROM (
      \(chains)) AS chains WHERE t[1] IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit
      """, arguments(statement, limit: limit))
    return CompletionAnswer(
      total: total.map(statement.answer) ?? statement.none, things: things.map(statement.answer),
      thingCount: total?.last?.count ?? 0)
  }

  private func arguments(_ statement: FunnelStatement, limit: Int? = nil) -> [String: Value] {
    var arguments = statement.arguments
    arguments["still_open"] = context.time(statement.stillOpen, in: .events)
    if let limit { arguments["limit"] = .integer(Int64(limit)) }
    return arguments
  }
}

/// The parts of SQL that a funnel is asked with.
private struct FunnelStatement {
  let stepCount: Int
  let seconds: Int
  /// One for each step.
  let conditions: [String]
  let types: String
  private(set) var arguments: [String: Value] = [:]
  /// Who began after this may still go on.
  let stillOpen: Int64

  init(_ funnel: FunnelQuestion, _ range: ReportRange) {
    stepCount = funnel.steps.count
    seconds = funnel.seconds
    let known = min(range.window.end, max(range.now, range.window.start))
    stillOpen = max(known - Int64(funnel.seconds) * 1_000, MetricQuestion.beginning)
    var arguments: [String: Value] = [:]
    conditions = funnel.steps.enumerated().map { index, step in
      func parameter(_ name: String, _ value: Value) -> String {
        arguments["step_\(index + 1)_\(name)"] = value
        return ":step_\(index + 1)_\(name)"
      }
      var parts = ["event_type = \(parameter("type", .text(step.eventType)))"]
      for condition in step.conditions {
        let names = condition.values.enumerated().map { number, value in
          parameter("\(condition.column)_\(number + 1)", value)
        }
        parts.append("\(condition.column) IN (\(names.joined(separator: ", ")))")
      }
      return parts.joined(separator: " AND ")
    }
    types = (1...funnel.steps.count).map { ":step_\($0)_type" }.joined(separator: ", ")
    self.arguments = arguments
  }

  var first: String { conditions[0] }

  /// When each person took which steps, and when he began for the last time.
  func chains(by keys: String, _ columns: String = "", where condition: String = "") -> String {
    """
      SELECT \(keys)\(columns),
        funnel_times(INTERVAL '\(seconds) seconds', ts, \(conditions.joined(separator: ", "))) AS t,
        max(ts) FILTER (WHERE \(first)) AS began
      FROM events
      WHERE ts >= :from AND ts < :to AND user_id IS NOT NULL AND event_type IN (\(types))\(condition){filters}
      GROUP BY \(keys)
    """
  }

  /// For each step how many took it, and from the second on the median time since the one before.
  var figures: String {
    var columns = (1...stepCount).map { "count(t[\($0)]) AS people_\($0)" }
    columns += (2...stepCount).map {
      "percentile_cont(0.5) WITHIN GROUP (ORDER BY t[\($0)] - t[\($0 - 1)]) AS median_\($0)"
    }
    columns.append(
      "count(*) FILTER (WHERE t[1] IS NOT NULL AND t[\(stepCount)] IS NULL AND began > :still_open) AS open"
    )
    return columns.joined(separator: ",\n  ")
  }

  /// A row of a name and the figures.
  func answer(_ row: [Value]) -> FunnelAnswer {
    guard row.count > 2 * stepCount else { return none }
    var answer = none
    if case .text(let name) = row[0] { answer.name = name }
    for step in 0..<stepCount {
      answer.steps[step].userCount = row[1 + step].count
      if step > 0 { answer.steps[step].medianMilliseconds = row[stepCount + step].number }
    }
    answer.openCount = row[2 * stepCount].count
    return answer
  }

  var none: FunnelAnswer {
    FunnelAnswer(
      name: nil,
      steps: Array(repeating: .init(userCount: 0, medianMilliseconds: nil), count: stepCount),
      openCount: 0)
  }
}
