/// What a rule found, with the numbers that it rests on.
public struct Insight: Sendable, Equatable, Identifiable {
  public var rule: InsightRule
  /// The last day that it is about.
  public var day: Day
  public var severity: InsightRule.Severity
  public var title: String
  public var text: String
  public var value: Double
  /// What it was compared with, if it was.
  public var previous: Double?
  /// Of the earlier value.
  public var changePercent: Double?
  public var window: TimeWindow
  public var previousWindow: TimeWindow?
  /// What the values were made of, by name.
  public var evidence: [Evidence]

  public struct Evidence: Sendable, Equatable {
    public var name: String
    public var value: Double

    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// Stable: the same rule about the same days has the same.
  public var id: String { "\(rule.id):\(day)" }
}

extension InsightRule {
  /// What it says of a metric; `nil`: nothing. `figures` has those of its metric and its support.
  func insight(_ figures: [String: MetricFigure], on day: Day) -> Insight? {
    guard let figure = figures[metric], let value = figure.value, value.isFinite else { return nil }
    let previous = condition.isComparison ? figure.previous : nil
    let measured = condition.measure(value, previous?.value, figure.metric.unit)
    guard let measured, measured >= condition.bound, isSupported(figures) else { return nil }
    let delta = MetricDelta(value, previous?.value)
    if condition.isComparison, (delta.absolute?.magnitude ?? 0) < leastChange { return nil }
    var evidence: [Insight.Evidence] = []
    func note(_ name: String, _ number: Double?) {
      if let number, number.isFinite { evidence.append(.init(name, number)) }
    }
    note("numerator", figure.current.numerator)
    note("denominator", figure.current.denominator)
    note("previous_numerator", previous?.numerator)
    note("previous_denominator", previous?.denominator)
    if case .metric(let other, _) = support {
      note(other, figures[other]?.value)
      note("previous_" + other, figures[other]?.previous?.value)
    }
    let words = InsightText(
      unit: figure.metric.unit, value: value, previous: previous?.value, condition: condition)
    return Insight(
      rule: self, day: day,
      severity: criticalFrom.map { measured >= $0 } == true ? .critical : severity,
      title: words.filled(title), text: words.filled(text), value: value,
      previous: previous?.value, changePercent: delta.percent, window: figure.current.window,
      previousWindow: previous?.window, evidence: evidence)
  }

  private func isSupported(_ figures: [String: MetricFigure]) -> Bool {
    func reach(_ least: Double, _ current: Double?, _ previous: Double?) -> Bool {
      (current ?? 0) >= least && (!condition.isComparison || (previous ?? 0) >= least)
    }
    let figure = figures[metric]
    switch support {
    case .none: return true
    case .greater(let least):
      return max(figure?.value ?? 0, figure?.previous?.value ?? 0) >= least
    case .denominator(let least):
      return reach(least, figure?.current.denominator, figure?.previous?.denominator)
    case .metric(let other, let least):
      return reach(least, figures[other]?.value, figures[other]?.previous?.value)
    }
  }

  /// What it says of a day whose cost is odd; `nil`: nothing.
  func insight(_ anomaly: CostAnomaly, in zone: (Day) -> TimeWindow) -> Insight? {
    guard case .oddDay(let direction) = condition, anomaly.direction == direction else {
      return nil
    }
    let (value, median) = (Double(anomaly.cost) / 1_000_000, Double(anomaly.median) / 1_000_000)
    guard (value - median).magnitude >= leastChange else { return nil }
    let score = Double(anomaly.score) / 1000
    let words = InsightText(
      unit: .dollars, value: value, previous: median, condition: condition, day: anomaly.day,
      isRunning: anomaly.isRunning)
    return Insight(
      rule: self, day: anomaly.day,
      severity: criticalFrom.map { score >= $0 } == true ? .critical : severity,
      title: words.filled(title), text: words.filled(text), value: value, previous: median,
      changePercent: MetricDelta(value, median).percent, window: zone(anomaly.day),
      previousWindow: nil,
      evidence: [
        .init("score", score), .init("median_deviation", Double(anomaly.deviation) / 1_000_000),
        .init("weeks", Double(anomaly.weekCount)),
      ])
  }
}
