/// A metric as data: what it is called, what it means, and the SQL that computes it.
///
/// Everything that shows a metric is made from this one entry, so it cannot mean two things.
public struct MetricDefinition: Sendable, Equatable, Identifiable {
  public enum Unit: String, Sendable, CaseIterable {
    case people
    case count
    /// 0 to 1, shown as per cent.
    case ratio
    case milliseconds
    case hours
    case gigabytes
    case gigabytesPerDay = "gigabytes_per_day"
    /// US dollars, estimated.
    case dollars
    case tokens
    case stars
    /// A mean of counts.
    case mean
  }

  public enum Direction: String, Sendable {
    case up
    case down
    /// More is neither better nor worse.
    case none
  }

  public enum Group: String, CaseIterable, Sendable {
    case overview
    case engagement
    case content
    case reliability
    case activity
    case training
    case infrastructure
    case collaboration
    case learning
    case feedback
    case security
    case tokens
    case cost

    public static let names = allCases.map(\.rawValue)
  }

  /// Which time the metric looks at.
  public enum Window: Sendable, Equatable {
    /// As much as the question asks for.
    case range
    /// So many days that end with the anchor, the last day of the range.
    case trailing(days: Int)
    /// The 24 hours up to now, or to the end of the range where that is over.
    case lastHours(Int)
    /// Everything before the end of the range.
    case lifetime
    /// What there is now; the range has no part in it, and there is nothing to compare with.
    case now
  }

  /// How the value comes about.
  public enum Formula: Sendable, Equatable {
    /// Aggregates over the rows of a source in a window, or of those of them that a condition keeps. All
    /// such metrics of one source, window and condition are one statement.
    case aggregate(
      MetricSource, where: String? = nil, value: String, numerator: String? = nil,
      denominator: String? = nil)
    /// Numbers of events, `{n:CONDITION}`, and of distinct people, `{people:TYPE}`, by their type alone: all
    /// such metrics of a window come from one count by type.
    case byType(value: String, numerator: String? = nil, denominator: String? = nil)
    /// A statement of its own, with the columns `value`, `numerator` and `denominator`. `{events}` is the
    /// name of the table of events and `{filters}` what keeps its rows to the filters.
    case statement(String)
    /// One metric divided by another, each over its own window.
    case quotient(String, String)
    /// A metric divided by itself a window earlier, less 1.
    case growth(of: String)
    /// Metrics added up, over one window: what has no data adds nothing, and neither does what these tables
    /// cannot have.
    case sum([String])
    /// What it costs to keep what is stored: a statement that is made with the rates of a price book.
    case storageCost
  }

  /// Stable: `dau`.
  public let id: String
  public let title: String
  /// In plain words, for readers who do not know SQL.
  public let definition: String
  public let unit: Unit
  /// Which way is better.
  public let better: Direction
  public let group: Group
  public let window: Window
  public let formula: Formula
  /// How many days it goes back to be compared, where that is not the length of its window.
  public let stepDays: Int?
  /// Of one that is a statement of its own: the statement over time, with the columns `bucket` and `value`.
  /// `{grain}` is the unit of buckets.
  let trend: String?
  /// Raised whenever the meaning changes.
  public let version: Int

  init(
    _ id: String, _ title: String, _ definition: String, _ unit: Unit, better: Direction,
    in group: Group, over window: Window = .range, stepDays: Int? = nil, trend: String? = nil,
    version: Int = 1, _ formula: Formula
  ) {
    self.id = id
    self.title = title
    self.definition = definition
    self.unit = unit
    self.better = better
    self.group = group
    self.window = window
    self.formula = formula
    self.stepDays = stepDays
    self.trend = trend
    self.version = version
  }
}

extension MetricDefinition.Formula {
  /// A share: null where there is nothing to divide by.
  static func ratio(
    _ source: MetricSource, _ numerator: String, of denominator: String
  ) -> MetricDefinition.Formula {
    .aggregate(
      source, value: "(\(numerator))::double precision / nullif(\(denominator), 0)",
      numerator: numerator, denominator: denominator)
  }

  static func events(_ value: String) -> MetricDefinition.Formula {
    .aggregate(.events, value: value)
  }

  /// Of events that a condition on any column keeps.
  static func events(countOf condition: String) -> MetricDefinition.Formula {
    .aggregate(.events, value: "count(*) FILTER (WHERE \(condition))")
  }

  /// Of events of some types.
  static func types(_ condition: String) -> MetricDefinition.Formula {
    .byType(value: "{n:\(condition)}")
  }

  static func types(_ numerator: String, of denominator: String) -> MetricDefinition.Formula {
    .byType(
      value: "({n:\(numerator)})::double precision / nullif({n:\(denominator)}, 0)",
      numerator: "{n:\(numerator)}", denominator: "{n:\(denominator)}")
  }

  /// Distinct people with an event of a type.
  static func people(_ type: String) -> MetricDefinition.Formula {
    .byType(value: "{people:\(type)}")
  }
}

extension MetricDefinition {
  /// Of dollars: whole micro-dollars, as what is added up has them. `nil` where nothing has a value.
  static func sum(_ parts: [Double?]) -> Double? {
    let known = parts.compactMap(\.self)
    return known.isEmpty ? nil : (known.reduce(0, +) * 1_000_000).rounded() / 1_000_000
  }
}

extension MetricDefinition.Window {
  /// In words.
  public var text: String {
    switch self {
    case .range: "the range"
    case .trailing(1): "the last day of the range"
    case .trailing(let days): "\(days) days that end with the last day of the range"
    case .lastHours(let hours): "the last \(hours) hours"
    case .lifetime: "all that is kept, up to the end of the range"
    case .now: "now"
    }
  }
}
