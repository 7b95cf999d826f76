import ColumnStore
import QueryLanguage
import QueryPlanning

/// `time_bucket`, as TimescaleDB defines it: the start of the interval of equal width that a moment
/// lies in.
enum TimeBucketKernels {
  /// Widths are counted in milliseconds or in months.
  private enum Width {
    case milliseconds(Int64)
    case months(Int64)
  }

  /// Monday, 2000-01-03.
  private static let defaultOrigin: Int64 = 946_857_600_000

  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let isInstant = site.type == .timestampWithTimeZone
    let hasOrigin = site.constants.count == (isInstant ? 4 : 3)
    if site.constants[0] == .null || (hasOrigin && site.constants[2] == .null) {
      return DateTimeKernels.null(site.type)
    }
    let width = try width(site)
    let zone = isInstant ? try DateTimeKernels.zone(site, site.constants.count - 1) : .utc
    var origin: Int64?
    if hasOrigin {
      guard let bits = site.constants[2]?.integerBits else {
        throw site.error(.featureNotSupported, "the origin of time_bucket must be a literal")
      }
      origin =
        site.type == .date
        ? bits &* Calendar.millisecondsPerDay
        : isInstant ? zone.local(fromInstant: bits) : bits
    }
    let type = site.type
    switch width {
    case .months(let months):
      let first = try firstMonth(origin, site)
      return kernel(type, zone, keepsOffset: false) { startOfMonths($0, months, from: first) }
    case .milliseconds(let length):
      let origin = origin ?? defaultOrigin
      // Buckets within a day keep the offset of the moment where it holds, as `date_trunc` does.
      return kernel(type, zone, keepsOffset: length < Calendar.millisecondsPerDay) {
        $0 &- Calendar.floorModulo($0 &- origin, length)
      }
    }
  }

  private static func width(_ site: CallSite) throws(QueryError) -> Width {
    guard case .interval(let interval)? = site.constants[0] else {
      throw site.error(.featureNotSupported, "the width of time_bucket must be a literal")
    }
    let days = Int64(interval.days).multipliedReportingOverflow(by: Calendar.millisecondsPerDay)
    let length = days.partialValue.addingReportingOverflow(interval.milliseconds)
    if interval.months != 0 {
      guard interval.days == 0, interval.milliseconds == 0 else {
        throw site.error(
          .invalidParameter, "an interval of months cannot have days or time in time_bucket",
          hint: "use months alone, such as '1 month', or days and time alone")
      }
      if interval.months > 0 { return .months(Int64(interval.months)) }
    } else if !days.overflow, !length.overflow, length.partialValue > 0,
      length.partialValue <= Calendar.millisecondRange.upperBound
    {
      if site.type == .date, length.partialValue % Calendar.millisecondsPerDay != 0 {
        throw site.error(
          .invalidParameter, "an interval with hours cannot divide dates in time_bucket",
          hint: "use whole days, or cast the date to timestamp")
      }
      return .milliseconds(length.partialValue)
    }
    throw site.error(.invalidParameter, "the width of time_bucket must be greater than 0")
  }

  /// Months since the year 0 at the origin.
  private static func firstMonth(_ origin: Int64?, _ site: CallSite) throws(QueryError) -> Int64 {
    guard let origin else { return 2_000 * 12 }
    let date = Calendar.date(days: Calendar.floorDivide(origin, Calendar.millisecondsPerDay))
    guard date.day == 1, Calendar.floorModulo(origin, Calendar.millisecondsPerDay) == 0 else {
      throw site.error(
        .invalidParameter, "the origin of buckets of months must be the first of a month")
    }
    return date.year * 12 + date.month - 1
  }

  private static func startOfMonths(_ local: Int64, _ width: Int64, from first: Int64) -> Int64 {
    let date = Calendar.date(days: Calendar.floorDivide(local, Calendar.millisecondsPerDay))
    let month = date.year &* 12 &+ date.month &- 1
    let start = month &- Calendar.floorModulo(month &- first, width)
    let year = Calendar.floorDivide(start, 12)
    let day = Calendar.days(year: year, month: Calendar.floorModulo(start, 12) &+ 1, day: 1)
    return day &* Calendar.millisecondsPerDay
  }

  /// `start` maps wall clocks.
  private static func kernel(
    _ type: DataType, _ zone: TimeZoneRules, keepsOffset: Bool,
    _ start: @escaping @Sendable (Int64) -> Int64
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[1].integerRows
      if type == .date {
        let day = Calendar.millisecondsPerDay
        for row in values.indices {
          values[row] = Calendar.floorDivide(start(values[row] &* day), day)
        }
      } else if zone.isUTC {
        for row in values.indices { values[row] = start(values[row]) }
      } else {
        let locals = DateTimeKernels.local(values, zone)
        for row in values.indices {
          let bucket = start(locals[row])
          values[row] =
            keepsOffset
            ? zone.instant(ofBucketStart: bucket, atOffset: locals[row] &- values[row])
            : zone.instant(fromLocal: bucket)
        }
      }
      return Vector(type: type, count: rows.count, storage: .integers(values))
    }
  }
}
