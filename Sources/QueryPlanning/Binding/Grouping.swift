import ColumnStore
import QueryLanguage

/// Rewrites expressions over input rows into expressions over groups: an expression that is a
/// grouping key, and an aggregate, become columns of the aggregation.
struct Grouping {
  private let positions: [Expression: Int]
  private let keyCount: Int
  private let environment: Environment

  init(keys: [Expression], environment: Environment) {
    var positions: [Expression: Int] = [:]
    for (index, key) in keys.enumerated() { positions[key.withoutLocations] = index }
    self.positions = positions
    self.keyCount = keys.count
    self.environment = environment
  }

  func overGroups(
    _ expression: Expression, uses: [Int: (location: Int, name: String)]
  ) throws(QueryError) -> Expression {
    if !positions.isEmpty, let position = positions[expression.withoutLocations] {
      return .column(position, expression.type)
    }
    if case .column(let index, let type) = expression {
      if index >= ExpressionBinder.firstWindow { return expression }
      if index >= ExpressionBinder.firstAggregate {
        return .column(keyCount + index - ExpressionBinder.firstAggregate, type)
      }
      let use = uses[index]
      throw environment.error(
        .groupingError,
        "column '\(use?.name ?? "")' must appear in the GROUP BY clause or be used in an aggregate function",
        at: use?.location ?? 0)
    }
    return try expression.mapOperands { (operand) throws(QueryError) in
      try overGroups(operand, uses: uses)
    }
  }
}

extension Expression {
  var containsAggregate: Bool {
    if case .column(let index, _) = self {
      return (ExpressionBinder.firstAggregate..<ExpressionBinder.firstWindow).contains(index)
    }
    return operands.contains(where: \.containsAggregate)
  }

  var containsExpansion: Bool {
    if case .column(let index, _) = self {
      return ExpressionBinder.expansionColumns.contains(index)
    }
    return operands.contains(where: \.containsExpansion)
  }

  var containsWindow: Bool {
    if case .column(let index, _) = self { return ExpressionBinder.windowColumns.contains(index) }
    return operands.contains(where: \.containsWindow)
  }
}
