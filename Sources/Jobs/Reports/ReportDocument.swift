internal import Analytics
internal import Authentication
internal import ColumnStore

/// A report for programs: an object of JSON.
enum ReportDocument {
  static func json(_ report: WeeklyReport) -> String {
    let lines = report.lines.map { line in
      """
      {"metric":\(StrictJSON.quoted(line.metric.id)),"title":\(StrictJSON.quoted(line.metric.title)),\
      "unit":"\(line.metric.unit.rawValue)","version":\(line.metric.version),\
      "value":\(number(line.value)),"previous":\(number(line.previous)),\
      "change":\(number(line.delta.absolute)),"change_percent":\(number(line.delta.percent))}
      """
    }
    return """
      {"type":"weekly_report","week":"\(report.week.name)","from":"\(report.week.monday)",\
      "to":"\(report.week.sunday)","time_zone":\(StrictJSON.quoted(report.week.zone.name)),\
      "organization_id":\(StrictJSON.quoted(report.organization)),\
      "user_id":\(report.user.map { StrictJSON.quoted($0) } ?? "null"),"is_estimate":true,\
      "figures":[\(lines.joined(separator: ","))]}
      """
  }

  /// Whether a line is the report of a person, by the bytes of his name.
  static func isAbout(_ user: String, _ line: [UInt8]) -> Bool {
    let name = (try? StrictJSON(line))?.members?["user_id"]?.text
    return name.map { $0.utf8.elementsEqual(user.utf8) } ?? false
  }

  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
