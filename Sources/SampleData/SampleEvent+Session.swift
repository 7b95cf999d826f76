extension SampleEvent {
  /// As written in `session_id`: `s-` and eight digits to the base 36. `day` is the event's.
  public func sessionIdentifier(onDay day: Int) -> String {
    let digits = String(sessionNumber(onDay: day), radix: 36)
    return "s-" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// Below 2^40; different for each session of a sample.
  @inline(__always)
  func sessionNumber(onDay day: Int) -> UInt64 {
    Self.scrambled(UInt64(day) &<< 26 | UInt64(session))
  }

  /// Spreads a 40-bit number over all 40-bit numbers, one to one: session identifiers look
  /// random, and two sessions never share one.
  @inline(__always)
  private static func scrambled(_ value: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << 40) - 1
    var mixed = (value ^ 0x5b_d1e9_95a7) &* 0x9e_3779_b97b & mask
    mixed ^= mixed &>> 21
    mixed = mixed &* 0xbf_5847_6d1d & mask
    return mixed ^ mixed &>> 19
  }
}
