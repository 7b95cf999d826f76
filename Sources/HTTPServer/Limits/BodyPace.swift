internal import NIOCore

/// How fast the body of a request comes. Only the time counts during which we waited for it: a body that
/// we do not read is not slow.
struct BodyPace {
  private(set) var byteCount = 0
  private var waited = TimeAmount.zero
  private var wantedSince: NIODeadline?

  mutating func isWanted(at now: NIODeadline) {
    if wantedSince == nil { wantedSince = now }
  }

  mutating func came(_ count: Int, at now: NIODeadline) {
    byteCount += count
    if let start = wantedSince { waited = waited + (now - start) }
    wantedSince = nil
  }

  /// Why it has been waited for long enough; `nil` while it has not.
  func problem(at now: NIODeadline, _ limits: ServiceLimits) -> Problem? {
    let waited = waited + (wantedSince.map { now - $0 } ?? .zero)
    if waited >= TimeAmount(limits.bodyTimeout) {
      return .tooSlow("the body must come within \(limits.bodyTimeout.components.seconds) seconds")
    }
    let seconds = Double(waited.nanoseconds) / 1e9
    guard waited >= TimeAmount(limits.bodyGrace),
      Double(byteCount) < Double(limits.leastBodyRate) * seconds
    else { return nil }
    return .tooSlow("the body must come at \(limits.leastBodyRate) bytes per second or more")
  }
}
