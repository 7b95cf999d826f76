/// What is asked of cohorts: who belongs to one, and what counts as coming back.
public struct RetentionQuestion: Sendable, Equatable {
  /// What a person's first period is known by.
  public enum First: String, CaseIterable, Sendable {
    case signup
    /// The first activity that is kept.
    case firstActivity = "first_activity"

    public static let names = allCases.map(\.rawValue)
  }

  /// Which later periods count for the one that is looked at.
  public enum Mode: String, CaseIterable, Sendable {
    /// People who came back in this period.
    case bounded
    /// People who came back in this period or in any later one.
    case unbounded

    public static let names = allCases.map(\.rawValue)
  }

  /// Days, weeks or months, of the zone of the range.
  public var grain: Grain
  /// How many periods after the first are looked at.
  public var periodCount: Int
  public var first: First
  /// Types of events; none: any activity.
  public var returnTypes: [String]
  public var mode: Mode

  public static let grains = Grain.names.filter { $0 != Grain.hour.rawValue }
  public static let periodCounts = 1...90
  public static let largestCohortCount = 400

  public init(
    by grain: Grain, periodCount: Int = 12, first: First = .firstActivity,
    returnTypes: [String] = [], mode: Mode = .bounded
  ) {
    precondition(grain != .hour, "cohorts are of days, weeks or months")
    self.grain = grain
    self.periodCount = periodCount
    self.first = first
    self.returnTypes = returnTypes
    self.mode = mode
  }

  /// The range where none is asked for: enough for a few cohorts.
  public static func fallbackRange(_ grain: Grain) -> RangePreset {
    switch grain {
    case .hour, .day: .thirtyDays
    case .week: .ninetyDays
    case .month: .year
    }
  }
}

/// People whose first period is the same, and how many of them came back.
public struct RetentionCohort: Sendable, Equatable {
  public var bucket: Grain.Bucket
  public var userCount: Int64
  /// From the first period on, as many as were asked for and one; `nil` where the period is not over at
  /// the end of the range: nobody knows yet.
  public var retained: [Int64?]

  /// Shares of the cohort; `nil` also where nobody is in it.
  public var rates: [Double?] {
    retained.map { count in
      guard let count, userCount > 0 else { return nil }
      return Double(count) / Double(userCount)
    }
  }
}

/// A matrix of cohorts and periods.
public struct RetentionAnswer: Sendable, Equatable {
  /// Of all cohorts for which a period is over.
  public struct Average: Sendable, Equatable {
    public var userCount: Int64
    public var retained: Int64
    public var rate: Double? { userCount == 0 ? nil : Double(retained) / Double(userCount) }
  }

  public var question: RetentionQuestion
  /// All of the range, by time; also those that nobody is in.
  public var cohorts: [RetentionCohort]

  /// One for each period, weighted by the size of the cohorts.
  public var averages: [Average] {
    (0...question.periodCount).map { period in
      cohorts.reduce(into: Average(userCount: 0, retained: 0)) { average, cohort in
        guard let retained = cohort.retained[period] else { return }
        average.userCount += cohort.userCount
        average.retained += retained
      }
    }
  }
}
