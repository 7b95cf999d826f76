/// A rule as data: which metric it looks at, when it has something to say, and what it says then.
///
/// Nothing is guessed: the same numbers always give the same sentence, and the numbers stand beside it.
public struct InsightRule: Sendable, Equatable, Identifiable {
  public enum Kind: String, CaseIterable, Sendable {
    // Stored on disk: never rename.
    case costAlert = "cost_alert"
    case costAnomaly = "cost_anomaly"
    case costSaving = "cost_saving"
    case successImprovement = "success_improvement"
    case successDecline = "success_decline"
    case errorIncrease = "error_increase"
    case errorDecrease = "error_decrease"
    case slowdown
    case speedup
    case growth
    case decline
    case feedback
    case security

    public static let names = allCases.map(\.rawValue)
  }

  public enum Severity: String, CaseIterable, Sendable, Comparable {
    // Stored on disk: never rename.
    case info
    case warning
    case critical

    public static let names = allCases.map(\.rawValue)

    public static func < (left: Self, right: Self) -> Bool { left.place < right.place }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// When the rule speaks. All bounds belong to it.
  public enum Condition: Sendable, Equatable {
    /// Of the earlier value.
    case risesPercent(Double)
    case fallsPercent(Double)
    /// Of a share: points of per cent. Of other metrics: units.
    case risesPoints(Double)
    case fallsPoints(Double)
    /// Whatever it was before.
    case exceeds(Double)
    /// A day whose cost is far from that of the same day of earlier weeks: `CostAnomaly`.
    case oddDay(CostAnomaly.Direction)
  }

  /// The whole days that it looks at. They end with yesterday; the same number of days before them is what
  /// they are compared with.
  public enum Span: Int, Sendable {
    /// Yesterday and, as far as it has run, today.
    case day = 1
    case week = 7
    /// For what takes a week to be known.
    case month = 30
  }

  /// What there must be at least, so that a few events are no trend. Of both periods, where two are
  /// compared.
  public enum Support: Sendable, Equatable {
    /// The greater of the two values.
    case greater(Double)
    /// What the share is a share of.
    case denominator(Double)
    /// Another metric.
    case metric(String, Double)
    case none
  }

  /// Stable: `gpu_usage_up`.
  public let id: String
  public let kind: Kind
  /// Of the catalogue.
  public let metric: String
  public let condition: Condition
  public let span: Span
  public let support: Support
  /// By how much it must change, in the metric's unit, so that cents are no trend. Of an odd day: from the
  /// middle of the others.
  public let leastChange: Double
  public let severity: Severity
  /// From this bound on, of the same kind as the condition's, it is critical.
  public let criticalFrom: Double?
  /// With `{value}`, `{previous}`, `{change}` and, of days, `{day}`.
  public let title: String
  public let text: String
  /// What could be done.
  public let action: String

  init(
    _ id: String, _ kind: Kind, _ metric: String, _ condition: Condition, over span: Span = .week,
    with support: Support, changing leastChange: Double = 0, _ severity: Severity,
    criticalFrom: Double? = nil, _ title: String,
    _ text: String, action: String
  ) {
    self.id = id
    self.kind = kind
    self.metric = metric
    self.condition = condition
    self.span = span
    self.support = support
    self.leastChange = leastChange
    self.severity = severity
    self.criticalFrom = criticalFrom
    self.title = title
    self.text = text
    self.action = action
  }
}

extension InsightRule.Condition {
  /// The bound as a number: per cent, points, or units of the metric.
  public var bound: Double {
    switch self {
    case .risesPercent(let bound), .fallsPercent(let bound), .risesPoints(let bound),
      .fallsPoints(let bound), .exceeds(let bound):
      bound
    case .oddDay: Double(CostAnomaly.threshold) / 1000
    }
  }

  var isComparison: Bool {
    switch self {
    case .risesPercent, .fallsPercent, .risesPoints, .fallsPoints: true
    case .exceeds, .oddDay: false
    }
  }

  /// How far the rule's quantity goes in the direction that the rule looks; `nil` where it cannot be told.
  /// Rounded to a billionth, so that 82 % to 87 % are 5 points.
  func measure(_ value: Double, _ previous: Double?, _ unit: MetricDefinition.Unit) -> Double? {
    let delta = MetricDelta(value, previous)
    let points = delta.absolute.map { unit == .ratio ? $0 * 100 : $0 }
    let measured: Double? =
      switch self {
      case .risesPercent: delta.percent
      case .fallsPercent: delta.percent.map { -$0 }
      case .risesPoints: points
      case .fallsPoints: points.map { -$0 }
      case .exceeds: value
      case .oddDay: nil
      }
    return measured.map { ($0 * 1e9).rounded() / 1e9 }
  }
}
