internal import ColumnStore
internal import Engine
public import QueryLanguage

/// Rows of tables, over the range of a question and of those that its filters leave. Who asks gives only
/// filters that the table knows.
extension MetricEvaluator {
  /// The newest first, or those with the most of a column.
  public mutating func page(
    of list: RowList, by column: String? = nil, limit: Int, offset: Int
  ) throws(QueryError) -> RowPage {
    let page = try storedPage(of: list, by: column, limit: limit, offset: offset)
    return list.source == .sessions ? try countingUse(in: page, of: list) : page
  }

  private mutating func storedPage(
    of list: RowList, by column: String?, limit: Int, offset: Int
  ) throws(QueryError) -> RowPage {
    let found = try rows(
      """
      SELECT \(list.selected(context))
      \(list.rows)
      \(list.order(by: column)) LIMIT :limit OFFSET :offset
      """, from: list.source, over: listed,
      list.arguments.merging(["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))]) {
        first, _ in first
      })
    // What does not fill the page is the end of it all.
    if found.count < limit, offset == 0 || !found.isEmpty {
      return RowPage(rows: found, total: Int64(offset + found.count))
    }
    let count = try rows(
      "SELECT count(*) AS count \(list.rows)", from: list.source, over: listed, list.arguments)
    return RowPage(rows: found, total: count.first?.first?.count ?? 0)
  }

  /// All that is kept, where all is asked for: rows of other tables may be older than the first event.
  var listed: TimeWindow {
    let range = question.range
    return range.preset == .all
      ? TimeWindow(start: MetricQuestion.beginning, end: range.window.end) : range.window
  }

  /// What SQL over one table gives, with `{filters}` where the conditions on its rows belong.
  mutating func rows(
    _ sql: String, from source: MetricSource = .events, over window: TimeWindow? = nil,
    _ arguments: [String: Value] = [:]
  ) throws(QueryError) -> [[Value]] {
    try result(sql, from: source, over: window, arguments).rows
  }

  mutating func result(
    _ sql: String, from source: MetricSource, over window: TimeWindow?,
    _ arguments: [String: Value]
  ) throws(QueryError) -> QueryResult {
    let statement = try statement(sql, from: source, over: window, arguments)
    return try execute(statement.template, statement.arguments)
  }

  func statement(
    _ sql: String, from source: MetricSource = .events, over window: TimeWindow? = nil,
    _ arguments: [String: Value] = [:]
  ) throws(QueryError) -> MetricStatement {
    var context = context
    if !sql.contains("{filters}") { context.filters = MetricFilters() }
    do throws(InapplicableFilter) {
      return try MetricStatement(
        sql: sql, from: source, over: window ?? question.range.window, arguments, context)
    } catch {
      throw QueryError(
        .invalidParameter,
        "the filter \(error.name) does not apply to \(source.rawValue)")
    }
  }

  /// Names as a list in SQL, with their values.
  static func list(_ names: [String]) -> (sql: String, arguments: [String: Value]) {
    var arguments: [String: Value] = [:]
    let places = names.enumerated().map { index, name in
      arguments["name_\(index)"] = .text(name)
      return ":name_\(index)"
    }
    return ("(\(places.joined(separator: ", ")))", arguments)
  }
}

extension Value {
  /// As the name of something; `nil` where it is null.
  var name: String? { if case .text(let text) = self { text } else { nil } }
}
