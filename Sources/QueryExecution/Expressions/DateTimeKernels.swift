import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions of timestamps, instants and dates.
enum DateTimeKernels {
  /// The zone of a constant argument.
  static func zone(_ site: CallSite, _ index: Int) throws(QueryError) -> TimeZoneRules {
    guard let name = site.text(index) else {
      throw site.error(.featureNotSupported, "the time zone must be a literal here")
    }
    return try zone(name, site.location)
  }

  static func zone(_ name: String, _ location: Range<Int>) throws(QueryError) -> TimeZoneRules {
    if let zone = TimeZoneRules.named(name) { return zone }
    let close = TimeZoneRules.names(like: name)
    throw QueryError(
      .invalidParameter, "time zone '\(name)' not recognized", at: location,
      hint: close.first.map { "did you mean '\($0)'?" })
  }

  static func truncate(_ site: CallSite) throws(QueryError) -> Kernel {
    guard let name = site.text(0) else {
      if site.constants.contains(.null) { return null(site.type) }
      throw site.error(.featureNotSupported, "the unit of date_trunc must be a literal")
    }
    guard let unit = TimeUnit(name) else {
      throw site.error(
        .invalidParameter, "unit '\(name)' not recognized for type \(site.types[1].sqlName)",
        hint: "units are \(TimeUnit.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let isInstant = site.types[1] == .timestampWithTimeZone
    let zone = isInstant && site.constants.count > 2 ? try zone(site, 2) : .utc
    let type = site.type
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[1].integerRows
      values.withUnsafeMutableBufferPointer { values in
        if zone.isUTC {
          truncate(values, to: unit)
        } else {
          truncate(values, to: unit, in: zone)
        }
      }
      return Vector(type: type, count: rows.count, storage: .integers(values))
    }
  }

  static func null(_ type: DataType) -> Kernel {
    { (_, count) throws(QueryError) in Vector(constant: .null, type: type, count: count) }
  }

  /// Wall clocks, in place.
  private static func truncate(_ values: UnsafeMutableBufferPointer<Int64>, to unit: TimeUnit) {
    let day = Calendar.millisecondsPerDay
    switch unit {
    case .microsecond, .millisecond: break
    case .second: for row in values.indices { truncate(&values[row], 1_000) }
    case .minute: for row in values.indices { truncate(&values[row], 60_000) }
    case .hour: for row in values.indices { truncate(&values[row], 3_600_000) }
    case .day: for row in values.indices { truncate(&values[row], 86_400_000) }
    case .week:
      // Counted from Monday, 1969-12-29.
      for row in values.indices {
        let days = Calendar.floorDivide(values[row], day)
        values[row] = Calendar.startOfWeek(days: days) &* day
      }
    case .month, .quarter, .year, .decade, .century, .millennium:
      truncate(values) { days in startOfMonths(Calendar.date(days: days), unit) &* day }
    }
  }

  /// Replaces each wall clock by what its day gives. A batch mostly spans fewer days than it has
  /// rows: then each day is computed once.
  private static func truncate(
    _ values: UnsafeMutableBufferPointer<Int64>, _ start: (_ days: Int64) -> Int64
  ) {
    let day = Calendar.millisecondsPerDay
    guard var lowest = values.first else { return }
    var highest = lowest
    for value in values {
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
    let first = Calendar.floorDivide(lowest, day)
    let span = Calendar.floorDivide(highest, day) - first + 1
    guard span <= values.count / 4 else {
      for row in values.indices { values[row] = start(Calendar.floorDivide(values[row], day)) }
      return
    }
    let starts = (0..<span).map { start(first + $0) }
    starts.withUnsafeBufferPointer { starts in
      let base = first &* day
      // Not negative, so that plain division will do.
      for row in values.indices { values[row] = starts[Int((values[row] &- base) / day)] }
    }
  }

  @inline(__always)
  private static func truncate(_ value: inout Int64, _ unit: Int64) {
    value &-= Calendar.floorModulo(value, unit)
  }

  /// The first day of the month or longer unit.
  @inline(__always)
  private static func startOfMonths(_ date: CalendarDate, _ unit: TimeUnit) -> Int64 {
    let year: Int64
    var month: Int64 = 1
    switch unit {
    case .month:
      year = date.year
      month = date.month
    case .quarter:
      year = date.year
      month = (date.month &- 1) / 3 &* 3 &+ 1
    case .decade: year = Calendar.floorDivide(date.year, 10) &* 10
    case .century: year = Calendar.floorDivide(date.year &- 1, 100) &* 100 &+ 1
    case .millennium: year = Calendar.floorDivide(date.year &- 1, 1_000) &* 1_000 &+ 1
    default: year = date.year
    }
    return Calendar.days(year: year, month: month, day: 1)
  }

  /// Instants, in place. Units below a day keep the offset of the instant where that holds at the start
  /// of the unit too: not so where clocks change by half an hour.
  private static func truncate(
    _ values: UnsafeMutableBufferPointer<Int64>, to unit: TimeUnit, in zone: TimeZoneRules
  ) {
    let isShort =
      switch unit {
      case .microsecond, .millisecond, .second, .minute, .hour: true
      case .day, .week, .month, .quarter, .year, .decade, .century, .millennium: false
      }
    let (offsets, ranges) = localTimes(values, zone)
    truncate(values, to: unit)
    for row in values.indices {
      let offset = offsets[row]
      let instant = values[row] &- offset
      let (from, upTo) = ranges[row]
      // The same offset holds, and no clock change is near that could show the time twice.
      if instant >= from, isShort || instant < upTo {
        values[row] = instant
      } else if isShort {
        values[row] = zone.instant(ofBucketStart: values[row], atOffset: offset)
      } else {
        values[row] = zone.instant(fromLocal: values[row])
      }
    }
  }

  /// Turns instants into wall clocks; returns the offset of each and where it holds, less a day at
  /// the end.
  private static func localTimes(
    _ values: UnsafeMutableBufferPointer<Int64>, _ zone: TimeZoneRules
  ) -> ([Int64], [(from: Int64, upTo: Int64)]) {
    var offsets = [Int64](repeating: 0, count: values.count)
    var ranges = [(from: Int64, upTo: Int64)](repeating: (0, 0), count: values.count)
    var current = (offset: Int64(0), from: Int64.max, upTo: Int64.min)
    for row in values.indices {
      let instant = values[row]
      if instant < current.from || instant >= current.upTo {
        current = zone.range(atInstant: instant)
      }
      values[row] = instant &+ current.offset
      offsets[row] = current.offset
      let end = current.upTo.subtractingReportingOverflow(Calendar.millisecondsPerDay)
      ranges[row] = (current.from, end.overflow ? current.upTo : end.partialValue)
    }
    return (offsets, ranges)
  }

  /// Instants to wall clocks.
  static func local(_ values: [Int64], _ zone: TimeZoneRules) -> [Int64] {
    if let offset = zone.fixedOffset {
      return offset == 0 ? values : values.map { $0 &+ offset }
    }
    var values = values
    var current = (offset: Int64(0), from: Int64.max, upTo: Int64.min)
    for row in values.indices {
      let instant = values[row]
      if instant < current.from || instant >= current.upTo {
        current = zone.range(atInstant: instant)
      }
      values[row] = instant &+ current.offset
    }
    return values
  }

  static func atTimeZone(_ site: CallSite) throws(QueryError) -> Kernel {
    let toInstant = site.types[1] != .timestampWithTimeZone
    let type = site.type
    let location = site.location
    if let name = site.text(0) {
      let zone = try zone(name, location)
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        let values = arguments[1].integerRows
        let moved =
          toInstant ? values.map { zone.instant(fromLocal: $0) } : local(values, zone)
        return Vector(type: type, count: rows.count, storage: .integers(moved))
      }
    }
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[1].integerRows
      guard case .text(let codes, let source) = arguments[0].storage else {
        let zone = try zone(arguments[0].constant?.textOrEmpty ?? "", location)
        values = toInstant ? values.map { zone.instant(fromLocal: $0) } : local(values, zone)
        return Vector(type: type, count: rows.count, storage: .integers(values))
      }
      let distinct = DistinctCodes(codes, validity: rows.validity, entryCount: source.entryCount)
      var zones: [TimeZoneRules] = []
      for code in distinct.codes { zones.append(try zone(source.string(code), location)) }
      for row in values.indices {
        let zone = zones[Int(distinct.slots[row])]
        values[row] =
          toInstant
          ? zone.instant(fromLocal: values[row]) : zone.local(fromInstant: values[row])
      }
      return Vector(type: type, count: rows.count, storage: .integers(values))
    }
  }

  static func fromEpoch(_ site: CallSite) -> Kernel {
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let seconds = arguments[0].doubleRows
      var values = [Int64](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard let value = Int64(exactly: (seconds[row] * 1_000).rounded(.toNearestOrEven)),
          Calendar.millisecondRange.contains(value)
        else {
          let text = NumberText.format(seconds[row])
          throw QueryError(
            .datetimeOverflow, "timestamp out of range: '\(text)'", at: location)
        }
        values[row] = value
      }
      return Vector(type: .timestampWithTimeZone, count: rows.count, storage: .integers(values))
    }
  }

  static func makeDate(_ site: CallSite) -> Kernel {
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let years = arguments[0].integerRows
      let months = arguments[1].integerRows
      let days = arguments[2].integerRows
      var values = [Int64](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        // A negative year is BC: -1 is the year before 1.
        let year = years[row] < 0 ? years[row] &+ 1 : years[row]
        guard years[row] != 0,
          let value = Calendar.checkedDays(year: year, month: months[row], day: days[row])
        else {
          throw QueryError(
            .datetimeOverflow,
            "date field value out of range: \(years[row])-\(months[row])-\(days[row])",
            at: location)
        }
        values[row] = value
      }
      return Vector(type: .date, count: rows.count, storage: .integers(values))
    }
  }
}
