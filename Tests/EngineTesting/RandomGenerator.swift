/// Random numbers that are the same on every run: SplitMix64 (Steele, Lea and Flood 2014).
///
/// The seed is the whole state, so that a failing test is named by its seed.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word &>> 31)
  }

  /// A double from 0, inclusive, to 1, exclusive, in steps of 2^-53.
  public mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}

extension SplitMix64 {
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  public mutating func chance(_ share: Double) -> Bool { unit() < share }

  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }
}
