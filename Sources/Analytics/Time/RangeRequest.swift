public import ColumnStore

/// A range of time as it was asked for, in any of the ways there are to say it:
///
/// - a preset, under the name `range` or `period`;
/// - bounds, as `from` and `to`, `start` and `end`, or `start_date` and `end_date`: a day, or a time.
///
/// A day as an end belongs to the range; a time as an end does not. What is about everything unless a range is
/// asked for takes an end without a start, too, and any length.
public struct RangeRequest: Sendable, Equatable {
  public static let presetNames = ["range", "period"]
  public static let startNames = ["from", "start", "start_date"]
  public static let endNames = ["to", "end", "end_date"]
  public static let anchorName = "anchor"
  public static let zoneName = "time_zone"

  public static let defaultPreset = RangePreset.thirtyDays
  public static let largestDayCount = 3_660

  struct Argument: Sendable, Equatable {
    var name: String
    var text: String
  }

  public private(set) var preset: RangePreset
  private var start: Argument?
  private var end: Argument?
  private var anchor: Argument?
  /// Whether it is about everything unless a range is asked for.
  private let isOpen: Bool

  /// `arguments` gives the text of a parameter, or `nil` where it was not sent.
  public init(
    fallback: RangePreset = defaultPreset, _ arguments: (String) -> String?
  ) throws(QuestionProblem) {
    func only(_ names: [String]) throws(QuestionProblem) -> Argument? {
      let sent = names.compactMap { name in arguments(name).map { Argument(name: name, text: $0) } }
      if sent.count > 1 {
        throw QuestionProblem(
          sent[1].name, "conflict", "says the same as \(sent[0].name): give one of them")
      }
      return sent.first
    }
    isOpen = fallback == .all
    let named = try only(Self.presetNames)
    start = try only(Self.startNames)
    end = try only(Self.endNames)
    anchor = try only([Self.anchorName])
    if let named {
      guard let preset = RangePreset(rawValue: named.text) else {
        throw QuestionProblem(
          named.name, "choice", "must be one of \(RangePreset.names.joined(separator: ", "))")
      }
      self.preset = preset
    } else {
      preset = start == nil && end == nil ? fallback : .custom
    }
    let bounds = start ?? end
    if preset == .custom, start == nil, end == nil || fallback != .all {
      throw QuestionProblem(
        end.map { Self.startNames[Self.endNames.firstIndex(of: $0.name) ?? 0] } ?? "from",
        "missing", "is required with a range of one's own: a day such as 2024-01-31, or a time")
    }
    if preset != .custom, let bounds, let named {
      throw QuestionProblem(
        bounds.name, "conflict", "does not go with \(named.name)=\(named.text): say custom")
    }
    if preset == .custom, let anchor {
      throw QuestionProblem(
        anchor.name, "conflict", "does not go with bounds: the last day of the range is the anchor")
    }
  }

  /// What the range is at a moment. `first` is the time of the first event, for `all`.
  public func range(
    at now: Int64, in zone: TimeZoneRules, first: Int64? = nil
  ) throws(QuestionProblem) -> ReportRange {
    let today = zone.day(of: now)
    let last = try anchorDay(zone) ?? today
    // On a day that is over, 24 hours end with it.
    let lastEnd = zone.start(of: last.advanced(by: 1))
    let window: TimeWindow
    switch preset {
    case .day:
      let end = last == today ? now : lastEnd
      window = TimeWindow(start: end - Calendar.millisecondsPerDay, end: end)
    case .all:
      let first = first.map { zone.day(of: $0) } ?? last
      window = zone.window(min(first, last)...last)
    case .custom: window = try customWindow(zone, today)
    case .week, .month, .thirtyDays, .quarter, .ninetyDays, .year:
      window = zone.window(last.advanced(by: 1 - (preset.dayCount ?? 1))...last)
    }
    return ReportRange(preset: preset, window: window, zone: zone, now: now)
  }

  private func anchorDay(_ zone: TimeZoneRules) throws(QuestionProblem) -> Day? {
    guard let anchor else { return nil }
    guard let day = Day(anchor.text), Self.years.contains(day.number) else {
      throw QuestionProblem(anchor.name, "type", "must be a day such as 2024-01-31")
    }
    return day
  }

  private func customWindow(
    _ zone: TimeZoneRules, _ today: Day
  ) throws(QuestionProblem) -> TimeWindow {
    let from = try start.map { start throws(QuestionProblem) in
      try Self.instant(start, zone, isEnd: false)
    }
    let to = try end.map { end throws(QuestionProblem) in
      try Self.instant(end, zone, isEnd: true)
    }
    let end = to ?? zone.start(of: today.advanced(by: 1))
    let name = self.end?.name ?? start?.name ?? "from"
    guard let from else { return TimeWindow(start: min(Self.earliest, end), end: end) }
    if isOpen, self.end == nil, from >= end {
      return TimeWindow(start: from, end: zone.start(of: zone.day(of: from).advanced(by: 1)))
    }
    guard from < end else {
      throw QuestionProblem(name, "range", "the range ends before it begins")
    }
    guard isOpen || end - from <= Int64(Self.largestDayCount) * Calendar.millisecondsPerDay else {
      throw QuestionProblem(
        name, "range",
        "the range may have \(Self.largestDayCount) days; range=all has all there are"
      )
    }
    return TimeWindow(start: from, end: end)
  }

  private static let earliest = years.lowerBound * Calendar.millisecondsPerDay

  private static let years =
    Calendar.days(year: 1, month: 1, day: 2)...Calendar.days(year: 9999, month: 12, day: 30)

  private static func instant(
    _ argument: Argument, _ zone: TimeZoneRules, isEnd: Bool
  ) throws(QuestionProblem) -> Int64 {
    if let day = Day(argument.text), years.contains(day.number) {
      return zone.start(of: isEnd ? day.advanced(by: 1) : day)
    }
    // What is no calendar day must not pass as one with a time.
    let instant =
      argument.text.utf8.count <= 10
      ? nil
      : Array(argument.text.utf8).withUnsafeBufferPointer { bytes in
        try? DateTimeText.timestampWithTimeZone(bytes, zone: zone)
      }
    guard let instant,
      years.contains(Calendar.floorDivide(instant, Calendar.millisecondsPerDay))
    else {
      throw QuestionProblem(
        argument.name, "type",
        "must be a day such as 2024-01-31, or a time such as 2024-01-31T12:00:00Z")
    }
    return instant
  }
}
