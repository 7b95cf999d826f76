package import AccessControl
internal import Analytics
package import ColumnStore
package import Engine
package import Logging
internal import QueryExecution
internal import QueryLanguage
package import ServiceSetup
internal import Synchronization

/// Runs jobs: those that are due by a clock that is passed in, or one that is asked for.
package final class JobRunner: Sendable {
  /// Runs what blocks where that may be.
  package typealias Blocking =
    @Sendable (@escaping @Sendable () throws -> JobOutcome) async throws -> JobOutcome

  /// How long a job that failed is left alone, unless it is due again before.
  package static let retryInterval = Duration.seconds(300)

  let engine: Engine
  let zones: ReportingZones
  let now: @Sendable () -> UnixTime
  package let targets: ReportTargets
  private let log: Logger
  private let blocking: Blocking
  private let book: JobBook
  let delays = ReportDelays()
  /// How often somebody was taken out of files of reports. Held while that is done, and while they are written.
  let removals = Mutex(0)

  package init(
    _ engine: Engine, _ configuration: ServiceConfiguration,
    now: @escaping @Sendable () -> UnixTime,
    log: Logger, reports: ReportTargets = ReportTargets(),
    blocking: @escaping Blocking = { try $0() }
  ) {
    self.engine = engine
    self.now = now
    self.log = log
    self.blocking = blocking
    targets = reports
    zones = ReportingZones(configuration)
    book = JobBook(engine)
  }

  // MARK: - When

  /// Runs what of `jobs` is due and was not run yet, one after the other. What was missed, however often, is
  /// made up for by one run.
  package func runDue(_ jobs: [Job] = Job.allCases) async {
    for job in jobs {
      guard let due = due(job) else { continue }
      do throws(JobFailure) {
        try await run(job, for: due)
      } catch {
        guard error != .isRunning, error != .stopped else { continue }
        log.error("a job failed", metadata: ["job": "\(job.rawValue)", "reason": "\(error)"])
      }
    }
  }

  /// The moment for which it is to run now; `nil`: it is not.
  private func due(_ job: Job) -> UnixTime? {
    guard let recurrence = job.recurrence, !book.isRunning(job) else { return nil }
    let now = now()
    let due = UnixTime(
      milliseconds: recurrence.latest(atOrBefore: now.milliseconds, in: zones.service))
    guard let record = book.record(of: job) else { return due }
    if let last = record.due, last >= due { return nil }
    let isFresh =
      record.outcome == .failed && record.started >= due
      && now < record.started.advanced(by: Self.retryInterval)
    return isFresh ? nil : due
  }

  /// Runs a job now. `due`: the moment of its schedule that it stands for; without one the schedule stays
  /// as it is.
  @discardableResult
  package func run(_ job: Job, for due: UnixTime? = nil) async throws(JobFailure) -> JobOutcome {
    let started = now()
    let run = JobRun(time: started, cancellation: try book.begin(job))
    let last = book.record(of: job)
    var record = JobRecord(
      job: job.rawValue, due: last?.due, started: started, ended: started, outcome: .done,
      detail: "", runCount: (last?.runCount ?? 0) + 1, failureCount: last?.failureCount ?? 0)
    let result: Result<JobOutcome, JobFailure>
    do {
      // Who asks for a job wants all of it tried.
      if due == nil, job.tells { delays.forget() }
      var outcome = try await blocking { [self] in try work(of: job, run) }
      await tell(outcome.mail, &outcome)
      outcome.mail = []
      if let failure = outcome.failure {
        result = .failure(.failed(failure))
      } else {
        result = .success(outcome)
      }
    } catch let error as QueryError {
      result = .failure(.failed(error.message))
    } catch let error as JobFailure {
      result = .failure(error)
    } catch {
      result = .failure(.failed("\(error)"))
    }
    if case .failure = result, book.isGivenUp(job) { throw .stopped }
    record.ended = now()
    switch result {
    case .success(let outcome):
      record.detail = outcome.text
      if let due { record.due = due }
    case .failure(let failure):
      record.outcome = .failed
      record.detail = "\(failure)"
      record.failureCount += 1
    }
    do throws(QueryError) {
      try book.end(job, record)
    } catch {
      throw .failed("it is not known to have run: \(error.message)")
    }
    return try result.get()
  }

  /// Gives up what runs, at once, and runs nothing any more. What was given up is due again at the next start.
  package func stop() { book.stop() }

  // MARK: - What

  private func work(of job: Job, _ run: JobRun) throws -> JobOutcome {
    var outcome = JobOutcome()
    switch job {
    case .hourly:
      outcome.checkedRowCount = try RollUpCheck(engine).run(lastDayUpTo: run.time, run.cancellation)
      try findInsights(InsightCatalogue.rules.filter { $0.span == .day }, run, &outcome)
    case .daily, .pending:
      outcome.checkedRowCount = try RollUpCheck(engine).run(lastDayUpTo: run.time, run.cancellation)
      try takeSnapshots(run, &outcome)
      try findInsights(InsightCatalogue.rules, run, &outcome)
    case .costs:
      let groups: Set<MetricDefinition.Group> = [.cost, .tokens, .infrastructure]
      let rules = InsightCatalogue.rules.filter { rule in
        MetricCatalogue.metric(rule.metric).map { groups.contains($0.group) } ?? false
      }
      try findInsights(rules, run, &outcome)
    case .weeklyReports: outcome.mail = try writeReports(run, &outcome)
    }
    return outcome
  }
}

/// One run of a job.
struct JobRun: Sendable {
  /// When it began.
  let time: UnixTime
  /// Stops it between two statements and within one.
  let cancellation: CancellationToken

  /// Reads rows of one organisation, or of all, and changes nothing.
  func session(of organization: OrganizationID?) -> Session {
    var session = JobRunner.session(of: organization)
    session.cancellation = cancellation
    return session
  }
}

// MARK: - State

/// A job with its newest run, for those who operate the service.
package struct JobStatus: Sendable {
  package var job: Job
  package var record: JobRecord?
  package var isRunning: Bool
  package var next: UnixTime?
}

extension JobRunner {
  /// When all rules of insights were last asked; `nil`: never.
  package var lastEvaluation: UnixTime? {
    Job.allCases.filter(\.asksAllRules).compactMap { book.record(of: $0) }
      .filter { $0.outcome == .done }
      .map(\.ended).max()
  }

  /// In which zone days of a scope begin: that of its only organisation, or the service's.
  package func zone(of organizations: OrganizationScope) -> TimeZoneRules {
    guard case .only(let names) = organizations, names.count == 1 else { return zones.service }
    return zones.zone(of: names.first)
  }

  /// The newest run of each job that has run on these tables, for who reads them without running jobs.
  package static func newestRuns(_ engine: Engine) -> [Job: JobRecord] { JobBook.read(engine) }

  package var statuses: [JobStatus] {
    let now = now()
    return Job.allCases.map { job in
      JobStatus(
        job: job, record: book.record(of: job), isRunning: book.isRunning(job),
        next: job.recurrence.map {
          UnixTime(milliseconds: $0.next(after: now.milliseconds, in: zones.service))
        })
    }
  }
}
