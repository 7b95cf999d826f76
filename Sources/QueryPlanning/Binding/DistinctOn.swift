import ColumnStore
import QueryLanguage

/// `SELECT DISTINCT ON (...)`: of the rows that are equal in some columns the first one in order.
struct DistinctOn {
  var syntax: [ExpressionSyntax]
  /// Of the select list, hidden ones included.
  var columns: [Int]

  /// ORDER BY must begin with these columns, or it would not say which row is the first.
  func requireMatch(
    _ sortColumns: [Int], _ order: [OrderItemSyntax], _ environment: Environment
  ) throws(QueryError) {
    let mismatch = { (location: Int) in
      environment.error(
        .invalidColumnReference,
        "SELECT DISTINCT ON expressions must match initial ORDER BY expressions", at: location,
        hint: "begin ORDER BY with what stands in DISTINCT ON")
    }
    var isPast = false
    for column in sortColumns {
      if !columns.contains(column) {
        isPast = true
      } else if isPast, let first = syntax.first {
        throw mismatch(first.location)
      }
    }
    for (column, item) in zip(columns, syntax) where isPast && !sortColumns.contains(column) {
      throw mismatch(item.location)
    }
  }

  func firstOfEach(_ plan: Plan, by order: [SortKey], at location: Int) -> Plan {
    let types = plan.types
    let number = WindowFunction(
      kind: .rowNumber, arguments: [],
      partitionBy: Set(columns).sorted().map { .column($0, types[$0]) }, orderBy: order,
      frame: .standard, type: .integer, location: location)
    let numbered = Plan.window(Window(input: plan, functions: [number]))
    let first = Expression.compare(
      .equal, .column(types.count, .integer), .literal(.integer(1), .integer))
    return .project(
      .filter(numbered, [first]), types.enumerated().map { .column($0.offset, $0.element) })
  }
}
