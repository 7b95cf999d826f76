import ColumnStore
import Testing

@Suite struct CalendarTests {
  /// Fewer years where the code is not optimised: there the loop takes its time.
  #if DEBUG
  private static let years: ClosedRange<Int64> = 1...400
  private static let lastDay: Int64 = -573_066
  #else
  private static let years: ClosedRange<Int64> = 1...9_999
  private static let lastDay: Int64 = 2_932_896
  #endif

  @Test func `every day of the years 1 to 9999 goes there and back`() {
    var day = Calendar.days(year: 1, month: 1, day: 1)
    #expect(day == -719_162)
    var weekday: Int64 = 1
    var wrong = 0
    for year in Self.years {
      var dayOfYear: Int64 = 0
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for month in Int64(1)...12 {
        let length = lengths[Int(month) - 1]
        if Calendar.dayCount(year: year, month: month) != length { wrong += 1 }
        for dayOfMonth in 1...length {
          dayOfYear += 1
          let date = CalendarDate(year: year, month: month, day: dayOfMonth)
          let isRight =
            Calendar.days(year: year, month: month, day: dayOfMonth) == day
            && Calendar.date(days: day) == date && Calendar.isoWeekday(days: day) == weekday
          if !isRight { wrong += 1 }
          day += 1
          weekday = weekday % 7 + 1
        }
      }
      if Calendar.dayOfYear(days: day - 1) != dayOfYear { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(day == Self.lastDay + 1)
  }

  @Test(
    arguments: [
      (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508),
      (1, 1, 1, -719_162), (0, 1, 1, -719_528), (-4713, 11, 24, -2_440_588),
      (9999, 12, 31, 2_932_896), (5_874_897, 12, 31, 2_145_042_905),
    ] as [(Int64, Int64, Int64, Int64)])
  func `known days`(year: Int64, month: Int64, day: Int64, days: Int64) {
    #expect(Calendar.days(year: year, month: month, day: day) == days)
    #expect(Calendar.date(days: days) == CalendarDate(year: year, month: month, day: day))
    #expect(Calendar.checkedDays(year: year, month: month, day: day) == days)
  }

  @Test(
    arguments: [
      ("2005-01-01", 2004, 53), ("2005-01-02", 2004, 53), ("2005-12-31", 2005, 52),
      ("2007-01-01", 2007, 1), ("2008-12-29", 2009, 1), ("2010-01-03", 2009, 53),
      ("2024-12-30", 2025, 1), ("2020-12-31", 2020, 53),
    ] as [(String, Int64, Int64)])
  func `weeks belong to the year of their Thursday`(text: String, year: Int64, week: Int64) throws {
    let days = try Array(text.utf8).withUnsafeBufferPointer { try DateTimeText.date($0) }
    let found = Calendar.isoWeek(days: days)
    #expect(found.year == year)
    #expect(found.week == week)
  }

  @Test func `months are added with the day held to the month`() {
    let start = Calendar.days(year: 2024, month: 1, day: 31)
    #expect(Calendar.addMonths(1, toDays: start) == Calendar.days(year: 2024, month: 2, day: 29))
    #expect(Calendar.addMonths(-2, toDays: start) == Calendar.days(year: 2023, month: 11, day: 30))
    #expect(Calendar.addMonths(12, toDays: start) == Calendar.days(year: 2025, month: 1, day: 31))
  }

  @Test func `nothing traps at the ends of the number range`() {
    for days in [Int64.min, .min + 1, .max, .max - 1] {
      let date = Calendar.date(days: days)
      _ = Calendar.days(year: date.year, month: date.month, day: date.day)
      _ = Calendar.isoWeek(days: days)
      _ = Calendar.addMonths(.max, toDays: days)
      _ = Value.date(days).formatted()
      _ = Value.timestamp(days).formatted()
      for name in ["UTC", "Europe/Berlin"] {
        guard let zone = TimeZoneRules.named(name) else { continue }
        _ = Value.timestampWithTimeZone(days).formatted(timeZone: zone)
        _ = zone.instant(fromLocal: days)
      }
    }
  }
}
