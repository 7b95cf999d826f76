import ColumnStore
import QueryPlanning

/// Finds what would make execution read the wrong column or the wrong type: every plan of these
/// tests goes through it.
struct PlanCheck {
  private(set) var problems: [String] = []

  init(_ plan: Plan) { check(plan) }

  private mutating func check(_ plan: Plan) {
    for input in plan.inputs { check(input) }
    let row = plan.inputs.flatMap(\.types)
    switch plan {
    case .scan(let scan):
      let columns = scan.schema.columns.map(\.type)
      if !scan.columns.allSatisfy(columns.indices.contains) { problems.append("scan columns") }
      conditions(scan.filters, over: columns)
    case .values(let rows, let types):
      for values in rows {
        for value in values { check(value, over: []) }
        if values.map(\.type) != types { problems.append("a row is not of the types \(types)") }
      }
    case .filter(_, let conjuncts): conditions(conjuncts, over: row)
    case .project(_, let expressions): for item in expressions { check(item, over: row) }
    case .aggregate(let aggregation):
      for key in aggregation.keys { check(key, over: row) }
      for aggregate in aggregation.aggregates {
        for argument in aggregate.arguments { check(argument, over: row) }
        if let filter = aggregate.filter { conditions([filter], over: row) }
        for key in aggregate.orderBy { check(key.expression, over: row) }
      }
    case .join(let join):
      for key in join.keys {
        check(key.left, over: join.left.types)
        check(key.right, over: join.right.types)
        if key.left.type != key.right.type { problems.append("join key types differ") }
      }
      conditions(join.residual.map { [$0] } ?? [], over: row)
    case .window(let window):
      for function in window.functions {
        _ = function.mapExpressions { expression in
          check(expression, over: row)
          return expression
        }
      }
    case .sort(_, let keys, _): for key in keys { check(key.expression, over: row) }
    case .limit, .shared: break
    case .series(let series):
      for value in [series.start, series.stop, series.step] { check(value, over: []) }
    case .expand(let expansion):
      for value in expansion.sources.flatMap(\.expressions) { check(value, over: row) }
    case .append(let inputs):
      for input in inputs where input.types != plan.types {
        problems.append("appended rows are not all of the types \(plan.types)")
      }
    }
  }

  private mutating func conditions(_ conditions: [Expression], over row: [DataType]) {
    for condition in conditions {
      if condition.type != .boolean { problems.append("condition of type \(condition.type)") }
      check(condition, over: row)
    }
  }

  private mutating func check(_ expression: Expression, over row: [DataType]) {
    for operand in expression.operands { check(operand, over: row) }
    switch expression {
    case .column(let index, let type):
      if !row.indices.contains(index) || row[index] != type {
        problems.append("column \(index) of type \(type) over \(row)")
      }
    case .literal(_, .null): problems.append("a literal without type")
    case .compare(_, let left, let right), .isDistinct(let left, let right):
      if left.type != right.type {
        problems.append("comparison of \(left.type) and \(right.type)")
      }
    case .caseWhen(let branches, let otherwise):
      if !branches.allSatisfy({ $0.result.type == otherwise.type }) {
        problems.append("branches of different types")
      }
    case .coalesce(let operands):
      if Set(operands.map(\.type)).count != 1 { problems.append("coalesce of different types") }
    default: break
    }
  }
}
