import ColumnStore
import QueryLanguage
import QueryPlanning

/// Sums and differences of dates, times and intervals.
enum IntervalKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    switch site.function {
    case .addDays: addDays(site, sign: 1)
    case .subtractDays: addDays(site, sign: -1)
    case .daysBetween:
      Kernels.strict { (arguments, rows) throws(QueryError) in
        let left = arguments[0].integerRows
        let right = arguments[1].integerRows
        let days = left.indices.map { left[$0] &- right[$0] }
        return Vector(type: .integer, count: rows.count, storage: .integers(days))
      }
    case .timeBetween:
      intervals(site) { Interval.between($0.integerBits ?? 0, $1.integerBits ?? 0) }
    case .multiplyInterval:
      intervals(site) { left, right in
        guard case .interval(let interval) = left, case .double(let factor) = right else {
          return nil
        }
        return interval.multiplied(by: factor)
      }
    case .addIntervals: intervals(site) { $0.interval.adding($1.interval) }
    case .subtractIntervals: intervals(site) { $0.interval.subtracting($1.interval) }
    default: try addInterval(site)
    }
  }

  /// The seconds of `timeBetween`, without an object for each row.
  static func secondsBetween(at location: Range<Int>) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let left = arguments[0].integerRows
      let right = arguments[1].integerRows
      var seconds = [Double](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard let interval = Interval.between(left[row], right[row]) else {
          throw QueryError(.datetimeOverflow, "interval out of range", at: location)
        }
        seconds[row] = interval.epochSeconds
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(seconds))
    }
  }

  private static func intervals(
    _ site: CallSite, _ body: @escaping @Sendable (Value, Value) -> Interval?
  ) -> Kernel {
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = [Value](repeating: .null, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard let interval = body(arguments[0].value(at: row), arguments[1].value(at: row)) else {
          throw QueryError(.datetimeOverflow, "interval out of range", at: location)
        }
        values[row] = .interval(interval)
      }
      return Vector(type: .interval, count: rows.count, storage: .objects(values))
    }
  }

  private static func addDays(_ site: CallSite, sign: Int64) -> Kernel {
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var dates = arguments[0].integerRows
      let days = arguments[1].integerRows
      for row in 0..<rows.count {
        let (date, overflow) =
          sign > 0
          ? dates[row].addingReportingOverflow(days[row])
          : dates[row].subtractingReportingOverflow(days[row])
        if overflow || !Calendar.dayRange.contains(date), rows.isValid(row) {
          throw QueryError(.datetimeOverflow, "date out of range", at: location)
        }
        dates[row] = date
      }
      return Vector(type: .date, count: rows.count, storage: .integers(dates))
    }
  }

  private static func addInterval(_ site: CallSite) throws(QueryError) -> Kernel {
    let isSubtraction = site.function == .subtractInterval
    if site.types[0] == .interval {
      return intervals(site) {
        isSubtraction ? $0.interval.subtracting($1.interval) : $0.interval.adding($1.interval)
      }
    }
    let location = site.location
    let isDate = site.types[0] == .date
    let isInstant = site.types[0] == .timestampWithTimeZone
    let zone =
      isInstant && site.constants.count > 2 ? try DateTimeKernels.zone(site, 2) : .utc
    let type = site.type
    let overflow = QueryError(.datetimeOverflow, "timestamp out of range", at: location)
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[0].integerRows
      if isDate { for row in values.indices { values[row] &*= Calendar.millisecondsPerDay } }
      let intervals = arguments[1].objectRows
      for row in 0..<rows.count where rows.isValid(row) {
        var interval = intervals[row].interval
        if isSubtraction {
          guard let negated = interval.negated() else { throw overflow }
          interval = negated
        }
        let moved =
          zone.isUTC
          ? interval.added(toTimestamp: values[row])
          : interval.added(toInstant: values[row], in: zone)
        guard let moved else { throw overflow }
        values[row] = moved
      }
      return Vector(type: type, count: rows.count, storage: .integers(values))
    }
  }
}

extension Value {
  /// The interval that the value is; no length for others.
  fileprivate var interval: Interval {
    if case .interval(let interval) = self { interval } else { Interval() }
  }
}
