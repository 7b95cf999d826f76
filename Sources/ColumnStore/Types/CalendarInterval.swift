/// Arithmetic on spans of time as PostgreSQL does it; `nil` is a result out of range.
extension Interval {
  /// Length in milliseconds with months of 30 days and days of 24 hours: what intervals are
  /// compared by.
  public var comparableMilliseconds: Int128 {
    (Int128(months) * 30 + Int128(days)) * Int128(Calendar.millisecondsPerDay)
      + Int128(milliseconds)
  }

  /// Length in seconds with years of 365.25 days and months of 30 days.
  public var epochSeconds: Double {
    Double(months / 12) * 365.25 * 86_400 + Double(months % 12) * 30 * 86_400
      + Double(days) * 86_400 + Double(milliseconds) / 1_000
  }

  public func negated() -> Interval? {
    Interval().subtracting(self)
  }

  public func adding(_ other: Interval) -> Interval? {
    let (months, monthsOverflow) = months.addingReportingOverflow(other.months)
    let (days, daysOverflow) = days.addingReportingOverflow(other.days)
    let (milliseconds, overflow) = milliseconds.addingReportingOverflow(other.milliseconds)
    if monthsOverflow || daysOverflow || overflow { return nil }
    return Interval(months: months, days: days, milliseconds: milliseconds)
  }

  public func subtracting(_ other: Interval) -> Interval? {
    let (months, monthsOverflow) = months.subtractingReportingOverflow(other.months)
    let (days, daysOverflow) = days.subtractingReportingOverflow(other.days)
    let (milliseconds, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
    if monthsOverflow || daysOverflow || overflow { return nil }
    return Interval(months: months, days: days, milliseconds: milliseconds)
  }

  /// A fraction of a month becomes days (30 each), a fraction of a day becomes milliseconds.
  public func multiplied(by factor: Double) -> Interval? {
    let exactMonths = Double(months) * factor
    let exactDays = Double(days) * factor
    guard let wholeMonths = Int32(exactly: exactMonths.rounded(.towardZero)),
      let wholeDays = Int32(exactly: exactDays.rounded(.towardZero))
    else { return nil }
    // Sums of fractions are rounded to microseconds, lest 0.1 month become 2.9999 days.
    let daysOfMonths = Self.roundedToMicro((exactMonths - Double(wholeMonths)) * 30)
    let wholeDaysOfMonths = daysOfMonths.rounded(.towardZero)
    var restDays = Self.roundedToMicro(
      exactDays - Double(wholeDays) + daysOfMonths - wholeDaysOfMonths)
    let carriedDays = restDays.rounded(.towardZero)
    restDays -= carriedDays
    let (days, overflow) = wholeDays.addingReportingOverflow(
      Int32(truncatingIfNeeded: Int64(wholeDaysOfMonths + carriedDays)))
    let exactMilliseconds =
      Double(milliseconds) * factor + restDays * Double(Calendar.millisecondsPerDay)
    guard !overflow,
      let milliseconds = Int64(exactly: exactMilliseconds.rounded(.toNearestOrEven))
    else { return nil }
    return Interval(months: wholeMonths, days: days, milliseconds: milliseconds)
  }

  private static func roundedToMicro(_ value: Double) -> Double {
    (value * 1e6).rounded(.toNearestOrEven) / 1e6
  }

  /// What lies between two instants: whole days and the rest, of one sign.
  public static func between(_ later: Int64, _ earlier: Int64) -> Interval? {
    let (difference, overflow) = later.subtractingReportingOverflow(earlier)
    guard !overflow, let days = Int32(exactly: difference / Calendar.millisecondsPerDay) else {
      return nil
    }
    return Interval(days: days, milliseconds: difference % Calendar.millisecondsPerDay)
  }

  /// Adds months (clamped to the month's last day), then days, then milliseconds to a wall clock.
  public func added(toTimestamp milliseconds: Int64) -> Int64? {
    guard let moved = addedDate(toTimestamp: milliseconds) else { return nil }
    let (result, overflow) = moved.addingReportingOverflow(self.milliseconds)
    return overflow || !Calendar.millisecondRange.contains(result) ? nil : result
  }

  /// Adds months and days on the wall clock of a zone, then milliseconds to the instant.
  public func added(toInstant milliseconds: Int64, in zone: TimeZoneRules) -> Int64? {
    var instant = milliseconds
    if months != 0 || days != 0 {
      guard let moved = addedDate(toTimestamp: zone.local(fromInstant: milliseconds)) else {
        return nil
      }
      instant = zone.instant(fromLocal: moved)
    }
    let (result, overflow) = instant.addingReportingOverflow(self.milliseconds)
    return overflow || !Calendar.millisecondRange.contains(result) ? nil : result
  }

  private func addedDate(toTimestamp milliseconds: Int64) -> Int64? {
    var day = Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay)
    let timeOfDay = Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
    if months != 0 { day = Calendar.addMonths(Int64(months), toDays: day) }
    day &+= Int64(days)
    let (start, overflow) = day.multipliedReportingOverflow(by: Calendar.millisecondsPerDay)
    guard !overflow else { return nil }
    let result = start.addingReportingOverflow(timeOfDay)
    return result.overflow ? nil : result.partialValue
  }
}
