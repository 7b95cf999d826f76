import ColumnStore

/// What an administrator wants to see first, for a terminal: who is active, what fails, what is slow.
public struct Overview: Sendable {
  public struct DayCount: Sendable, Equatable {
    public let day: Day
    public let users: Int64
  }

  public let range: ReportRange
  /// All events of the table.
  public let eventCount: Int64
  /// The first and the last day with events.
  public let firstDay: Day
  public let lastDay: Day
  public let figures: [MetricFigure]
  /// One entry per day of the range, in order, also for days without anybody.
  public let trend: [DayCount]
  public let topErrors: [BreakdownAnswer.Entry]
  public let topModels: [BreakdownAnswer.Entry]

  /// The last day of all windows.
  public var anchor: Day { range.anchor }
  public var start: Day { range.firstDay }
  public var days: Int { range.dayCount }
  public var timeZone: String { range.zone.name }
}
