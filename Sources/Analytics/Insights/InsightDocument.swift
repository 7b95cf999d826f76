/// The rules as a table of Markdown, for `Documentation/insights.md`.
public enum InsightDocument {
  public static let table: String = {
    var text = "| rule | kind | looks at | speaks when | needs | severity | says |\n"
    text += "| --- | --- | --- | --- | --- | --- | --- |\n"
    for rule in InsightCatalogue.rules {
      let cells = [
        "`\(rule.id)`", "`\(rule.kind.rawValue)`", "`\(rule.metric)`, \(rule.span.words)",
        rule.condition.words(of: rule.metric), rule.needWords, rule.severityWords, rule.title,
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }()
}

extension InsightRule {
  fileprivate var needWords: String {
    guard leastChange > 0 else { return support.words }
    let unit = MetricCatalogue.known(metric).unit
    return support.words + "; a change of \(InsightText.text(leastChange, unit))"
  }

  fileprivate var severityWords: String {
    guard let criticalFrom else { return severity.rawValue }
    return "\(severity.rawValue), critical from \(InsightText.fixed(criticalFrom, places: 1)) on"
  }
}

extension InsightRule.Span {
  fileprivate var words: String {
    switch self {
    case .day: "a day"
    case .week, .month: "\(rawValue) days"
    }
  }
}

extension InsightRule.Condition {
  fileprivate func words(of metric: String) -> String {
    let unit = MetricCatalogue.known(metric).unit
    func points(_ bound: Double) -> String {
      InsightText.fixed(bound, places: 1) + (unit == .ratio ? " points" : "")
    }
    return switch self {
    case .risesPercent(let bound): "it rises by \(InsightText.fixed(bound, places: 1))% or more"
    case .fallsPercent(let bound): "it falls by \(InsightText.fixed(bound, places: 1))% or more"
    case .risesPoints(let bound): "it rises by \(points(bound)) or more"
    case .fallsPoints(let bound): "it falls by \(points(bound)) or more"
    case .exceeds(let bound): "it is \(InsightText.text(bound, unit)) or more"
    case .oddDay(.high): "the day is odd, and above the others"
    case .oddDay(.low): "the day is odd, and below the others"
    }
  }
}

extension InsightRule.Support {
  fileprivate var words: String {
    switch self {
    case .greater(let least): "\(InsightText.fixed(least, places: 1)) in either period"
    case .denominator(let least): "a share of at least \(InsightText.fixed(least, places: 0))"
    case .metric(let other, let least):
      "`\(other)` of at least \(InsightText.fixed(least, places: 0))"
    case .none: "4 weeks of data"
    }
  }
}
