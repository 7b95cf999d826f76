internal import AccessControl
internal import Analytics
internal import ColumnStore
internal import Engine
internal import HTTPTypes
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
  let query: AdmittedQuery

  /// What an answer is made from.
  struct Ground {
    var evaluator: MetricEvaluator
    /// When the data that the caller sees begin and end; `nil`: there are none.
    var extent: DataExtent?
    var begun: ContinuousClock.Instant

    var range: ReportRange { evaluator.question.range }
    var first: Int64? { extent?.first }
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
    do throws(QueryError) {
      extent = try DataExtent.read(engine, session)
    } catch {
      throw Problem(error, in: "")
    }
    let range: ReportRange
    do throws(QuestionProblem) {
      range = try request.range(at: now.milliseconds, in: zone, first: extent?.first)
    } catch {
      throw Problem(error)
    }
    let question = MetricQuestion(
      range, comparison: comparison, filters: filters, distinct: distinct)
    var ground = Ground(
      evaluator: MetricEvaluator(
        engine, session: session, question, cancellation: query.cancellation),
      extent: extent, begun: begun)
    do throws(QueryError) {
      return try body(&ground)
    } catch {
      if error.code == .programLimitExceeded {
        throw .invalid("grain", "range", "\(error.message): a coarser one of \(Grain.names)")
          .unprocessable
      }
      throw Problem(error, in: "")
    }
  }
}

extension Service {
  /// Runs a question on a thread of its own; the caller's going away ends it.
  func answer<Value: Sendable>(
    _ request: ServiceRequest, fallback: RangePreset = RangeRequest.defaultPreset,
    _ body: @escaping @Sendable (inout AnalyticsRun.Ground) throws(QueryError) -> Value
  ) async throws -> Value {
    let run = try analyticsRun(request, fallback: fallback)
    return try await request.connection.cancelling(run.query.cancellation) {
      try await self.run { try run.answer(body) }
    }
  }

  /// `access` in place of what those have who read analytics; `fallback`: the range where none is sent.
  func analyticsRun(
    _ request: ServiceRequest, access: QueryAccess? = nil,
    fallback: RangePreset = RangeRequest.defaultPreset
  ) throws(Problem) -> AnalyticsRun {
    let arguments = request.arguments
    let limits = QueryLimits(configuration)
    var session = session(for: request)
    let mayOperate = request.principal.mayOperate
    session.access =
      access ?? QueryAccess(rows: request.scope, mayOperate: mayOperate, mayWrite: false)
    session.access.pseudonyms = pseudonyms
    session.memoryLimit = limits.largestMemory
    let name = RequestID(environment).text
    session.origin = QueryOrigin(
      name: name, principal: request.principal.user.text, client: request.address)
    return AnalyticsRun(
      engine: engine, session: session,
      request: try AnalyticsParameters.request(arguments, fallback: fallback),
      comparison: arguments.text("compare").flatMap { PeriodComparison(rawValue: $0) } ?? .previous,
      filters: AnalyticsParameters.filters(arguments),
      distinct: arguments.text("distinct").flatMap { MetricQuestion.Distinct(rawValue: $0) }
        ?? .exact,
      asOf: try AnalyticsParameters.asOf(arguments),
      zone: try reportingZone(arguments, of: request.scope.organizations), now: request.time,
      query: try queries.admit(
        name, of: request.principal.user,
        timeout: .milliseconds(limits.timeoutMilliseconds),
        largestConcurrency: limits.largestConcurrency))
  }

  /// As the request says, else as the one organisation has it, else as the service has it.
  private func reportingZone(
    _ arguments: RequestArguments, of organizations: OrganizationScope
  ) throws(Problem) -> TimeZoneRules {
    if let name = arguments.text(RangeRequest.zoneName) {
      guard let zone = TimeZoneRules.named(name) else {
        throw .invalid(
          RangeRequest.zoneName, "unknown", "must be an IANA name such as UTC or Europe/Berlin"
        ).unprocessable
      }
      return zone
    }
    let own = organizations.onlyName.flatMap { organization in
      configuration.list("reporting.organization_time_zones").last {
        $0.hasPrefix(organization + "=")
      }?.dropFirst(organization.count + 1)
    }
    let name = own.map(String.init) ?? configuration.text("reporting.time_zone") ?? "UTC"
    return TimeZoneRules.named(name) ?? .utc
  }
}
