internal import AccessControl
internal import ColumnStore
internal import Intake

/// What somebody wants to see: of which organisations, and which counters.
struct LiveView: Sendable, Equatable {
  var organizations: OrganizationScope
  var counters: [ActivityCounter] = ActivityCounter.allCases
  /// Whether with the counts of each second of the last minute.
  var hasSeries = false
}

/// The counters at one moment.
struct LiveReading: Sendable, Equatable {
  var time: UnixTime
  /// The UTC day that is counted, since 1970.
  var day: Int64
  /// The second that runs: the last minute ends with it.
  var second: Int64
  var today = ActivityCounts()
  var lastMinute = ActivityCounts()
  /// Of each second of the last minute, the oldest first; empty where nobody asked.
  var series: [ActivityCounts] = []
  var activePeople = 0
  /// False where there were too many to be remembered.
  var arePeopleExact = true

  init(time: UnixTime, day: Int64, second: Int64, arePeopleExact: Bool) {
    self.time = time
    self.day = day
    self.second = second
    self.arePeopleExact = arePeopleExact
  }

  /// All of it.
  func json(_ view: LiveView, isComplete: Bool) -> JSONValue {
    let names: [JSONValue]
    let isAll: Bool
    switch view.organizations {
    case .all: (names, isAll) = ([], true)
    case .only(let some): (names, isAll) = (some.sorted().map { .text($0.text) }, false)
    }
    return .members([
      "as_of": .text(ISOTime.text(time)), "day": .text(dayText), "time_zone": "UTC",
      "organizations": .array(names), "all_organizations": .boolean(isAll),
      "complete": .boolean(isComplete), "active_users": .integer(Int64(activePeople)),
      "active_users_exact": .boolean(arePeopleExact),
      "active_window_seconds": .integer(ActivePeople.window),
      "counters": counters(view.counters, of: view),
      "refresh_seconds": .integer(Self.refreshSeconds),
      "stale_after_seconds": .integer(Self.staleSeconds),
    ])
  }

  /// What is different now from `before`; `nil` where nothing is.
  func json(_ view: LiveView, since before: LiveReading) -> JSONValue? {
    let changed = view.counters.filter { counter in
      today[counter] != before.today[counter] || lastMinute[counter] != before.lastMinute[counter]
        || zip(series, before.series).contains { $0[counter] != $1[counter] }
    }
    let isSame =
      changed.isEmpty && activePeople == before.activePeople && day == before.day
      && arePeopleExact == before.arePeopleExact
    guard !isSame else { return nil }
    return .members([
      "as_of": .text(ISOTime.text(time)), "day": .text(dayText),
      "active_users": .integer(Int64(activePeople)),
      "active_users_exact": .boolean(arePeopleExact), "counters": counters(changed, of: view),
    ])
  }

  private func counters(_ some: [ActivityCounter], of view: LiveView) -> JSONValue {
    .object(
      some.map { counter in
        .init(
          counter.name,
          .members([
            "today": .integer(today[counter]), "last_minute": .integer(lastMinute[counter]),
            "per_second": view.hasSeries
              ? .array(series.map { .integer($0[counter]) }) : nil,
          ]))
      })
  }

  private var dayText: String {
    String(
      ISOTime.text(UnixTime(milliseconds: day * Calendar.millisecondsPerDay)).prefix { $0 != "T" })
  }

  /// For those who ask from time to time.
  static let refreshSeconds: Int64 = 30
  static let staleSeconds: Int64 = 15

  static let schema = Schema.named(
    "LiveCounters",
    .object([
      .init("as_of", .string, "Every event that was accepted before is in the numbers."),
      .init("day", .string, "The day of `today`: events whose time lies on it."),
      .init("time_zone", .string, "In which the day begins: UTC."),
      .init("organizations", .array(.string, nil), "Whose events; none where it is all."),
      .init("all_organizations", .boolean),
      .init(
        "complete", .boolean,
        "False where the day before the service's start could not be read from the tables."),
      .init(
        "active_users", .count,
        "People with activity in the last five minutes, counted once each."),
      .init("active_users_exact", .boolean, "False where there were too many to count: at least."),
      .init("active_window_seconds", .count),
      .init(
        "counters",
        .map(
          .object([
            .init("today", .integer(nil), "Since midnight."),
            .init("last_minute", .integer(nil), "Of what came in the last 60 seconds."),
            .init(
              "per_second", .array(.integer(nil), 60...60), isRequired: false,
              "Each of these seconds, the oldest first; with `series=true`."),
          ]))),
      .init("refresh_seconds", .count, "How often to ask, for those who do not stream."),
      .init("stale_after_seconds", .count, "How old the answer may be and still be shown as live."),
    ]))
}
