import ColumnStore
import QueryLanguage
import QueryPlanning

/// `window_funnel` and `funnel_times`: keeps when which steps were met, 16 bytes for each row that meets one.
final class FunnelAccumulator: Accumulator {
  private let search: FunnelSearch
  private var events: [FunnelSearch.Event] = []

  init(_ search: FunnelSearch) {
    self.search = search
  }

  var byteCount: Int { events.capacity * MemoryLayout<FunnelSearch.Event>.stride }
  var bytesPerRow: Int { MemoryLayout<FunnelSearch.Event>.stride }

  func resize(to groupCount: Int) {}

  func update(_ input: AggregateInput) throws(QueryError) {
    let moments = try input.vector(0).expanded()
    guard case .integers(let times) = moments.storage else { return }
    let steps = try input.conditionBits(1..<search.stepCount + 1)
    let keepsAll = search.keepsOtherEvents
    let added = [FunnelSearch.Event](unsafeUninitializedCapacity: input.rowCount) {
      added, count in
      // Always written, counted where it is a step: no branch that random data would mispredict.
      var kept = 0
      times.withUnsafeBufferPointer { times in
        steps.withUnsafeBufferPointer { steps in
          input.forEachRow(validity: moments.validity) { row, group in
            added.initializeElement(
              at: kept,
              to: FunnelSearch.Event(
                time: times[row], steps: steps[row], group: UInt32(truncatingIfNeeded: group)))
            kept &+= (steps[row] != 0 ? 1 : 0) | (keepsAll ? 1 : 0)
          }
        }
      }
      count = kept
    }
    events.append(contentsOf: added)
  }

  func merge(_ other: any Accumulator, groups: [UInt32]) {
    guard let other = other as? FunnelAccumulator else { return }
    let start = events.count
    events.append(contentsOf: other.events)
    events.withUnsafeMutableBufferPointer { events in
      groups.withUnsafeBufferPointer { groups in
        for index in start..<events.count {
          events[index].group = groups[Int(events[index].group)]
        }
      }
    }
  }

  func finish(groupCount: Int) throws(QueryError) -> Vector {
    let reservation = try GroupedEvents<FunnelSearch.Event>.reservation(
      events.count, groupCount: groupCount)
    var grouped = GroupedEvents(events, groupCount: groupCount)
    let answersTimes = search.modes.contains(.answersTimes)
    var levels = [Int64](repeating: 0, count: answersTimes ? 0 : groupCount)
    var times = [Value](repeating: .array([]), count: answersTimes ? groupCount : 0)
    var chain = answersTimes ? FunnelChain(stepCount: search.stepCount) : nil
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 2 * search.stepCount) { begins in
      begins.initialize(repeating: 0)
      grouped.forEachGroup { group, events in
        let level = search.level(of: events, begins: begins, chain: &chain)
        if let best = chain?.best {
          let first = best.first ?? 0
          times[group] = .array(best.map { .integer($0 &- first) })
        } else {
          levels[group] = Int64(level)
        }
      }
    }
    withExtendedLifetime(reservation) {}
    try QueryScope.check()
    return answersTimes
      ? Vector(values: times, type: .array(.integer))
      : Vector(type: .integer, count: groupCount, storage: .integers(levels))
  }
}
