import ColumnStore
public import QueryLanguage
public import QueryPlanning

/// Runs a plan: turns operators into streams of batches, from the leaves up.
///
/// Scans, filters, projections and the probe side of joins are pipelined: a segment goes through
/// all of them before the next one is touched. Aggregation, sorting and the build side of a join
/// read their input to its end first.
public struct Executor: Sendable {
  let context: QueryContext
  /// Of the top-N above, which tells its scan what not to read.
  var topBound: TopBound?

  public init(_ context: QueryContext) {
    self.context = context
  }

  /// Looks at the tables of a plan without reading rows, so that the context's profile knows what
  /// pruning leaves of each.
  public func prepare(_ plan: Plan) throws(QueryError) {
    var id = 0
    try prepare(plan, &id)
  }

  private func prepare(_ plan: Plan, _ id: inout Int) throws(QueryError) {
    if case .scan(let scan) = plan {
      _ = try TableScanner(scan, context, operatorID: id)
    }
    if case .join(let join) = plan { try profile(join, id) }
    id += 1
    for input in plan.inputs { try prepare(input, &id) }
  }

  func profile(_ join: Join, _ id: Int) throws(QueryError) {
    guard let profile = context.profile else { return }
    let estimate = RowEstimate(catalog: context.catalog)
    let sides = QueryProfile.JoinSides(
      left: try estimate.rows(of: join.left), right: try estimate.rows(of: join.right),
      buildsLeft: try buildsLeft(join))
    profile.update(id) { $0.joinSides = sides }
  }

  /// All rows of an operator.
  func rows(_ plan: Plan, _ id: inout Int) throws(QueryError) -> [Batch] {
    if case .limit(let input, let count, let offset) = plan {
      let own = id
      id += 1
      let (end, overflow) = offset.addingReportingOverflow(count ?? 0)
      let stream = try stream(input, &id)
      let batches = try stream.collect(context, limit: count == nil || overflow ? nil : end)
      return finish(slice(batches, offset: offset, count: count), own)
    }
    return try stream(plan, &id).collect(context)
  }

  /// The rows of a plan that stands in several places, computed in the first.
  private func sharedRows(
    _ shared: Int, _ plan: Plan, _ id: inout Int
  ) throws(QueryError) -> [Batch] {
    if let batches = context.sharedRows[shared] {
      id += plan.operatorCount
      return batches
    }
    let batches = try rows(plan, &id)
    context.sharedRows[shared] = batches
    return batches
  }

  private func finish(_ batches: [Batch], _ id: Int) -> [Batch] {
    context.profile?.update(id) { $0.rows = batches.reduce(0) { $0 + $1.rowCount } }
    return batches
  }

  // MARK: - Streams

  func stream(_ plan: Plan, _ id: inout Int) throws(QueryError) -> RowStream {
    let own = id
    id += 1
    let stream: RowStream
    switch plan {
    case .scan(let scan):
      let bound = topBound?.source?.operatorID == own ? topBound : nil
      stream = scanStream(
        try TableScanner(scan, context, operatorID: own, bound: bound), scan)
    case .values(let rows, let types):
      stream = RowStream([try values(rows, types)])
    case .filter(let input, let conjuncts):
      stream = try filtered(try self.stream(input, &id), conjuncts)
    case .project(let input, let expressions):
      stream = try projected(input, expressions, &id)
    case .aggregate(let aggregation):
      return counted(try aggregate(aggregation, own, &id), own)
    case .join(let join):
      id = own
      // It profiles its operators itself.
      if let restricted = try restrictedScan(plan, &id) {
        return self.stream(restricted, try scanner(restricted))
      }
      id = own + 1
      stream = try joined(join, &id)
    case .sort(let input, let keys, let limit):
      return counted(try sorted(input, keys, limit: limit, own, &id), own)
    case .window(let window):
      return counted(try windowed(window, own, &id), own)
    case .limit:
      id = own
      // It counts its rows itself.
      return RowStream(try rows(plan, &id))
    case .shared(let shared, let input):
      stream = RowStream(try sharedRows(shared, input, &id))
    case .series(let series):
      stream = try SeriesGenerator(series).stream
    case .expand(let expansion):
      stream = try RowExpander(expansion).expanded(try self.stream(expansion.input, &id))
    case .append(let inputs):
      var streams: [RowStream] = []
      for input in inputs { streams.append(try self.stream(input, &id)) }
      stream = RowStream(concatenating: streams)
    }
    return context.profile == nil ? stream : profiled(stream, own)
  }

  /// The rows of an operator that read its input to the end, and took its time itself.
  private func counted(_ batch: Batch, _ id: Int) -> RowStream {
    context.profile?.update(id) { $0.rows += batch.rowCount }
    return RowStream([batch])
  }

  /// Counts the rows that leave an operator and the time until they have.
  func profiled(_ stream: RowStream, _ id: Int) -> RowStream {
    RowStream(taskCount: stream.taskCount) { task, consume throws(QueryError) in
      var rows = 0
      var above = Duration.zero
      let clock = ContinuousClock()
      let start = clock.now
      try stream.produce(task) { view throws(QueryError) in
        rows += view.rowCount
        let handed = clock.now
        let result = try consume(view)
        above += clock.now - handed
        return result
      }
      let busy = clock.now - start - above
      context.profile?.update(id) {
        $0.rows += rows
        $0.pipelined += busy
      }
    }
  }

  func scanStream(_ scanner: TableScanner, _ scan: TableScan) -> RowStream {
    let columns = scan.columns
    return scanner.stream.map { $0.selectingColumns(columns) }
  }

  private func values(
    _ rows: [[Expression]], _ types: [DataType]
  ) throws(QueryError) -> Batch {
    let one = Batch(rowCount: 1, columns: [])
    var columns: [[Value]] = Array(repeating: [], count: types.count)
    for row in rows {
      try QueryScope.check()
      for (column, expression) in row.enumerated() {
        columns[column].append(try CompiledExpression(expression).evaluate(one).value(at: 0))
      }
    }
    return Batch(
      rowCount: rows.count, columns: zip(columns, types).map { Vector(values: $0, type: $1) })
  }

  private func filtered(
    _ input: RowStream, _ conjuncts: [Expression]
  ) throws(QueryError) -> RowStream {
    var compiled: [CompiledExpression] = []
    for conjunct in conjuncts.flatMap(\.conjuncts) {
      compiled.append(try CompiledExpression(conjunct))
    }
    let predicates = compiled
    return input.map { view throws(QueryError) in
      var view = view
      for predicate in predicates {
        let kept = try view.rows(where: predicate)
        if kept.isEmpty { return nil }
        if kept.count < view.rowCount { view = view.selecting(kept) }
      }
      return view
    }
  }

  private func projected(
    _ input: Plan, _ expressions: [Expression], _ id: inout Int
  ) throws(QueryError) -> RowStream {
    var compiled: [CompiledExpression] = []
    for expression in expressions { compiled.append(try CompiledExpression(expression)) }
    let outputs = compiled
    return try stream(input, &id).map { view throws(QueryError) in
      var columns: [Vector] = []
      try QueryScope.reserve(view.rowCount * outputs.count * 8, for: "the columns of a batch")
      for output in outputs { columns.append(try view.materialize(output)) }
      return BatchView(Batch(rowCount: view.rowCount, columns: columns))
    }
  }

  /// Whether expressions have a bounded size with those of a projection in the place of columns, which
  /// would double with each of several projections that read a column twice.
  static func remainsSmall(
    _ keys: [Expression], _ aggregates: [Aggregate], over expressions: [Expression]
  ) -> Bool {
    var remaining = 10_000
    func count(_ expression: Expression) {
      guard remaining >= 0 else { return }
      remaining -= expression.nodeCount(over: expressions, upTo: remaining)
    }
    keys.forEach(count)
    for aggregate in aggregates {
      _ = aggregate.mapExpressions { expression in
        count(expression)
        return expression
      }
    }
    return remaining >= 0
  }

  private func aggregate(
    _ aggregation: Aggregation, _ own: Int, _ id: inout Int
  ) throws(QueryError) -> Batch {
    // Expressions of a projection below are put into those of the aggregation: the scan's columns
    // then reach it encoded.
    var input = aggregation.input
    var keys = aggregation.keys
    var aggregates = aggregation.aggregates
    while case .project(let below, let expressions) = input,
      Self.remainsSmall(keys, aggregates, over: expressions)
    {
      keys = keys.map { $0.substituting(expressions) }
      aggregates = aggregates.map { $0.substituting(expressions) }
      input = below
      id += 1
    }
    if case .join(let join) = input,
      let groups = try splitAggregate(
        join, keys: keys, aggregates: aggregates, operatorID: own, &id)
    {
      return groups
    }
    var read: RestrictedScan?
    if case .scan(let scan) = input {
      read = RestrictedScan(scan, operatorID: id)
      id += 1
    } else {
      read = try restrictedScan(input, &id)
    }
    let dictionaries = read.map { self.dictionaries(of: $0.scan) } ?? []
    let aggregator = try Aggregator(keys: keys, aggregates: aggregates) {
      $0 < dictionaries.count ? dictionaries[$0] : nil
    }
    guard let read else {
      return try aggregator.run(
        try stream(input, &id), context, cached: nil, operatorID: own)
    }
    let scan = read.scan
    let scanner = try scanner(read)
    let rows = stream(read, scanner)
    guard let cache = context.cache else {
      return try aggregator.run(rows, context, cached: nil, operatorID: own)
    }
    return try aggregator.run(
      rows, context,
      cached: Aggregator.CachedScan(
        cache: cache,
        question: PartialResultCache.Question(scan, keys: keys, aggregates: aggregates),
        scanner: scanner), operatorID: own)
  }

  /// The dictionaries of a scan's columns, where they have some.
  func dictionaries(of scan: TableScan) -> [DictionaryView?] {
    scan.columns.map { column in
      let definition = scan.schema.columns[column]
      guard definition.type.physical == .text else { return nil }
      return context.catalog.dictionaries[definition.domain]?.view
    }
  }

  /// The side of an inner join that seems to have fewer rows is the one that is kept in memory.
  func buildsLeft(_ join: Join) throws(QueryError) -> Bool {
    guard join.kind == .inner else { return false }
    let estimate = RowEstimate(catalog: context.catalog)
    return try estimate.rows(of: join.left) < estimate.rows(of: join.right)
  }

  private func joined(_ join: Join, _ id: inout Int) throws(QueryError) -> RowStream {
    try profile(join, id - 1)
    let buildsLeft = try buildsLeft(join)
    var leftKeys: [CompiledExpression] = []
    var rightKeys: [CompiledExpression] = []
    for key in join.keys {
      leftKeys.append(try CompiledExpression(key.left))
      rightKeys.append(try CompiledExpression(key.right))
    }
    var residual: CompiledExpression?
    if let expression = join.residual { residual = try CompiledExpression(expression) }
    // Ids are in preorder whichever side is built.
    let left = try stream(join.left, &id)
    let right = try stream(join.right, &id)
    let buildPlan = buildsLeft ? join.left : join.right
    let build = try (buildsLeft ? left : right).collect(context)
    let table = try JoinTable(
      Batch.concatenate(build, types: buildPlan.types), keys: buildsLeft ? leftKeys : rightKeys)
    let hashJoin = HashJoin(
      kind: join.kind, table: table, probeKeys: buildsLeft ? rightKeys : leftKeys,
      residual: residual, isBuildLeft: buildsLeft, buildTypes: buildPlan.types,
      location: join.location, context: context)
    let probed = buildsLeft ? right : left
    let joined = RowStream(taskCount: probed.taskCount) { task, consume throws(QueryError) in
      try probed.produce(task) { view throws(QueryError) in
        try hashJoin.join(view, consume)
      }
    }
    guard join.kind == .full else { return joined }
    // Which build rows found no partner is known once all others have been looked up.
    let batches = try joined.collect(context)
    return RowStream(batches + [try hashJoin.unmatchedBuildRows(leftTypes: join.left.types)])
  }

  private func sorted(
    _ input: Plan, _ keys: [SortKey], limit: Int?, _ own: Int, _ id: inout Int
  ) throws(QueryError) -> Batch {
    if let limit { return try topRows(input, by: keys, limit: limit, own, &id) }
    let sorter = try RowSorter(keys)
    let batches = try self.stream(input, &id).collect(context)
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    return try sorter.sort(
      Batch.concatenate(batches, types: input.types), limit: nil, on: context)
  }

  private func windowed(
    _ window: Window, _ own: Int, _ id: inout Int
  ) throws(QueryError) -> Batch {
    let batches = try stream(window.input, &id).collect(context)
    let timer = context.profile?.start()
    defer { timer?.stop(own) }
    return try WindowOperator(functions: window.functions)
      .run(Batch.concatenate(batches, types: window.input.types), context)
  }

  private func slice(_ batches: [Batch], offset: Int, count: Int?) -> [Batch] {
    var skip = offset
    var left = count ?? .max
    var result: [Batch] = []
    for batch in batches where left > 0 {
      let start = min(skip, batch.rowCount)
      skip -= start
      let taken = min(left, batch.rowCount - start)
      if taken == 0 { continue }
      left -= taken
      if taken == batch.rowCount {
        result.append(batch)
      } else {
        let rows = (UInt32(start)..<UInt32(start + taken)).map { $0 }
        result.append(
          Batch(rowCount: taken, columns: batch.columns.map { $0.gather(rows: rows) }))
      }
    }
    return result
  }
}

extension Batch {
  /// The rows of all batches as one; at most `UInt32.max`, since rows are numbered.
  static func concatenate(_ batches: [Batch], types: [DataType]) throws(QueryError) -> Batch {
    if batches.count == 1 { return batches[0] }
    var pools: Set<ObjectIdentifier> = []
    let reservation = try MemoryReservation.ofQuery(
      batches.reduce(0) { $0 + $1.byteCount(counted: &pools) }, for: "rows that are put together")
    let rowCount = batches.reduce(0) { $0 + $1.rowCount }
    guard rowCount < Int(UInt32.max) else {
      throw QueryError(
        .programLimitExceeded, "more than \(UInt32.max - 1) rows would have to be kept at once",
        hint: "filter or aggregate first")
    }
    var columns: [Vector] = []
    for column in types.indices {
      try QueryScope.check()
      columns.append(
        batches.isEmpty
          ? Vector(values: [], type: types[column])
          : Vector.concatenate(batches.map { $0.columns[column] }, type: types[column]))
    }
    var result = Batch(rowCount: rowCount, columns: columns)
    result.reservation = reservation
    return result
  }
}

extension Aggregate {
  func substituting(_ columns: [Expression]) -> Aggregate {
    var aggregate = self
    aggregate.arguments = arguments.map { $0.substituting(columns) }
    aggregate.filter = filter?.substituting(columns)
    aggregate.orderBy = orderBy.map {
      SortKey(
        expression: $0.expression.substituting(columns), isDescending: $0.isDescending,
        nullsFirst: $0.nullsFirst)
    }
    return aggregate
  }
}
