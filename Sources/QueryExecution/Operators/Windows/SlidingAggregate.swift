import ColumnStore
import QueryLanguage
import QueryPlanning

/// The rows that an aggregate with OVER sees, in the order of the window.
struct AggregateRows {
  private static let mostAtOnce = 65_536

  private let prepared: PreparedAggregate
  private let columns: [Vector]
  private let arguments: [CompiledExpression]

  /// `columns` are the values of the aggregate's arguments.
  init(_ prepared: PreparedAggregate, columns: [Vector]) throws(QueryError) {
    self.prepared = prepared
    self.columns = columns
    var arguments: [CompiledExpression] = []
    for (index, column) in columns.enumerated() {
      arguments.append(try CompiledExpression(.column(index, column.type)))
    }
    self.arguments = arguments
  }

  func makeAccumulator() -> any Accumulator {
    let accumulator = prepared.makeAccumulator()
    accumulator.resize(to: 1)
    return accumulator
  }

  func add(_ range: Range<Int>, to accumulator: any Accumulator) throws(QueryError) {
    if range.count > Self.mostAtOnce {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.mostAtOnce) {
        try QueryScope.check()
        try add(start..<min(start + Self.mostAtOnce, range.upperBound), to: accumulator)
      }
      return
    }
    if range.isEmpty { return }
    let rows = range.map { UInt32(truncatingIfNeeded: $0) }
    let batch = Batch(rowCount: rows.count, columns: columns.map { $0.gather(rows: rows) })
    // By row even though there is one group: what pays for a whole segment does not here.
    let assignment = GroupAssignment(
      .rows([UInt32](repeating: 0, count: rows.count)), rowCount: rows.count)
    try accumulator.update(
      AggregateInput(
        view: BatchView(batch), assignment: assignment, groupCount: 1, arguments: arguments))
  }

  func value(of accumulator: any Accumulator) throws(QueryError) -> Value {
    var result = try accumulator.finish(groupCount: 1)
    result.type = prepared.aggregate.type
    return result.value(at: 0)
  }
}

/// An aggregate over a frame that moves forward: a queue made of two stacks of states.
///
/// Rows enter at the back, into one state. Rows leave at the front, where there is a state for each
/// suffix of the older rows: dropping one row is dropping one state. When the front is used up the
/// back becomes the front. A row is so merged about three times, however wide the frame, and no
/// state is ever taken out of another, which sketches, extremes and doubles cannot do.
struct SlidingAggregate {
  /// Of wider fronts only every so many suffixes are kept; the rows in between are added again.
  private static let mostSuffixes = 4_096

  private let rows: AggregateRows
  private var start = 0
  private var end = 0
  /// The front is `start..<middle`, the back is `middle..<end`.
  private var middle = 0
  private var back: any Accumulator
  /// The k-th begins `(k + 1) * step` rows before the middle.
  private var suffixes: [any Accumulator] = []
  private var step = 1
  private let memory = MemoryReservation.ofQuery(for: "the states of a window")

  init(_ rows: AggregateRows) {
    self.rows = rows
    back = rows.makeAccumulator()
  }

  /// The aggregate over the range. Cheap as long as neither bound moves back.
  mutating func value(over range: Range<Int>) throws(QueryError) -> Value {
    if range.isEmpty { return try rows.value(of: rows.makeAccumulator()) }
    if range.lowerBound < start || range.upperBound < end || range.lowerBound >= end {
      middle = range.lowerBound
      end = range.lowerBound
      suffixes = []
      back = rows.makeAccumulator()
    }
    start = range.lowerBound
    if range.upperBound > end {
      try rows.add(end..<range.upperBound, to: back)
      end = range.upperBound
    }
    if start > middle { try turn() }
    // A frame that only grows never has a front.
    return start == middle ? try rows.value(of: back) : try merged()
  }

  private mutating func turn() throws(QueryError) {
    middle = end
    back = rows.makeAccumulator()
    suffixes = []
    try memory.set(to: 0)
    step = max(1, (middle - start) / Self.mostSuffixes)
    var begin = middle - step
    while begin >= start {
      try QueryScope.check()
      let suffix = rows.makeAccumulator()
      // A longer suffix holds what the shorter one does and a bit more.
      try memory.add(suffixes.last.map { $0.byteCount } ?? 0)
      try rows.add(begin..<begin + step, to: suffix)
      if let shorter = suffixes.last { try suffix.merge(shorter, groups: [0]) }
      suffixes.append(suffix)
      begin -= step
    }
  }

  private mutating func merged() throws(QueryError) -> Value {
    let count = (middle - start) / step
    suffixes.removeLast(suffixes.count - count)
    let edge = start..<middle - count * step
    if edge.isEmpty, middle == end, let suffix = suffixes.last {
      return try rows.value(of: suffix)
    }
    let total = rows.makeAccumulator()
    try rows.add(edge, to: total)
    if let suffix = suffixes.last { try total.merge(suffix, groups: [0]) }
    if middle < end { try total.merge(back, groups: [0]) }
    return try rows.value(of: total)
  }
}
