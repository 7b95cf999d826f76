package import AccessControl
internal import ColumnStore

/// Times as answers write them: `2024-01-31T12:34:56.789Z`.
package enum ISOTime {
  package static func text(_ time: UnixTime) -> String {
    let day = Calendar.floorDivide(time.milliseconds, Calendar.millisecondsPerDay)
    let rest = Calendar.floorModulo(time.milliseconds, Calendar.millisecondsPerDay)
    let date = Calendar.date(days: day)
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
      + padded(rest / 3_600_000, 2) + ":" + padded(rest / 60_000 % 60, 2) + ":"
      + padded(rest / 1_000 % 60, 2) + "." + padded(rest % 1_000, 3) + "Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
