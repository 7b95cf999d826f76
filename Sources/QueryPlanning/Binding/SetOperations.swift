import ColumnStore
import QueryLanguage

/// UNION, INTERSECT and EXCEPT. Nulls are equal here, as they are to GROUP BY: the distinct forms
/// group the rows of both sides and look at which side each group has rows of.
extension QueryBinder {
  func bindSetOperation(
    _ operation: SetOperation, all: Bool, _ left: SelectSyntax, _ right: SelectSyntax
  ) throws(QueryError) -> BoundQuery {
    let first = try bind(left)
    let second = try bind(right)
    let name = operation.rawValue.uppercased()
    let inputs = try unified(first, second, name, at: right.location)
    var output = BoundQuery(
      plan: .append(inputs.flatMap(\.appended)), columnNames: first.columnNames,
      operatorCount: first.operatorCount + second.operatorCount + 5)
    if all, operation == .union { return output }
    for (type, column) in zip(output.plan.types, first.columnNames) where !type.isComparable {
      throw environment.error(
        .undefinedFunction, "\(name) needs values that can be compared, not \(type.sqlName)",
        at: right.location, hint: "leave out column '\(column)', or use UNION ALL")
    }
    output.plan =
      operation == .union
      ? grouped(output.plan, counting: [])
      : filtered(
        all ? inputs.map { numbered($0, at: right.location) } : inputs,
        keepsCommon: operation == .intersect, at: right.location)
    if all {
      // Without the numbers.
      output.plan = .project(
        output.plan, output.plan.types.dropLast().enumerated().map { .column($0, $1) })
    }
    return output
  }

  /// Both sides with columns of the same types.
  private func unified(
    _ left: BoundQuery, _ right: BoundQuery, _ name: String, at location: Int
  ) throws(QueryError) -> [Plan] {
    let width = left.plan.types.count
    guard right.plan.types.count == width else {
      throw environment.error(
        .syntaxError, "each \(name) query must have the same number of columns", at: location,
        hint: "the first has \(width), this one \(right.plan.types.count)")
    }
    var columns: [[Expression]] = [[], []]
    for index in 0..<width {
      let pair = [left, right].map { $0.plan.openColumn(index, at: location) }
      let both = try environment.unified(pair, construct: name)
      columns[0].append(both[0])
      columns[1].append(both[1])
    }
    return zip([left, right], columns).map { query, columns in
      let isSame = columns.enumerated().allSatisfy { $0.offset == $0.element.columnIndex }
      return isSame ? query.plan : .project(query.plan, columns)
    }
  }

  /// The first of several equal rows gets a 1, the next one a 2: then each is a row of its own, and
  /// ALL keeps as many as both sides, or the first more than the second, have.
  private func numbered(_ plan: Plan, at location: Int) -> Plan {
    .window(
      Window(
        input: plan,
        functions: [
          WindowFunction(
            kind: .rowNumber, arguments: [],
            partitionBy: plan.types.enumerated().map { .column($0, $1) }, orderBy: [],
            frame: .standard, type: .integer, location: location)
        ]))
  }

  private func grouped(_ plan: Plan, counting aggregates: [Aggregate]) -> Plan {
    let keys = plan.types.enumerated().map { Expression.column($0, $1) }
    // What is counted is the last column.
    let kept = aggregates.isEmpty ? keys : Array(keys.dropLast())
    return .aggregate(Aggregation(input: plan, keys: kept, aggregates: aggregates))
  }

  /// The distinct rows that both sides have, or only the first.
  private func filtered(_ inputs: [Plan], keepsCommon: Bool, at location: Int) -> Plan {
    let types = inputs[0].types
    let marked = inputs.enumerated().map { side, input in
      Plan.project(
        input,
        types.enumerated().map { .column($0, $1) } + [.literal(.integer(Int64(side)), .integer)])
    }
    let side = Expression.column(types.count, .integer)
    func extreme(_ function: AggregateFunction) -> Aggregate {
      Aggregate(function: function, arguments: [side], type: .integer, location: location)
    }
    let groups = grouped(.append(marked), counting: [extreme(.minimum), extreme(.maximum)])
    func bound(_ column: Int, is value: Int64) -> Expression {
      .compare(
        .equal, .column(types.count + column, .integer), .literal(.integer(value), .integer))
    }
    let kept = Plan.filter(
      groups, [bound(0, is: 0), bound(1, is: keepsCommon ? 1 : 0)])
    return .project(kept, types.enumerated().map { .column($0, $1) })
  }
}

extension Plan {
  /// The inputs of an append, else the plan itself: unions of unions become one.
  fileprivate var appended: [Plan] {
    if case .append(let inputs) = self { inputs } else { [self] }
  }

  /// A column of the result. What is nothing but NULL or a quoted string still takes any type.
  fileprivate func openColumn(_ index: Int, at location: Int) -> BoundExpression {
    let type = types[index]
    if case .project(_, let expressions) = self, type == .text,
      case .literal(let value, _) = expressions[index]
    {
      return BoundExpression(.literal(value, .null), at: location)
    }
    return BoundExpression(.column(index, type), at: location)
  }
}
