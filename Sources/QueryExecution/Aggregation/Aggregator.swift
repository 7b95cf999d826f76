public import ColumnStore
import QueryLanguage
public import QueryPlanning
import Synchronization

/// Runs an aggregation: a partial state per task, merged in the order of the tasks.
struct Aggregator: Sendable {
  let keys: [CompiledExpression]
  let keyDictionaries: [DictionaryView?]
  let aggregates: [PreparedAggregate]
  let types: [DataType]

  /// `dictionary` gives the dictionary of an input column, where it is a column of a scan.
  init(
    keys: [Expression], aggregates: [Aggregate], dictionary: (Int) -> DictionaryView?
  ) throws(QueryError) {
    var compiled: [CompiledExpression] = []
    for key in keys { compiled.append(try CompiledExpression(key)) }
    self.keys = compiled
    keyDictionaries = compiled.map { $0.column.flatMap(dictionary) }
    var prepared: [PreparedAggregate] = []
    for aggregate in aggregates {
      prepared.append(try PreparedAggregate(aggregate, dictionary: dictionary))
    }
    self.aggregates = prepared
    types = keys.map(\.type) + aggregates.map(\.type)
  }

  /// The states of the tasks of a scan that may be known already.
  struct CachedScan: Sendable {
    let cache: PartialResultCache
    let question: PartialResultCache.Question
    let scanner: TableScanner
  }

  func run(
    _ input: RowStream, _ context: QueryContext, cached: CachedScan?, operatorID: Int
  ) throws(QueryError) -> Batch {
    let state = try merged(input, context, cached: cached, operatorID: operatorID)
    let timer = context.profile?.start()
    defer { timer?.stop(operatorID) }
    return try state.finish(types)
  }

  /// The state over all rows.
  func merged(
    _ input: RowStream, _ context: QueryContext, cached: CachedScan?, operatorID: Int
  ) throws(QueryError) -> AggregationState {
    if let cached, mergesInRuns {
      return try mergedRuns(input, context, cached, operatorID: operatorID)
    }
    let merge = OrderedMerge(start: AggregationState(self))
    try context.run(taskCount: input.taskCount) { task throws(QueryError) in
      try context.checkCancellation()
      let state = try state(of: task, input, context, cached, operatorID)
      let timer = context.profile?.start()
      defer { timer?.stop(operatorID) }
      try merge.add(state, task: task) { total, next throws(QueryError) in try total.merge(next) }
    }
    return merge.total
  }
}

extension Aggregator {
  func state(
    of task: Int, _ input: RowStream, _ context: QueryContext, _ cached: CachedScan?,
    _ operatorID: Int
  ) throws(QueryError) -> AggregationState {
    let key = try cached?.key(task..<task + 1)
    if let cached, let key, let known = cached.cache.state(key) {
      let segments = cached.scanner.morsels[task].segments.count
      context.counters.segmentsCached.add(segments, ordering: .relaxed)
      context.profile?.update(operatorID) { $0.segmentsCached += segments }
      return known
    }
    let state = AggregationState(self)
    try input.produce(task) { view throws(QueryError) in
      let timer = context.profile?.start()
      defer { timer?.stop(operatorID) }
      try state.update(view)
      return .more
    }
    try QueryScope.check()
    state.settle()
    if let cached, let key {
      cached.cache.keep(state, for: key, segments: cached.scanner.morsels[task].segments)
      // From now on it is the cache's memory, which has a bound of its own.
      state.releaseMemory()
    }
    return state
  }
}

/// Puts together what tasks bring, in the order of the tasks, by whichever thread comes along.
///
/// Only one thread merges at a time; the others leave their state and take the next task.
final class OrderedMerge<State: AnyObject>: @unchecked Sendable {
  private struct Queue {
    var waiting: [Int: State] = [:]
    var next = 0
    var isMerging = false
  }

  /// Touched only by the thread that set `isMerging`, and when all tasks are done.
  let total: State
  private let count: Int
  private let queue = ConditionLock()
  private var pending = Queue()

  /// `count` is how many tasks there are, for those who want to know when all are merged.
  init(start: State, count: Int = .max) {
    total = start
    self.count = count
  }

  /// Whether this call has merged the last of all tasks; true once.
  @discardableResult
  func add(
    _ state: State, task: Int, merge: (State, State) throws(QueryError) -> Void
  ) throws(QueryError) -> Bool {
    var isComplete = false
    queue.signal { pending.waiting[task] = state }
    while let state = takeNext() {
      do throws(QueryError) {
        try merge(total, state)
      } catch {
        queue.signal { pending.isMerging = false }
        throw error
      }
      queue.signal {
        pending.isMerging = false
        pending.next += 1
        isComplete = pending.next == count
      }
    }
    return isComplete
  }

  private func takeNext() -> State? {
    var state: State?
    queue.signal {
      guard !pending.isMerging else { return }
      state = pending.waiting.removeValue(forKey: pending.next)
      if state != nil { pending.isMerging = true }
    }
    return state
  }
}

extension Aggregate {
  /// The aggregate's value over no rows; `nil` when it cannot be had.
  public var valueOfNoRows: Value? {
    do throws(QueryError) {
      let accumulator = try PreparedAggregate(self) { _ in nil }.makeAccumulator()
      accumulator.resize(to: 1)
      return try accumulator.finish(groupCount: 1).value(at: 0)
    } catch {
      return nil
    }
  }
}

/// An aggregate whose expressions are compiled.
struct PreparedAggregate: Sendable {
  let aggregate: Aggregate
  /// The arguments, then the keys of ORDER BY.
  let arguments: [CompiledExpression]
  let filter: CompiledExpression?
  let dictionary: DictionaryView?

  init(
    _ aggregate: Aggregate, dictionary: (Int) -> DictionaryView?
  ) throws(QueryError) {
    self.aggregate = aggregate
    var arguments: [CompiledExpression] = []
    for argument in aggregate.arguments.prefix(aggregate.rowArgumentCount) {
      arguments.append(try CompiledExpression(argument))
    }
    for key in aggregate.orderBy { arguments.append(try CompiledExpression(key.expression)) }
    self.arguments = arguments
    if let filter = aggregate.filter {
      self.filter = try CompiledExpression(filter)
    } else {
      filter = nil
    }
    self.dictionary = arguments.first?.column.flatMap(dictionary)
  }

  func makeAccumulator() -> any Accumulator {
    let accumulator = makePlainAccumulator()
    return aggregate.needsDistinctValues
      ? DistinctValuesAccumulator(accumulator, type: arguments[0].type) : accumulator
  }

  private func makePlainAccumulator() -> any Accumulator {
    let argumentType = arguments.first?.type ?? .null
    switch aggregate.function {
    case .countRows: return CountAccumulator(hasArgument: false)
    case .count:
      return aggregate.isDistinct
        ? DistinctCountAccumulator(type: argumentType, dictionary: dictionary)
        : CountAccumulator(hasArgument: true)
    case .sum, .average:
      let isAverage = aggregate.function == .average
      switch argumentType {
      case .double:
        return DoubleSumAccumulator(isAverage: isAverage, location: aggregate.location)
      case .interval:
        return IntervalSumAccumulator(isAverage: isAverage, location: aggregate.location)
      default: return IntegerSumAccumulator(isAverage: isAverage, location: aggregate.location)
      }
    case .minimum, .maximum:
      let isMaximum = aggregate.function == .maximum
      switch argumentType.physical {
      case .integer: return IntegerExtremeAccumulator(isMaximum: isMaximum, type: argumentType)
      case .double: return DoubleExtremeAccumulator(isMaximum: isMaximum)
      case .boolean, .text, .object:
        return ValueExtremeAccumulator(isMaximum: isMaximum, type: argumentType)
      }
    case .standardDeviationSample: return VarianceAccumulator(isSample: true, isRoot: true)
    case .standardDeviationPopulation: return VarianceAccumulator(isSample: false, isRoot: true)
    case .varianceSample: return VarianceAccumulator(isSample: true, isRoot: false)
    case .variancePopulation: return VarianceAccumulator(isSample: false, isRoot: false)
    case .booleanAnd: return BooleanAccumulator(isAnd: true)
    case .booleanOr: return BooleanAccumulator(isAnd: false)
    case .approximateCountDistinct(let precision):
      return HyperLogLogAccumulator(precision: precision, returnsState: false)
    case .hyperLogLogState(let precision):
      return HyperLogLogAccumulator(precision: precision, returnsState: true)
    case .hyperLogLogMerge: return HyperLogLogMergeAccumulator()
    case .approximateQuantile(let quantiles, let isArray):
      return DigestAccumulator(quantiles: quantiles, isArray: isArray, returnsState: false)
    case .digestState: return DigestAccumulator(quantiles: [], isArray: false, returnsState: true)
    case .digestMerge: return DigestMergeAccumulator()
    case .percentileContinuous(let fractions, let isArray):
      return ContinuousPercentileAccumulator(fractions: fractions, isArray: isArray)
    case .percentileDiscrete(let fractions, let isArray):
      return DiscretePercentileAccumulator(
        fractions: fractions, isArray: isArray, type: argumentType)
    case .mode: return ModeAccumulator(type: argumentType)
    case .stringAggregate:
      var separator = ""
      if case .literal(.text(let text), _)? = aggregate.arguments.dropFirst().first {
        separator = text
      }
      return StringAggregateAccumulator(
        separator: separator, order: aggregate.orderBy, isDistinct: aggregate.isDistinct)
    case .arrayAggregate:
      return ArrayAggregateAccumulator(
        element: argumentType, order: aggregate.orderBy, isDistinct: aggregate.isDistinct)
    case .argumentOfMinimum:
      return ArgumentOfExtremeAccumulator(isMaximum: false, type: argumentType)
    case .argumentOfMaximum:
      return ArgumentOfExtremeAccumulator(isMaximum: true, type: argumentType)
    case .anyValue: return AnyValueAccumulator(type: argumentType)
    case .regression(let figure): return RegressionAccumulator(figure)
    case .retention: return RetentionAccumulator(conditionCount: arguments.count)
    case .windowFunnel(let window, let modes):
      return FunnelAccumulator(
        FunnelSearch(
          window: window.fixedMilliseconds, modes: modes, stepCount: arguments.count - 1))
    case .sessionCount(let gap): return SessionAccumulator(gap: gap.fixedMilliseconds)
    case .trailingDistinct(let lengths):
      return TrailingDistinctAccumulator(
        value: arguments[0], day: arguments[1], dictionary: dictionary, lengths: lengths)
    }
  }
}

extension Aggregate {
  /// How many of the arguments are evaluated for each row.
  fileprivate var rowArgumentCount: Int {
    switch function {
    case .countRows: 0
    case .argumentOfMinimum, .argumentOfMaximum, .trailingDistinct: 2
    case .regression, .retention, .windowFunnel: arguments.count
    default: 1
    }
  }

  /// Whether DISTINCT changes the result and is not the aggregate's own business.
  fileprivate var needsDistinctValues: Bool {
    guard isDistinct else { return false }
    switch function {
    case .sum, .average, .standardDeviationSample, .standardDeviationPopulation, .varianceSample,
      .variancePopulation, .approximateQuantile, .percentileContinuous, .percentileDiscrete,
      .digestState, .mode:
      return true
    case .countRows, .count, .minimum, .maximum, .booleanAnd, .booleanOr,
      .approximateCountDistinct, .stringAggregate, .arrayAggregate, .argumentOfMinimum,
      .argumentOfMaximum, .anyValue, .hyperLogLogState, .hyperLogLogMerge, .digestMerge,
      .regression, .retention, .windowFunnel, .sessionCount, .trailingDistinct:
      return false
    }
  }
}

/// The groups and the aggregates' states of one task.
///
/// Sound to share: one thread fills it, and after `settle` nobody changes it, however many queries
/// merge it into theirs.
final class AggregationState: @unchecked Sendable {
  private var groups: GroupTable
  private let aggregates: [PreparedAggregate]
  let accumulators: [any Accumulator]
  private var memory: AggregationMemory?

  init(_ aggregator: Aggregator) {
    groups = GroupTable(keys: aggregator.keys, dictionaries: aggregator.keyDictionaries)
    aggregates = aggregator.aggregates
    accumulators = aggregator.aggregates.map { $0.makeAccumulator() }
    for accumulator in accumulators { accumulator.resize(to: groups.count) }
    memory = AggregationMemory(bytesPerRow: accumulators.reduce(0) { $0 + $1.bytesPerRow })
  }

  func releaseMemory() { memory = nil }

  func update(_ view: BatchView) throws(QueryError) {
    let isOfOneSize = groups.keys.isEmpty && memory?.bytesPerRow == 0
    if !isOfOneSize {
      try memory?.prepare(
        rows: view.rowCount, growth: groups.growthByteCount(adding: view.rowCount))
    }
    try add(view)
    if !isOfOneSize {
      try memory?.settle(rows: view.rowCount, groupCount: groups.count) { byteCount }
    }
  }

  private func add(_ view: BatchView) throws(QueryError) {
    let view = try oneRowPerGroup(view) ?? view
    let assignment = try groups.assign(view)
    let groupCount = groups.count
    var filtered: [Expression: (BatchView, GroupAssignment)] = [:]
    for (aggregate, accumulator) in zip(aggregates, accumulators) {
      accumulator.resize(to: groupCount)
      var rows = (view, assignment)
      if let filter = aggregate.filter {
        // Rows that are only counted need not be known.
        if let known = filtered[filter.expression] {
          rows = known
        } else if let mask = try view.mask(filter) {
          if case .single(let group) = assignment.kind,
            let counter = accumulator as? CountAccumulator, counter.countsRows
          {
            counter.add(mask.setCount, to: group)
            continue
          }
          rows = selecting(mask, view, assignment)
          filtered[filter.expression] = rows
        } else {
          let selected = try view.rows(where: filter)
          if selected.count < view.rowCount {
            rows = (view.selecting(selected), assignment.selecting(selected))
          }
          filtered[filter.expression] = rows
        }
      }
      if rows.0.rowCount == 0 { continue }
      try accumulator.update(
        AggregateInput(
          view: rows.0, assignment: rows.1, groupCount: groupCount,
          arguments: aggregate.arguments))
    }
  }

  private func selecting(
    _ mask: SelectionBitmap, _ view: BatchView, _ assignment: GroupAssignment
  ) -> (BatchView, GroupAssignment) {
    // Columns from elsewhere, such as the other side of a join, are gathered by rows.
    guard view.isOfSegmentAlone else {
      let rows = view.rows(in: mask)
      return (view.selecting(rows), assignment.selecting(rows))
    }
    let selected = view.selecting(mask)
    if selected.rowCount == view.rowCount { return (view, assignment) }
    if case .single = assignment.kind {
      return (selected, GroupAssignment(assignment.kind, rowCount: selected.rowCount))
    }
    return (selected, assignment.selecting(view.rows(in: mask)))
  }

  /// The first row of each group, where the others say nothing new: for aggregates that are the same however
  /// often they see a value, over values that are the same for all rows, such as the day of a segment.
  private func oneRowPerGroup(_ view: BatchView) throws(QueryError) -> BatchView? {
    guard groups.keys.count == 1, view.isOfSegment, view.rowCount > 1_024, !aggregates.isEmpty,
      aggregates.allSatisfy({ $0.filter == nil && $0.aggregate.function.ignoresRepetition })
    else { return nil }
    for aggregate in aggregates {
      guard let argument = aggregate.arguments.first, case .constant = try view.lift(argument)
      else { return nil }
    }
    guard case .coded(let coded) = try view.lift(groups.keys[0]) else { return nil }
    return view.selecting(
      coded.firstRows(positions: view.positions, rowCount: view.rowCount))
  }

  /// Memory of keys and states, roughly.
  var byteCount: Int { accumulators.reduce(groups.byteCount) { $0 + $1.byteCount } }

  /// Called when no more rows come: drops what only helps with those. From then on the state is only
  /// read, by any number of threads.
  func settle() {
    groups.settle()
  }

  func merge(_ other: AggregationState) throws(QueryError) {
    let count = other.groups.count
    let temporary = count * (groups.keys.count + 2) * 16
    try memory?.prepare(
      rows: count, growth: groups.growthByteCount(adding: count) + temporary + other.byteCount)
    defer { memory?.finish() }
    let mapping = try groups.merge(other.groups)
    try QueryScope.check()
    for (accumulator, theirs) in zip(accumulators, other.accumulators) {
      accumulator.resize(to: groups.count)
      try QueryScope.check()
      try accumulator.merge(theirs, groups: mapping)
    }
    try memory?.settle(rows: .max, groupCount: groups.count) { byteCount }
  }

  /// The values of one key, by group.
  func keyVector(_ key: Int) -> Vector { groups.keyVector(key) }

  /// Some of the groups, ascending, as a result; what the others come to does not matter.
  func finish(_ types: [DataType], keeping kept: [UInt32]) throws(QueryError) -> Batch {
    if kept.count == groups.count { return try finish(types) }
    let width = groups.keys.count + accumulators.count
    let reservation = try MemoryReservation.ofQuery(
      (groups.count + kept.count * width) * 8, for: "the results of groups")
    // What is left out goes to one group more, which nobody sees.
    var target = [UInt32](repeating: UInt32(kept.count), count: groups.count)
    for (group, old) in kept.enumerated() { target[Int(old)] = UInt32(group) }
    var columns = groups.keys.indices.map { groups.keyVector($0).gather(rows: kept) }
    for (aggregate, accumulator) in zip(aggregates, accumulators) {
      try QueryScope.check()
      let total = aggregate.makeAccumulator()
      total.resize(to: kept.count + 1)
      try total.merge(accumulator, groups: target)
      columns.append(try total.finish(groupCount: kept.count))
    }
    for (index, type) in types.enumerated() { columns[index].type = type }
    var batch = Batch(rowCount: kept.count, columns: columns)
    try reservation.grow(to: batch.byteCount)
    batch.reservation = reservation
    return batch
  }

  func finish(_ types: [DataType]) throws(QueryError) -> Batch {
    let width = groups.keys.count + accumulators.count
    let reservation = try MemoryReservation.ofQuery(
      groups.count * width * 8, for: "the results of groups")
    var columns: [Vector] = []
    for key in groups.keys.indices {
      try QueryScope.check()
      columns.append(groups.keyVector(key))
    }
    var pools: Set<ObjectIdentifier> = []
    var byteCount = Batch(rowCount: groups.count, columns: columns).byteCount(counted: &pools)
    for accumulator in accumulators {
      try QueryScope.check()
      let column = try accumulator.finish(groupCount: groups.count)
      // Each before the next is made: a result may be far larger than a group.
      byteCount += Batch(rowCount: groups.count, columns: [column]).byteCount(counted: &pools)
      try reservation.grow(to: byteCount)
      columns.append(column)
    }
    for (index, type) in types.enumerated() { columns[index].type = type }
    var batch = Batch(rowCount: groups.count, columns: columns)
    batch.reservation = reservation
    return batch
  }
}

extension AggregateFunction {
  /// Whether a value that comes again changes nothing.
  fileprivate var ignoresRepetition: Bool {
    switch self {
    case .minimum, .maximum, .booleanAnd, .booleanOr: true
    default: false
    }
  }
}

extension CodedVector {
  /// Of each value that occurs, and of null, the first of the selected rows that have it, ascending.
  fileprivate func firstRows(positions: [UInt32]?, rowCount: Int) -> [UInt32] {
    let entries = entryIndices(positions: positions, rowCount: rowCount)
    var isNew = [UInt8](repeating: 1, count: entryCount + 1)
    return [UInt32](unsafeUninitializedCapacity: rowCount) { rows, initialized in
      var kept = 0
      isNew.withUnsafeMutableBufferPointer { isNew in
        for row in 0..<rowCount {
          let entry = Int(entries[row])
          rows[kept] = UInt32(truncatingIfNeeded: row)
          kept &+= Int(isNew[entry])
          isNew[entry] = 0
        }
      }
      initialized = kept
    }
  }

  /// Which values occur among the selected rows, 1 for each that does; the last is null.
  func occurrences(positions: [UInt32]?, rowCount: Int) -> [UInt8] {
    let entries = entryIndices(positions: positions, rowCount: rowCount)
    var occurs = [UInt8](repeating: 0, count: entryCount + 1)
    occurs.withUnsafeMutableBufferPointer { occurs in
      entries.withUnsafeBufferPointer { entries in
        for row in 0..<rowCount { occurs[Int(entries[row])] = 1 }
      }
    }
    return occurs
  }
}
