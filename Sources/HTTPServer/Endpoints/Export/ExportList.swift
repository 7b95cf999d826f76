internal import Analytics

/// What can be taken away as a file: the rows behind a page, with its filters.
enum ExportList: String, CaseIterable, Sendable {
  case events
  case tokens
  case threats
  case requests
  case users
  case sessions
  case feedback
  case kpis
  case trends
  case cost

  static let names = allCases.map(\.rawValue)

  /// Parameters that only some lists have, and which.
  static let parameters: [(parameter: EndpointParameter, lists: Set<ExportList>)] = [
    (
      .query("compare", .choice(PeriodComparison.names), "Of kpis: with what; otherwise previous."),
      [.kpis]
    ),
    (
      .query(
        "distinct", .choice(MetricQuestion.Distinct.allCases.map(\.rawValue)),
        "Of kpis and trends: how distinct people are counted; otherwise exact."), [.kpis, .trends]
    ),
    (
      .query(
        "groups", .text(1...512),
        "Of kpis: groups of figures, with commas between them; otherwise all."), [.kpis]
    ),
    (
      .query(
        "metrics", .text(1...2048), "Of trends: which, with commas between them."), [.trends]
    ),
    (
      .query("grain", .choice(Grain.names), "Of trends and cost: how fine."), [.trends, .cost]
    ),
    (
      .query(
        "by", .choice(CostDimension.names),
        "Of cost: what each was spent on, the most first; otherwise over time."), [.cost]
    ),
    (
      .query(
        "action_type", .list(largestCount: MetricFilters.largestValueCount),
        "Of events: the same as `event_type`."), [.events]
    ),
    (
      .query(
        "include_token_usage", .flag, "Of events: records that only count tokens too."), [.events]
    ),
    (.query("type", ThreatJSON.choice("threat_type"), "Of threats: only this type."), [.threats]),
    (
      .query("severity", ThreatJSON.choice("severity"), "Of threats: only this severity."),
      [.threats]
    ),
    (
      .query(
        "resolved", .choice(["true", "false"]), "Of threats: only those that are, or are not."),
      [.threats]
    ),
    (
      .query(
        "user_status", .list(largestCount: MetricFilters.largestValueCount),
        "Of requests, whose `status` is how they ended: only of people with this status now."),
      [.requests]
    ),
    (
      .query(
        "error_code", .list(largestCount: MetricFilters.largestValueCount),
        "Of requests: only those with this code. Repeated: any of them."), [.requests]
    ),
    (
      .query(
        "min_duration_ms", .integer(0...86_400_000),
        "Of requests: only those that took so long, or longer."), [.requests]
    ),
    (
      .query(
        "sort", .choice(PersonOrder.names),
        "Of users: what they are listed by, the most first; otherwise last_active."), [.users]
    ),
    (
      .query("search", .text(0...128), "Of users: only people with this in their `user_id`."),
      [.users]
    ),
    (
      .query(
        "is_active", .choice(["true", "false"]),
        "Of sessions: only those that are open, or are not."), [.sessions]
    ),
    (
      .query("kind", .choice(["rating", "survey"]), "Of feedback: only ratings, or answers."),
      [.feedback]
    ),
    (
      .query(
        "survey_id", .list(largestCount: MetricFilters.largestValueCount),
        "Of feedback: only answers of this survey."), [.feedback]
    ),
    (
      .query(
        "question_id", .list(largestCount: MetricFilters.largestValueCount),
        "Of feedback: only answers to this question."), [.feedback]
    ),
    (.query("stars", .integer(1...5), "Of feedback: only with so many stars."), [.feedback]),
    (
      .query("with_comment", .flag, "Of feedback: only where somebody wrote something."),
      [.feedback]
    ),
  ]

  /// Refuses parameters that this list has not: they would be passed over without a word.
  func check(_ arguments: RequestArguments) throws(Problem) {
    for (parameter, lists) in Self.parameters where arguments.has(parameter.name) {
      guard lists.contains(self) else {
        let names = Self.allCases.filter(lists.contains).map(\.rawValue).joined(separator: ", ")
        throw .parameter(parameter.name, "conflict", "is for list=\(names), not for \(rawValue)")
      }
    }
    if self == .cost, arguments.text("grain") == Grain.hour.rawValue {
      throw .parameter("grain", "choice", "must be one of day, week, month: costs are by the day")
    }
    if self == .cost, arguments.has("grain"), arguments.has("by") {
      throw .parameter("grain", "conflict", "does not go with by, which is not over time")
    }
    let names = filterNames
    for parameter in AnalyticsParameters.filters
    where arguments.has(parameter.name) && !names.contains(parameter.name) {
      let others = names.isEmpty ? "" : ", whose filters are \(names.joined(separator: ", "))"
      throw .parameter(parameter.name, "conflict", "is not known of \(rawValue)\(others)")
    }
  }

  /// The filters of all questions that its page has as well.
  private var filterNames: [String] {
    let filters =
      switch self {
      case .events, .tokens, .kpis, .trends, .cost: AnalyticsParameters.filters
      case .users, .sessions: AnalyticsParameters.people
      case .feedback: Service.feedbackFilters
      // Its own `status` is among them, by another meaning.
      case .requests: Service.requestFilters + AnalyticsParameters.filters(["status"])
      case .threats: [EndpointParameter]()
      }
    return filters.map(\.name)
  }

  /// The range where none is asked for, as its page has it.
  var fallback: RangePreset { self == .threats ? .all : RangeRequest.defaultPreset }

  /// Of people, where `status` is something else.
  func userStatuses(_ arguments: RequestArguments) -> [String]? {
    self == .requests ? arguments.list("user_status") : nil
  }

  /// Whether free text is among its columns, for those who may read it.
  var hasFreeText: Bool {
    switch self {
    case .threats, .feedback, .users: true
    case .events, .tokens, .requests, .sessions, .kpis, .trends, .cost: false
    }
  }

  /// What the page lists; `nil`: it is no list of rows.
  func rows(_ arguments: RequestArguments) throws(Problem) -> RowList? {
    switch self {
    case .events:
      .activity(includesTokenUsage: ActivityParameters.includesTokenUsage(arguments))
    case .tokens: .tokens
    case .threats: .threats.restricted(to: Service.threatConditions(arguments))
    case .requests: .requests.restricted(to: try Service.requestConditions(arguments))
    case .sessions: .sessions.restricted(to: Service.sessionConditions(arguments))
    case .feedback: .feedback.restricted(to: Service.feedbackConditions(arguments))
    case .users, .kpis, .trends, .cost: nil
    }
  }
  /// What its rows are kept to beside the filters of all questions, for the receipt.
  func applied(_ arguments: RequestArguments) throws(Problem) -> [AppliedFilter] {
    switch self {
    case .events: ActivityParameters.applied(arguments)
    case .users: PersonSearch(arguments).applied
    case .tokens, .threats, .requests, .sessions, .feedback, .kpis, .trends, .cost:
      try rows(arguments)?.applied ?? []
    }
  }
}
