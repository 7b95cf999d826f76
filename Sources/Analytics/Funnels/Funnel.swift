public import ColumnStore

/// A step that people take: an event of a type, with further conditions on it.
public struct FunnelStep: Sendable, Equatable {
  public struct Condition: Sendable, Equatable {
    /// One of `columns`.
    public var column: String
    /// Any of these.
    public var values: [Value]

    public init(_ column: String, _ values: [Value]) {
      self.column = column
      self.values = values
    }
  }

  public var name: String
  public var eventType: String
  public var conditions: [Condition]

  public init(name: String, eventType: String, conditions: [Condition] = []) {
    self.name = name
    self.eventType = eventType
    self.conditions = conditions
  }

  /// Columns of texts that conditions may be about.
  public static let columns = [
    "category", "feature", "model", "status", "error_code", "country", "endpoint",
    "resource_type", "resource_id", "project_id", "course_id",
  ]
}

/// Steps in an order, and how long people have for all of them.
public struct FunnelQuestion: Sendable, Equatable {
  public var steps: [FunnelStep]
  /// From the first step to the last, at most.
  public var seconds: Int

  public static let stepCounts = 2...16
  public static let secondCounts = 1...315_360_000

  public init(_ steps: [FunnelStep], within seconds: Int) {
    self.steps = steps
    self.seconds = seconds
  }
}

/// What funnels are divided by.
public enum FunnelDimension: String, CaseIterable, Sendable {
  case role
  case status
  case domain
  case organization = "organization_id"
  case country
  case model
  case feature

  public static let names = allCases.map(\.rawValue)

  /// Whether it is what people are now, rather than what the event was with which they began.
  var isOfPeople: Bool {
    switch self {
    case .role, .status, .domain: true
    case .organization, .country, .model, .feature: false
    }
  }
}

/// How many people took which step.
public struct FunnelAnswer: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public var userCount: Int64
    /// From the step before, of those who took this one; `nil` of the first, and where nobody did.
    public var medianMilliseconds: Double?
  }

  /// What they were divided by; `nil`: unknown, or all of them.
  public var name: String?
  /// In their order.
  public var steps: [Step]
  /// People who have not taken all steps and whose time was not over at the end of the range.
  public var openCount: Int64

  /// Shares of the step before and of the first; `nil` where nobody took that.
  public func shares(of step: Int) -> (ofPrevious: Double?, ofFirst: Double?) {
    func share(_ whole: Int64) -> Double? {
      whole == 0 ? nil : Double(steps[step].userCount) / Double(whole)
    }
    return (step == 0 ? nil : share(steps[step - 1].userCount), share(steps[0].userCount))
  }

  /// People who took the step before and not this one.
  public func dropped(at step: Int) -> Int64 {
    step == 0 ? 0 : steps[step - 1].userCount - steps[step].userCount
  }
}

/// What courses and other things are completed by.
public enum CompletionSubject: String, CaseIterable, Sendable {
  case course = "course_id"
  case resource = "resource_id"

  public static let names = allCases.map(\.rawValue)
}

/// How far people get with each of several things.
public struct CompletionAnswer: Sendable, Equatable {
  /// All things together: a person counts once for each.
  public var total: FunnelAnswer
  /// Those that most people began.
  public var things: [FunnelAnswer]
  /// How many there are, those below the list included.
  public var thingCount: Int64
}
