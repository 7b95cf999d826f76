import Analytics
import ColumnStore
import ResultFormats

/// Where a metric's value comes from, for people and for programs.
enum MetricText {
  static func text(_ explanation: MetricExplanation, zone: String) -> String {
    let figure = explanation.figure
    let metric = figure.metric
    var text = "-- \(metric.title): \(metric.definition)\n"
    if let reason = figure.unavailable {
      return text + "-- no value: \(reason)\n\n"
    }
    text += "-- \(FigureText.value(figure))"
    if let numerator = figure.current.numerator, let denominator = figure.current.denominator {
      text += " = \(count(numerator)) / \(count(denominator))"
    }
    if figure.isRunning { text += ", not over yet" }
    text += ", version \(metric.version)\nSET timezone = '\(zone)';\n"
    return text + (explanation.sql ?? "") + ";\n\n"
  }

  static func json(_ explanations: [MetricExplanation]) -> String {
    let members = explanations.map { explanation in
      let figure = explanation.figure
      return "{"
        + [
          ("id", quoted(figure.metric.id)), ("value", number(figure.value)),
          ("numerator", number(figure.current.numerator)),
          ("denominator", number(figure.current.denominator)),
          ("from", "\(figure.current.window.start)"), ("to", "\(figure.current.window.end)"),
          ("previous", number(figure.previous?.value)), ("is_running", "\(figure.isRunning)"),
          ("unavailable", figure.unavailable.map(quoted) ?? "null"),
          ("sql", explanation.sql.map(quoted) ?? "null"),
        ].map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
    return "[" + members.joined(separator: ",\n") + "]"
  }

  /// Most are counts.
  private static func count(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? value.description
  }

  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return value.description
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: CellColumn.spell(.text(text), JSONEncoding(), .utc), as: UTF8.self)
  }
}
