public import ColumnStore

/// A span of time: its start belongs to it, its end does not. Milliseconds since 1970-01-01 UTC.
public struct TimeWindow: Hashable, Sendable {
  public var start: Int64
  public var end: Int64

  /// An end before the start is the start: nothing lies between.
  public init(start: Int64, end: Int64) {
    self.start = start
    self.end = max(start, end)
  }

  public var isEmpty: Bool { start == end }

  public var milliseconds: Int64 { end - start }

  public func contains(_ instant: Int64) -> Bool { start <= instant && instant < end }
}

extension TimeZoneRules {
  /// The day that clocks show at an instant.
  public func day(of instant: Int64) -> Day {
    Day(Calendar.floorDivide(local(fromInstant: instant), Calendar.millisecondsPerDay))
  }

  /// When a day begins: its midnight, the first where there are two, or the first moment that there is
  /// where clocks jump over it.
  public func start(of day: Day) -> Int64 {
    let midnight = day.number * Calendar.millisecondsPerDay
    let instant = instant(fromLocal: midnight)
    let earlier = midnight - offset(atInstant: instant - 1)
    return earlier < instant && local(fromInstant: earlier) == midnight ? earlier : instant
  }

  /// The days from `first` to `last`, which belongs to it.
  public func window(_ days: ClosedRange<Day>) -> TimeWindow {
    TimeWindow(start: start(of: days.lowerBound), end: start(of: days.upperBound.advanced(by: 1)))
  }

  /// The same time of day so many days later, or earlier. The start of a day stays one, also where
  /// clocks jump over midnight.
  func shifted(_ instant: Int64, byDays days: Int) -> Int64 {
    let day = day(of: instant)
    if start(of: day) == instant { return start(of: day.advanced(by: days)) }
    return self.instant(
      fromLocal: local(fromInstant: instant) + Int64(days) * Calendar.millisecondsPerDay)
  }
}
