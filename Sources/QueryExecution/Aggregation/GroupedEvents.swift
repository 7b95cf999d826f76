import QueryLanguage

/// What has a group and is looked at in the order of time within it.
protocol GroupedEvent: BitwiseCopyable {
  var group: UInt32 { get }
  var time: Int64 { get }
}

/// Events of many groups as they came, which is one allocation and no object per group, put side by
/// side by group and, within each, by time.
struct GroupedEvents<Event: GroupedEvent> {
  private var events: [Event]
  private let offsets: [Int]

  init(_ unordered: [Event], groupCount: Int) {
    var offsets = [Int](repeating: 0, count: groupCount + 1)
    for event in unordered { offsets[Int(event.group) + 1] &+= 1 }
    for group in 0..<groupCount { offsets[group + 1] &+= offsets[group] }
    var next = offsets
    events = unordered.withUnsafeBufferPointer { unordered in
      [Event](unsafeUninitializedCapacity: unordered.count) { events, initialized in
        next.withUnsafeMutableBufferPointer { next in
          for event in unordered {
            let group = Int(event.group)
            events.initializeElement(at: next[group], to: event)
            next[group] &+= 1
          }
        }
        initialized = unordered.count
      }
    }
    self.offsets = offsets
  }

  /// Memory for the copy and where each group begins in it.
  static func reservation(
    _ count: Int, groupCount: Int
  ) throws(QueryError) -> MemoryReservation {
    try QueryScope.check()
    return try .ofQuery(
      count * MemoryLayout<Event>.stride + 2 * groupCount * MemoryLayout<Int>.stride,
      for: "events in the order of time")
  }

  /// Calls `body` with the events of each group, of which there may be none; not any more once the
  /// query has to stop.
  mutating func forEachGroup(_ body: (_ group: Int, UnsafeBufferPointer<Event>) -> Void) {
    events.withUnsafeMutableBufferPointer { events in
      for group in 0..<offsets.count - 1 {
        if group & 0xFF == 0, QueryScope.mustStop { return }
        var own = UnsafeMutableBufferPointer(rebasing: events[offsets[group]..<offsets[group + 1]])
        // They come by time, mostly, since partitions are days.
        if !Self.ascends(own) { own.sort { $0.time < $1.time } }
        body(group, UnsafeBufferPointer(own))
      }
    }
  }

  private static func ascends(_ events: UnsafeMutableBufferPointer<Event>) -> Bool {
    var index = 1
    while index < events.count {
      if events[index].time < events[index - 1].time { return false }
      index += 1
    }
    return true
  }
}
