package import AccessControl
package import Alerting
package import Authentication
package import Engine
package import Intake
package import Jobs
package import Logging
package import Persistence
package import Platform
internal import Pricing
package import QueryExecution
internal import QueryPlanning
package import ServiceSetup

/// All that handlers share. It is made once, at the start.
package final class Service: Sendable {
  package let configuration: ServiceConfiguration
  package let limits: ServiceLimits
  package let database: Database
  package let engine: Engine
  package let keys: AccessKeys
  package let endpoints: EndpointTable
  let crossOrigin: CrossOrigin
  let vendorFiles: VendorFiles
  /// `nil`: nobody signs in by a link.
  let signInLink: SignInLink?
  let signIns = SignInLimiter()
  /// Where the engine's synchronous calls run.
  package let work: WorkQueue
  /// Where batches are stored: on threads of their own, so that neither waits for the other.
  package let ingestWork: WorkQueue
  package let recordQueue: RecordQueue
  package let recordQuota: RecordQuota
  package let metrics = ServiceMetrics()
  package let connections = ConnectionDirectory()
  package let queries = QueryDirectory()
  /// The rows of answers that wait to be read: at most half of the memory for statements, so that whoever
  /// reads slowly leaves the other half to the rest.
  package let answers: MemoryBudget
  package let log: Logger
  package let environment: ServiceEnvironment
  package let start: UnixTime
  /// The audit log, reveals and emitter keys.
  package let administration: Administration
  let prices = CurrentPrices()
  /// Takes what emitters send.
  package let intake: Intake
  /// Counts what intake stores, for those who watch.
  package let live: LiveHub
  /// The same names as those that intake stores.
  let pseudonyms: any PseudonymSource
  /// What is done on a schedule, on a thread of its own.
  package let jobs: JobRunner
  package let alerts: AlertMonitor
  let rounds = RoundBook()
  package let jobWork = WorkQueue(threadCount: 1, largestWaitingCount: 16)
  /// Writes rows of answers as text, a thousand at a time: not on the threads of queries, behind which those
  /// who read would wait, nor on those that all requests share.
  let answerWork: WorkQueue
  let callerLimiter: RateLimiter?
  let addressLimiter: RateLimiter?

  package init(
    configuration: ServiceConfiguration, limits: ServiceLimits, database: Database, engine: Engine,
    intake: Intake, keys: AccessKeys, endpoints: [Endpoint] = Service.allEndpoints, log: Logger,
    environment: ServiceEnvironment = .real, emitterKeys: EmitterKeyStore? = nil,
    signInLink: SignInLink? = nil,
    webhook: Webhook? = nil, reports: ReportTargets = ReportTargets()
  ) {
    self.configuration = configuration
    self.limits = limits
    self.database = database
    self.engine = engine
    self.keys = keys
    let hasOpenMetrics = configuration.text("metrics.access") == "open"
    self.endpoints = EndpointTable(
      endpoints.map { endpoint in
        guard hasOpenMetrics, endpoint.path == Self.metricsPath else { return endpoint }
        var open = endpoint
        open.access = .open
        return open
      })
    crossOrigin = CrossOrigin(configuration.list("http.allowed_origins"))
    self.signInLink = signInLink
    vendorFiles = VendorFiles(
      folder: configuration.text("web.assets") ?? VendorFiles.defaultFolder)
    self.log = log
    self.environment = environment
    work = WorkQueue(
      threadCount: limits.workThreadCount, largestWaitingCount: limits.largestWaitingCount)
    func number(_ key: String, _ fallback: Int) -> Int { configuration.integer(key) ?? fallback }
    // Those that wait are bounded by their bytes, and by the connections that there may be.
    ingestWork = WorkQueue(
      threadCount: number("ingest.concurrent_batches", 8),
      largestWaitingCount: limits.largestConnectionCount)
    answerWork = WorkQueue(
      threadCount: 2, largestWaitingCount: limits.largestConnectionCount)
    // One body has room twice, as it came and expanded, in the half of one sender.
    recordQueue = RecordQueue(
      byteLimit: max(
        number("ingest.queue_bytes", 64 << 20), intake.rules.limits.bodyByteCount * 4))
    recordQuota = RecordQuota(
      recordsPerSecond: number("ingest.key_records_per_second", 0),
      bytesPerSecond: number("ingest.key_bytes_per_second", 0))
    answers = MemoryBudget(limit: engine.memory.limit / 2)
    start = environment.now()
    administration = Administration(
      engine, allowlist: configuration.superadmins, emitterKeys: emitterKeys,
      now: environment.now, random: environment.random)
    self.intake = intake
    let live = LiveHub(limits, environment)
    self.live = live
    intake.observe { live.note($0) }
    live.restore(from: database.store, log)
    live.advance()
    pseudonyms = Pseudonyms(intake.rules.pseudonymizer)
    jobs = JobRunner(engine, configuration, now: environment.now, log: log, reports: reports) {
      [jobWork] in
      try await jobWork.run($0)
    }
    alerts = AlertMonitor(
      AlertCatalogue.rules(AlertThresholds(configuration)), AlertStore(engine),
      DeliveryStore(engine), webhook)
    callerLimiter = RateLimiter(perSecond: limits.requestsPerSecond, burst: limits.requestBurst)
    addressLimiter = RateLimiter(
      perSecond: limits.addressRequestsPerSecond, burst: limits.addressRequestBurst)
    registerGauges()
    registerIngestGauges()
    registerJobGauges()
    registerAlertGauges()
    let queue = recordQueue
    engine.pending.follow { queue.oldest?.milliseconds }
  }

  private let clockStart = ContinuousClock.now
  /// A clock that does not go back.
  var monotonicNanoseconds: Int64 {
    Int64((ContinuousClock.now - clockStart) / .nanoseconds(1))
  }

  /// What the statements of a request start with: they read the rows that the request is about, see what
  /// the caller's role may, and change nothing. Where the endpoint's access is not `scoped` they see no rows
  /// until the handler says which.
  package func session(for request: ServiceRequest) -> Session {
    var session = Session()
    let rows = request.requestedScope ?? RowScope(organizations: .only([]), user: nil)
    session.access =
      request.caller.map { QueryAccess($0, over: rows) }
      ?? QueryAccess(rows: rows, mayOperate: false, mayWrite: false)
    session.access.pseudonyms = pseudonyms
    session.origin = QueryOrigin(
      name: request.id.text, principal: request.caller?.user.text, client: request.address)
    return session
  }

  /// Runs `body`, which may block, on one of the threads for that.
  package func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value { try await work.run(body) }
}

/// Clock and chance.
package struct ServiceEnvironment: Sendable {
  package var now: @Sendable () -> UnixTime
  package var random: @Sendable () -> UInt64

  package init(now: @escaping @Sendable () -> UnixTime, random: @escaping @Sendable () -> UInt64) {
    self.now = now
    self.random = random
  }

  package static let real = ServiceEnvironment(
    now: { UnixTime(milliseconds: DiskEnvironment.systemTime()) },
    random: { UInt64.random(in: .min ... .max) })
}
