import ColumnStore
import QueryLanguage

/// Joins that keep rows of the right side.
extension QueryBinder {
  /// `a RIGHT JOIN b` is `b LEFT JOIN a` with the columns in the order in which they were written.
  func leftJoin(swapping bound: BoundRelation) -> BoundRelation {
    guard case .join(var join) = bound.plan else { return bound }
    let (leftTypes, rightTypes) = (join.left.types, join.right.types)
    join.kind = .left
    (join.left, join.right) = (join.right, join.left)
    join.residual = join.residual?.mapColumns {
      .column($0 < leftTypes.count ? $0 + rightTypes.count : $0 - leftTypes.count, $1)
    }
    var bound = bound
    bound.plan = .project(
      .join(join),
      leftTypes.enumerated().map { .column($0 + rightTypes.count, $1) }
        + rightTypes.enumerated().map { .column($0, $1) })
    return bound
  }

  /// After a right or full join a column of USING is that of whichever side has the row.
  func coalesced(
    _ bound: BoundRelation, _ join: JoinSyntax, _ left: BoundRelation, _ right: BoundRelation
  ) throws(QueryError) -> BoundRelation {
    guard case .using(let columns) = join.condition else { return bound }
    var bound = bound
    let width = left.plan.types.count
    var row = bound.plan.types.enumerated().map { Expression.column($0, $1) }
    var merged = ScopeRelation(name: nil, columns: [])
    for column in columns {
      let a = try usingColumn(column, in: Scope(relations: left.relations))
      let b = try usingColumn(column, in: Scope(relations: right.relations))
      let sides = try environment.unified(
        [
          BoundExpression(.column(a.index, a.type), at: column.offset),
          BoundExpression(.column(b.index + width, b.type), at: column.offset),
        ], construct: "JOIN/USING")
      let both = Expression.coalesce(sides)
      merged.columns.append(ScopeColumn(name: column.name, type: both.type, index: row.count))
      row.append(both)
      for table in bound.relations.indices {
        for position in bound.relations[table].columns.indices
        where [a.index, b.index + width].contains(bound.relations[table].columns[position].index) {
          bound.relations[table].columns[position].isMerged = true
        }
      }
    }
    bound.plan = .project(bound.plan, row)
    bound.relations.insert(merged, at: 0)
    return bound
  }
}
