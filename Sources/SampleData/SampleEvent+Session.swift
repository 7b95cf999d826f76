extension SampleEvent {
  /// As written in `session_id`: `s-` and eight digits to the base 36. `day` is the event's.
  public func sessionIdentifier(onDay day: Int) -> String {
    SampleIdentifier.session.text(Int(session), onDay: day)
  }

  /// Below 2^40; different for each session of a sample.
  @inline(__always)
  func sessionNumber(onDay day: Int) -> UInt64 {
    SampleIdentifier.session.number(Int(session), onDay: day)
  }
}

/// Names of what a sample counts from 0 on each day: a letter and eight digits to the base 36 that
/// look random. Two of one kind are never the same.
public enum SampleIdentifier: UInt64, Sendable {
  case session = 0x5b_d1e9_95a7
  case request = 0x3c_6ef3_72fe
  case threat = 0x1f_83d9_abfb

  public static let digitCount = 8

  public func text(_ index: Int, onDay day: Int) -> String {
    let digits = String(number(index, onDay: day), radix: 36)
    let prefix =
      switch self {
      case .session: "s-"
      case .request: "r-"
      case .threat: "t-"
      }
    return prefix + String(repeating: "0", count: Self.digitCount - digits.utf8.count) + digits
  }

  /// Below 2^40.
  @inline(__always)
  public func number(_ index: Int, onDay day: Int) -> UInt64 {
    scrambled(UInt64(truncatingIfNeeded: day) &<< 26 | UInt64(truncatingIfNeeded: index))
  }

  /// Writes the eight digits.
  @inline(__always)
  public static func write(_ number: UInt64, to digits: UnsafeMutablePointer<UInt8>) {
    var rest = number
    for position in (0..<digitCount).reversed() {
      let quotient = rest / 36
      let digit = rest &- quotient &* 36
      digits[position] = UInt8(truncatingIfNeeded: digit &+ (digit < 10 ? 48 : 87))
      rest = quotient
    }
  }

  /// Spreads a 40-bit number over all 40-bit numbers, one to one.
  @inline(__always)
  private func scrambled(_ value: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << 40) - 1
    var mixed = (value ^ rawValue) &* 0x9e_3779_b97b & mask
    mixed ^= mixed &>> 21
    mixed = mixed &* 0xbf_5847_6d1d & mask
    return mixed ^ mixed &>> 19
  }
}
