/// What a sample is made of. Equal options give equal bytes, on every machine and in every run.
public struct SampleOptions: Equatable, Sendable {
  public var seed: UInt64

  /// The first day, in UTC. A fixed date by default, so that nothing depends on the clock.
  public var start: SampleDate

  /// How many days, the first included.
  public var days: Int

  /// How many users there are in the end; up to 60 % of them sign up during the sample.
  public var users: Int

  /// How many organisations share the users; `nil` for one per 50 users.
  public var organizations: Int?

  /// Exactly how many events there are, those after `end` among them; `nil` for as many as the users naturally cause,
  /// which is about 2 per user and day.
  public var events: Int?

  /// Whether each event carries an `event_id`, a UUID. Off by default: it costs 37 bytes a row.
  public var includesEventIdentifier: Bool

  /// Milliseconds since 1970, UTC: `SampleGenerator.sampleDay` leaves out what comes after it. What a
  /// platform has at a moment is a day that is not over.
  public var end: Int64?

  public init(
    seed: UInt64 = 42, start: SampleDate = defaultStart, days: Int = 90, users: Int = 2_000,
    organizations: Int? = nil, events: Int? = nil,
    includesEventIdentifier: Bool = false, end: Int64? = nil
  ) {
    self.seed = seed
    self.start = start
    self.days = days
    self.users = users
    self.organizations = organizations
    self.events = events
    self.includesEventIdentifier = includesEventIdentifier
    self.end = end
  }

  /// 2026-01-01
  public static let defaultStart = SampleDate(daysSinceEpoch: 20_454)
  /// A little over ten years.
  public static let allowedDays = 1...3_660
  public static let allowedUsers = 1...1_000_000
  /// On average over the days; each is generated in memory, at about 150 bytes per event.
  public static let allowedEventsPerDay = 10_000_000

  var organizationCount: Int { organizations ?? max(1, users / 50) }

  /// Fails as `SampleGenerator` does.
  public func validate() throws(SampleOptionsError) {
    func check(
      _ option: String, _ value: Int, _ allowed: ClosedRange<Int>, _ hint: String
    ) throws(SampleOptionsError) {
      guard allowed.contains(value) else {
        throw SampleOptionsError(
          option: option, problem: .outOfRange(value: value, allowed: allowed), hint: hint)
      }
    }
    try check("days", days, Self.allowedDays, "90 days make a quarter, 365 a year")
    try check(
      "users", users, Self.allowedUsers, "2000 users are a small platform, 50000 a busy one")
    if let organizations {
      try check(
        "organizations", organizations, 1...users,
        "every organisation has at least one user: ask for more users, or leave it out")
    }
    if let events {
      try check(
        "events", events, 1...(days * Self.allowedEventsPerDay),
        "a day is generated in memory: spread the events over more days, "
          + "or leave the number out for the natural volume")
    }
    let first = start.civil.year
    let last = start.advanced(by: days - 1).civil.year
    guard first >= 1900, last <= 9999 else {
      throw SampleOptionsError(
        option: "start",
        problem: .outOfRange(value: first < 1900 ? first : last, allowed: 1900...9999),
        hint: "both the first and the last day lie in the years 1900 to 9999")
    }
  }
}

/// Why options were refused: which of them, what is wrong, and what would do.
public struct SampleOptionsError: Error, Equatable, CustomStringConvertible {
  public enum Problem: Equatable, Sendable {
    case outOfRange(value: Int, allowed: ClosedRange<Int>)
  }

  /// The name of the option as `SampleOptions` spells it.
  public let option: String
  public let problem: Problem
  public let hint: String

  public var description: String {
    switch problem {
    case .outOfRange(let value, let allowed):
      "\(option) is \(value), which is not within \(allowed.lowerBound) to \(allowed.upperBound)"
    }
  }
}
