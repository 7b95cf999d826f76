/// A moment, in milliseconds since 1970 in UTC without leap seconds. Given by whoever owns the
/// clock: nothing in this module reads one.
public struct UnixTime: Hashable, Sendable, Comparable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    milliseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// Saturates: a moment past the end of time is the end of time.
  public func advanced(by duration: Duration) -> UnixTime {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return UnixTime(milliseconds: seconds < 0 ? .min : .max) }
    let part = attoseconds / 1_000_000_000_000_000
    let (span, first) = whole.addingReportingOverflow(part)
    let (sum, second) = milliseconds.addingReportingOverflow(span)
    guard !first, !second else { return UnixTime(milliseconds: seconds < 0 ? .min : .max) }
    return UnixTime(milliseconds: sum)
  }
}
