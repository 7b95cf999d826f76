import QueryLanguage

/// The values that would stand at some places of a sorted list, found without sorting it.
///
/// Values are dealt into buckets by the leading bits in which they differ, and only buckets with a wanted
/// place are looked at again: three passes over the values, as a rule, then a few of them are sorted. NaN is
/// greater than all, as in PostgreSQL.
struct OrderStatistics {
  private static let bucketBits: UInt64 = 11
  /// Sorted at once.
  private static let smallCount = 512
  /// Of more places a sorted list is sooner made.
  private static let mostPlaces = 16
  /// Passed over between two looks at the query's limits.
  private static let blockSize = 1 << 20

  /// Keys whose order as numbers is that of the doubles.
  private let keys: [UInt64]
  private var found: [Int: UInt64] = [:]

  /// `places` count from 0 and are below the number of values.
  static func values(
    of values: [Double], at places: Set<Int>
  ) throws(QueryError) -> [Int: Double] {
    let reservation = try MemoryReservation.ofQuery(values.count * 16, for: "looking for quantiles")
    defer { withExtendedLifetime(reservation) {} }
    var statistics = OrderStatistics(keys: values.map(key))
    try statistics.find(places.sorted(), in: statistics.keys, before: 0)
    return statistics.found.mapValues(value)
  }

  private init(keys: [UInt64]) { self.keys = keys }

  /// `before` is how many values of the whole are less than all of these.
  private mutating func find(
    _ places: [Int], in keys: [UInt64], before: Int
  ) throws(QueryError) {
    try QueryScope.check()
    guard keys.count > Self.smallCount, places.count <= Self.mostPlaces else {
      var sorted = keys
      try BlockSort.sort(&sorted, by: <)
      for place in places { found[place] = sorted[place - before] }
      return
    }
    let (least, greatest) = try Self.bounds(keys)
    guard least < greatest else {
      for place in places { found[place] = least }
      return
    }
    let width = UInt64(64 - (greatest - least).leadingZeroBitCount)
    let shift = width > Self.bucketBits ? width - Self.bucketBits : 0
    var counts = [Int](repeating: 0, count: 1 << Int(Self.bucketBits))
    try Self.forEachBlock(keys) { block in
      counts.withUnsafeMutableBufferPointer { counts in
        for key in block { counts[Int(truncatingIfNeeded: (key &- least) &>> shift)] &+= 1 }
      }
    }
    var begin = before
    var next = 0
    for (bucket, count) in counts.enumerated() where count > 0 {
      let first = next
      while next < places.count, places[next] < begin + count { next += 1 }
      if next > first {
        var own: [UInt64] = []
        own.reserveCapacity(count)
        try Self.forEachBlock(keys) { block in
          for key in block where Int(truncatingIfNeeded: (key &- least) &>> shift) == bucket {
            own.append(key)
          }
        }
        try find(Array(places[first..<next]), in: own, before: begin)
      }
      if next == places.count { break }
      begin += count
    }
  }

  private static func bounds(_ keys: [UInt64]) throws(QueryError) -> (UInt64, UInt64) {
    var least = UInt64.max
    var greatest: UInt64 = 0
    try forEachBlock(keys) { block in
      for key in block {
        least = min(least, key)
        greatest = max(greatest, key)
      }
    }
    return (least, greatest)
  }

  private static func forEachBlock(
    _ keys: [UInt64], _ body: (UnsafeBufferPointer<UInt64>) -> Void
  ) throws(QueryError) {
    for start in stride(from: 0, to: keys.count, by: blockSize) {
      try QueryScope.check()
      keys.withUnsafeBufferPointer {
        body(UnsafeBufferPointer(rebasing: $0[start..<min(start + blockSize, keys.count)]))
      }
    }
  }

  private static let sign: UInt64 = 1 << 63

  private static func key(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    let bits = value.bitPattern
    return bits & sign == 0 ? bits | sign : ~bits
  }

  private static func value(_ key: UInt64) -> Double {
    if key == .max { return .nan }
    return Double(bitPattern: key & sign == 0 ? ~key : key & ~sign)
  }
}
