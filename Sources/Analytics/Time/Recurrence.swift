public import ColumnStore

/// When something is done again and again, by the clocks of a time zone.
public enum Recurrence: Sendable, Equatable {
  case hourly(minute: Int)
  case daily(hour: Int, minute: Int = 0)
  /// `weekday`: 1 is Monday.
  case weekly(weekday: Int, hour: Int, minute: Int = 0)

  /// The last time that it was due, at `now` or before. Milliseconds since 1970-01-01 UTC, as all.
  ///
  /// Of a time that clocks show twice the second counts, and for one that they jump over the time that they
  /// show instead. Hours are those of clocks too: in a zone that is half an hour off, minute 0 is theirs.
  public func latest(atOrBefore now: Int64, in zone: TimeZoneRules) -> Int64 {
    switch self {
    case .hourly(let minute):
      let offset = zone.offset(atInstant: now)
      let shift = Int64(minute) * 60_000
      return Calendar.floorDivide(now + offset - shift, Self.hour) * Self.hour + shift - offset
    case .daily, .weekly:
      var day = zone.day(of: now)
      // At most the length of a week, and a day for clocks that were set back.
      for _ in 0...8 {
        if let moment = moment(on: day, zone), moment <= now { return moment }
        day = day.advanced(by: -1)
      }
      return now
    }
  }

  /// The first time that it is due after `now`.
  public func next(after now: Int64, in zone: TimeZoneRules) -> Int64 {
    switch self {
    case .hourly: return latest(atOrBefore: now, in: zone) + Self.hour
    case .daily, .weekly:
      var day = zone.day(of: now)
      for _ in 0...8 {
        if let moment = moment(on: day, zone), moment > now { return moment }
        day = day.advanced(by: 1)
      }
      return now + Calendar.millisecondsPerDay
    }
  }

  private static let hour: Int64 = 3_600_000

  private func moment(on day: Day, _ zone: TimeZoneRules) -> Int64? {
    let time: (hour: Int, minute: Int)
    switch self {
    case .hourly: return nil
    case .daily(let hour, let minute): time = (hour, minute)
    case .weekly(let weekday, let hour, let minute):
      guard Calendar.isoWeekday(days: day.number) == Int64(weekday) else { return nil }
      time = (hour, minute)
    }
    return zone.instant(
      fromLocal: day.number * Calendar.millisecondsPerDay
        + Int64(time.hour * 60 + time.minute) * 60_000)
  }

  /// In words: `daily at 02:00`.
  public var text: String {
    func clock(_ hour: Int, _ minute: Int) -> String {
      (hour < 10 ? "0" : "") + "\(hour)" + (minute < 10 ? ":0" : ":") + "\(minute)"
    }
    switch self {
    case .hourly(let minute): return "every hour at minute \(minute)"
    case .daily(let hour, let minute): return "daily at \(clock(hour, minute))"
    case .weekly(let weekday, let hour, let minute):
      let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      let name = names.indices.contains(weekday - 1) ? names[weekday - 1] : "week"
      return "every \(name) at \(clock(hour, minute))"
    }
  }
}
