import ColumnStore
import QueryLanguage
import QueryPlanning
import Sketches

/// What the whole answer of a plan depends on: its operators, and the sealed segments that its scans
/// read. Plans with the same fingerprint give the same rows in the same order.
///
/// Segments are told apart by identity: whoever keeps a fingerprint keeps `segments` too.
struct PlanFingerprint: Hashable, Sendable {
  /// In preorder, each with as many inputs below it as its kind says.
  private var operators: [Operator] = []
  private var literals = LiteralBits()

  private enum Operator: Hashable, Sendable {
    case scan(
      table: String, columns: [Int], types: [DataType], filters: [Expression],
      segments: [ObjectIdentifier])
    case values(rows: [[Expression]], types: [DataType])
    case filter([Expression])
    case project([Expression])
    case aggregate(keys: [Expression], aggregates: [Aggregate])
    case join(Join.Kind, left: [Expression], right: [Expression], residual: Expression?)
    case window([WindowFunction])
    case sort([SortKey], limit: Int?)
    case limit(count: Int?, offset: Int)
    case append(inputCount: Int)
    case shared(id: Int)
    case series([Expression], zone: Expression?)
    /// Sources in order, each with what it reads.
    case expand([[Expression]], areSeries: [Bool], hasOrdinality: Bool, keepsRows: Bool)
  }

  /// `nil` where rows are still added to what the plan reads. Collects the segments.
  init?(_ plan: Plan, _ context: QueryContext, _ segments: inout [Segment]) throws(QueryError) {
    guard try add(plan, context, &segments) else { return nil }
  }

  private mutating func add(
    _ plan: Plan, _ context: QueryContext, _ segments: inout [Segment]
  ) throws(QueryError) -> Bool {
    // Places in the text say where errors are; an answer that is kept had none.
    let plain = plan.mapExpressions { expression in
      literals.add(expression)
      return expression.withoutLocations
    }
    guard let node = try node(plain, context, &segments) else { return false }
    operators.append(node)
    for input in plan.inputs where try !add(input, context, &segments) { return false }
    return true
  }

  private func node(
    _ plan: Plan, _ context: QueryContext, _ segments: inout [Segment]
  ) throws(QueryError) -> Operator? {
    switch plan {
    case .scan(let scan):
      guard let read = try TableScanner.segments(of: scan, context.catalog),
        read.allSatisfy(\.isSealed)
      else { return nil }
      segments += read
      return .scan(
        table: scan.schema.name, columns: scan.columns, types: plan.types, filters: scan.filters,
        segments: read.map { ObjectIdentifier($0) })
    case .values(let rows, let types): return .values(rows: rows, types: types)
    case .filter(_, let conjuncts): return .filter(conjuncts)
    case .project(_, let expressions): return .project(expressions)
    case .aggregate(let aggregation):
      return .aggregate(
        keys: aggregation.keys, aggregates: aggregation.aggregates.map(\.withoutLocations))
    case .join(let join):
      return .join(
        join.kind, left: join.keys.map(\.left), right: join.keys.map(\.right),
        residual: join.residual)
    case .window(let window):
      return .window(window.functions.map(\.withoutLocations))
    case .sort(_, let keys, let limit): return .sort(keys, limit: limit)
    case .limit(_, let count, let offset): return .limit(count: count, offset: offset)
    case .append(let inputs): return .append(inputCount: inputs.count)
    case .shared(let id, _): return .shared(id: id)
    case .series(let series):
      return .series([series.start, series.stop, series.step], zone: series.zone)
    case .expand(let expansion):
      return .expand(
        expansion.sources.map(\.expressions),
        areSeries: expansion.sources.map { if case .series = $0 { true } else { false } },
        hasOrdinality: expansion.hasOrdinality, keepsRows: expansion.keepsRows)
    }
  }
}

/// The bits of the literals of expressions, as far as values that are equal may have others: minus zero
/// equals zero and does not mean the same as a divisor, or to atan2. Part of each key by which something
/// is known again.
///
/// The values of an IN list are only compared, where equal ones are alike.
struct LiteralBits: Hashable, Sendable {
  private var doubles: [UInt64] = []
  private var states: [[UInt8]] = []

  mutating func add(_ expression: Expression) {
    if case .literal(let value, _) = expression { add(value) }
    for operand in expression.operands { add(operand) }
  }

  mutating func add(_ aggregate: Aggregate) {
    _ = aggregate.mapExpressions { expression in
      add(expression)
      return expression
    }
  }

  private mutating func add(_ value: Value) {
    switch value {
    case .double(let number): doubles.append(number.bitPattern)
    case .array(let elements): for element in elements { add(element) }
    case .digest(let digest): states.append(digest.encoded())
    // Equal ones are the same, bit by bit.
    case .null, .boolean, .integer, .text, .timestamp, .timestampWithTimeZone, .date, .interval,
      .json, .hyperLogLog:
      break
    }
  }
}
