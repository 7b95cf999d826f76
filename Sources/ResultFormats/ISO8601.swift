import ColumnStore

/// Dates and times as JSON has them: `2026-01-02T03:04:05.678`.
package enum ISO8601 {
  /// Milliseconds since 1970-01-01, written with three places unless they are zero.
  package static func text(milliseconds: Int64) -> String {
    let day = Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay)
    let time = Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
    var clock = two(time / 3_600_000) + ":" + two(time / 60_000 % 60) + ":" + two(time / 1_000 % 60)
    if time % 1_000 != 0 { clock += "." + padded(time % 1_000, 3) }
    return text(day: day) + "T" + clock
  }

  /// Days since 1970-01-01. Years before 1 and after 9999 carry a sign, as the standard asks for.
  package static func text(day: Int64) -> String {
    let date = Calendar.date(days: day)
    let year = date.year
    let number =
      (0...9999).contains(year)
      ? padded(year, 4) : (year < 0 ? "-" : "+") + padded(Int64(clamping: year.magnitude), 6)
    return number + "-" + two(date.month) + "-" + two(date.day)
  }

  private static func two(_ number: Int64) -> String { padded(number, 2) }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
