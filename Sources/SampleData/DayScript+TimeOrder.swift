extension DayScript {
  /// The positions of the events in order of time; events of one millisecond keep their order,
  /// so that a request comes before its outcome.
  func timeOrder() -> [UInt32] {
    // Two stable counting passes, over the low 13 and the high 14 bits of the millisecond.
    let identity = [UInt32](0..<UInt32(events.count))
    return counted(counted(identity, shift: 0, bits: 13), shift: 13, bits: 14)
  }

  private func counted(_ positions: [UInt32], shift: Int32, bits: Int) -> [UInt32] {
    let mask = Int32(1 << bits) - 1
    var starts = [UInt32](repeating: 0, count: (1 << bits) + 1)
    for event in events { starts[Int((event.millisecondOfDay &>> shift) & mask) + 1] += 1 }
    for digit in 1...(1 << bits) { starts[digit] += starts[digit - 1] }
    var ordered = [UInt32](repeating: 0, count: positions.count)
    for position in positions {
      let digit = Int((events[Int(position)].millisecondOfDay &>> shift) & mask)
      ordered[Int(starts[digit])] = position
      starts[digit] += 1
    }
    return ordered
  }
}
