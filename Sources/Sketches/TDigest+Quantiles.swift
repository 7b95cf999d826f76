import Glibc  // `squareRoot` and `rounded` compile to calls into libm.

extension TDigest {
  /// The value below which the share `q` of all values lies; `nil` when empty or `q` is NaN.
  ///
  /// `q` is held within 0 and 1, where the answers are the exact minimum and maximum. Between
  /// centroids it interpolates; while every centroid stands for one value this is
  /// PostgreSQL's `percentile_cont`. Between a number and an infinity lies the infinity.
  public func quantile(_ q: Double) -> Double? { compressed().sortedQuantile(q) }

  /// Several quantiles at the price of one.
  public func quantiles(_ qs: [Double]) -> [Double?] {
    let digest = compressed()
    return qs.map(digest.sortedQuantile)
  }

  private func sortedQuantile(_ q: Double) -> Double? {
    if isEmpty || q.isNaN { return nil }
    // Positions count from 0 to count - 1, as in a sorted array.
    let position = min(max(q, 0), 1) * (Double(count) - 1)
    let firstFinite = Double(negativeInfinityCount)
    let lastFinite = firstFinite + Double(finiteCount) - 1
    if finiteCount > 0 && position >= firstFinite && position <= lastFinite {
      return finiteValue(at: position - firstFinite)
    }
    let lower = position.rounded(.down)
    let share = position - lower
    if share == 0 { return value(at: lower) }
    let (left, right) = (value(at: lower), value(at: lower + 1))
    if left.isInfinite && right.isInfinite { return share < 0.5 ? left : right }
    return left.isInfinite ? left : right
  }

  /// The value at a whole position, of which at least one neighbour is infinite.
  private func value(at position: Double) -> Double {
    if position < Double(negativeInfinityCount) { return -.infinity }
    let index = position - Double(negativeInfinityCount)
    return index < Double(finiteCount) ? finiteValue(at: index) : .infinity
  }

  /// The finite value at a position between 0 and the count of finite values less 1.
  ///
  /// Equal values hold all their positions; different ones are known at the middle of theirs.
  private func finiteValue(at position: Double) -> Double {
    var (previous, previousValue) = (0.0, finiteMinimum)
    var before = 0.0
    for centroid in centroids {
      let span = Double(centroid.count) - 1
      let first = centroid.isMixed ? before + span / 2 : before
      let last = centroid.isMixed ? first : before + span
      if position < first {
        let share = (position - previous) / (first - previous)
        return Self.interpolate(previousValue, centroid.mean, share)
      }
      if position <= last { return centroid.mean }
      (previous, previousValue) = (last, centroid.mean)
      before += span + 1
    }
    let end = before - 1
    if position >= end || previous >= end { return finiteMaximum }
    return Self.interpolate(previousValue, finiteMaximum, (position - previous) / (end - previous))
  }

  private static func interpolate(_ left: Double, _ right: Double, _ share: Double) -> Double {
    let difference = right - left
    if difference.isInfinite { return left * (1 - share) + right * share }
    return min(left + difference * share, right)
  }

  /// The share of all values that are at most `value`; `nil` when empty or `value` is NaN.
  public func rank(of value: Double) -> Double? {
    if isEmpty || value.isNaN { return nil }
    if value == .infinity { return 1 }
    let below = Double(negativeInfinityCount)
    let finite = value == -.infinity ? 0 : compressed().finiteCount(upTo: value)
    return (below + finite) / Double(count)
  }

  /// How many finite values are at most `value`, a finite number.
  private func finiteCount(upTo value: Double) -> Double {
    if finiteCount == 0 || value < finiteMinimum { return 0 }
    if value >= finiteMaximum { return Double(finiteCount) }
    var (left, leftCount) = (finiteMinimum, 1.0)
    var before = 0.0
    for centroid in centroids {
      let size = Double(centroid.count)
      if centroid.mean > value {
        let rightCount = centroid.isMixed ? before + size / 2 : before
        return Self.interpolate(leftCount, rightCount, Self.share(of: value, left, centroid.mean))
      }
      (left, leftCount) = (centroid.mean, before + (centroid.isMixed ? size / 2 : size))
      before += size
    }
    return Self.interpolate(leftCount, before, Self.share(of: value, left, finiteMaximum))
  }

  /// Where `value` lies between `left` and `right`, halved first so that nothing overflows.
  private static func share(of value: Double, _ left: Double, _ right: Double) -> Double {
    (value / 2 - left / 2) / (right / 2 - left / 2)
  }

  /// The mean of the values between the shares `from` and `to` of the sorted values.
  ///
  /// `from: 0, to: 1` is the mean of all; `from: 0.05, to: 0.95` leaves out both tails. `nil`
  /// when empty, or unless 0 ≤ from < to ≤ 1. NaN if infinities of both signs take part.
  public func trimmedMean(from: Double, to: Double) -> Double? {
    guard !isEmpty, from >= 0, from < to, to <= 1 else { return nil }
    let total = Double(count)
    let (start, end) = (from * total, to * total)
    var (before, mean) = (0.0, 0.0)
    func take(_ value: Double, _ size: Double) {
      let overlap = min(before + size, end) - max(before, start)
      // Shares of the whole, so that the sum stays as small as its largest value.
      if overlap > 0 { mean += value * (overlap / (end - start)) }
      before += size
    }
    take(-.infinity, Double(negativeInfinityCount))
    for centroid in compressed().centroids { take(centroid.mean, Double(centroid.count)) }
    take(.infinity, Double(positiveInfinityCount))
    return mean
  }
}
