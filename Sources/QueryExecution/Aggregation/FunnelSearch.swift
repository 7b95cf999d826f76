import QueryPlanning

/// How far the events of one user get through the steps of a funnel.
///
/// One pass over the events by time. For each step it is enough to know when the latest chain that
/// has reached it began: whatever continues an earlier chain in time continues that one as well.
struct FunnelSearch: Sendable {
  /// What happened at a moment: bit i is set where it meets step i. No bit is an event that is no
  /// step.
  struct Event: GroupedEvent {
    var time: Int64
    var steps: UInt32
    var group: UInt32
  }

  /// Milliseconds from the first event of a chain to its last, at most.
  let window: Int64
  let modes: FunnelModes
  /// 1 to 32.
  let stepCount: Int

  /// Events that are no step matter to nothing but their order.
  var keepsOtherEvents: Bool { modes.contains(.strictOrder) }

  /// The number of steps that the longest chain has, from 0 to `stepCount`.
  ///
  /// `events` ascend by time; those at the same time come in no order, and each of them may be
  /// several steps. `begins` has room for the steps twice over and may hold anything. `chain`, where there is
  /// one, then has the times of the chain.
  func level(
    of events: UnsafeBufferPointer<Event>, begins: UnsafeMutableBufferPointer<Int64>,
    chain: inout FunnelChain?
  ) -> Int {
    chain?.clear()
    var level = 0
    var first = 0
    while first < events.count {
      let time = events[first].time
      var steps: UInt32 = 0
      var hasOther = false
      var end = first
      while end < events.count, events[end].time == time {
        steps |= events[end].steps
        if events[end].steps == 0 { hasOther = true }
        end += 1
      }
      if hasOther, keepsOtherEvents, level > 0 { return level }
      let wasLevel = level
      if modes.contains(.strictIncrease) {
        // Chains as they were before this moment.
        for step in 0..<level { begins[stepCount + step] = begins[step] }
        chain?.keepMoment(level: level)
      }
      while steps != 0 {
        let step = steps.trailingZeroBitCount
        steps &= steps &- 1
        if step == 0 {
          begins[0] = time
          chain?.begin(at: time)
          if level == 0 {
            level = 1
            chain?.improve(to: 0)
          }
          continue
        }
        if modes.contains(.strictDeduplication), level > step { return level }
        if level < step {
          if keepsOtherEvents, level > 0 { return level }
          continue
        }
        let begin: Int64
        if modes.contains(.strictIncrease) {
          if wasLevel < step { continue }
          begin = begins[stepCount + step - 1]
        } else {
          begin = begins[step - 1]
        }
        if time &- begin > window { continue }
        if level == step || begins[step] != begin {
          chain?.reach(step, at: time, fromBefore: modes.contains(.strictIncrease))
        }
        begins[step] = begin
        if level == step {
          level = step + 1
          chain?.improve(to: step)
        }
        if level == stepCount { return level }
        if modes.contains(.strictDeduplication), isRepeated(step, events[first..<end]) {
          return level
        }
      }
      first = end
    }
    return level
  }

  /// Whether several events of one moment are the step.
  private func isRepeated(
    _ step: Int, _ events: Slice<UnsafeBufferPointer<Event>>
  ) -> Bool {
    var count = 0
    for event in events { count += Int(event.steps &>> UInt32(step) & 1) }
    return count > 1
  }
}
