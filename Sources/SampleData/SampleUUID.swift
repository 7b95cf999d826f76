/// A UUID of version 8, which leaves its bits to us: a hash of where a row stands.
public struct SampleUUID: Sendable {
  /// What the rows are.
  public enum Kind: UInt64, Sendable {
    case events, feedback, audit
  }

  public let high: UInt64
  public let low: UInt64

  public init(_ kind: Kind, row: Int, day: Int, seed: UInt64) {
    var random = SplitMix64(
      seed: seed &+ kind.rawValue &* 0x2545_f491_4f6c_dd1d, stream: .identifiers,
      index: day &<< 32 | row)
    high = random.next() & 0xffff_ffff_ffff_0fff | 0x8000
    low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
  }

  /// Five groups of lower-case hexadecimal digits.
  public var text: String {
    func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
    let (first, last) = (digits(high), digits(low))
    return "\(first.prefix(8))-\(first.dropFirst(8).prefix(4))-\(first.suffix(4))"
      + "-\(last.prefix(4))-\(last.suffix(12))"
  }
}
