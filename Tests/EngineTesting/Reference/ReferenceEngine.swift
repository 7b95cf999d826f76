public import ColumnStore
import QueryLanguage
public import QueryPlanning

/// Runs plans row by row, as simply as can be: what the engine's answers are checked against.
///
/// It shares no code with the execution of queries. Rows are arrays of values, a join is two nested
/// loops, and every operator has all rows of its input in memory.
public struct ReferenceEngine {
  private let catalog: Catalog

  /// A function that the reference does not know: the test should not ask for it.
  public struct Unsupported: Error {
    public var name: String
  }

  public init(_ catalog: Catalog) {
    self.catalog = catalog
  }

  /// Plans without rules and runs the plan; `now` is in milliseconds since 1970-01-01 UTC.
  public func rows(of sql: String, timeZone: String = "UTC", now: Int64 = 0) throws -> [[Value]] {
    let statement = try SQLParser.parseOne(sql)
    var context = PlanningContext(timeZone: timeZone, now: now)
    context.valueOfNoRows = { try? $0.value(over: []) }
    let planner = Planner(catalog: catalog, context: context)
    guard case .query(let query) = try planner.plan(statement, text: sql, appliesRules: false)
    else { throw Unsupported(name: sql) }
    return try rows(of: query.plan)
  }

  public func rows(of plan: Plan) throws -> [[Value]] {
    switch plan {
    case .scan(let scan):
      let all = try tableRows(scan.schema.name)
      let kept = try all.filter { try passes($0, scan.filters) }
      return kept.map { row in scan.columns.map { row[$0] } }
    case .values(let rows, _):
      return try rows.map { try $0.map { try $0.value(on: []) } }
    case .filter(let input, let conjuncts):
      return try rows(of: input).filter { try passes($0, conjuncts) }
    case .project(let input, let expressions):
      return try rows(of: input).map { row in try expressions.map { try $0.value(on: row) } }
    case .aggregate(let aggregation):
      return try groups(of: aggregation)
    case .join(let join):
      return try joined(join)
    case .window(let window):
      return try windowed(window)
    case .sort(let input, let keys, _):
      return try sorted(rows(of: input), by: keys)
    case .limit(let input, let count, let offset):
      let rest = try rows(of: input).dropFirst(offset)
      return Array(count.map { rest.prefix($0) } ?? rest)
    case .shared(_, let input): return try rows(of: input)
    case .series(let series): return try series.values().map { [$0] }
    case .expand(let expansion): return try expanded(expansion)
    case .append(let inputs):
      return try inputs.flatMap { try rows(of: $0) }
    }
  }

  /// All rows of a table in order of partition and arrival.
  public func tableRows(_ name: String) throws -> [[Value]] {
    guard let table = catalog.tables[name] else { throw Unsupported(name: "table \(name)") }
    var rows: [[Value]] = []
    for partition in table.partitions {
      for segment in partition.segments {
        let columns = try segment.chunks.map { try $0.values() }
        for row in 0..<segment.rowCount where segment.live.map({ $0[row] }) ?? true {
          rows.append(columns.map { $0[row] })
        }
      }
    }
    return rows
  }

  private func passes(_ row: [Value], _ conjuncts: [Expression]) throws -> Bool {
    for conjunct in conjuncts where try conjunct.value(on: row) != .boolean(true) { return false }
    return true
  }

  private func expanded(_ expansion: Expansion) throws -> [[Value]] {
    try rows(of: expansion.input).flatMap { row -> [[Value]] in
      let values = try expansion.sources.map { source -> [Value] in
        switch source {
        case .elements(let array):
          guard case .array(let elements) = try array.value(on: row) else { return [] }
          return elements
        case .series(let series): return try series.values(on: row)
        }
      }
      let count = values.map(\.count).max() ?? 0
      let ordinality: (Value) -> [Value] = { expansion.hasOrdinality ? [$0] : [] }
      if count == 0, expansion.keepsRows {
        return [row + values.map { _ in .null } + ordinality(.null)]
      }
      return (0..<count).map { index in
        row + values.map { index < $0.count ? $0[index] : .null }
          + ordinality(.integer(Int64(index + 1)))
      }
    }
  }

  private func joined(_ join: Join) throws -> [[Value]] {
    let left = try rows(of: join.left)
    let right = try rows(of: join.right)
    let nulls = [Value](repeating: .null, count: join.right.types.count)
    var result: [[Value]] = []
    var isMatched = [Bool](repeating: false, count: right.count)
    for leftRow in left {
      var hasMatch = false
      for (index, rightRow) in right.enumerated() {
        let row = leftRow + rightRow
        let keysMatch = try join.keys.allSatisfy { key in
          let (a, b) = (try key.left.value(on: leftRow), try key.right.value(on: rightRow))
          return !a.isNull && !b.isNull && a.order(b) == 0
        }
        guard keysMatch, try passes(row, join.residual.map { [$0] } ?? []) else { continue }
        if hasMatch, join.kind == .single { throw QueryError(.cardinalityViolation, "") }
        hasMatch = true
        isMatched[index] = true
        if !join.kind.keepsOnlyLeft { result.append(row) }
      }
      switch join.kind {
      case .inner: break
      case .left, .full, .single: if !hasMatch { result.append(leftRow + nulls) }
      case .semi: if hasMatch { result.append(leftRow) }
      case .anti: if !hasMatch { result.append(leftRow) }
      }
    }
    if join.kind == .full {
      let nulls = [Value](repeating: .null, count: join.left.types.count)
      for (row, isMatched) in zip(right, isMatched) where !isMatched { result.append(nulls + row) }
    }
    return result
  }

  private func groups(of aggregation: Aggregation) throws -> [[Value]] {
    var order: [RowKey] = []
    var groups: [RowKey: (keys: [Value], rows: [[Value]])] = [:]
    if aggregation.keys.isEmpty {
      order = [RowKey([])]
      groups[RowKey([])] = ([], [])
    }
    for row in try rows(of: aggregation.input) {
      let keys = try aggregation.keys.map { try $0.value(on: row) }
      let key = RowKey(keys)
      if groups[key] == nil {
        order.append(key)
        groups[key] = (keys, [])
      }
      groups[key]?.rows.append(row)
    }
    return try order.map { key in
      let group = groups[key] ?? ([], [])
      return try group.keys + aggregation.aggregates.map { try $0.value(over: group.rows) }
    }
  }
}

/// Stable.
func sorted(_ rows: [[Value]], by keys: [SortKey]) throws -> [[Value]] {
  let keyed = try rows.enumerated().map { index, row in
    (index: index, row: row, keys: try keys.map { try $0.expression.value(on: row) })
  }
  return keyed.sorted { a, b in
    for (key, (x, y)) in zip(keys, zip(a.keys, b.keys)) {
      if x.isNull || y.isNull {
        if x.isNull == y.isNull { continue }
        return x.isNull == key.nullsFirst
      }
      let order = x.order(y)
      if order != 0 { return (order < 0) != key.isDescending }
    }
    return a.index < b.index
  }.map(\.row)
}
