import ColumnStore

/// How fine a trend is. Weeks are those of ISO 8601 and begin on Monday.
public enum Grain: String, CaseIterable, Sendable {
  case hour
  case day
  case week
  case month

  public static let names = allCases.map(\.rawValue)
  /// How many points a trend may have.
  public static let largestBucketCount = 2_000

  /// One bucket of a trend.
  public struct Bucket: Sendable, Equatable {
    /// When the hour, day, week or month begins, which may be before the range does.
    public var start: Int64
    /// The part of it that lies in the range.
    public var window: TimeWindow
    /// Whether the range cuts it, or it is not over yet.
    public var isPartial: Bool
  }

  /// The one that gives a range a readable number of points.
  public static func fitting(_ range: ReportRange) -> Grain {
    switch range.window.milliseconds {
    case ...(2 * Calendar.millisecondsPerDay): .hour
    case ...(120 * Calendar.millisecondsPerDay): .day
    case ...(800 * Calendar.millisecondsPerDay): .week
    default: .month
    }
  }

  /// The buckets of a range, in order, without gaps; `nil` where there are too many.
  public func buckets(of range: ReportRange) -> [Bucket]? {
    let zone = range.zone
    var buckets: [Bucket] = []
    var start = self.start(of: range.window.start, in: zone)
    while start < range.window.end {
      guard buckets.count < Self.largestBucketCount else { return nil }
      let next = self.next(after: start, in: zone)
      let window = TimeWindow(
        start: max(start, range.window.start), end: min(next, range.window.end))
      buckets.append(
        Bucket(
          start: start, window: window,
          isPartial: window != TimeWindow(start: start, end: next)
            || range.isRunning(window)))
      start = next
    }
    return buckets
  }

  func start(of instant: Int64, in zone: TimeZoneRules) -> Int64 {
    let day = zone.day(of: instant)
    switch self {
    case .hour:
      let local = zone.local(fromInstant: instant)
      return zone.instant(
        ofBucketStart: local - Calendar.floorModulo(local, Self.millisecondsPerHour),
        atOffset: local - instant)
    case .day: return zone.start(of: day)
    case .week: return zone.start(of: Day(Calendar.startOfWeek(days: day.number)))
    case .month:
      let date = Calendar.date(days: day.number)
      return zone.start(of: Day(Calendar.days(year: date.year, month: date.month, day: 1)))
    }
  }

  func next(after start: Int64, in zone: TimeZoneRules) -> Int64 {
    let day = zone.day(of: start)
    switch self {
    case .hour:
      let local = zone.local(fromInstant: start)
      let end =
        local - Calendar.floorModulo(local, Self.millisecondsPerHour) + Self.millisecondsPerHour
      let next = min(end - (local - start), zone.range(atInstant: start).upTo)
      // Clocks that are set back within the hour show a part of it again.
      return self.start(of: next, in: zone) == start ? zone.instant(fromLocal: end) : next
    case .day: return zone.start(of: day.advanced(by: 1))
    case .week: return zone.start(of: Day(Calendar.startOfWeek(days: day.number) + 7))
    case .month:
      let date = Calendar.date(days: day.number)
      let first = Calendar.days(year: date.year, month: date.month, day: 1)
      return zone.start(of: Day(Calendar.addMonths(1, toDays: first)))
    }
  }

  private static let millisecondsPerHour: Int64 = 3_600_000
}
