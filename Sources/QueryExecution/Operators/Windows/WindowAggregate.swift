import ColumnStore
import QueryLanguage
import QueryPlanning

/// An aggregate with OVER: its value over the frame of each row.
struct WindowAggregate {
  private let aggregate: Aggregate
  private let order: WindowOrder
  /// Arguments of the rows that pass the filter, in the order of the window.
  private let columns: [Vector]
  private let rows: AggregateRows
  /// How many rows before each position pass the filter; `nil`: all.
  private let passedBefore: [Int]?

  init(_ aggregate: Aggregate, _ order: WindowOrder, _ batch: Batch) throws(QueryError) {
    self.aggregate = aggregate
    self.order = order
    let prepared = try PreparedAggregate(aggregate) { _ in nil }
    var view = BatchView(batch)
    var sources = order.rows
    if let filter = prepared.filter {
      let passed = try view.rows(where: filter)
      let (kept, before) = Self.kept(passed, order)
      (sources, passedBefore) = (kept, before)
      // What does not pass is not evaluated either.
      view = BatchView(
        Batch(rowCount: passed.count, columns: batch.columns.map { $0.gather(rows: passed) }))
    } else {
      passedBefore = nil
    }
    var columns: [Vector] = []
    for argument in prepared.arguments {
      columns.append(try view.materialize(argument).gather(rows: sources))
    }
    self.columns = columns
    rows = try AggregateRows(prepared, columns: columns)
  }

  /// The rows that pass, by their number among those, in the order of the window.
  private static func kept(
    _ passed: [UInt32], _ order: WindowOrder
  ) -> (sources: [UInt32], before: [Int]) {
    var numbers = [UInt32?](repeating: nil, count: order.rows.count)
    for (number, row) in passed.enumerated() { numbers[Int(row)] = UInt32(number) }
    var sources: [UInt32] = []
    var before: [Int] = []
    before.reserveCapacity(order.rows.count + 1)
    for row in order.rows {
      before.append(sources.count)
      if let number = numbers[Int(row)] { sources.append(number) }
    }
    before.append(sources.count)
    return (sources, before)
  }

  func evaluate(
    _ bounds: FrameBounds, _ context: QueryContext
  ) throws(QueryError) -> Vector {
    if let sums = RunningSums(aggregate, columns) { return try evaluate(bounds, sums) }
    var values: [Value] = []
    var indices = [UInt32](repeating: 0, count: order.rows.count)
    for index in 0..<order.partitionCount {
      var sliding = SlidingAggregate(rows)
      var last: Range<Int>?
      for position in order.partition(index).positions {
        if position & 0xFF == 0xFF { try context.checkCancellation() }
        let range = range(at: position, bounds)
        if range != last {
          values.append(try sliding.value(over: range))
          last = range
        }
        indices[Int(order.rows[position])] = UInt32(values.count - 1)
      }
    }
    return Vector(values: values, type: aggregate.type).gather(rows: indices)
  }

  /// The frame in rows that pass the filter.
  private func range(at position: Int, _ bounds: FrameBounds) -> Range<Int> {
    var start = bounds.starts[position]
    var end = bounds.ends[position]
    if let passedBefore { (start, end) = (passedBefore[start], passedBefore[end]) }
    return start..<max(start, end)
  }

  private func evaluate(
    _ bounds: FrameBounds, _ sums: RunningSums
  ) throws(QueryError) -> Vector {
    let count = order.rows.count
    var integers = [Int64](repeating: 0, count: sums.isAverage ? 0 : count)
    var doubles = [Double](repeating: 0, count: sums.isAverage ? count : 0)
    var validity = [UInt8](repeating: 1, count: count)
    for position in 0..<count {
      if position & 0xFFFF == 0xFFFF { try QueryScope.check() }
      let range = range(at: position, bounds)
      let row = Int(order.rows[position])
      let values = sums.count(range)
      if sums.isCount {
        integers[row] = values
      } else if values == 0 {
        validity[row] = 0
      } else if sums.isAverage {
        doubles[row] = Double(sums.total(range)) / Double(values)
      } else if let total = Int64(exactly: sums.total(range)) {
        integers[row] = total
      } else {
        throw QueryError(
          .numericOutOfRange, "sum is out of range for type bigint",
          at: aggregate.location..<aggregate.location,
          hint: "sum(x::double precision) gives an approximate total")
      }
    }
    return Vector(
      type: aggregate.type, count: count,
      storage: sums.isAverage ? .doubles(doubles) : .integers(integers),
      validity: Validity.compacted(validity))
  }
}

/// Counts and exact sums of all rows before each one: those of any frame are a difference of two.
private struct RunningSums {
  let isCount: Bool
  let isAverage: Bool
  /// `nil`: every row counts.
  private let counts: [Int64]?
  private let totals: [Int128]

  init?(_ aggregate: Aggregate, _ columns: [Vector]) {
    switch aggregate.function {
    case .countRows:
      self.init(isCount: true, isAverage: false, counts: nil, totals: [])
    case .count:
      self.init(
        isCount: true, isAverage: false, counts: Self.counts(columns[0]), totals: [])
    case .sum where columns[0].type == .integer, .average where columns[0].type == .integer:
      let values = columns[0]
      var totals: [Int128] = [0]
      totals.reserveCapacity(values.count + 1)
      var total: Int128 = 0
      for (row, value) in values.integerRows.enumerated() {
        if values.validity?[row] != 0 { total += Int128(value) }
        totals.append(total)
      }
      self.init(
        isCount: false, isAverage: aggregate.function == .average, counts: Self.counts(values),
        totals: totals)
    default: return nil
    }
  }

  private init(isCount: Bool, isAverage: Bool, counts: [Int64]?, totals: [Int128]) {
    self.isCount = isCount
    self.isAverage = isAverage
    self.counts = counts
    self.totals = totals
  }

  private static func counts(_ vector: Vector) -> [Int64]? {
    guard let validity = vector.expanded().validity else { return nil }
    var counts: [Int64] = [0]
    counts.reserveCapacity(validity.count + 1)
    var count: Int64 = 0
    for byte in validity {
      count += Int64(byte)
      counts.append(count)
    }
    return counts
  }

  func count(_ range: Range<Int>) -> Int64 {
    counts.map { $0[range.upperBound] - $0[range.lowerBound] } ?? Int64(range.count)
  }

  func total(_ range: Range<Int>) -> Int128 {
    totals[range.upperBound] - totals[range.lowerBound]
  }
}
