import ColumnStore
import QueryLanguage
import QueryPlanning

/// `age`, and times made of their parts.
enum AgeKernels {
  static func age(_ site: CallSite) throws(QueryError) -> Kernel {
    let zone = site.constants.count > 2 ? try DateTimeKernels.zone(site, 2) : .utc
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let later = DateTimeKernels.local(arguments[0].integerRows, zone)
      let earlier = DateTimeKernels.local(arguments[1].integerRows, zone)
      var values = [Value](repeating: .null, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        guard let interval = between(later[row], earlier[row]) else {
          throw QueryError(.datetimeOverflow, "interval out of range", at: location)
        }
        values[row] = .interval(interval)
      }
      return Vector(type: .interval, count: rows.count, storage: .objects(values))
    }
  }

  /// Field by field as PostgreSQL: a day that is missing is borrowed from the month of the earlier
  /// moment.
  private static func between(_ a: Int64, _ b: Int64) -> Interval? {
    let (earlier, later) = a < b ? (a, b) : (b, a)
    let day = Calendar.millisecondsPerDay
    let from = Calendar.date(days: Calendar.floorDivide(earlier, day))
    let to = Calendar.date(days: Calendar.floorDivide(later, day))
    var months = (to.year &- from.year) &* 12 &+ to.month &- from.month
    var days = to.day &- from.day
    var time = Calendar.floorModulo(later, day) &- Calendar.floorModulo(earlier, day)
    if time < 0 {
      time += day
      days -= 1
    }
    if days < 0 {
      days += Calendar.dayCount(year: from.year, month: from.month)
      months -= 1
    }
    guard let wholeMonths = Int32(exactly: months), let wholeDays = Int32(exactly: days) else {
      return nil
    }
    let interval = Interval(months: wholeMonths, days: wholeDays, milliseconds: time)
    return a < b ? interval.negated() : interval
  }

  static func makeTimestamp(_ site: CallSite) -> Kernel {
    let location = site.location
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let parts = arguments.prefix(5).map(\.integerRows)
      let seconds = arguments[5].doubleRows
      var values = [Int64](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        let year = parts[0][row] < 0 ? parts[0][row] &+ 1 : parts[0][row]
        guard parts[0][row] != 0,
          let days = Calendar.checkedDays(year: year, month: parts[1][row], day: parts[2][row]),
          (0...23).contains(parts[3][row]), (0...59).contains(parts[4][row]),
          seconds[row] >= 0, seconds[row] <= 60
        else {
          throw QueryError(
            .datetimeOverflow,
            "date/time field value out of range: \(parts.map { String($0[row]) }.joined(separator: " ")) \(NumberText.format(seconds[row]))",
            at: location)
        }
        let minutes = parts[3][row] * 60 + parts[4][row]
        let time = minutes * 60_000 + Int64((seconds[row] * 1_000).rounded(.toNearestOrEven))
        let (start, overflow) = days.multipliedReportingOverflow(by: Calendar.millisecondsPerDay)
        guard !overflow, Calendar.millisecondRange.contains(start &+ time) else {
          throw QueryError(.datetimeOverflow, "timestamp out of range", at: location)
        }
        values[row] = start + time
      }
      return Vector(type: .timestamp, count: rows.count, storage: .integers(values))
    }
  }
}
