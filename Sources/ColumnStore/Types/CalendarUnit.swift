/// The units in which times are truncated and intervals are written.
public enum TimeUnit: String, Sendable, Hashable, CaseIterable {
  case microsecond, millisecond, second, minute, hour, day, week, month, quarter, year, decade
  case century, millennium

  /// By any name that PostgreSQL has for it, in any case; `nil` for none.
  public init?(_ name: String) {
    switch name.lowercased() {
    case "us", "usec", "usecs", "usecond", "useconds", "microsecon", "microsecond", "microseconds":
      self = .microsecond
    case "ms", "msec", "msecs", "msecond", "mseconds", "millisecon", "millisecond", "milliseconds":
      self = .millisecond
    case "s", "sec", "secs", "second", "seconds": self = .second
    case "m", "min", "mins", "minute", "minutes": self = .minute
    case "h", "hr", "hrs", "hour", "hours": self = .hour
    case "d", "day", "days": self = .day
    case "w", "week", "weeks": self = .week
    case "mon", "mons", "month", "months": self = .month
    case "qtr", "quarter", "quarters": self = .quarter
    case "y", "yr", "yrs", "year", "years": self = .year
    case "dec", "decs", "decade", "decades": self = .decade
    case "c", "cent", "century", "centuries": self = .century
    case "mil", "mils", "millennia", "millennium", "millenniums": self = .millennium
    default: return nil
    }
  }
}
