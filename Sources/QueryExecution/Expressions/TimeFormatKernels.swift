import ColumnStore
import QueryLanguage
import QueryPlanning

/// `to_char` of times.
enum TimeFormatKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let zone = site.constants.count > 2 ? try DateTimeKernels.zone(site, 2) : nil
    let known = site.text(1).map(TimeFormat.init)
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let values = arguments[0].integerRows
      return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        let format = known ?? TimeFormat(arguments[1].value(at: row).textOrEmpty)
        format.write(moment(values[row], zone), to: &builder)
      }
    }
  }

  /// A zone has no short name here, so that of UTC apart it is shown by its offset.
  private static func moment(_ value: Int64, _ zone: TimeZoneRules?) -> TimeFormat.Moment {
    guard let zone else { return TimeFormat.Moment(local: value, offset: 0, zone: "") }
    if zone.isUTC { return TimeFormat.Moment(local: value, offset: 0, zone: "UTC") }
    let offset = zone.offset(atInstant: value)
    return TimeFormat.Moment(
      local: value &+ offset, offset: offset,
      zone: TimeFormat.offset(offset, withMinutes: true))
  }
}
