/// Dates and times as JSON has them: `2026-01-02T03:04:05.678`.
package enum ISO8601 {
  /// Milliseconds since 1970-01-01, written with three places unless they are zero.
  package static func text(milliseconds: Int64) -> String {
    let (day, time) = split(milliseconds)
    var clock = two(time / 3_600_000) + ":" + two(time / 60_000 % 60) + ":" + two(time / 1_000 % 60)
    if time % 1_000 != 0 { clock += "." + padded(time % 1_000, 3) }
    return text(day: day) + "T" + clock
  }

  /// Days since 1970-01-01. Years before 1 and after 9999 carry a sign, as the standard asks for.
  package static func text(day: Int64) -> String {
    let (year, month, date) = civil(day)
    let number =
      (0...9999).contains(year)
      ? padded(year, 4) : (year < 0 ? "-" : "+") + padded(Int64(clamping: year.magnitude), 6)
    return number + "-" + two(month) + "-" + two(date)
  }

  private static func split(_ milliseconds: Int64) -> (day: Int64, time: Int64) {
    let day = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds + 1) / 86_400_000 - 1
    return (day, milliseconds - day * 86_400_000)
  }

  /// The Gregorian date of a day, after Hinnant, "chrono-compatible low-level date algorithms".
  /// Days that no calendar of ours can name are clamped.
  package static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = min(max(day, -3_000_000_000), 3_000_000_000) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  private static func two(_ number: Int64) -> String { padded(number, 2) }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
