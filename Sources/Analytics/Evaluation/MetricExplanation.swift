public import QueryLanguage

/// How a metric's value comes about, to be checked by hand.
public struct MetricExplanation: Sendable {
  public let figure: MetricFigure
  /// One statement with all values in it: the shell gives the same number. `nil` where tables or columns
  /// are missing.
  public let sql: String?
  /// The same with named parameters, as the catalogue has it.
  public let template: String?
  /// What the parameters are, spelled as SQL.
  public let arguments: [(name: String, literal: String)]
}

extension MetricEvaluator {
  public mutating func explain(
    _ metric: MetricDefinition, first: Int64?
  ) throws(QueryError) -> MetricExplanation {
    let figure = try figures([metric], first: first)[0]
    let statement = Self.statement(metric, question, context)
    let arguments = (statement?.arguments ?? [:]).sorted { $0.key < $1.key }
    return MetricExplanation(
      figure: figure, sql: statement?.filled, template: statement?.template.sql,
      arguments: arguments.map { ($0.key, SQLTemplate.literal($0.value)) })
  }

  /// One statement for the metric's current window; `nil` where it cannot be run.
  static func statement(
    _ metric: MetricDefinition, _ question: MetricQuestion, _ context: StatementContext
  ) -> MetricStatement? {
    let window = question.window(of: metric)
    func part(_ metric: MetricDefinition, _ window: TimeWindow, _ mark: String) -> MetricStatement?
    {
      guard case .success(var statement) = MetricStatement.of(metric, over: window, context)
      else { return nil }
      // Both parts have a `from` of their own.
      statement.rename(appending: mark)
      return statement
    }
    func quotient(
      _ upper: (MetricDefinition, TimeWindow), _ lower: (MetricDefinition, TimeWindow),
      _ rest: String
    ) -> MetricStatement? {
      guard var first = part(upper.0, upper.1, "_1"), let second = part(lower.0, lower.1, "_2")
      else { return nil }
      first.template.sql = """
        SELECT (SELECT \(upper.0.column) FROM (
        \(first.template.sql)) AS upper)::double precision
        / nullif((SELECT \(lower.0.column) FROM (
        \(second.template.sql)) AS lower), 0)\(rest) AS \(metric.id)
        """
      first.arguments.merge(second.arguments) { first, _ in first }
      return first
    }
    switch metric.formula {
    case .aggregate, .byType, .statement:
      guard case .success(let statement) = MetricStatement.of(metric, over: window, context)
      else { return nil }
      return statement
    case .quotient(let upper, let lower):
      let (upper, lower) = (MetricCatalogue.known(upper), MetricCatalogue.known(lower))
      return quotient(
        (upper, question.window(of: upper)), (lower, question.window(of: lower)), "")
    case .growth(let id):
      let base = MetricCatalogue.known(id)
      guard case .trailing(let days) = base.window,
        let earlier = question.range.compared(window, with: .previous, stepDays: days)
      else { return nil }
      return quotient((base, window), (base, earlier), " - 1")
    }
  }
}

extension MetricDefinition {
  /// The column of its own statement that has the value.
  var column: String {
    switch formula {
    case .statement: "value"
    case .aggregate, .byType, .quotient, .growth: id
    }
  }
}

extension MetricStatement {
  /// Gives each parameter another name.
  fileprivate mutating func rename(appending mark: String) {
    template = template.renamed { $0 + mark }
    arguments = Dictionary(
      arguments.map { ($0.key + mark, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
