import ColumnStore
import QueryLanguage

/// A sub-query of an expression as what it becomes: a join with the rows of the query around it.
///
/// Until it is joined its columns go by numbers of their own, from `first` on.
struct SubqueryJoin {
  var kind: Join.Kind
  var plan: Plan
  /// Over columns of the query around it and the sub-query's own numbers.
  var condition: Expression?
  var first: Int
  var location: Int
  /// Where the condition's columns were written.
  var columnUses: [Int: (location: Int, name: String)] = [:]
  var operatorCount = 0

  private var numbers: Range<Int> { first..<first + plan.types.count }

  func column(_ index: Int) -> Expression { .column(first + index, plan.types[index]) }

  func isRead(by expressions: [Expression]) -> Bool {
    expressions.contains { !$0.columns.isDisjoint(with: numbers) }
  }

  func isRead(by aggregate: Aggregate) -> Bool {
    isRead(
      by: aggregate.arguments + (aggregate.filter.map { [$0] } ?? [])
        + aggregate.orderBy.map(\.expression))
  }
}

/// Where the columns of joined sub-queries are in the row.
struct SubqueryPlaces {
  private var places: [Int: Int] = [:]

  func placed(_ expression: Expression) -> Expression {
    expression.mapColumns { .column(places[$0] ?? $0, $1) }
  }

  /// The plan joined with the sub-queries. `translate` gives an expression over the row of the
  /// query block as one over the plan's.
  mutating func join(
    _ subqueries: [SubqueryJoin], to plan: Plan,
    translating translate: (
      Expression, [Int: (location: Int, name: String)]
    ) throws(QueryError) -> Expression
  ) throws(QueryError) -> Plan {
    var plan = plan
    for subquery in subqueries {
      let width = plan.types.count
      for index in subquery.plan.types.indices { places[subquery.first + index] = width + index }
      var residual: Expression?
      if let condition = subquery.condition {
        residual = placed(try translate(condition, subquery.columnUses))
      }
      plan = .join(
        Join(
          kind: subquery.kind, left: plan, right: subquery.plan, keys: [], residual: residual,
          location: subquery.location))
    }
    return plan
  }
}

extension ExpressionSyntax {
  /// The operands of a conjunction, nested ones included.
  var conjuncts: [ExpressionSyntax] {
    if case .and(let operands) = kind { operands.flatMap(\.conjuncts) } else { [self] }
  }
}
