package import AccessControl
internal import ColumnStore

/// Days and times as people write them in questions.
package enum Moment {
  package static let allowed =
    "a day such as 2024-01-31, or a time such as 2024-01-31T12:00:00Z"

  /// A day alone, as an end, is included. `nil` for what is not as `allowed` says, and outside of the
  /// years 1 to 9999.
  package static func parse(_ text: String, isEnd: Bool) -> UnixTime? {
    let isDay = text.utf8.count == 10
    let milliseconds = Array(text.utf8).withUnsafeBufferPointer { bytes -> Int64? in
      guard isDay else { return try? DateTimeText.timestampWithTimeZone(bytes, zone: .utc) }
      return (try? DateTimeText.date(bytes)).map {
        ($0 + (isEnd ? 1 : 0)) * Calendar.millisecondsPerDay
      }
    }
    let years =
      Calendar.days(year: 1, month: 1, day: 1)...Calendar.days(year: 9999, month: 12, day: 31)
    guard let milliseconds, years.contains(milliseconds / Calendar.millisecondsPerDay) else {
      return nil
    }
    return UnixTime(milliseconds: milliseconds)
  }
}
