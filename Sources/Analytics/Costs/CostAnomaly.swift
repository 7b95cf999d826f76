/// A day whose cost is far from what the same day of the week has cost before.
///
/// The modified z-score of Iglewicz and Hoaglin (1993), 0.6745 × (cost − median) ÷ MAD over the same day of
/// the week of up to 8 weeks before, beyond 3.5 on either side. Median and MAD (the median distance from
/// the median) are not moved by a few days that were odd themselves. The MAD counts as 1 % of the median and
/// as a cent at least, so that nothing is odd about a cent. At least 4 weeks are needed. All of it is
/// computed in whole micro-dollars: the same days always give the same answer.
public struct CostAnomaly: Sendable, Equatable {
  public static let weekCount = 8
  public static let leastWeekCount = 4
  /// In thousandths.
  public static let threshold: Int64 = 3_500
  static let leastDeviation: Int64 = 10_000

  public var day: Day
  /// In micro-dollars, as the others.
  public var cost: Int64
  public var median: Int64
  /// As it was found, before what it counts as at least.
  public var deviation: Int64
  public var weekCount: Int
  /// In thousandths; above 0 where it cost more.
  public var score: Int64
  /// The day is not over yet: it has cost too much already.
  public var isRunning: Bool

  public enum Direction: String, Sendable {
    case high
    case low
  }

  public var direction: Direction { score > 0 ? .high : .low }

  /// `costs` has no entry for a day that cost nothing; days before `since` are not known at all.
  public static func find(
    in costs: [Day: Int64], days: ClosedRange<Day>, since: Day, running: Day? = nil
  ) -> [CostAnomaly] {
    var anomalies: [CostAnomaly] = []
    var day = days.lowerBound
    while day <= days.upperBound {
      if let found = anomaly(of: day, in: costs, since: since, isRunning: day == running) {
        anomalies.append(found)
      }
      day = day.advanced(by: 1)
    }
    return anomalies
  }

  private static func anomaly(
    of day: Day, in costs: [Day: Int64], since: Day, isRunning: Bool
  ) -> CostAnomaly? {
    let before = (1...weekCount).map { day.advanced(by: -7 * $0) }.filter { $0 >= since }
      .map { costs[$0] ?? 0 }
    guard before.count >= leastWeekCount else { return nil }
    let cost = costs[day] ?? 0
    let middle = median(before)
    let deviation = median(before.map { abs($0 - middle) })
    let scale = max(deviation, middle / 100, leastDeviation)
    let score = Int128(cost - middle) * 6_745 / 10 / Int128(scale)
    let clamped = Int64(clamping: score)
    guard abs(clamped) > threshold, !isRunning || clamped > 0 else { return nil }
    return CostAnomaly(
      day: day, cost: cost, median: middle, deviation: deviation, weekCount: before.count,
      score: clamped, isRunning: isRunning)
  }

  /// Of an even number the mean of the two in the middle, rounded towards 0.
  static func median(_ values: [Int64]) -> Int64 {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
    return Int64((Int128(sorted[middle - 1]) + Int128(sorted[middle])) / 2)
  }
}
