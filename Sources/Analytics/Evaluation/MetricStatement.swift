internal import AccessControl
internal import ColumnStore
internal import Pricing

/// SQL that gives values of metrics over one window.
struct MetricStatement: Sendable {
  var template: SQLTemplate
  var arguments: [String: Value]

  /// Of metrics over one source and condition, with a column for each, and for their parts.
  init(
    _ metrics: [MetricDefinition], from source: MetricSource, where condition: String? = nil,
    over window: TimeWindow, _ context: StatementContext
  ) throws(InapplicableFilter) {
    let columns = metrics.flatMap(\.columns).map(TypeCounts.plain).joined(separator: ",\n  ")
    var conditions = source.timeColumn.map { ["\($0) >= :from AND \($0) < :to"] } ?? ["true"]
    if let condition { conditions.append(condition) }
    try self.init(
      sql: "SELECT \(columns)\nFROM \(source.rawValue)\nWHERE "
        + conditions.joined(separator: " AND ") + "{filters}",
      from: source, over: window, [:], context)
  }

  /// Of metrics by the types of events: one count by type, and sums over it.
  init(
    byType metrics: [MetricDefinition], over window: TimeWindow, _ context: StatementContext
  ) throws(InapplicableFilter) {
    let columns = metrics.flatMap(\.columns)
    let people =
      columns.contains(where: TypeCounts.countsPeople) ? ", count(DISTINCT user_id) AS people" : ""
    try self.init(
      sql: """
        SELECT \(columns.map(TypeCounts.grouped).joined(separator: ",\n  "))
        FROM (
          SELECT event_type, count(*) AS events\(people) FROM events
          WHERE ts >= :from AND ts < :to{filters}
          GROUP BY event_type) AS types
        """, from: .events, over: window, [:], context)
  }

  /// Any other, with `{filters}` where the conditions on the source's rows belong.
  init(
    sql: String, from source: MetricSource, over window: TimeWindow,
    _ arguments: [String: Value], _ context: StatementContext
  ) throws(InapplicableFilter) {
    var conditions = try context.filters.conditions(for: source)
    conditions.arguments.merge(arguments) { first, _ in first }
    self.init(
      sql.filling("{filters}", with: conditions.sql), conditions, window, source, context)
  }

  private init(
    _ sql: String, _ conditions: FilterConditions, _ window: TimeWindow, _ source: MetricSource,
    _ context: StatementContext
  ) {
    var sql = sql.filling("{ts}", with: context.instant("ts", of: .events))
    if context.distinct == .approximate {
      sql = sql.replacing("count(DISTINCT user_id)", with: "approx_count_distinct(user_id)")
    }
    template = SQLTemplate(sql)
    let now = context.range.now
    let zone = context.range.zone
    let week = Int64(EventRules.activationDays) * Calendar.millisecondsPerDay
    let anchor = zone.day(of: window.end - 1)
    let times: [String: Int64] = [
      "from": window.start, "to": window.end, "mature": now - week,
      "activated_until": window.end + week,
    ]
    var all = conditions.arguments
    for (name, time) in times { all[name] = context.time(time, in: source) }
    all["days"] = .integer(context.days(in: window))
    all["thirty_days_before"] = .text(anchor.advanced(by: -30).description)
    let used = template.parameters
    arguments = all.filter { used.contains($0.key) }
  }

  var filled: String { template.filled(arguments) }

  /// Why a metric has no statement over these tables with these filters.
  struct Unavailable: Error {
    var text: String
  }

  /// The metric's own statement, which has nothing of others.
  static func of(
    _ metric: MetricDefinition, over window: TimeWindow, _ context: StatementContext
  ) -> Result<MetricStatement, Unavailable> {
    do throws(InapplicableFilter) {
      let statement: MetricStatement
      let source: MetricSource
      switch metric.formula {
      case .aggregate(let table, let condition, _, _, _):
        source = table
        statement = try MetricStatement(
          [metric], from: table, where: condition, over: window, context)
      case .byType:
        source = .events
        statement = try MetricStatement([metric], from: source, over: window, context)
      case .statement(let sql):
        source = .events
        statement = try MetricStatement(sql: sql, from: .events, over: window, [:], context)
      case .storageCost:
        source = .events
        statement = try .storage(StorageStatement.value, over: window, context)
      case .quotient, .growth, .sum: preconditionFailure("\(metric.id) is made of others")
      }
      if let reason = context.missing(for: statement.template, from: source) {
        return .failure(Unavailable(text: reason))
      }
      return .success(statement)
    } catch {
      return .failure(
        Unavailable(text: "the filter \(error.name) does not apply to this metric"))
    }
  }
}

/// What all statements of a question share.
struct StatementContext: Sendable {
  var range: ReportRange
  var filters: MetricFilters
  var distinct: MetricQuestion.Distinct
  /// The types of columns, by table; tables that there are not are missing.
  var tables: [MetricSource: [String: DataType]]
  /// As they were when the tables were what they are; whose rates may be used.
  var prices = PriceBook.empty
  var rateScope = OrganizationScope.only([])

  /// A column of times as instants, whichever way the table has them.
  func instant(_ column: String, of source: MetricSource) -> String {
    instant(column, named: column, of: source)
  }

  /// An expression that has the values of the column with this name.
  func instant(_ expression: String, named column: String, of source: MetricSource) -> String {
    tables[source]?[column] == .timestamp ? "(\(expression) AT TIME ZONE 'UTC')" : expression
  }

  /// The days that a window has a part of, as far as they have begun.
  func days(in window: TimeWindow) -> Int64 {
    let last = max(window.start, min(window.end, max(range.now, window.start + 1)) - 1)
    return range.zone.day(of: last).number - range.zone.day(of: window.start).number + 1
  }

  func time(_ milliseconds: Int64, in source: MetricSource) -> Value {
    let type = source.timeColumn.flatMap { tables[source]?[$0] }
    return type == .timestamp ? .timestamp(milliseconds) : .timestampWithTimeZone(milliseconds)
  }

  /// Why SQL cannot be run over these tables; `nil`: it can.
  func missing(for sql: SQLTemplate, from source: MetricSource) -> String? {
    guard let columns = tables[source] else { return "there is no table \(source.rawValue)" }
    let words = sql.words
    for other in MetricSource.allCases where other != source {
      if words.contains(other.rawValue), tables[other] == nil {
        return "there is no table \(other.rawValue)"
      }
    }
    // In statements of several tables a word may be a column of another one.
    let column = source.asked.sorted().first { words.contains($0) && columns[$0] == nil }
    return column.map { "\(source.rawValue) has no column \($0)" }
  }
}

extension MetricSource {
  /// The columns that the catalogue and filters ask for.
  var asked: Set<String> {
    switch self {
    case .events:
      [
        "ts", "user_id", "organization_id", "event_type", "category", "model", "feature", "status",
        "error_code", "status_code", "duration_ms", "response_time_ms", "endpoint", "country",
        "prompt_tokens", "completion_tokens", "total_tokens", "cost_usd", "gpu_seconds",
        "cpu_seconds", "gpu_utilization", "bytes_delta", "course_id", "resource_type",
        "resource_id", "session_id", "project_id",
      ]
    case .sessions: ["login_at", "total_seconds"]
    case .feedback: ["ts", "stars", "model"]
    case .threats: ["ts", "resolved", "severity", "threat_type"]
    case .resources: ["resource_type", "deleted_at", "member_count", "is_shared"]
    case .users: ["user_id", "role", "status", "domain"]
    }
  }
}
