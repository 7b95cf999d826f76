import ColumnStore
import QueryLanguage
import QueryPlanning

/// `session_count`: keeps runs of moments, of which none lies further from its neighbours than the
/// gap.
///
/// Two runs are one where they come as close as that, so runs may be collected piece by piece, in any
/// order, and joined at the end: 24 bytes for each session of a morsel where moments come by time.
final class SessionAccumulator: Accumulator {
  private struct Run: GroupedEvent {
    /// Empty where it is after `end`.
    var start: Int64
    var end: Int64
    var group: UInt32

    var time: Int64 { start }
    var isEmpty: Bool { start > end }

    init(group: UInt32) {
      start = 1
      end = 0
      self.group = group
    }

    /// Takes a later or earlier run in, if it is no further away than the gap.
    @inline(__always)
    mutating func join(_ start: Int64, _ end: Int64, gap: Int64) -> Bool {
      guard start &- self.end <= gap, self.start &- end <= gap else { return false }
      self.start = min(self.start, start)
      self.end = max(self.end, end)
      return true
    }
  }

  private let gap: Int64
  /// The run that was added to last, by group.
  private var current: [Run] = []
  private var others: [Run] = []

  /// `gap` in milliseconds.
  init(gap: Int64) {
    self.gap = gap
  }

  var byteCount: Int { (current.count + others.capacity) * MemoryLayout<Run>.stride }
  var bytesPerRow: Int { MemoryLayout<Run>.stride }

  func resize(to groupCount: Int) {
    while current.count < groupCount {
      current.append(Run(group: UInt32(truncatingIfNeeded: current.count)))
    }
  }

  func update(_ input: AggregateInput) throws(QueryError) {
    let moments = try input.vector(0).expanded()
    guard case .integers(let times) = moments.storage else { return }
    // Locals, so that the loop does not ask the object for each row.
    let gap = gap
    var closed: [Run] = []
    swap(&closed, &others)
    defer { swap(&closed, &others) }
    times.withUnsafeBufferPointer { times in
      current.withUnsafeMutableBufferPointer { current in
        input.forEachRow(validity: moments.validity) { row, group in
          Self.add(times[row], times[row], to: &current[group], &closed, gap: gap)
        }
      }
    }
  }

  @inline(__always)
  private static func add(
    _ start: Int64, _ end: Int64, to run: inout Run, _ others: inout [Run], gap: Int64
  ) {
    if run.isEmpty {
      (run.start, run.end) = (start, end)
    } else if !run.join(start, end, gap: gap) {
      others.append(run)
      (run.start, run.end) = (start, end)
    }
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? SessionAccumulator else { return }
    let gap = gap
    var closed: [Run] = []
    swap(&closed, &others)
    defer { swap(&closed, &others) }
    let first = closed.count
    // Which of them join ours shows at the end.
    closed.append(contentsOf: other.others)
    groups.withUnsafeBufferPointer { groups in
      closed.withUnsafeMutableBufferPointer { closed in
        for index in first..<closed.count {
          closed[index].group = groups[Int(closed[index].group)]
        }
      }
      current.withUnsafeMutableBufferPointer { current in
        for run in other.current where !run.isEmpty {
          Self.add(
            run.start, run.end, to: &current[Int(groups[Int(run.group)])], &closed, gap: gap)
        }
      }
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let reservation = try GroupedEvents<Run>.reservation(
      2 * (others.count + current.count), groupCount: groupCount)
    var counts = [Int64](repeating: 0, count: groupCount)
    var grouped = GroupedEvents(
      others + current.prefix(groupCount).filter { !$0.isEmpty }, groupCount: groupCount)
    grouped.forEachGroup { group, runs in
      var sessions: Int64 = 0
      var end: Int64 = 0
      for run in runs {
        if sessions == 0 || run.start &- end > gap {
          sessions += 1
          end = run.end
        } else {
          end = max(end, run.end)
        }
      }
      counts[group] = sessions
    }
    withExtendedLifetime(reservation) {}
    try QueryScope.check()
    return Vector(type: .integer, count: groupCount, storage: .integers(counts))
  }
}
