import ColumnStore

/// Conversions of literals, and the arithmetic of dates: `now() - interval '7 days'` must be a plain
/// value for a scan to skip segments by it.
extension ConstantFolding {
  /// `nil` where the cast fails or is better left to execution.
  func foldedCast(of value: Value, to type: DataType) -> Value? {
    switch (value, type) {
    case (.null, _): return .null
    case (.array(let elements), .array(let element)):
      let cast = elements.compactMap { foldedCast(of: $0, to: element) }
      return cast.count == elements.count ? .array(cast) : nil
    case (.integer(let number), .double): return .double(Double(number))
    case (.double(let number), .integer):
      return Int64(exactly: number.rounded(.toNearestOrEven)).map(Value.integer)
    case (.boolean(let value), .integer): return .integer(value ? 1 : 0)
    case (.integer(let number), .boolean): return .boolean(number != 0)
    case (.date(let days), .timestamp):
      let start = days.multipliedReportingOverflow(by: Calendar.millisecondsPerDay)
      return start.overflow ? nil : .timestamp(start.partialValue)
    case (.timestamp(let milliseconds), .date):
      return .date(Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay))
    case (.integer, .integer), (.double, .double), (.text, .text): return value
    case (.json(let text), .text): return .text(text)
    case (.integer, .text), (.double, .text), (.boolean, .text), (.date, .text),
      (.timestamp, .text), (.interval, .text):
      return .text(value.formatted())
    default: return nil
    }
  }

  func foldCalendar(_ call: FunctionCall, _ values: [Value]) -> Value? {
    switch call.function {
    case .addInterval: return moved(values) { $0 }
    case .subtractInterval: return moved(values) { $0.negated() }
    case .addDays, .subtractDays:
      guard case .date(let day) = values.first, case .integer(let count) = values.last else {
        return nil
      }
      let moved =
        call.function == .addDays
        ? day.addingReportingOverflow(count) : day.subtractingReportingOverflow(count)
      // Further days have no calendar date; execution says so.
      return moved.overflow || moved.partialValue.magnitude > 10_000_000
        ? nil : .date(moved.partialValue)
    case .multiplyInterval:
      guard case .interval(let interval) = values.first, case .double(let factor) = values.last
      else { return nil }
      return interval.multiplied(by: factor).map(Value.interval)
    case .addIntervals, .subtractIntervals:
      guard case .interval(let a) = values.first, case .interval(let b) = values.last else {
        return nil
      }
      let sum = call.function == .addIntervals ? a.adding(b) : a.subtracting(b)
      return sum.map(Value.interval)
    case .atTimeZone: return atTimeZone(values)
    default: return nil
    }
  }

  /// (any time, interval[, zone])
  private func moved(_ values: [Value], _ direction: (Interval) -> Interval?) -> Value? {
    guard values.count >= 2, case .interval(let written) = values[1],
      let interval = direction(written)
    else { return nil }
    switch values[0] {
    case .timestamp(let moment): return interval.added(toTimestamp: moment).map(Value.timestamp)
    case .date(let days):
      let start = days.multipliedReportingOverflow(by: Calendar.millisecondsPerDay)
      guard !start.overflow else { return nil }
      return interval.added(toTimestamp: start.partialValue).map(Value.timestamp)
    case .timestampWithTimeZone(let instant):
      guard values.count == 3, case .text(let name) = values[2],
        let zone = TimeZoneRules.named(name)
      else { return nil }
      return interval.added(toInstant: instant, in: zone).map(Value.timestampWithTimeZone)
    default: return nil
    }
  }

  private func atTimeZone(_ values: [Value]) -> Value? {
    guard values.count == 2, case .text(let name) = values[0],
      let zone = TimeZoneRules.named(name)
    else { return nil }
    switch values[1] {
    case .timestamp(let local) where Calendar.millisecondRange.contains(local):
      return .timestampWithTimeZone(zone.instant(fromLocal: local))
    case .timestampWithTimeZone(let instant) where Calendar.millisecondRange.contains(instant):
      return .timestamp(zone.local(fromInstant: instant))
    default: return nil
    }
  }
}
