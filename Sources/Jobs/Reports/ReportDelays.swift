internal import AccessControl
internal import Synchronization

/// Organisations whose reports could not be written or told: each is left alone for longer and longer, so
/// that it costs the others nothing. In memory: a restart tries all of them.
final class ReportDelays: Sendable {
  struct Delay: Sendable, Equatable {
    var organization: OrganizationID
    var reason: String
    /// Until when nobody tries.
    var end = UnixTime(milliseconds: .min)
    var failureCount = 0
  }

  private static let shortest = Duration.seconds(600)
  private static let longest = Duration.seconds(6 * 3600)

  private let delays = Mutex<[OrganizationID: Delay]>([:])

  func current(of organization: OrganizationID, at now: UnixTime) -> Delay? {
    delays.withLock { $0[organization] }.flatMap { $0.end > now ? $0 : nil }
  }

  func note(_ organization: OrganizationID, _ reason: String, at now: UnixTime) -> Delay {
    delays.withLock { delays in
      let before = delays[organization]?.failureCount ?? 0
      let wait = min(Self.longest, Self.shortest * (1 << min(before, 10)))
      let delay = Delay(
        organization: organization, reason: reason, end: now.advanced(by: wait),
        failureCount: before + 1)
      delays[organization] = delay
      return delay
    }
  }

  func forget(_ organization: OrganizationID) { delays.withLock { $0[organization] = nil } }

  func forget() { delays.withLock { $0 = [:] } }
}
