/// What an administrator wants to see first: who is active, what fails, what is slow.
public struct Overview: Sendable, Equatable {
  /// One metric now, and over the period just before.
  public struct Figure: Sendable, Equatable {
    public let metric: MetricDefinition
    /// `nil` where there is no data.
    public let value: Double?
    /// `nil` where there is no data, or where the data do not reach back to cover that period.
    public let previous: Double?
  }

  public struct DayCount: Sendable, Equatable {
    public let day: Day
    public let users: Int64
  }

  /// One line of a top list.
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let count: Int64
    /// Of all that the list is about, those below the top included.
    public let share: Double
  }

  /// The last day of all windows.
  public let anchor: Day
  /// How many days the range has that rates, latencies, trend and top lists are about.
  public let days: Int
  /// All events of the table.
  public let eventCount: Int64
  /// The first and the last day with events.
  public let firstDay: Day
  public let lastDay: Day
  public let timeZone: String
  public let figures: [Figure]
  /// One entry per day of the range, in order, also for days without anybody.
  public let trend: [DayCount]
  public let topErrors: [Entry]
  public let topModels: [Entry]

  /// The first day of the range.
  public var start: Day { anchor.advanced(by: 1 - days) }
}
