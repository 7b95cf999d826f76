/// The proleptic Gregorian calendar as integer arithmetic, days counted from 1970-01-01.
///
/// Year 0 is 1 BC. Nothing here traps: inputs far outside `dayRange` give wrapped nonsense, never a
/// crash. Algorithms: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
public enum Calendar {
  public static let millisecondsPerDay: Int64 = 86_400_000

  /// PostgreSQL's dates: 4714-11-24 BC up to 5874897-12-31.
  public static let dayRange: ClosedRange<Int64> = -2_440_588...2_145_042_905
  /// PostgreSQL's timestamps: 4714-11-24 BC up to the end of the year 294276.
  public static let millisecondRange: ClosedRange<Int64> =
    -210_866_803_200_000...9_224_318_015_999_999

  /// Rounds toward negative infinity; `divisor` is positive.
  @inlinable @inline(__always)
  public static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return quotient &- (value &- quotient &* divisor < 0 ? 1 : 0)
  }

  /// What `floorDivide` leaves: 0 ..< divisor.
  @inlinable @inline(__always)
  public static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder &+ (remainder < 0 ? divisor : 0)
  }

  /// The day of a date; `month` is 1...12, `day` may be any offset from the first of the month.
  @inlinable
  public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = year &- (month <= 2 ? 1 : 0)
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted &- era &* 400
    let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }

  @inlinable
  public static func date(days: Int64) -> CalendarDate {
    let shifted = days &+ 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra =
      (dayOfEra &- dayOfEra / 1_460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
    let day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
    let month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
    let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
    return CalendarDate(year: year, month: month, day: day)
  }

  @inlinable
  public static func isLeapYear(_ year: Int64) -> Bool {
    year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// 28...31; `month` is 1...12.
  @inlinable
  public static func dayCount(year: Int64, month: Int64) -> Int64 {
    if month == 2 { return isLeapYear(year) ? 29 : 28 }
    // April, June, September and November have 30.
    return (month == 4 || month == 6 || month == 9 || month == 11) ? 30 : 31
  }

  /// `nil` for a day that does not exist.
  public static func checkedDays(year: Int64, month: Int64, day: Int64) -> Int64? {
    guard (-4_713...5_874_897).contains(year), (1...12).contains(month), day >= 1,
      day <= dayCount(year: year, month: month)
    else { return nil }
    let days = days(year: year, month: month, day: day)
    return dayRange.contains(days) ? days : nil
  }

  /// 1 for Monday ... 7 for Sunday.
  @inlinable
  public static func isoWeekday(days: Int64) -> Int64 {
    // 1970-01-01 was a Thursday.
    floorModulo(days &+ 3, 7) &+ 1
  }

  /// The Monday of the day's week.
  @inlinable
  public static func startOfWeek(days: Int64) -> Int64 {
    days &- floorModulo(days &+ 3, 7)
  }

  /// 1...366.
  @inlinable
  public static func dayOfYear(days: Int64) -> Int64 {
    days &- Calendar.days(year: date(days: days).year, month: 1, day: 1) &+ 1
  }

  /// ISO 8601: a week belongs to the year of its Thursday.
  @inlinable
  public static func isoWeek(days: Int64) -> (year: Int64, week: Int64) {
    let thursday = startOfWeek(days: days) &+ 3
    return (date(days: thursday).year, (dayOfYear(days: thursday) &- 1) / 7 &+ 1)
  }

  /// Moves a date by whole months; a day that the month does not have becomes its last.
  @inlinable
  public static func addMonths(_ months: Int64, toDays days: Int64) -> Int64 {
    let start = date(days: days)
    let month = start.year &* 12 &+ (start.month &- 1) &+ months
    let year = floorDivide(month, 12)
    let monthOfYear = floorModulo(month, 12) &+ 1
    let day = min(start.day, dayCount(year: year, month: monthOfYear))
    return Calendar.days(year: year, month: monthOfYear, day: day)
  }
}

/// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
@frozen
public struct CalendarDate: Hashable, Sendable {
  public var year: Int64
  /// 1...12
  public var month: Int64
  /// 1...31
  public var day: Int64

  @inlinable
  public init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }
}
