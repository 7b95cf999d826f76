import ColumnStore

extension WeeklyReport {
  /// For people. Names are written so that they cannot become markup.
  public var markdown: String {
    let whose = user.map { "\(Self.plain($0)) of \(Self.plain(organization))" }
    var text = """
      # Week \(week.name)

      \(whose ?? Self.plain(organization)), \(week.monday) to \(week.sunday), days of \(week.zone.name).

      | | this week | the week before | change |
      | --- | ---: | ---: | ---: |

      """
    for line in lines {
      let cells = [
        line.metric.title, Self.text(line.value, line.metric.unit),
        Self.text(line.previous, line.metric.unit), Self.change(line),
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text + "\nCosts are estimates. What each line means: `daybook metrics show`.\n"
  }

  private static func text(_ value: Double?, _ unit: MetricDefinition.Unit) -> String {
    value.map { InsightText.text($0, unit) } ?? "–"
  }

  private static func change(_ line: Line) -> String {
    let delta = line.delta
    let (change, name) =
      line.metric.unit == .ratio
      ? (delta.absolute.map { $0 * 100 }, " points") : (delta.percent, "%")
    guard let change else { return "–" }
    let text = InsightText.fixed(change, places: 1)
    return (change > 0 && text != "0" ? "+" : "") + text + name
  }

  private static func plain(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      if "\\`*_{}[]()<>#+!|~&".unicodeScalars.contains(scalar) { text.append("\\") }
      text.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    return text
  }
}
