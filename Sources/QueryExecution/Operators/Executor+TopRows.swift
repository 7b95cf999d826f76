import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

extension Executor {
  /// The first rows of an order.
  ///
  /// Projections below are computed for these rows alone, where nothing in them can fail for another one.
  func topRows(
    _ input: Plan, by keys: [SortKey], limit: Int, _ own: Int, _ id: inout Int
  ) throws(QueryError) -> Batch {
    var keys = keys
    var input = input
    var postponed: [(id: Int, columns: [CompiledExpression])] = []
    while case .project(let below, let expressions) = input,
      Self.remainsSmall(keys.map(\.expression), [], over: expressions)
    {
      try context.checkCancellation()
      var columns: [CompiledExpression] = []
      for expression in expressions { columns.append(try CompiledExpression(expression)) }
      guard columns.allSatisfy({ !$0.mayFail }) else { break }
      keys = keys.map { key in
        var key = key
        key.expression = key.expression.substituting(expressions)
        return key
      }
      postponed.append((id, columns))
      input = below
      id += 1
    }
    let sorter = try RowSorter(keys)
    let bound = TopBound(
      sorter, limit: limit, source: try source(of: sorter.keys.first?.expression.column, input, id))
    var executor = self
    executor.topBound = bound
    let stream = try executor.stream(input, &id)
    let order = bound?.order(taskCount: stream.taskCount) ?? Array(0..<stream.taskCount)
    let found = Mutex([TopRows?](repeating: nil, count: stream.taskCount))
    try context.run(taskCount: stream.taskCount) { index throws(QueryError) in
      let task = order[index]
      try context.checkCancellation()
      var top = try TopRows(sorter, limit: limit, bound: bound)
      try stream.produce(task) { view throws(QueryError) in
        let timer = context.profile?.start()
        defer { timer?.stop(own) }
        try top.add(view)
        return .more
      }
      let timer = context.profile?.start()
      defer { timer?.stop(own) }
      try top.finish()
      let result = top
      found.withLock { $0[task] = result }
    }
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    let tasks = found.withLock { $0.compactMap { $0 } }
    var rows = try TopRows.rows(
      of: tasks.flatMap(\.parts), by: sorter, limit: limit, types: input.types, on: context)
    // With them goes the memory that is set aside for keys.
    withExtendedLifetime(tasks) {}
    for (id, columns) in postponed.reversed() {
      let view = BatchView(rows)
      var projected = Batch(rowCount: rows.rowCount, columns: [])
      for column in columns { projected.columns.append(try view.materialize(column)) }
      projected.reservation = try .ofQuery(projected.byteCount, for: "rows that are kept")
      rows = projected
      context.profile?.update(id) { $0.rows += projected.rowCount }
    }
    return rows
  }

  /// Where a column of an operator is read, if rows can be passed over there as if they were none: all between
  /// keeps rows or leaves them out, each for itself, and cannot fail.
  private func source(
    of column: Int?, _ plan: Plan, _ id: Int
  ) throws(QueryError) -> TopBound.Source? {
    guard let column else { return nil }
    switch plan {
    case .scan(let scan):
      guard try !mayFail(scan.filters) else { return nil }
      return TopBound.Source(operatorID: id, column: scan.columns[column])
    case .filter(let input, let conjuncts):
      return try mayFail(conjuncts) ? nil : try source(of: column, input, id + 1)
    case .project(let input, let expressions):
      guard try !mayFail(expressions), case .column(let below, _) = expressions[column] else {
        return nil
      }
      return try source(of: below, input, id + 1)
    case .join(let join): return try source(of: column, join, id)
    case .values, .aggregate, .window, .sort, .limit, .append, .shared, .series, .expand:
      return nil
    }
  }

  private func source(
    of column: Int, _ join: Join, _ id: Int
  ) throws(QueryError) -> TopBound.Source? {
    guard join.kind != .full, join.kind != .single,
      try !mayFail(join.keys.flatMap { [$0.left, $0.right] }),
      try !mayFail(join.residual.map { [$0] } ?? [])
    else { return nil }
    let leftCount = join.left.types.count
    if try buildsLeft(join) {
      guard column >= leftCount else { return nil }
      return try source(of: column - leftCount, join.right, id + 1 + join.left.operatorCount)
    }
    return column < leftCount ? try source(of: column, join.left, id + 1) : nil
  }

  private func mayFail(_ expressions: [Expression]) throws(QueryError) -> Bool {
    for expression in expressions where try CompiledExpression(expression).mayFail { return true }
    return false
  }
}
