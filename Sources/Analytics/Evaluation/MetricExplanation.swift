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
    try readPrices()
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
    return statement(metric, over: window, question, context)
  }

  /// The same over any window. Statements of metrics that are made of others hold those of these, each with
  /// parameters of its own: both have a `from`.
  private static func statement(
    _ metric: MetricDefinition, over window: TimeWindow, _ question: MetricQuestion,
    _ context: StatementContext
  ) -> MetricStatement? {
    func parts(_ parts: [(MetricDefinition, TimeWindow)], _ sql: ([String]) -> String)
      -> MetricStatement?
    {
      var whole: MetricStatement?
      var texts: [String] = []
      for (index, part) in parts.enumerated() {
        guard var statement = statement(part.0, over: part.1, question, context) else { return nil }
        statement.rename(appending: "_\(index + 1)")
        texts.append(
          "(SELECT \(part.0.column) FROM (\n\(statement.template.sql)) AS part_\(index + 1))")
        if whole == nil {
          whole = statement
        } else {
          whole?.arguments.merge(statement.arguments) { first, _ in first }
        }
      }
      whole?.template.sql = "SELECT \(sql(texts)) AS \(metric.id)"
      return whole
    }
    func quotient(_ texts: [String]) -> String {
      "\(texts[0])::double precision\n/ nullif(\(texts[1]), 0)"
    }
    switch metric.formula {
    case .aggregate, .byType, .statement, .storageCost:
      guard case .success(let statement) = MetricStatement.of(metric, over: window, context)
      else { return nil }
      return statement
    case .quotient(let upper, let lower):
      let metrics = [MetricCatalogue.known(upper), MetricCatalogue.known(lower)]
      return parts(metrics.map { ($0, question.window(of: $0)) }, quotient)
    case .growth(let id):
      let base = MetricCatalogue.known(id)
      guard case .trailing(let days) = base.window,
        let earlier = question.range.compared(window, with: .previous, stepDays: days)
      else { return nil }
      return parts([(base, window), (base, earlier)]) { quotient($0) + " - 1" }
    case .sum(let ids):
      // What these tables cannot have adds nothing.
      let metrics = ids.map(MetricCatalogue.known).filter {
        statement($0, over: window, question, context) != nil
      }
      return parts(metrics.map { ($0, window) }) { texts in
        let sum = texts.map { "coalesce(\($0), 0)" }.joined(separator: "\n+ ")
        return "CASE WHEN coalesce(\(texts.joined(separator: ",\n"))) IS NOT NULL THEN \(sum) END"
      }
    }
  }
}

extension MetricDefinition {
  /// The column of its own statement that has the value.
  var column: String {
    switch formula {
    case .statement, .storageCost: "value"
    case .aggregate, .byType, .quotient, .growth, .sum: id
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
