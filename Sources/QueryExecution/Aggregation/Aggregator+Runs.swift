import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

extension Aggregator {
  /// So many days, counted from 1970-01-01, are a run: its merged state is kept beside those of the
  /// days, so that a window of many days that moves merges few states.
  private static let daysPerRun: Int64 = 16

  /// Whether it does not matter which neighbours are merged first. Only then an answer that is put
  /// together of runs is, to the last bit, that of days one after the other.
  var mergesInRuns: Bool { aggregates.allSatisfy { $0.aggregate.mergesInRuns } }

  /// A state that goes into the total at its place.
  private enum Part {
    case known(AggregationState, segmentCount: Int)
    case task(Int)
    case run(Run)
  }

  /// Tasks whose merged state is to be kept.
  private struct Run {
    let tasks: Range<Int>
    let key: PartialResultCache.Key
    let merge: OrderedMerge<AggregationState>
  }

  /// What one thread does at a time: a part that is no run, or one task of one that is.
  private struct Step {
    let part: Int
    let task: Int
  }

  /// The state over all rows, by way of those of runs.
  func mergedRuns(
    _ input: RowStream, _ context: QueryContext, _ cached: CachedScan, operatorID: Int
  ) throws(QueryError) -> AggregationState {
    let parts = try parts(cached)
    var steps: [Step] = []
    for (index, part) in parts.enumerated() {
      switch part {
      case .known: steps.append(Step(part: index, task: 0))
      case .task(let task): steps.append(Step(part: index, task: task))
      case .run(let run): steps += run.tasks.map { Step(part: index, task: $0) }
      }
    }
    let work = steps
    let merge = OrderedMerge(start: AggregationState(self))
    try context.run(taskCount: work.count) { index throws(QueryError) in
      try context.checkCancellation()
      let step = work[index]
      let state: AggregationState
      switch parts[step.part] {
      case .known(let known, let segmentCount):
        context.counters.segmentsCached.add(segmentCount, ordering: .relaxed)
        context.profile?.update(operatorID) { $0.segmentsCached += segmentCount }
        state = known
      case .task(let task):
        state = try self.state(of: task, input, context, cached, operatorID)
      case .run(let run):
        let own = try self.state(of: step.task, input, context, cached, operatorID)
        let timer = context.profile?.start()
        defer { timer?.stop(operatorID) }
        let isComplete = try run.merge.add(own, task: step.task - run.tasks.lowerBound) {
          total, next throws(QueryError) in try total.merge(next)
        }
        guard isComplete else { return }
        state = run.merge.total
        state.settle()
        cached.cache.keep(state, for: run.key, segments: cached.segments(run.tasks))
        state.releaseMemory()
      }
      let timer = context.profile?.start()
      defer { timer?.stop(operatorID) }
      try merge.add(state, task: step.part) { total, next throws(QueryError) in
        try total.merge(next)
      }
    }
    return merge.total
  }

  /// Runs that the scan does not end in the middle of, and the other tasks.
  private func parts(_ cached: CachedScan) throws(QueryError) -> [Part] {
    let ranges = cached.runs(of: Self.daysPerRun)
    var parts: [Part] = []
    for (index, range) in ranges.enumerated() {
      // The first and the last may have days that the scan leaves out, and another window not.
      guard range.count > 1, index > 0, index < ranges.count - 1,
        let key = try cached.key(range)
      else {
        parts += range.map { .task($0) }
        continue
      }
      if let known = cached.cache.state(key) {
        parts.append(.known(known, segmentCount: key.segments.count))
      } else {
        let merge = OrderedMerge(start: AggregationState(self), count: range.count)
        parts.append(.run(Run(tasks: range, key: key, merge: merge)))
      }
    }
    return parts
  }
}

extension Aggregator.CachedScan {
  /// Tasks side by side whose days belong together.
  fileprivate func runs(of dayCount: Int64) -> [Range<Int>] {
    func run(_ task: Int) -> Int64? {
      guard case .day(let day) = scanner.morsels[task].partition else { return nil }
      return day >= 0 ? day / dayCount : (day + 1) / dayCount - 1
    }
    var ranges: [Range<Int>] = []
    for task in scanner.morsels.indices {
      if let last = ranges.last, let before = run(task - 1), before == run(task) {
        ranges[ranges.count - 1] = last.lowerBound..<task + 1
      } else {
        ranges.append(task..<task + 1)
      }
    }
    return ranges
  }

  func segments(_ tasks: Range<Int>) -> [Segment] {
    tasks.count == 1
      ? scanner.morsels[tasks.lowerBound].segments
      : tasks.flatMap { scanner.morsels[$0].segments }
  }

  /// `nil` for segments to which rows are still added.
  func key(_ tasks: Range<Int>) throws(QueryError) -> PartialResultCache.Key? {
    let segments = segments(tasks)
    guard segments.allSatisfy(\.isSealed) else { return nil }
    return PartialResultCache.Key(
      segments: segments, question: question,
      undecided: try scanner.filter.undecided(over: segments))
  }
}

extension Aggregate {
  fileprivate var mergesInRuns: Bool {
    switch function {
    case .countRows, .count, .minimum, .maximum, .booleanAnd, .booleanOr, .trailingDistinct: true
    // In 128 bits nothing is lost. Sums of doubles are rounded as they are added.
    case .sum, .average: !isDistinct && arguments.first?.type == .integer
    default: false
    }
  }
}
