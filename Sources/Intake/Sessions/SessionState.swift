/// What is known of how long a session was, by the service's clock (C28, C29 of the requirements).
///
/// A gap between two activities counts as active where it is shorter than 300 seconds, as idle where it
/// is not; active and idle time are always the time from login to the last activity, to the
/// millisecond. Times never go back: what comes with an earlier time counts as now.
public struct SessionState: Equatable, Sendable {
  public static let activeGap: Int64 = 300_000
  public static let shortestInterval: Int64 = 15_000
  public static let longestInactivity: Int64 = 1_800_000

  public enum End: Equatable, Sendable {
    case logout
    /// Nothing was heard for 30 minutes: it ended with the last activity.
    case inactivity
  }

  public let login: Int64
  public private(set) var lastActivity: Int64
  public private(set) var activeMilliseconds: Int64
  public private(set) var idleMilliseconds: Int64
  public private(set) var end: End?

  public init(login: Int64) {
    self.login = login
    lastActivity = login
    activeMilliseconds = 0
    idleMilliseconds = 0
  }

  /// As it was stored, in seconds: what is less than one is not known any more.
  public init(login: Int64, lastActivity: Int64, activeSeconds: Int64) {
    self.login = login
    self.lastActivity = max(login, lastActivity)
    let total = self.lastActivity - login
    let (active, overflow) = activeSeconds.multipliedReportingOverflow(by: 1000)
    activeMilliseconds = overflow ? total : min(max(active, 0), total)
    idleMilliseconds = total - activeMilliseconds
  }

  public var totalMilliseconds: Int64 { lastActivity - login }

  /// Whole seconds that add up: active and idle are the total.
  public var seconds: (active: Int64, idle: Int64, total: Int64) {
    let total = totalMilliseconds / 1000
    let active = min(activeMilliseconds / 1000, total)
    return (active, total - active, total)
  }

  /// False where it came too soon after the last activity, or after the end: then nothing changed.
  public mutating func heartbeat(at time: Int64) -> Bool {
    guard end == nil, time &- lastActivity >= Self.shortestInterval else { return false }
    // One that was silent for too long has ended, even if nobody has looked since.
    guard time &- lastActivity < Self.longestInactivity else {
      end = .inactivity
      return true
    }
    advance(to: time)
    return true
  }

  /// False where it had ended. The rule holds for the last gap too.
  public mutating func logout(at time: Int64) -> Bool {
    guard end == nil else { return false }
    guard time &- lastActivity < Self.longestInactivity else {
      end = .inactivity
      return true
    }
    advance(to: time)
    end = .logout
    return true
  }

  /// Ends a session that was silent for 30 minutes; false where it was not.
  public mutating func closeIfInactive(at time: Int64) -> Bool {
    guard end == nil, time &- lastActivity >= Self.longestInactivity else { return false }
    end = .inactivity
    return true
  }

  private mutating func advance(to time: Int64) {
    let gap = max(0, time &- lastActivity)
    if gap < Self.activeGap {
      activeMilliseconds += gap
    } else {
      idleMilliseconds += gap
    }
    lastActivity += gap
  }
}
