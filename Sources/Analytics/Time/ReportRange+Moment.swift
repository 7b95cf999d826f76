public import ColumnStore

extension ReportRange {
  /// The end of the minute that is running. Reports are as of then: windows that end now stay the same for a
  /// minute, and with them the question, whose answer may be known. Milliseconds since 1970-01-01 UTC.
  public static func moment(of clock: Int64) -> Int64 { (clock + 59_999) / 60_000 * 60_000 }

  /// As of when a report is that ends with a day, by default the last one with data: while the day is running, now;
  /// otherwise its end, whatever the clock says.
  public static func moment(of day: Day, in zone: TimeZoneRules, at clock: Int64) -> Int64 {
    let window = zone.window(day...day)
    let now = moment(of: clock)
    return window.start < now && now < window.end ? now : window.end
  }
}
