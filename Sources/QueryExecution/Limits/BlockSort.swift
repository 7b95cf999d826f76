import QueryLanguage

/// Sorting that can be stopped: blocks by the standard library, then merges of two sorted runs at a
/// time, with a look at the query's limits between blocks.
enum BlockSort {
  /// Sorted at once, in a few milliseconds.
  static let blockSize = 65_536

  /// Sorts by a total order. Needs as much memory again, which is set aside here.
  static func sort<Element>(
    _ elements: inout [Element], by precedes: (Element, Element) -> Bool
  ) throws(QueryError) {
    let count = elements.count
    guard count > blockSize else {
      elements.sort(by: precedes)
      return
    }
    let reservation = try MemoryReservation.ofQuery(
      count * MemoryLayout<Element>.stride, for: "sorting")
    for start in stride(from: 0, to: count, by: blockSize) {
      try QueryScope.check()
      elements[start..<min(start + blockSize, count)].sort(by: precedes)
    }
    var source = elements
    elements = []
    var runLength = blockSize
    while runLength < count {
      source = try merged(source, runLength: runLength, by: precedes)
      runLength *= 2
    }
    elements = source
    withExtendedLifetime(reservation) {}
  }

  /// In order; what is equal stays as it was.
  static func sorted<Element>(
    _ elements: [Element], by compare: (Element, Element) -> Int
  ) throws(QueryError) -> [Element] {
    let reservation = try MemoryReservation.ofQuery(
      elements.count * MemoryLayout<UInt32>.stride, for: "sorting")
    var order = elements.indices.map { UInt32(truncatingIfNeeded: $0) }
    try sort(&order) { left, right in
      let result = compare(elements[Int(left)], elements[Int(right)])
      return result == 0 ? left < right : result < 0
    }
    withExtendedLifetime(reservation) {}
    return order.map { elements[Int($0)] }
  }

  private static func merged<Element>(
    _ source: [Element], runLength: Int, by precedes: (Element, Element) -> Bool
  ) throws(QueryError) -> [Element] {
    var target: [Element] = []
    target.reserveCapacity(source.count)
    for start in stride(from: 0, to: source.count, by: 2 * runLength) {
      let middle = min(start + runLength, source.count)
      let end = min(middle + runLength, source.count)
      var (left, right) = (start, middle)
      while left < middle, right < end {
        try QueryScope.check()
        let blockEnd = target.count + blockSize
        source.withUnsafeBufferPointer { source in
          while left < middle, right < end, target.count < blockEnd {
            // Of equal ones the left comes first.
            if precedes(source[right], source[left]) {
              target.append(source[right])
              right += 1
            } else {
              target.append(source[left])
              left += 1
            }
          }
        }
      }
      target.append(contentsOf: source[left..<middle])
      target.append(contentsOf: source[right..<end])
    }
    return target
  }
}
