package import Analytics

/// What is done on a schedule, in the zone of reports.
///
/// Nothing depends on it that is asked of tables: roll-ups are answered from the rows themselves, and
/// events have their cost from the start. Jobs find out what rules say, check, and write reports; all of
/// them may be run again at any time and change nothing by it.
package enum Job: String, CaseIterable, Sendable {
  // Stored on disk: never rename.
  case hourly
  case daily
  case costs
  case weeklyReports = "weekly-reports"
  /// What the hourly and the daily one do, now.
  case pending

  /// `nil`: only when it is asked for.
  package var recurrence: Recurrence? {
    switch self {
    case .hourly: .hourly(minute: 0)
    case .daily: .daily(hour: 2)
    case .costs: .daily(hour: 3)
    // Each organisation's are due at an hour of its own zone; the book knows which are there.
    case .weeklyReports: .hourly(minute: 0)
    case .pending: nil
    }
  }

  /// When an organisation's reports of the week before are due, by the clocks of its zone.
  static let reports = Recurrence.weekly(weekday: 1, hour: 9)

  /// Whether it waits for receivers, who must not hold up the others.
  package var tells: Bool { self == .weeklyReports }

  /// Whether it asks every rule of insights; others ask some of them.
  var asksAllRules: Bool {
    switch self {
    case .daily, .pending: true
    case .hourly, .costs, .weeklyReports: false
    }
  }

  /// One sentence, for people.
  package var about: String {
    switch self {
    case .hourly:
      "Checks the roll-ups of the last 24 hours against their rows, and looks for days whose cost is odd."
    case .daily:
      "Checks the roll-ups of yesterday, keeps its main figures, and asks all rules of insights."
    case .costs: "Asks the rules about costs and tokens."
    case .weeklyReports:
      "Writes and sends the reports of last week, each once, from Monday 09:00 of each organisation's zone."
    case .pending: "Does what the hourly and the daily job do, for the last 24 hours and yesterday."
    }
  }

  package static let names = allCases.map(\.rawValue)
}

/// What came of a run.
package struct JobOutcome: Sendable, Equatable {
  /// Insights that were new, other than before, or gone.
  package var insightsChanged = 0
  /// Of which rules were asked, all together not counted.
  package var organizationCount = 0
  /// Rows whose roll-ups were compared with them.
  package var checkedRowCount = 0

  /// Files of reports, and organisations whose reports a webhook has taken.
  package var reportCount = 0
  /// Figures of days that were new or other than before.
  package var snapshotsChanged = 0
  package var reportsTold = 0
  /// What is still to be told.
  var mail: [ReportMail] = []
  /// Organisations whose reports could not be written or told.
  var late: [ReportDelays.Delay] = []

  package init() {}

  /// Why it is not done, though much of it may be.
  var failure: String? {
    guard let first = late.first else { return nil }
    let others = late.count == 1 ? "" : "; those of \(late.count - 1) others are late too"
    return "the reports of \(first.organization) are late: \(first.reason)\(others)"
  }

  /// One line, for people.
  package var text: String {
    var parts: [String] = []
    if checkedRowCount > 0 { parts.append("roll-ups of \(checkedRowCount) rows agree") }
    if snapshotsChanged > 0 { parts.append("\(snapshotsChanged) figures of days kept") }
    if reportCount > 0 { parts.append("\(reportCount) reports written") }
    if reportsTold > 0 { parts.append("those of \(reportsTold) organisations sent") }
    parts.append("\(insightsChanged) insights changed, of \(organizationCount) organisations")
    return parts.joined(separator: "; ")
  }
}

package enum JobFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case isRunning
  /// The service stops: the job was given up, or not begun.
  case stopped
  /// The disk, a limit of memory, or the like.
  case failed(String)

  package var description: String {
    switch self {
    case .isRunning: "it runs already"
    case .stopped: "the service stops"
    case .failed(let reason): reason
    }
  }
}
