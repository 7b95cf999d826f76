internal import Intake

/// Counts by the second in which records came, of the last minute: the second that runs and the 59 before
/// it. Takes 8 KB while there is something in it.
struct LastMinute: Sendable {
  static let secondCount: Int64 = 60
  private static let placeCount = 64
  private static let stride = ActivityCounter.allCases.count

  /// Which second each place is of.
  private var seconds: [Int64]
  private var values: [Int64]

  init() {
    seconds = Array(repeating: .min, count: Self.placeCount)
    values = Array(repeating: 0, count: Self.placeCount * Self.stride)
  }

  mutating func add(_ counts: ActivityCounts, at second: Int64) {
    let place = Int(second & Int64(Self.placeCount - 1))
    // What came longer ago than the ring remembers.
    guard seconds[place] <= second else { return }
    if seconds[place] < second {
      seconds[place] = second
      for index in place * Self.stride..<(place + 1) * Self.stride { values[index] = 0 }
    }
    for (index, value) in counts.values.enumerated() {
      values[place * Self.stride + index] &+= value
    }
  }

  func isEmpty(at now: Int64) -> Bool {
    !seconds.contains { $0 > now - Self.secondCount && $0 <= now }
  }

  func total(at now: Int64) -> ActivityCounts {
    var total = ActivityCounts()
    for place in seconds.indices
    where seconds[place] > now - Self.secondCount && seconds[place] <= now {
      total.add(ActivityCounts(values[place * Self.stride..<(place + 1) * Self.stride]))
    }
    return total
  }

  /// Second by second, the oldest first, added to what is there.
  func add(to series: inout [ActivityCounts], at now: Int64) {
    for place in seconds.indices
    where seconds[place] > now - Self.secondCount && seconds[place] <= now {
      let index = Int(seconds[place] - (now - Self.secondCount) - 1)
      series[index].add(ActivityCounts(values[place * Self.stride..<(place + 1) * Self.stride]))
    }
  }
}
