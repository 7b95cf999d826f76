import ColumnStore
import QueryLanguage
import QueryPlanning

/// EXTRACT and date_part.
enum DatePartKernels {
  private enum Field: String, CaseIterable {
    case epoch, year, month, day, hour, minute, second, millisecond, microsecond, dow, isodow, doy
    case week, isoyear, quarter, decade, century, millennium, julian
    case timezone
    case timezoneHour = "timezone_hour"
    case timezoneMinute = "timezone_minute"

    init?(_ name: String) {
      let lower = name.lowercased()
      if let unit = TimeUnit(lower) {
        self.init(rawValue: unit.rawValue)
      } else {
        self.init(rawValue: lower)
      }
    }

    var isOfZone: Bool { self == .timezone || self == .timezoneHour || self == .timezoneMinute }
  }

  static func part(_ site: CallSite) throws(QueryError) -> Kernel {
    guard let name = site.text(0) else {
      if site.constants.contains(.null) { return DateTimeKernels.null(.double) }
      throw site.error(.featureNotSupported, "the field of date_part must be a literal")
    }
    let type = site.types[1]
    let isInstant = type == .timestampWithTimeZone
    guard let field = Field(name), isInstant || !field.isOfZone else {
      throw site.error(
        .invalidParameter, "unit '\(name)' not recognized for type \(type.sqlName)",
        hint: "fields are \(Field.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if type == .interval { return try intervalPart(field, site) }
    let zone =
      isInstant && site.constants.count > 2 ? try DateTimeKernels.zone(site, 2) : .utc
    let scale = type == .date ? Calendar.millisecondsPerDay : 1
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[1].integerRows
      if scale != 1 { for row in values.indices { values[row] &*= scale } }
      let parts: [Double]
      if field.isOfZone {
        parts = values.map { offsetPart(field, zone.offset(atInstant: $0)) }
      } else if field == .epoch {
        parts = values.map { Double($0) / 1_000 }
      } else {
        parts = wallClockParts(field, DateTimeKernels.local(values, zone))
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(parts))
    }
  }

  private static func offsetPart(_ field: Field, _ offset: Int64) -> Double {
    switch field {
    case .timezoneHour: Double(offset / 3_600_000)
    case .timezoneMinute: Double(offset / 60_000 % 60)
    default: Double(offset / 1_000)
    }
  }

  private static func wallClockParts(_ field: Field, _ values: [Int64]) -> [Double] {
    switch field {
    case .epoch, .timezone, .timezoneHour, .timezoneMinute: values.map { _ in 0 }
    case .hour: values.map { Double(timeOfDay($0) / 3_600_000) }
    case .minute: values.map { Double(timeOfDay($0) / 60_000 % 60) }
    case .second: values.map { Double(timeOfDay($0) % 60_000) / 1_000 }
    case .millisecond: values.map { Double(timeOfDay($0) % 60_000) }
    case .microsecond: values.map { Double(timeOfDay($0) % 60_000 * 1_000) }
    case .dow: values.map { Double(Calendar.isoWeekday(days: day($0)) % 7) }
    case .isodow: values.map { Double(Calendar.isoWeekday(days: day($0))) }
    case .doy: values.map { Double(Calendar.dayOfYear(days: day($0))) }
    case .week: values.map { Double(Calendar.isoWeek(days: day($0)).week) }
    case .isoyear: values.map { Double(shown(Calendar.isoWeek(days: day($0)).year)) }
    case .year: values.map { Double(shown(date($0).year)) }
    case .month: values.map { Double(date($0).month) }
    case .day: values.map { Double(date($0).day) }
    case .quarter: values.map { Double((date($0).month - 1) / 3 + 1) }
    case .decade: values.map { Double(Calendar.floorDivide(date($0).year, 10)) }
    case .century: values.map { Double(period(date($0).year, 100)) }
    case .millennium: values.map { Double(period(date($0).year, 1_000)) }
    case .julian:
      values.map {
        Double(day($0) &+ 2_440_588) + Double(timeOfDay($0)) / Double(Calendar.millisecondsPerDay)
      }
    }
  }

  @inline(__always)
  private static func day(_ milliseconds: Int64) -> Int64 {
    Calendar.floorDivide(milliseconds, Calendar.millisecondsPerDay)
  }

  @inline(__always)
  private static func timeOfDay(_ milliseconds: Int64) -> Int64 {
    Calendar.floorModulo(milliseconds, Calendar.millisecondsPerDay)
  }

  @inline(__always)
  private static func date(_ milliseconds: Int64) -> CalendarDate {
    Calendar.date(days: day(milliseconds))
  }

  /// There is no year 0: 1 BC is -1.
  @inline(__always)
  private static func shown(_ year: Int64) -> Int64 { year > 0 ? year : year &- 1 }

  /// The century or millennium, counted from 1 and from -1.
  @inline(__always)
  private static func period(_ year: Int64, _ length: Int64) -> Int64 {
    shown(Calendar.floorDivide(year &- 1, length) &+ 1)
  }

  private static func intervalPart(_ field: Field, _ site: CallSite) throws(QueryError) -> Kernel {
    let part: @Sendable (Interval) -> Double
    switch field {
    case .epoch: part = { $0.epochSeconds }
    case .millennium: part = { Double($0.months / 12_000) }
    case .century: part = { Double($0.months / 1_200) }
    case .decade: part = { Double($0.months / 120) }
    case .year: part = { Double($0.months / 12) }
    case .quarter: part = { Double($0.months % 12 / 3 + 1) }
    case .month: part = { Double($0.months % 12) }
    case .day: part = { Double($0.days) }
    case .hour: part = { Double($0.milliseconds / 3_600_000) }
    case .minute: part = { Double($0.milliseconds / 60_000 % 60) }
    case .second: part = { Double($0.milliseconds % 60_000) / 1_000 }
    case .millisecond: part = { Double($0.milliseconds % 60_000) }
    case .microsecond: part = { Double($0.milliseconds % 60_000 * 1_000) }
    case .dow, .isodow, .doy, .week, .isoyear, .julian, .timezone, .timezoneHour, .timezoneMinute:
      throw site.error(
        .featureNotSupported, "unit '\(field.rawValue)' not supported for type interval")
    }
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let parts = arguments[1].objectRows.map { value in
        if case .interval(let interval) = value { part(interval) } else { 0.0 }
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(parts))
    }
  }
}
