import ColumnStore
import QueryLanguage

/// Where the values of a select list's set-returning functions are in the row: those that groups
/// are made of below the aggregation, all others above everything else.
struct ExpansionPlaces {
  private var places: [Int: Int] = [:]

  /// Whether the function has taken effect.
  func contains(_ index: Int) -> Bool { places[ExpressionBinder.firstExpansion + index] != nil }

  func placed(_ expression: Expression) -> Expression {
    expression.mapColumns { .column(places[$0] ?? $0, $1) }
  }

  /// The plan expanded by those of the sources that have not taken effect and whose column is wanted.
  mutating func expand(
    _ plan: Plan, _ sources: [Expansion.Source], where isWanted: (_ column: Int) -> Bool
  ) -> Plan {
    let width = plan.types.count
    var chosen: [Expansion.Source] = []
    for (index, source) in sources.enumerated() {
      let column = ExpressionBinder.firstExpansion + index
      guard places[column] == nil, isWanted(column) else { continue }
      places[column] = width + chosen.count
      chosen.append(source)
    }
    return chosen.isEmpty ? plan : .expand(Expansion(input: plan, sources: chosen))
  }
}
