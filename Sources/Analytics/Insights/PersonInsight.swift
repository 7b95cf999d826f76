/// What a rule says of one person, with the numbers that it rests on.
///
/// Rules compare a person with the organisation or with what is usual for the same person, and have bounds of their own:
/// the same numbers always give the same sentence.
public struct PersonInsight: Sendable, Equatable {
  public enum Rule: String, CaseIterable, Sendable {
    /// A share of errors far above that of the organisation.
    case errors = "person_errors_high"
    /// Tokens of a day far above the median of the same weekday.
    case tokens = "person_tokens_high"
    /// No activity any more after regular use.
    case absence = "person_absent"
    case failedSignIns = "person_sign_ins_failed"
    case threats = "person_threats"

    public static let names = allCases.map(\.rawValue)

    /// A few words.
    public var title: String {
      switch self {
      case .errors: "Many errors"
      case .tokens: "Many tokens in one day"
      case .absence: "No longer active"
      case .failedSignIns: "Failed sign-ins"
      case .threats: "Threats"
      }
    }

    /// What could be done.
    fileprivate var action: String {
      switch self {
      case .errors: "Look at the person's newest requests that failed."
      case .tokens: "Look at the requests of that day; a token may be in other hands."
      case .absence: "Ask whether something keeps the person from coming back."
      case .failedSignIns:
        "Ask the person; if it was somebody else, end the sessions and change the secret."
      case .threats: "Look at the threats, and resolve them or suspend the person."
      }
    }
  }

  public var rule: Rule
  public var severity: InsightRule.Severity
  public var message: String
  public var value: Double
  /// What it was compared with, if it was.
  public var previous: Double?
  public var evidence: [Insight.Evidence]
  /// Somebody has dealt with what it is about.
  public var isSettled = false

  /// What could be done; `nil`: nothing more.
  public var action: String? { isSettled ? nil : rule.action }
}

/// What rules look at: numbers of one person, and of those around.
struct PersonRecord: Sendable {
  struct DayUse: Sendable {
    var activities: Int64
    var tokens: Int64
  }

  /// Over the range.
  var errors: Int64 = 0
  var outcomes: Int64 = 0
  var failedSignIns: Int64 = 0
  var signIns: Int64 = 0
  /// Of the person's organisation, this person included.
  var organizationErrors: Int64 = 0
  var organizationOutcomes: Int64 = 0
  /// Threats by severity, and how many of them are open.
  var threats: [(severity: String, count: Int64, open: Int64)] = []
  /// Days on which something was done; whole days only.
  var days: [Day: DayUse] = [:]
  /// The last whole day.
  var lastDay: Day
}

extension PersonInsight {
  /// The gravest first.
  static func of(_ record: PersonRecord) -> [PersonInsight] {
    [
      threats(record), failedSignIns(record), errors(record), tokens(record), absence(record),
    ].compactMap(\.self).enumerated()
      .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }
      .map(\.element)
  }

  /// From so many outcomes on, at twice the organisation's share and ten points above it.
  private static func errors(_ record: PersonRecord) -> PersonInsight? {
    guard record.outcomes >= 20, record.organizationOutcomes > record.outcomes else { return nil }
    let share = Double(record.errors) / Double(record.outcomes)
    let usual = Double(record.organizationErrors) / Double(record.organizationOutcomes)
    guard share >= 2 * usual, share >= usual + 0.1 else { return nil }
    return PersonInsight(
      rule: .errors, severity: share >= 0.5 ? .critical : .warning,
      message:
        "\(percent(share)) of \(InsightText.text(Double(record.outcomes), .count)) outcomes failed; in the organisation \(percent(usual)).",
      value: share, previous: usual,
      evidence: [
        .init("errors", Double(record.errors)), .init("outcomes", Double(record.outcomes)),
        .init("organization_errors", Double(record.organizationErrors)),
        .init("organization_outcomes", Double(record.organizationOutcomes)),
      ])
  }

  /// Of the last week, the day that is furthest above the median of the same weekday in the weeks before: three times
  /// as much and 1,000 tokens more, where at least four of eight weeks have any.
  private static func tokens(_ record: PersonRecord) -> PersonInsight? {
    var found: (day: Day, tokens: Double, median: Double, weeks: Int)?
    for back in 0..<7 {
      let day = record.lastDay.advanced(by: -back)
      let tokens = Double(record.days[day]?.tokens ?? 0)
      let before = (1...8).map { Double(record.days[day.advanced(by: -7 * $0)]?.tokens ?? 0) }
        .filter { $0 > 0 }.sorted()
      guard before.count >= 4 else { continue }
      let median = (before[(before.count - 1) / 2] + before[before.count / 2]) / 2
      guard tokens >= 3 * median, tokens >= median + 1_000,
        tokens / median > (found.map { $0.tokens / $0.median } ?? 0)
      else { continue }
      found = (day, tokens, median, before.count)
    }
    guard let found else { return nil }
    let times = (found.tokens / found.median * 10).rounded() / 10
    let (tokens, median) = (
      InsightText.text(found.tokens, .tokens), InsightText.text(found.median, .tokens)
    )
    return PersonInsight(
      rule: .tokens, severity: times >= 10 ? .critical : .warning,
      message:
        "\(tokens) tokens on \(found.day.words), \(InsightText.fixed(times, places: 1)) times the usual \(median) of this weekday.",
      value: found.tokens, previous: found.median,
      evidence: [
        .init("tokens", found.tokens), .init("median", found.median),
        .init("weeks", Double(found.weeks)),
      ])
  }

  /// A week and more without anything, after at least eight active days in the four weeks up to the last one, and three
  /// times as long as the gap between those days.
  private static func absence(_ record: PersonRecord) -> PersonInsight? {
    let active = record.days.filter { $0.value.activities > 0 && $0.key <= record.lastDay }.keys
    guard let last = active.max() else { return nil }
    let absent = record.lastDay.number - last.number
    let regular = active.count { $0 > last.advanced(by: -28) }
    guard regular >= 8, absent >= 7, Double(absent) >= 3 * 28 / Double(regular) else { return nil }
    return PersonInsight(
      rule: .absence, severity: .info,
      message:
        "No activity for \(absent) days, after \(regular) active days in the four weeks up to \(last.words).",
      value: Double(absent), previous: nil,
      evidence: [
        .init("days_absent", Double(absent)), .init("active_days_of_28", Double(regular)),
      ])
  }

  private static func failedSignIns(_ record: PersonRecord) -> PersonInsight? {
    let failed = record.failedSignIns
    guard failed >= 5 else { return nil }
    return PersonInsight(
      rule: .failedSignIns, severity: failed >= 20 ? .critical : .warning,
      message: "\(failed) of \(record.signIns) sign-ins failed.", value: Double(failed),
      previous: nil,
      evidence: [
        .init("failed_sign_ins", Double(failed)), .init("sign_ins", Double(record.signIns)),
      ])
  }

  private static func threats(_ record: PersonRecord) -> PersonInsight? {
    let count = record.threats.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    let open = record.threats.reduce(0) { $0 + $1.open }
    let isGrave = record.threats.contains {
      ["high", "critical"].contains($0.severity) && $0.open > 0
    }
    let kinds =
      count == 1
      ? record.threats.map(\.severity).joined()
      : record.threats.map { "\($0.count) \($0.severity)" }.joined(separator: ", ")
    let state =
      switch open {
      case 0: count == 1 ? "resolved" : "all of them resolved"
      case count: count == 1 ? "open" : "all of them open"
      default: "\(open) of them open"
      }
    return PersonInsight(
      rule: .threats, severity: isGrave ? .critical : open > 0 ? .warning : .info,
      message:
        "\(count == 1 ? "One threat" : "\(count) threats") (\(kinds)), \(state).",
      value: Double(count), previous: nil,
      evidence: record.threats.map { .init($0.severity, Double($0.count)) }
        + [.init("open", Double(open))], isSettled: open == 0)
  }

  private static func percent(_ share: Double) -> String { InsightText.text(share, .ratio) }
}
