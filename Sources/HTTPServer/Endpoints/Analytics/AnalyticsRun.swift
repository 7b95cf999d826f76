internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Jobs
internal import QueryExecution
internal import QueryLanguage
internal import QueryPlanning
internal import ServiceSetup

/// A question about metrics on its way through the engine: all its figures are about one state of the tables.
struct AnalyticsRun: Sendable {
  let engine: Engine
  let session: Session
  let request: RangeRequest
  let comparison: PeriodComparison
  let filters: MetricFilters
  let distinct: MetricQuestion.Distinct
  let asOf: UInt64?
  let zone: TimeZoneRules
  let now: UnixTime
  /// What rows are kept to, for the receipt.
  let applied: [AppliedFilter]
  let query: AdmittedQuery
  let eventTypes: EventTypes
  /// Of the question: those that `eventTypes` has not.
  let unknownWords: [EventWord]

  /// What an endpoint asks for beside what the request says.
  struct Options: Sendable {
    /// The range where the request names none.
    var fallback = RangeRequest.defaultPreset
    /// Only what this person did.
    var person: String?
    /// Of people: where the parameter has another name than that of filters.
    var statuses: [String]?
    /// Rows are shown as they are, not only figures: who may read free text reads it, and a reveal opens what
    /// it is for.
    var showsRows = false
    /// Whose rows, where that is not what the endpoint's capability gives over figures.
    var access: QueryAccess?
    /// What rows are kept to beside the filters of all questions.
    var applied: [AppliedFilter] = []
    /// In the body of the request.
    var words: [EventWord] = []
  }

  /// What an answer is made from.
  struct Ground {
    var evaluator: MetricEvaluator
    /// When the data that the caller sees begin and end; `nil`: there are none.
    var extent: DataExtent?
    /// When the days begin of which roll-ups are left; `nil`: all are there.
    var gone: Int64?
    var begun: ContinuousClock.Instant
    let applied: [AppliedFilter]
    /// The grain by which the range has more buckets than an answer may.
    private(set) var tooFineGrain: Grain?

    init(
      evaluator: MetricEvaluator, extent: DataExtent?, gone: Int64?,
      begun: ContinuousClock.Instant, applied: [AppliedFilter]
    ) {
      self.evaluator = evaluator
      self.extent = extent
      self.gone = gone
      self.begun = begun
      self.applied = applied
    }

    var range: ReportRange { evaluator.question.range }
    var first: Int64? { [extent?.first, gone].compactMap(\.self).min() }

    /// To be thrown. Other limits of programs have nothing to do with the grain.
    mutating func tooFine(_ grain: Grain) -> QueryError {
      tooFineGrain = grain
      return QueryError(
        .programLimitExceeded,
        "the range has more than \(Grain.largestBucketCount) buckets by \(grain.rawValue)")
    }
  }

  /// Runs `body` on a thread that may block.
  func answer<Value>(_ body: (inout Ground) throws(QueryError) -> Value) throws(Problem) -> Value {
    let begun = ContinuousClock.now
    guard let session = asOf.map({ engine.pinned(session, at: $0) }) ?? engine.pinned(session)
    else {
      throw Problem(
        .gone, "as_of_gone", "Rows gone", "the rows that as_of names are not kept any more",
        hint: "answers are kept apart for two minutes: ask again without as_of")
    }
    let extent: DataExtent?
    let first: Int64?
    let gone: Int64?
    do throws(QueryError) {
      extent = try DataExtent.read(engine, session)
      gone = try DataExtent.beginningGone(engine, session)
      first = request.preset == .all ? try DataExtent.beginning(engine, session) : nil
    } catch {
      throw Problem(error, in: "")
    }
    let range: ReportRange
    do throws(QuestionProblem) {
      range = try request.range(
        at: ReportRange.moment(of: now.milliseconds), in: zone, first: first)
    } catch {
      throw Problem(error)
    }
    let question = MetricQuestion(
      range, comparison: comparison, filters: filters, distinct: distinct)
    var ground = Ground(
      evaluator: MetricEvaluator(
        engine, session: session, question, cancellation: query.cancellation),
      extent: extent, gone: gone, begun: begun, applied: applied)
    let refusal: Problem?
    do throws(QueryError) {
      refusal = try ground.check(unknownWords, eventTypes)
    } catch {
      throw Problem(error, in: "")
    }
    if let refusal { throw refusal }
    do throws(QueryError) {
      return try body(&ground)
    } catch {
      if let grain = ground.tooFineGrain {
        let coarser = Grain.allCases.drop { $0 != grain }.dropFirst().map(\.rawValue)
        let others = coarser.isEmpty ? "" : "for \(coarser.joined(separator: " or ")), or "
        throw .parameter("grain", "range", "\(error.message): ask \(others)for fewer days")
      }
      throw Problem(error, in: "")
    }
  }
}

extension Service {
  /// Runs a question on a thread of its own; the caller's going away ends it.
  func answer<Value: Sendable>(
    _ request: ServiceRequest, _ options: AnalyticsRun.Options = AnalyticsRun.Options(),
    _ body: @escaping @Sendable (inout AnalyticsRun.Ground) throws(QueryError) -> Value
  ) async throws -> Value {
    let reveal =
      options.showsRows
      ? try await opened(by: request, over: request.scope.organizations) : nil
    let run = try await analyticsRun(request, options, reveal)
    return try await request.connection.cancelling(run.query.cancellation) {
      try await self.run { try run.answer(body) }
    }
  }

  func analyticsRun(
    _ request: ServiceRequest, _ options: AnalyticsRun.Options = AnalyticsRun.Options(),
    _ reveal: Reveal? = nil
  ) async throws(Problem) -> AnalyticsRun {
    let arguments = request.arguments
    let limits = QueryLimits(configuration)
    var session = session(for: request)
    if let access = options.access {
      session.access = access
      session.access.pseudonyms = pseudonyms
    }
    session.access.reveal = reveal
    if !options.showsRows { session.access.freeText = .only([]) }
    session.memoryLimit = limits.largestMemory
    let name = RequestID(environment).text
    session.origin = QueryOrigin(
      name: name, principal: request.principal.user.text, client: request.address)
    var filters = AnalyticsParameters.filters(arguments)
    if let person = options.person { filters.users = [person] }
    if let statuses = options.statuses { filters.statuses = statuses }
    var applied = filters.applied
    if options.statuses != nil, let place = applied.firstIndex(where: { $0.name == "status" }) {
      applied[place].name = "user_status"
    }
    let types = intake.rules.eventTypes
    return AnalyticsRun(
      engine: engine, session: session,
      request: try AnalyticsParameters.request(arguments, fallback: options.fallback),
      comparison: arguments.text("compare").flatMap { PeriodComparison(rawValue: $0) } ?? .previous,
      filters: filters,
      distinct: arguments.text("distinct").flatMap { MetricQuestion.Distinct(rawValue: $0) }
        ?? .exact,
      asOf: try AnalyticsParameters.asOf(arguments),
      zone: try reportingZone(arguments, of: request.scope.organizations), now: request.time,
      applied: applied + options.applied,
      query: try await queries.admitInLine(
        name, of: request.principal.user,
        timeout: .milliseconds(limits.timeoutMilliseconds),
        largestConcurrency: limits.largestConcurrency, on: request.connection),
      eventTypes: types, unknownWords: types.unknown(EventWord.all(in: arguments) + options.words))
  }

  /// The bounds of a list that is about all there is unless a range is asked for; `nil`: none on this side.
  func bounds(
    _ request: ServiceRequest, of organizations: OrganizationScope
  ) throws(Problem) -> (from: UnixTime?, to: UnixTime?) {
    let arguments = request.arguments
    let asked = try AnalyticsParameters.request(arguments, fallback: .all)
    let isAll = asked.preset == .all
    let zone = try reportingZone(arguments, of: organizations)
    if isAll, !arguments.has(RangeRequest.anchorName) { return (nil, nil) }
    do throws(QuestionProblem) {
      let window = try asked.range(at: request.time.milliseconds, in: zone).window
      return (
        isAll ? nil : UnixTime(milliseconds: window.start), UnixTime(milliseconds: window.end)
      )
    } catch {
      throw Problem(error)
    }
  }

  /// As the request says, else as the one organisation has it, else as the service has it.
  func reportingZone(
    _ arguments: RequestArguments, of organizations: OrganizationScope
  ) throws(Problem) -> TimeZoneRules {
    if let name = arguments.text(RangeRequest.zoneName) {
      guard let zone = TimeZoneRules.reporting(name) else {
        throw .parameter(RangeRequest.zoneName, "unknown", TimeZoneRules.reportingRule(for: name))
      }
      return zone
    }
    return jobs.zone(of: organizations)
  }
}
