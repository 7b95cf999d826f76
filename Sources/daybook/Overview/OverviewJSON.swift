import Analytics
import ColumnStore
import ResultFormats

/// An overview as JSON, for programs: the same figures, not rounded.
enum OverviewJSON {
  /// `null` where there is no overview, because there are no events.
  static func text(_ overview: Overview?) -> String {
    guard let overview else { return "null" }
    let figures = overview.figures.map { figure in
      object([
        ("id", quoted(figure.metric.id)), ("title", quoted(figure.metric.title)),
        ("definition", quoted(figure.metric.definition)),
        ("unit", quoted(figure.metric.unit.rawValue)),
        ("better", quoted(figure.metric.better.rawValue)), ("version", "\(figure.metric.version)"),
        ("value", number(figure.value)), ("previous", number(figure.previous?.value)),
        ("is_running", "\(figure.isRunning)"),
      ])
    }
    let trend = overview.trend.map {
      object([("day", quoted($0.day.description)), ("users", "\($0.users)")])
    }
    return object([
      ("anchor", quoted(overview.anchor.description)),
      ("start", quoted(overview.start.description)),
      ("days", "\(overview.days)"), ("is_running", "\(overview.range.isRunning)"),
      ("time_zone", quoted(overview.timeZone)),
      ("events", "\(overview.eventCount)"), ("first_day", quoted(overview.firstDay.description)),
      ("last_day", quoted(overview.lastDay.description)), ("metrics", array(figures)),
      ("active_users", array(trend)), ("top_errors", array(overview.topErrors.map(entry))),
      ("top_models", array(overview.topModels.map(entry))),
    ])
  }

  private static func entry(_ entry: BreakdownAnswer.Entry) -> String {
    object([
      ("name", quoted(entry.name)), ("count", "\(entry.count)"), ("share", number(entry.share)),
    ])
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  private static func array(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ",") + "]"
  }

  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return value.description
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: CellColumn.spell(.text(text), JSONEncoding(), .utc), as: UTF8.self)
  }
}
