internal import AccessControl
internal import ColumnStore
public import Engine
public import Pricing
public import QueryExecution
public import QueryLanguage
internal import QueryPlanning

/// Computes metrics: all that share a source and a window in one statement, all statements on one state of
/// the tables.
public struct MetricEvaluator: Sendable {
  public let engine: Engine
  /// Pinned, in the zone of the range.
  public let session: Session
  public let question: MetricQuestion
  private(set) var context: StatementContext
  /// Given in place of those of the tables.
  private let givenPrices: PriceBook?
  /// What is estimated, and what every statement read: for the receipt.
  public internal(set) var trace = EvaluationTrace()

  /// Stops all statements of the question.
  private let cancellation: CancellationToken?

  /// `session` may be pinned already; otherwise it is now. `prices` stand in place of those that the tables
  /// have.
  public init(
    _ engine: Engine, session: Session, _ question: MetricQuestion, prices: PriceBook? = nil,
    cancellation: CancellationToken? = nil
  ) {
    self.engine = engine
    givenPrices = prices
    self.cancellation = cancellation
    var session = session.pinnedSequenceNumber == nil ? engine.pinned(session) : session
    session.timeZone = question.range.zone.name
    self.session = session
    self.question = question
    context = StatementContext(
      range: question.range, filters: question.filters, distinct: question.distinct,
      tables: session.metricTables)
    context.rateScope = session.access.rows.organizations
  }

  /// The prices that costs are worked out with.
  public var prices: PriceBook { context.prices }

  /// Before a statement is made that has rates in it.
  mutating func readPrices() throws(QueryError) {
    if let givenPrices {
      context.prices = givenPrices
    } else if let table = session.pinnedTable(PriceTable.name) {
      // Known until somebody sets another one.
      context.prices = try engine.remembered(
        PriceTable.name, from: [PriceTable.name], in: session, byteCount: 256 * table.rowCount
      ) { () throws(QueryError) in
        do throws(DamagedChunk) {
          return try PriceTable.read(table)
        } catch {
          throw QueryError(.dataCorrupted, "the prices cannot be read: \(error.reason)")
        }
      }
    }
  }

  /// The figures of metrics, in their order. `first` is when data begin: periods before it are not
  /// compared with.
  public mutating func figures(
    _ metrics: [MetricDefinition], first: Int64?
  ) throws(QueryError) -> [MetricFigure] {
    let name = "figures \(metrics.map(\.id)) \(first.map(String.init) ?? "")"
    return try remembered(name, byteCount: metrics.count * 512) {
      evaluator throws(QueryError) in try evaluator.computedFigures(metrics, first: first)
    }
  }

  private mutating func computedFigures(
    _ metrics: [MetricDefinition], first: Int64?
  ) throws(QueryError) -> [MetricFigure] {
    try readPrices()
    var needs: [Leaf] = []
    for metric in metrics {
      needs += leaves(of: metric, over: question.window(of: metric))
      if let window = comparedWindow(metric, first) {
        needs += leaves(of: metric, over: window, isCompared: true)
      }
    }
    let found = try values(of: needs)
    return metrics.map { metric in
      let window = question.window(of: metric)
      func lost(_ leaves: [Leaf]) -> String? { leaves.compactMap { found.gone[$0] }.first }
      let needed = leaves(of: metric, over: window)
      let gone = lost(needed)
      let isKnown = gone == nil && isCovered(metric, over: window, first)
      var figure = MetricFigure(
        metric: metric,
        current: isKnown
          ? value(metric, window, false, found.values) : MetricValue(window: window))
      figure.isRunning = question.range.isRunning(window)
      figure.unavailable =
        found.unavailable[metric.id] ?? unavailable(metric, found.unavailable) ?? gone
      if let reason = figure.unavailable, let kept = keptFrom(metric.source),
        figure.current.window.start < kept
      {
        trace.noteMissing(metric.id, reason, keptFrom: kept)
      } else if let kept = keptFrom(.events), needed.contains(where: \.isOfStorage) {
        trace.noteMissing(metric.id, Self.storageBefore(kept), keptFrom: kept)
      }
      if let window = comparedWindow(metric, first),
        isCovered(metric, over: window, isCompared: true, first),
        lost(leaves(of: metric, over: window, isCompared: true)) == nil
      {
        figure.previous = value(metric, window, true, found.values)
      }
      return figure
    }
  }

  /// What `compute` makes of statements of this evaluator, or made of them when this question was asked
  /// before and no table of metrics has changed since. `part` names it among all that is asked.
  mutating func remembered<Kept: Sendable>(
    _ part: String, byteCount: Int,
    _ compute: (inout MetricEvaluator) throws(QueryError) -> Kept
  ) throws(QueryError) -> Kept {
    let tables = Set(MetricSource.allCases.map(\.rawValue) + [PriceTable.name])
    var evaluator = self
    evaluator.trace = EvaluationTrace()
    let (kept, added) = try engine.remembered(
      part + " " + question.name, from: tables, in: session, byteCount: byteCount
    ) { () throws(QueryError) in
      let kept = try compute(&evaluator)
      return (kept, evaluator.trace)
    }
    trace.add(added)
    return kept
  }

  // MARK: - Windows

  /// A metric that is computed by SQL, and the window over which.
  struct Leaf: Hashable {
    var id: String
    var window: TimeWindow

    /// Whether it depends on all that was stored before its window.
    var isOfStorage: Bool {
      if case .storageCost = MetricCatalogue.known(id).formula { true } else { false }
    }
  }

  /// A period that the data cover in part would look like growth.
  private func comparedWindow(_ metric: MetricDefinition, _ first: Int64?) -> TimeWindow? {
    guard let window = question.compared(question.window(of: metric), of: metric), let first
    else { return nil }
    let begin = metric.window == .lifetime ? window.end - 1 : window.start
    return begin >= question.range.zone.start(of: question.range.zone.day(of: first))
      ? window : nil
  }

  /// Whether the data reach back as far as a rate of growth does, which looks at the period before its own.
  private func isCovered(
    _ metric: MetricDefinition, over window: TimeWindow, isCompared: Bool = false, _ first: Int64?
  ) -> Bool {
    guard case .growth = metric.formula, let first,
      let (_, _, _, earlier) = parts(metric, over: window, isCompared: isCompared)
    else { return true }
    return earlier.start >= question.range.zone.start(of: question.range.zone.day(of: first))
  }

  /// The windows of the two metrics that another one is made of.
  private func parts(
    _ metric: MetricDefinition, over window: TimeWindow, isCompared: Bool
  ) -> (MetricDefinition, TimeWindow, MetricDefinition, TimeWindow)? {
    switch metric.formula {
    case .aggregate, .byType, .statement, .sum, .storageCost: return nil
    case .quotient(let numerator, let denominator):
      let (upper, lower) = (
        MetricCatalogue.known(numerator), MetricCatalogue.known(denominator)
      )
      let windows = (question.window(of: upper), question.window(of: lower))
      guard isCompared else { return (upper, windows.0, lower, windows.1) }
      func back(_ window: TimeWindow) -> TimeWindow {
        question.range.compared(window, with: question.comparison, stepDays: metric.stepDays)
          ?? window
      }
      return (upper, back(windows.0), lower, back(windows.1))
    case .growth(let id):
      let metric = MetricCatalogue.known(id)
      guard case .trailing(let days) = metric.window else {
        preconditionFailure("\(id) has no length of its own")
      }
      let earlier =
        question.range.compared(window, with: .previous, stepDays: days) ?? window
      return (metric, window, metric, earlier)
    }
  }

  private func leaves(
    of metric: MetricDefinition, over window: TimeWindow, isCompared: Bool = false
  ) -> [Leaf] {
    if case .sum(let ids) = metric.formula {
      return ids.map { Leaf(id: $0, window: window) }
    }
    guard let (upper, first, lower, second) = parts(metric, over: window, isCompared: isCompared)
    else { return [Leaf(id: metric.id, window: window)] }
    return leaves(of: upper, over: first) + leaves(of: lower, over: second)
  }

  private func value(
    _ metric: MetricDefinition, _ window: TimeWindow, _ isCompared: Bool,
    _ values: [Leaf: MetricValue]
  ) -> MetricValue {
    if case .sum(let ids) = metric.formula {
      let parts = ids.map { values[Leaf(id: $0, window: window)]?.value }
      return MetricValue(window: window, value: MetricDefinition.sum(parts))
    }
    guard let (upper, first, lower, second) = parts(metric, over: window, isCompared: isCompared)
    else {
      return values[Leaf(id: metric.id, window: window)]
        ?? MetricValue(window: window)
    }
    let numerator = value(upper, first, false, values).value
    let denominator = value(lower, second, false, values).value
    var result = MetricValue(
      window: window, value: nil, numerator: numerator, denominator: denominator)
    if let numerator, let denominator, denominator != 0 {
      result.value = numerator / denominator
      if case .growth = metric.formula { result.value = (numerator - denominator) / denominator }
    }
    return result
  }

  private func unavailable(
    _ metric: MetricDefinition, _ reasons: [String: String]
  ) -> String? {
    func reason(_ id: String) -> String? {
      reasons[id] ?? unavailable(MetricCatalogue.known(id), reasons)
    }
    switch metric.formula {
    case .aggregate, .byType, .statement, .storageCost: return nil
    case .quotient(let numerator, let denominator): return reason(numerator) ?? reason(denominator)
    case .growth(let id): return reason(id)
    case .sum(let ids):
      let missing = ids.compactMap(reason)
      return missing.count == ids.count ? missing.first : nil
    }
  }

  // MARK: - Statements

  /// What metrics share that are one statement.
  private struct Pass: Hashable {
    var source: MetricSource
    var window: TimeWindow
    var condition: String?
    var isByType = false
  }

  private mutating func values(
    of leaves: [Leaf]
  ) throws(QueryError) -> (
    values: [Leaf: MetricValue], unavailable: [String: String], gone: [Leaf: String]
  ) {
    var passes: [(pass: Pass, metrics: [MetricDefinition])] = []
    var places: [Pass: Int] = [:]
    /// What is asked, each with the metrics that it gives.
    var statements: [MetricStatement] = []
    var answered: [(metrics: [MetricDefinition], window: TimeWindow)] = []
    var values: [Leaf: MetricValue] = [:]
    var unavailable: [String: String] = [:]
    var known: Set<Leaf> = []
    var gone: [Leaf: String] = [:]
    for leaf in leaves where known.insert(leaf).inserted && unavailable[leaf.id] == nil {
      let metric = MetricCatalogue.known(leaf.id)
      switch MetricStatement.of(metric, over: leaf.window, context) {
      case .failure(let reason): unavailable[leaf.id] = reason.text
      case .success(let statement):
        if let kept = goneUntil(leaf.window, of: metric.source), !metric.isOfKeptRows {
          switch try rolledUp(metric, over: leaf.window) {
          case .failure(let reason): gone[leaf] = Self.text(reason, keptFrom: kept)
          case .success(let row): values[leaf] = Self.value(of: metric, row, leaf.window)
          }
          continue
        }
        var pass = Pass(source: metric.source, window: leaf.window)
        switch metric.formula {
        case .statement, .storageCost, .quotient, .growth, .sum:
          statements.append(statement)
          answered.append(([metric], leaf.window))
          continue
        case .aggregate(_, let condition, _, _, _): pass.condition = condition
        case .byType: pass.isByType = true
        }
        if let place = places[pass] {
          passes[place].metrics.append(metric)
        } else {
          places[pass] = passes.count
          passes.append((pass, [metric]))
        }
      }
    }
    for (pass, metrics) in passes {
      statements.append(statement(of: pass, metrics))
      answered.append((metrics, pass.window))
    }
    for (result, (metrics, window)) in zip(try answers(statements), answered) {
      let names = result.columns.map(\.name)
      let row = result.rows.first.map { row in
        Dictionary(zip(names, row)) { first, _ in first }
      }
      for metric in metrics {
        values[Leaf(id: metric.id, window: window)] = Self.value(of: metric, row ?? [:], window)
      }
    }
    return (values, unavailable, gone)
  }

  private func statement(of pass: Pass, _ metrics: [MetricDefinition]) -> MetricStatement {
    do throws(InapplicableFilter) {
      guard !pass.isByType else {
        return try MetricStatement(byType: metrics, over: pass.window, context)
      }
      return try MetricStatement(
        metrics, from: pass.source, where: pass.condition, over: pass.window, context)
    } catch {
      preconditionFailure("each of the metrics has a statement of its own")
    }
  }

  /// The answers of statements, in their order.
  mutating func answers(_ statements: [MetricStatement]) throws(QueryError) -> [QueryResult] {
    let results = try engine.answers(
      statements.map { $0.template.bound($0.arguments) }, in: session, cancellation: cancellation)
    for result in results { trace.note(result) }
    return results
  }

  /// Any statement over the same tables.
  mutating func execute(
    _ template: SQLTemplate, _ arguments: [String: Value]
  ) throws(QueryError) -> QueryResult {
    let (sql, parameters) = template.bound(arguments)
    let result = try engine.answer(
      sql, parameters: parameters, in: session, cancellation: cancellation)
    trace.note(result)
    return result
  }

  /// The row of a statement over roll-ups and events, by the names of a statement over events alone.
  private mutating func rolledUp(
    _ metric: MetricDefinition, over window: TimeWindow
  ) throws(QueryError) -> Result<[String: Value], NotRolledUp> {
    guard metric.source == .events, let expressions = metric.rolledUpExpressions else {
      return .failure(NotRolledUp(text: "single rows, which no roll-up keeps"))
    }
    switch try rolledUp(expressions.map(\.sql), where: metric.rowCondition, over: window) {
    case .failure(let reason): return .failure(reason)
    case .success(let rows):
      return .success(
        Dictionary(zip(expressions.map(\.name), rows.first ?? [])) { first, _ in first })
    }
  }

  private static func value(
    of metric: MetricDefinition, _ row: [String: Value], _ window: TimeWindow
  ) -> MetricValue {
    let names =
      switch metric.formula {
      case .statement, .storageCost: ("value", "numerator", "denominator")
      case .aggregate, .byType, .quotient, .growth, .sum:
        (metric.id, metric.id + "_numerator", metric.id + "_denominator")
      }
    return MetricValue(
      window: window, value: row[names.0]?.number, numerator: row[names.1]?.number,
      denominator: row[names.2]?.number)
  }
}

extension Value {
  /// As a measure: `nil` where it is null or no number.
  var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .double(let number): number.isFinite ? number : nil
    default: nil
    }
  }
}

extension Session {
  /// The tables that metrics are about, as far as they are there.
  var metricTables: [MetricSource: [String: DataType]] {
    var tables: [MetricSource: [String: DataType]] = [:]
    for source in MetricSource.allCases { tables[source] = pinnedColumns(of: source.rawValue) }
    return tables
  }
}
