import ColumnStore
import QueryLanguage
import QueryPlanning

/// Time zones other than UTC are left to the golden queries.
extension FunctionCall {
  func time(_ values: [Value]) throws -> Value? {
    switch (function, values.first ?? .null, values.dropFirst().first ?? .null) {
    case (.timeBucket, .interval(let width), .timestamp(let at)) where values.count == 2:
      return .timestamp(bucket(at, width))
    case (.timeBucket, .interval(let width), .timestampWithTimeZone(let at))
    where values.count == 3 && values[2] == .text("UTC"):
      return .timestampWithTimeZone(bucket(at, width))
    case (.timeBucket, .interval(let width), .date(let day)) where values.count == 2:
      let perDay = Calendar.millisecondsPerDay
      return .date(Calendar.floorDivide(bucket(day * perDay, width), perDay))
    case (.addDays, .date(let day), .integer(let count)):
      return .date(try inRange(day, +, count))
    case (.subtractDays, .date(let day), .integer(let count)):
      return .date(try inRange(day, -, count))
    case (.daysBetween, .date(let a), .date(let b)): return .integer(a - b)
    case (.timeBetween, .timestamp(let a), .timestamp(let b)),
      (.timeBetween, .timestampWithTimeZone(let a), .timestampWithTimeZone(let b)):
      let day = Calendar.millisecondsPerDay
      return .interval(Interval(days: Int32((a - b) / day), milliseconds: (a - b) % day))
    case (.addInterval, let at, .interval(let interval)):
      return moved(at, by: interval, sign: 1)
    case (.subtractInterval, let at, .interval(let interval)):
      return moved(at, by: interval, sign: -1)
    case (.dateTruncate, .text(let unit), .timestamp(let at)):
      return truncated(at, to: unit).map(Value.timestamp)
    case (.dateTruncate, .text(let unit), .timestampWithTimeZone(let at)):
      return values.last == .text("UTC")
        ? truncated(at, to: unit).map(Value.timestampWithTimeZone) : nil
    case (.datePart, .text(let field), .timestamp(let at)): return part(field, of: at)
    case (.datePart, .text(let field), .timestampWithTimeZone(let at)):
      return values.last == .text("UTC") ? part(field, of: at) : nil
    case (.datePart, .text(let field), .date(let day)):
      return part(field, of: day * Calendar.millisecondsPerDay)
    case (.atTimeZone, .text("UTC"), .timestamp(let at)): return .timestampWithTimeZone(at)
    case (.atTimeZone, .text("UTC"), .timestampWithTimeZone(let at)): return .timestamp(at)
    default: return nil
    }
  }

  /// Days and time from Monday 2000-01-03, months from January 2000.
  private func bucket(_ at: Int64, _ width: Interval) -> Int64 {
    let perDay = Calendar.millisecondsPerDay
    if width.months == 0 {
      let length = Int64(width.days) * perDay + width.milliseconds
      let origin = Calendar.days(year: 2000, month: 1, day: 3) * perDay
      return Calendar.floorDivide(at - origin, length) * length + origin
    }
    let date = Calendar.date(days: Calendar.floorDivide(at, perDay))
    let month = (date.year - 2000) * 12 + date.month - 1
    let start = Calendar.floorDivide(month, Int64(width.months)) * Int64(width.months)
    return Calendar.days(
      year: 2000 + Calendar.floorDivide(start, 12), month: Calendar.floorModulo(start, 12) + 1,
      day: 1) * perDay
  }

  private func inRange(
    _ day: Int64, _ move: (Int128, Int128) -> Int128, _ count: Int64
  ) throws -> Int64 {
    guard let moved = Int64(exactly: move(Int128(day), Int128(count))),
      Calendar.dayRange.contains(moved)
    else { throw QueryError(.datetimeOverflow, "") }
    return moved
  }

  /// Months first, a day that the month lacks becomes its last; then days; then the time.
  private func moved(_ at: Value, by interval: Interval, sign: Int64) -> Value? {
    let milliseconds: Int64
    switch at {
    case .timestamp(let value), .timestampWithTimeZone(let value): milliseconds = value
    case .date(let day): milliseconds = day * Calendar.millisecondsPerDay
    default: return nil
    }
    let start = Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay)
    let time = Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
    var date = Calendar.date(days: start)
    let months = date.year * 12 + date.month - 1 + sign * Int64(interval.months)
    date.year = Calendar.floorDivide(months, 12)
    date.month = Calendar.floorModulo(months, 12) + 1
    date.day = min(date.day, Calendar.dayCount(year: date.year, month: date.month))
    let day =
      Calendar.days(year: date.year, month: date.month, day: date.day)
      + sign * Int64(interval.days)
    let result = day * Calendar.millisecondsPerDay + time + sign * interval.milliseconds
    if case .timestampWithTimeZone = at { return .timestampWithTimeZone(result) }
    return .timestamp(result)
  }

  private func truncated(_ at: Int64, to unit: String) -> Int64? {
    let perDay = Calendar.millisecondsPerDay
    let day = Calendar.floorDivide(at, perDay)
    let date = Calendar.date(days: day)
    func start(_ year: Int64, _ month: Int64) -> Int64 {
      Calendar.days(year: year, month: month, day: 1) * perDay
    }
    switch unit {
    case "second": return Calendar.floorDivide(at, 1_000) * 1_000
    case "minute": return Calendar.floorDivide(at, 60_000) * 60_000
    case "hour": return Calendar.floorDivide(at, 3_600_000) * 3_600_000
    case "day": return day * perDay
    // 1970-01-05 was a Monday.
    case "week": return (Calendar.floorDivide(day - 4, 7) * 7 + 4) * perDay
    case "month": return start(date.year, date.month)
    case "quarter": return start(date.year, (date.month - 1) / 3 * 3 + 1)
    case "year": return start(date.year, 1)
    default: return nil
    }
  }

  private func part(_ field: String, of at: Int64) -> Value? {
    let day = Calendar.floorDivide(at, Calendar.millisecondsPerDay)
    let time = Calendar.floorModulo(at, Calendar.millisecondsPerDay)
    let date = Calendar.date(days: day)
    let newYear = Calendar.days(year: date.year, month: 1, day: 1)
    switch field {
    case "year": return .double(Double(date.year))
    case "quarter": return .double(Double((date.month + 2) / 3))
    case "month": return .double(Double(date.month))
    case "day": return .double(Double(date.day))
    case "hour": return .double(Double(time / 3_600_000))
    case "minute": return .double(Double(time / 60_000 % 60))
    case "second": return .double(Double(time % 60_000) / 1_000)
    case "epoch": return .double(Double(at) / 1_000)
    // 1970-01-04 was a Sunday.
    case "dow": return .double(Double(Calendar.floorModulo(day - 3, 7)))
    case "isodow": return .double(Double(Calendar.floorModulo(day + 3, 7) + 1))
    case "doy": return .double(Double(day - newYear + 1))
    default: return nil
    }
  }
}
