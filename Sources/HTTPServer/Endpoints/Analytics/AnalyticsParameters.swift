internal import AccessControl
internal import Analytics
internal import ColumnStore

/// The parameters that all questions about metrics take: range, comparison, filters.
enum AnalyticsParameters {
  static let range = range(otherwise: "30d")
  /// Of lists that are about all there is.
  static let wholeRange = range(otherwise: "all")

  /// `otherwise`: what it is without any of them.
  static func range(otherwise: String) -> [EndpointParameter] {
    RangeRequest.presetNames.map {
      .query(
        $0, .choice(RangePreset.names),
        $0 == "range"
          ? "A range that ends today: N days are N calendar days, today included. Without bounds \(otherwise)."
          : "The same as `range`.")
    }
      + zip(RangeRequest.startNames, RangeRequest.endNames).flatMap { start, end in
        [
          EndpointParameter.query(
            start, .text(1...40), "From this day or time on: `2024-01-31`, `2024-01-31T12:00:00Z`."),
          .query(end, .text(1...40), "Up to this day, which belongs to it, or before this time."),
        ]
      } + [
        .query(
          RangeRequest.anchorName, .text(1...10), "The last day of a preset; otherwise today."),
        zone,
      ]
  }

  static let zone = EndpointParameter.query(
    RangeRequest.zoneName, .text(1...64),
    "The zone in which days begin, by its IANA name or as `+05:30`; otherwise the organisation's.")

  static let comparison: [EndpointParameter] = [
    .query(
      "compare", .choice(PeriodComparison.names), fallback: PeriodComparison.previous.rawValue,
      "With what: the period of equal length before, the nearest that begins on the same day of the week, or nothing."
    )
  ]

  static let filters: [EndpointParameter] =
    [
      ("role", "Only people of this role now."), ("status", "Only people with this status now."),
      ("domain", "Only people with mail addresses of this domain now."),
      ("event_type", "Only events of this type."), ("category", "Only events of this category."),
      ("user_id", "Only what this person did."), ("model", "Only what this model did."),
      ("course_id", "Only what was done in this course."),
      ("resource_type", "Only what was done to things of this kind."),
      ("resource_id", "Only what was done to this thing."),
    ].map { name, about in
      .query(
        name, .list(largestCount: MetricFilters.largestValueCount),
        about + " Repeated: any of them.")
    } + [
      .query(
        "activated", .choice(["true", "false"]),
        "Only people who generated something within a week of signing up, or who did not.")
    ]

  /// Filters by who people are: rows of every table know it.
  static let people = filters(["role", "status", "domain", "user_id", "activated"])

  static func filters(_ names: Set<String>) -> [EndpointParameter] {
    filters.filter { names.contains($0.name) }
  }

  static let asOf = other.filter { $0.name == "as_of" }

  static let other: [EndpointParameter] = [
    .query(
      "distinct", .choice(MetricQuestion.Distinct.allCases.map(\.rawValue)),
      fallback: MetricQuestion.Distinct.exact.rawValue,
      "How distinct people are counted; the receipt states the error of an estimate."),
    .query(
      "as_of", .text(1...20),
      "The `sequence_number` of an answer of the last two minutes: this one is about the same rows."
    ),
  ]

  static let all = range + comparison + filters + other

  static func request(
    _ arguments: RequestArguments, fallback: RangePreset = RangeRequest.defaultPreset
  ) throws(Problem) -> RangeRequest {
    do throws(QuestionProblem) {
      return try RangeRequest(fallback: fallback) { arguments.text($0) }
    } catch {
      throw Problem(error)
    }
  }

  static func filters(_ arguments: RequestArguments) -> MetricFilters {
    var filters = MetricFilters()
    filters.roles = arguments.list("role")
    filters.statuses = arguments.list("status")
    filters.domains = arguments.list("domain")
    filters.isActivated = arguments.text("activated").map { $0 == "true" }
    filters.eventTypes = arguments.list("event_type") + arguments.list("action_type")
    filters.categories = arguments.list("category")
    filters.users = arguments.list("user_id")
    filters.models = arguments.list("model")
    filters.courses = arguments.list("course_id")
    filters.resourceTypes = arguments.list("resource_type")
    filters.resources = arguments.list("resource_id")
    return filters
  }

  static func asOf(_ arguments: RequestArguments) throws(Problem) -> UInt64? {
    guard let text = arguments.text("as_of") else { return nil }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt64(text) else {
      throw .parameter("as_of", "type", "must be the sequence_number of an answer")
    }
    return number
  }

  /// Names with commas between them, each of `allowed`.
  static func names(
    _ name: String, _ arguments: RequestArguments, allowed: [String]
  ) throws(Problem) -> [String]? {
    guard let text = arguments.text(name) else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(allowed.contains), Set(names).count == names.count else {
      throw .parameter(
        name, "choice",
        "must be names with commas between them, each once, of \(allowed.joined(separator: ", "))"
      )
    }
    return names
  }
}

extension Problem {
  init(_ problem: QuestionProblem) {
    self = .parameter(problem.field, problem.rule, problem.message)
  }
}
