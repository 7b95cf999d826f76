public import ColumnStore

/// What a period is compared with.
public enum PeriodComparison: String, CaseIterable, Sendable {
  /// The period of the same length just before.
  case previous
  /// The nearest earlier one of the same length that begins on the same day of the week.
  case weekday
  case none

  public static let names = allCases.map(\.rawValue)
}

/// A range of time, resolved: instants, the zone whose days it counts in, and the moment at which it
/// was asked for.
public struct ReportRange: Sendable {
  public let preset: RangePreset
  public let window: TimeWindow
  public let zone: TimeZoneRules
  /// Milliseconds since 1970-01-01 UTC.
  public let now: Int64

  public init(preset: RangePreset, window: TimeWindow, zone: TimeZoneRules, now: Int64) {
    self.preset = preset
    self.window = window
    self.zone = zone
    self.now = now
  }

  public var firstDay: Day { zone.day(of: window.start) }

  /// The last day: what DAU, WAU and MAU end with.
  public var anchor: Day { zone.day(of: max(window.start, window.end - 1)) }

  public var dayCount: Int { Int(anchor.number - firstDay.number) + 1 }

  /// Whether the range, and so its last day, is not over yet.
  public var isRunning: Bool { isRunning(window) }

  public func isRunning(_ window: TimeWindow) -> Bool {
    window.start < now && now < window.end
  }

  /// The days that end with the anchor, as far as the range goes. A range that ends now ends in a day that is
  /// running, whose other hours are still to come.
  public func trailing(_ days: Int) -> TimeWindow {
    TimeWindow(
      start: zone.start(of: anchor.advanced(by: 1 - days)),
      end: window.end == now ? zone.start(of: anchor.advanced(by: 1)) : window.end)
  }

  /// What `window` is compared with: as long, and where it is still running, as far as it has run.
  /// `days` is how many days a metric goes back by, where that is not its length.
  public func compared(
    _ window: TimeWindow, with comparison: PeriodComparison, stepDays: Int? = nil
  ) -> TimeWindow? {
    guard comparison != .none, !window.isEmpty else { return nil }
    let elapsed =
      isRunning(window) ? TimeWindow(start: window.start, end: now) : window
    let isWholeDays =
      zone.start(of: zone.day(of: window.start)) == window.start
      && zone.start(of: zone.day(of: window.end)) == window.end
    let days =
      stepDays
      ?? (isWholeDays
        ? Int(zone.day(of: window.end).number - zone.day(of: window.start).number) : nil)
    switch comparison {
    case .none: return nil
    case .previous:
      guard let days else {
        return TimeWindow(
          start: elapsed.start - window.milliseconds, end: elapsed.end - window.milliseconds)
      }
      return shifted(elapsed, byDays: -days)
    case .weekday:
      let length = window.milliseconds + Calendar.millisecondsPerDay - 1
      let count = days ?? Int(length / Calendar.millisecondsPerDay)
      return shifted(elapsed, byDays: -((count + 6) / 7 * 7))
    }
  }

  private func shifted(_ window: TimeWindow, byDays days: Int) -> TimeWindow {
    TimeWindow(
      start: zone.shifted(window.start, byDays: days), end: zone.shifted(window.end, byDays: days))
  }
}
