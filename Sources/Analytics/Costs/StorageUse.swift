internal import ColumnStore

/// What was stored in a window, and what that costs: `StorageStatement` says how it is worked out.
public struct StorageUse: Sendable, Equatable {
  /// At the end of the window, or now where that is earlier; what is not charged included.
  public internal(set) var byteCount: Int64 = 0
  public private(set) var gigabyteDays = 0.0
  /// Micro-dollars by day; days without anything stored, or without a rate, are missing.
  public private(set) var costs: [Day: Int64] = [:]
  /// Whether something was stored at a time for which there is no rate.
  public private(set) var isRateMissing = false

  /// 1024³.
  public static let bytesPerGigabyte = 1_073_741_824.0

  /// `nil` where nothing was stored, or no rate is known for it.
  public var microdollars: Int64? {
    costs.isEmpty ? nil : costs.values.reduce(0) { Self.sum($0, $1) }
  }

  mutating func add(_ day: Day, gigabyteDays: Double, microdollars: Int64?, isRateMissing: Bool) {
    self.gigabyteDays += gigabyteDays
    costs[day] = microdollars
    self.isRateMissing = self.isRateMissing || isRateMissing
  }

  /// The cost of each bucket. A bucket that has a part of a day has as much of the day's cost: what is rounded
  /// away from one is the next one's, so that buckets add up to the days.
  func costs(in buckets: [Grain.Bucket], of range: ReportRange) -> [Int64?] {
    let (window, zone) = (range.window, range.zone)
    let until = min(window.end, max(range.now, window.start))
    var costs = [Int64?](repeating: nil, count: buckets.count)
    for (day, cost) in self.costs {
      let span = TimeWindow(
        start: max(zone.start(of: day), window.start),
        end: min(zone.start(of: day.advanced(by: 1)), until))
      func upTo(_ instant: Int64) -> Int64 {
        let elapsed = min(max(instant, span.start), span.end) - span.start
        return span.isEmpty
          ? cost : Int64(Int128(cost) * Int128(elapsed) / Int128(span.milliseconds))
      }
      let first = buckets.lastIndex { $0.start <= span.start } ?? 0
      for place in first..<buckets.count {
        let isLast = place + 1 == buckets.count || buckets[place + 1].start >= span.end
        let end = isLast ? cost : upTo(buckets[place + 1].start)
        let begin = place == first ? 0 : upTo(buckets[place].start)
        costs[place] = Self.sum(costs[place] ?? 0, end - begin)
        if isLast { break }
      }
    }
    return costs
  }

  /// What does not fit is the most that does: bytes come from outside.
  static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (left < 0 ? .min : .max) : sum
  }
}
