/// When the steps of the chains of one user were met, beside a `FunnelSearch` that finds them.
///
/// For each step it has the times of the latest chain that reached it, and of chains with one begin each
/// step as early as it was met.
struct FunnelChain: Sendable {
  private let stepCount: Int
  /// A row of `stepCount` times for each step; behind them the same as they were before the moment that is
  /// looked at.
  private var times: [Int64]
  /// Of the chain that reached the level that is the highest by now before all others, and of those that
  /// did so at one moment of the one that began last.
  private(set) var best: [Int64] = []

  init(stepCount: Int) {
    self.stepCount = stepCount
    times = [Int64](repeating: 0, count: 2 * stepCount * stepCount)
  }

  /// Another user.
  mutating func clear() { best.removeAll(keepingCapacity: true) }

  /// Keeps what chains are now of the steps below `level`.
  mutating func keepMoment(level: Int) {
    let before = stepCount * stepCount
    for index in 0..<level * stepCount { times[before + index] = times[index] }
  }

  mutating func begin(at time: Int64) { times[0] = time }

  /// The chain of the step before goes on, as it is or as it was before the moment.
  mutating func reach(_ step: Int, at time: Int64, fromBefore: Bool) {
    let source = (step - 1) * stepCount + (fromBefore ? stepCount * stepCount : 0)
    for index in 0..<step { times[step * stepCount + index] = times[source + index] }
    times[step * stepCount + step] = time
  }

  /// No chain has reached `step` before.
  mutating func improve(to step: Int) {
    best.removeAll(keepingCapacity: true)
    best += times[step * stepCount...step * stepCount + step]
  }
}
