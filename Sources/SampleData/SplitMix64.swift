/// The source of all randomness here: 64 bits of state, equal on every machine.
///
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Independent streams start from a hash of
/// (seed, stream, index), so that any day or user can be generated without the others.
struct SplitMix64 {
  enum Stream: UInt64 {
    case users = 1
    case days = 2
    case volume = 3
    case identifiers = 4
    case incidents = 5
    case feedback = 6
    case threats = 7
  }

  private var state: UInt64

  init(seed: UInt64, stream: Stream, index: Int) {
    let base = Self.mix(seed &+ stream.rawValue &* 0xd1b5_4a32_d192_ed03)
    state = Self.mix(base ^ UInt64(truncatingIfNeeded: index) &* 0x9e37_79b9_7f4a_7c15)
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed &>> 31)
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// A value in `0..<bound`, for bounds up to 2³². The bias is below bound / 2³².
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: ((next() &>> 32) &* UInt64(truncatingIfNeeded: bound)) &>> 32)
  }

  /// True `thousandths` times in 1000.
  @inline(__always)
  mutating func chance(_ thousandths: Int) -> Bool {
    below(1_000) < thousandths
  }
}
